import { availableParallelism } from 'node:os'
import type { BacktestSpec } from '#lab/lab.ts'
import { UserError } from '#model/failure.ts'
import type { Money } from '#model/money.ts'

/** Why a text is not the value it should be, and what to write instead. */
export class Refusal {
  readonly code: string
  readonly message: string
  readonly remedy: string

  constructor(code: string, message: string, remedy: string) {
    this.code = code
    this.message = message
    this.remedy = remedy
  }
}

/** Reads a value as people write it. */
export type Parser<T> = (text: string) => T | Refusal

/** The value, or a `UserError` that names the flag. */
export function demand<T>(value: T | Refusal, where: string): T {
  if (!(value instanceof Refusal)) return value
  throw new UserError({ code: value.code, message: value.message, where, remedy: value.remedy })
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const longestMs = 10 * 365 * unitMs['d']

/** `250ms`, `30s`, `5m`, `1h`, `2d`, `1h30m` in milliseconds; the unit is not optional, except for 0. */
export const parseDuration: Parser<number> = (text) => {
  const refusal = (why: string): Refusal =>
    new Refusal(
      'invalidDuration',
      `${quote(text)} is not a duration: ${why}`,
      'write a number and a unit, e.g. 250ms, 30s, 5m, 1h or 2d',
    )
  const trimmed = text.trim().toLowerCase()
  if (trimmed === '0') return 0
  if (trimmed.startsWith('-')) return refusal('it is negative')
  if (/^\d+(\.\d+)?$/.test(trimmed)) return refusal('the unit is missing')
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(trimmed)) return refusal('units are ms, s, m, h, d and w')
  let total = 0
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g))
    total += Number(amount) * unitMs[unit]
  const ms = Math.round(total)
  return ms <= longestMs ? ms : refusal('it is longer than ten years')
}

/** A duration, or milliseconds without a unit, as latencies are commonly given. */
const parseLatencyPart: Parser<number> = (text) =>
  /^\d+(\.\d+)?$/.test(text.trim()) ? Math.round(Number(text)) : parseDuration(text)

/** `250`, `250ms`, `100-400` (uniform), or `lognormal:200:1500` (median and 99th percentile). */
export const parseLatency: Parser<BacktestSpec['latency']> = (text) => {
  const parts = text
    .trim()
    .replace(/^lognormal:/i, '')
    .split(/[-:]/)
  const times: number[] = []
  for (const part of parts) {
    const ms = parseLatencyPart(part)
    if (typeof ms !== 'number') return refuseLatency(text)
    times.push(ms)
  }
  const [first, second] = times
  if (times.some((ms) => ms > 60_000)) return refuseLatency(text, 'it is longer than a minute')
  if (/^lognormal:/i.test(text.trim())) {
    return times.length === 2 && first > 0 && first <= second
      ? { type: 'lognormal', medianMs: first, p99Ms: second }
      : refuseLatency(text)
  }
  if (times.length === 1) return { type: 'fixed', ms: first }
  return times.length === 2 && first <= second && !text.includes(':')
    ? { type: 'uniform', minMs: first, maxMs: second }
    : refuseLatency(text)
}

function refuseLatency(text: string, why = 'it is neither one time nor a range'): Refusal {
  return new Refusal(
    'invalidLatency',
    `${quote(text)} is not a latency: ${why}`,
    'write 250ms, 100ms-400ms, or lognormal:200ms:1500ms for median and 99th percentile',
  )
}

export interface Capital {
  readonly amount: Money
  /** null = the currency of the data. */
  readonly currency: string | null
}

/** `1000`, `1000USDT`, `0.5 BTC`: above zero, with at most eight decimals. */
export const parseCapital: Parser<Capital> = (text) => {
  const refusal = (why: string): Refusal =>
    new Refusal(
      'invalidMoney',
      `${quote(text)} is not an amount: ${why}`,
      'write a number with the currency if you like, e.g. 1000, 1000USDT or 0.5BTC',
    )
  const match = /^(-?)(\d+(?:_\d+)*)(?:\.(\d+))?\s*((?!e\d+$)[a-z][a-z0-9]{1,11})?$/i.exec(text.trim())
  if (!match) return refusal('it is not a plain number')
  const [, sign, whole, fraction = '', currency] = match
  if (sign === '-') return refusal('it is negative')
  if (fraction.length > 8) return refusal('money has at most eight decimals')
  const amount = BigInt(whole.replaceAll('_', '') + fraction.padEnd(8, '0'))
  if (amount === 0n) return refusal('it is zero')
  return { amount, currency: currency?.toUpperCase() ?? null }
}

interface NumberRange {
  readonly name: string
  readonly min: number
  readonly max: number
  /** Whether `min` and `max` themselves are allowed. */
  readonly open?: 'min' | 'max'
  readonly example: string
  readonly code?: string
}

/** A number in a range; `0.1%` is 0.001. */
export const numberIn =
  ({ name, min, max, open, example, code = 'invalidNumber' }: NumberRange): Parser<number> =>
  (text) => {
    const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(%?)$/i.exec(text.trim())
    const value = match ? Number(match[1]) / (match[2] === '%' ? 100 : 1) : Number.NaN
    const from = open === 'min' ? `above ${min}` : `${min} or more`
    const to = max === Infinity ? '' : open === 'max' ? ` and below ${max}` : ` and at most ${max}`
    if (!Number.isFinite(value))
      return new Refusal(code, `${quote(text)} is not a number; ${name} is ${from}${to}`, `write e.g. ${example}`)
    const fits = (open === 'min' ? value > min : value >= min) && (open === 'max' ? value < max : value <= max)
    return fits
      ? value
      : new Refusal(code, `${text.trim()} is out of range: ${name} is ${from}${to}`, `write e.g. ${example}`)
  }

/** A whole number in a range. */
export const wholeIn = (range: NumberRange): Parser<number> => {
  const parse = numberIn(range)
  return (text) => {
    const value = parse(text)
    if (value instanceof Refusal || Number.isSafeInteger(value)) return value
    return new Refusal(
      range.code ?? 'invalidNumber',
      `${quote(text)} is not a whole number`,
      `write e.g. ${range.example}`,
    )
  }
}

/** A fee rate: a fraction of notional. */
export const parseFee = numberIn({
  name: 'a fee, as a fraction of notional,',
  min: 0,
  max: 0.1,
  open: 'max',
  example: '0.001, which is 0.1 %',
  code: 'invalidFee',
})

/** Number of threads, `auto` = one per core. */
export const parseWorkers: Parser<number> = (text) =>
  text.trim().toLowerCase() === 'auto'
    ? availableParallelism()
    : wholeIn({ name: 'a number of workers', min: 1, max: 64, example: '2, or auto' })(text)

/** The text as the user wrote it, short enough for a message. */
export function quote(text: string): string {
  return text === '' ? 'an empty text' : `'${text.length > 60 ? `${text.slice(0, 57)}…` : text}'`
}
