import { type Instrument, snapQuantity } from '#model/instrument.ts'
import { amount, type Check } from './check.ts'

/** What the smallest order is worth now, and whether the account can carry it. `available` is in the quote currency. */
export function smallestOrder(instrument: Instrument, price: number | undefined, available: number | undefined): Check {
  const { id, minQuantity, minNotional, lotSize, base, quote, maxLeverage } = instrument
  const check = { id: 'smallestOrder', instrumentId: id } as const
  const least = minNotional > 0 ? `, worth at least ${amount(minNotional)} ${quote}` : ''
  if (price === undefined) {
    return {
      ...check,
      state: 'amber',
      detail: `${amount(minQuantity)} ${base}${least}; no price came to say what that is in ${quote}`,
      remedy: 'see `sockets` above',
    }
  }
  const byNotional = Math.ceil(minNotional / price / lotSize - 1e-9) * lotSize
  const quantity = snapQuantity(instrument, Math.max(minQuantity, byNotional))
  const notional = quantity * price
  const detail = `${amount(quantity)} ${base} = ${amount(notional)} ${quote} at ${amount(price)}, in steps of ${amount(lotSize)} ${base}${least}`
  if (available === undefined || notional <= available) return { ...check, state: 'green', detail }
  if (notional / maxLeverage > available)
    return {
      ...check,
      state: 'amber',
      detail: `${detail}: more than the ${amount(available)} ${quote} available can carry even at ${maxLeverage} ×`,
      remedy: `add ${quote} to the account, or leave ${id} out`,
    }
  return {
    ...check,
    state: 'amber',
    detail: `${detail}: more than the ${amount(available)} ${quote} available, without leverage`,
    remedy: `add ${quote} to the account, or trade ${id} with leverage`,
  }
}
