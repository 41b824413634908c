import { z } from 'zod'

/** No price and no size is larger; what is would overflow when multiplied. */
export const largest = 1e15

/**
 * Plain digits with an optional sign and point, as this venue writes every amount; NaN for anything else. By hand, for the hot path: up to 15
 * digits are a whole number divided by a power of ten, both exact, so that the quotient is the number nearest to the text.
 */
export function decimalOf(text: unknown): number {
  if (typeof text !== 'string' || text.length > 40) return Number.NaN
  const negative = text.charCodeAt(0) === minus
  let whole = 0
  let digits = 0
  let point = -1
  for (let at = negative ? 1 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === dot && point < 0) {
      point = at
      continue
    }
    if (code < 48 || code > 57) return Number.NaN
    whole = whole * 10 + (code - 48)
    digits += 1
  }
  if (digits === 0) return Number.NaN
  if (digits > 15) return Number(text)
  const value = point < 0 ? whole : whole / powers[text.length - 1 - point]
  return negative ? -value : value
}

const minus = 45
const dot = 46
const powers = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent)

export const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

/** An amount as text, read as the nearest number. */
export const decimal = z.string().transform((text, context) => {
  const value = decimalOf(text)
  if (Number.isNaN(value) || Math.abs(value) > largest) context.addIssue({ code: 'custom', message: 'not an amount' })
  return value
})
export const price = decimal.refine((value) => value > 0)
/** A price or size where 0 stands for none. */
export const amount = decimal.refine((value) => value >= 0)

const moneyText = /^(-?)(\d{1,20})(?:\.(\d{1,20}))?$/

/** Money as text, read exactly; what is finer than 1e-8 is rounded half away from zero. */
export const money = z.string().transform((text, context): bigint => {
  const [, sign, whole, fraction = ''] = moneyText.exec(text) ?? []
  if (whole === undefined) {
    context.addIssue({ code: 'custom', message: 'not money' })
    return 0n
  }
  const units = BigInt(whole + fraction.slice(0, 8).padEnd(8, '0'))
  const rounded = units + ((fraction[8] ?? '0') >= '5' ? 1n : 0n)
  return sign === '-' ? -rounded : rounded
})

/** An id as text: numbers that have lost digits are refused. */
export const id = z.union([z.string().regex(/^\d{1,32}$/), z.int().nonnegative()]).transform(String)

/** The venue's own spelling; not always of Latin letters. */
export const symbol = z.string().regex(/^[\p{L}\p{N}_]{1,40}$/u)
export const asset = z.string().regex(/^[\p{L}\p{N}_]{1,32}$/u)
export const unixMs = z.int().nonnegative()
export const clientId = z.string().max(64)
export const positionSide = z.enum(['BOTH', 'LONG', 'SHORT'])
export const wireSide = z.enum(['BUY', 'SELL'])
