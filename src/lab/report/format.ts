import type { UnixMs } from '#model/ids.ts'
import type { Money } from '#model/money.ts'

/** Shown where there is no value. */
export const none = '–'

/** Where two decimals would hide what people count in; every other currency is like the dollar. */
const coinDecimals: Readonly<Record<string, number>> = {
  BTC: 8,
  XBT: 8,
  WBTC: 8,
  ETH: 6,
  WETH: 6,
  BNB: 6,
  SOL: 4,
}

/** Digits after the point at which amounts of a currency are shown. */
export const decimalsOf = (currency: string): number => coinDecimals[currency.toUpperCase()] ?? 2

/** How amounts of one currency are written: the only place that decides their digits. */
export interface Amounts {
  readonly currency: string
  readonly decimals: number
  text(amount: Money): string
  /** With a plus sign in front of gains. */
  signed(amount: Money): string
  /** Two digits more, for what one fill or one trade cost. */
  fine(amount: Money): string
  /** Without the zeros at the end: `10,000`, `0.25`. */
  short(amount: Money): string
  /** An amount known as a number only; a dash for null. */
  number(value: number | null): string
  signedNumber(value: number | null): string
}

export function amountsIn(currency: string): Amounts {
  const decimals = decimalsOf(currency)
  return {
    currency,
    decimals,
    text: (amount) => moneyText(amount, decimals),
    signed: (amount) => signedMoney(amount, decimals),
    fine: (amount) => moneyText(amount, Math.min(8, decimals + 2)),
    short: (amount) =>
      moneyText(amount, decimals)
        .replace(/(?<=\.\d*)0+$/, '')
        .replace(/\.$/, ''),
    number: (value) => numberText(value, decimals),
    signedNumber: (value) => signedNumber(value, decimals),
  }
}

/** Exact amount rounded half away from zero to `decimals`, grouped: `-1,234.50`. */
export function moneyText(amount: Money, decimals: number): string {
  const step = 10n ** BigInt(8 - decimals)
  const positive = amount < 0n ? -amount : amount
  const rounded = (2n * positive + step) / (2n * step)
  const unit = 10n ** BigInt(decimals)
  const whole = (rounded / unit).toString().replace(/\B(?=(\d{3})+$)/g, ',')
  const fraction = decimals === 0 ? '' : `.${(rounded % unit).toString().padStart(decimals, '0')}`
  return `${amount < 0n && rounded !== 0n ? '-' : ''}${whole}${fraction}`
}

/** The same with a plus sign in front of gains. */
export function signedMoney(amount: Money, decimals: number): string {
  const text = moneyText(amount, decimals)
  return amount > 0n && /[1-9]/.test(text) ? `+${text}` : text
}

/** Number rounded to `decimals`, grouped; a dash for null. */
export function numberText(value: number | null, decimals = 2): string {
  if (value === null) return none
  if (!Number.isFinite(value)) return none
  const text = value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  return /[1-9]/.test(text) ? text : text.replace('-', '')
}

export function signedNumber(value: number | null, decimals = 2): string {
  const text = numberText(value, decimals)
  return value !== null && value > 0 && /[1-9]/.test(text) ? `+${text}` : text
}

/** A fraction as percent, `12.35 %`; a dash for null. */
export const percentText = (fraction: number | null, decimals = 2): string =>
  fraction === null ? none : `${numberText(fraction * 100, decimals)} %`

export const signedPercent = (fraction: number | null, decimals = 2): string =>
  fraction === null ? none : `${signedNumber(fraction * 100, decimals)} %`

/** ISO 8601 with Z; milliseconds only when there are any. */
export function timeText(time: UnixMs): string {
  const iso = new Date(time).toISOString()
  return iso.endsWith('.000Z') ? `${iso.slice(0, 19)}Z` : iso
}

/** `2d 03:04:05`, `03:04:05`, or `4.250 s` and `250 ms` below a minute. */
export function durationText(ms: number | null): string {
  if (ms === null) return none
  const rounded = Math.round(ms)
  if (rounded < 1000) return `${rounded} ms`
  if (rounded < 60_000) return `${numberText(rounded / 1000, rounded % 1000 === 0 ? 0 : 1)} s`
  const seconds = Math.round(rounded / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const clock = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  const days = Math.floor(seconds / 86_400)
  return days > 0 ? `${days}d ${clock}` : clock
}

/** A price as written: all its digits up to twelve decimals, no exponent. */
export function priceText(price: number): string {
  if (!Number.isFinite(price)) return none
  const size = Math.abs(price)
  if (size === 0) return '0'
  const decimals = Math.min(12, Math.max(2, 6 - Math.floor(Math.log10(size))))
  const text = price.toFixed(decimals)
  return text.replace(/(\.\d*?[1-9])0+$/, '$1').replace(/\.0+$/, '')
}

/** A quantity: up to eight decimals, no exponent. */
export const quantityText = (quantity: number): string =>
  Number.isFinite(quantity) ? quantity.toFixed(8).replace(/\.?0+$/, '') : none

/** What `formatMoney` wrote, back to the amount. */
export function parseMoney(text: string): Money {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const amount = BigInt(whole) * 100_000_000n + BigInt(fraction.padEnd(8, '0'))
  return text.startsWith('-') ? -amount : amount
}

/** `reportLatencyMs` → `report latency ms`. */
export const readableName = (name: string): string => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ').toLowerCase()

/** `1 trade`, `2 trades`. */
export const countOf = (count: number, noun: string, plural: string = `${noun}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`

/** Every number of a decimal text; bigint-safe thousands grouping for counts. */
export const integerText = (value: number): string => Math.round(value).toLocaleString('en-US')
