import type { Instrument } from '#model/instrument.ts'
import type { FundingSettled, Liquidated, Position, Posting, RoundTrip } from '#model/order.ts'
import { bookFill, pay } from './books.ts'
import { type Stock, toContext } from './fills.ts'
import { addCosts, reduce } from './held.ts'
import type { SettlementResult } from './results.ts'
import { toRoundTrip } from './round-trip.ts'
import { netQuantity, splitAmount, takeFrom } from './split.ts'

/** A settlement that was booked before. */
export const nothingSettled: SettlementResult = { postings: [], updated: [], closed: [] }

/** Shares the amount over the instrument's positions by signed quantity; without one it is paid from cash all the same. */
export function settleFunding(
  { books, holdings }: Stock,
  instrument: Instrument,
  event: FundingSettled,
): SettlementResult {
  const { instrumentId, time, amount } = event
  const positions = holdings.on(instrumentId)
  const weights =
    netQuantity(instrument, positions) === 0 ? [] : positions.map((held) => ({ held, part: held.quantity }))
  const postings: Posting[] = []
  for (const { held, part } of splitAmount(amount, weights)) {
    held.costs.funding += part
    pay(books, postings, 'funding', toContext(held, time), part)
  }
  if (weights.length > 0 || amount === 0n) return { ...nothingSettled, postings }
  pay(books, postings, 'funding', { time, instrumentId }, amount)
  const anomaly = { code: 'fundingWithoutPosition', detail: `${instrumentId} at rate ${event.rate}` } as const
  return { ...nothingSettled, postings, anomaly }
}

/** Closes by force what the venue says it closed, oldest position first; the fee is shared by quantity. */
export function settleLiquidation(stock: Stock, instrument: Instrument, event: Liquidated): SettlementResult {
  const { books, holdings } = stock
  const { instrumentId, time, price } = event
  const { parts, left } = takeFrom(instrument, holdings.on(instrumentId), Math.abs(event.quantity))
  const postings: Posting[] = []
  const updated: Position[] = []
  const closed: RoundTrip[] = []
  const fees = splitAmount(event.fee, parts)
  for (const [index, { held, part }] of parts.entries()) {
    const fee = fees[index].part
    const booking = reduce(held, instrument, -Math.sign(held.quantity) * part, price)
    addCosts(held, fee, part, undefined)
    postings.push(...bookFill(books, toContext(held, time), booking, 'liquidationFee', fee))
    if (held.quantity !== 0) updated.push(held.view)
    else {
      holdings.remove(held)
      closed.push(toRoundTrip(held, time, 'liquidated'))
    }
  }
  if (parts.length === 0) pay(books, postings, 'liquidationFee', { time, instrumentId }, event.fee)
  if (left === 0) return { postings, updated, closed }
  const detail = `${instrumentId} trade ${event.tradeId}: ${event.quantity} at ${price}, ${left} more than held`
  return { postings, updated, closed, anomaly: { code: 'liquidationBeyondPosition', detail } }
}
