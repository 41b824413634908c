/** An amount in 1e-8 of its currency, exact. Positive is ours. */
export type Money = bigint

const scale = 100_000_000n
const digits = 8

/** The number nearest to `amount`, for display, ratios and limits; never summed. */
export function toNumber(amount: Money): number {
  return Number(amount) / 1e8
}

/** Rounds half away from zero to 1e-8. Throws on NaN and infinities: money is never unknown. */
export function toMoney(value: number): Money {
  const { mantissa, decimals } = toDecimal(value)
  return rescale(mantissa, decimals)
}

/** `price × quantity` of two grid values, computed on their decimal digits and rounded once. */
export function product(a: number, b: number): Money {
  const x = toDecimal(a)
  const y = toDecimal(b)
  return rescale(x.mantissa * y.mantissa, x.decimals + y.decimals)
}

/** `amount × rate`, rounded once; `rate` is a fraction such as 0.0006. */
export function share(amount: Money, rate: number): Money {
  const { mantissa, decimals } = toDecimal(rate)
  return rescale(amount * mantissa, decimals + digits)
}

/** `amount × part / whole` for a partial close; the caller books the rest as `amount − result`, so nothing is lost. */
export function portion(amount: Money, part: number, whole: number): Money {
  const p = toDecimal(part)
  const w = toDecimal(whole)
  const numerator = amount * p.mantissa * 10n ** BigInt(w.decimals)
  const denominator = w.mantissa * 10n ** BigInt(p.decimals)
  return divideRounded(numerator, denominator)
}

/** `amount / quantity` in quote per base unit, at the 15 digits a number holds for certain; quantity must not be 0. */
export function unitPrice(amount: Money, quantity: number): number {
  return Number((toNumber(amount) / quantity).toPrecision(15))
}

/** Decimal text with up to eight places and no exponent, e.g. `-12.5`. */
export function formatMoney(amount: Money): string {
  const negative = amount < 0n
  const absolute = negative ? -amount : amount
  const fraction = (absolute % scale).toString().padStart(digits, '0').replace(/0+$/, '')
  return `${negative ? '-' : ''}${absolute / scale}${fraction === '' ? '' : `.${fraction}`}`
}

interface Decimal {
  readonly mantissa: bigint
  readonly decimals: number
}

/** The shortest decimal that reads back as this number, as an integer and a count of decimals. */
function toDecimal(value: number): Decimal {
  if (!Number.isFinite(value)) throw new RangeError(`not an amount: ${value}`)
  const units = Math.round(value * 1e8)
  // below 2⁵³ / 1e8 two amounts of eight decimals are never the same number, so reading back proves the digits
  if (Math.abs(units) < Number.MAX_SAFE_INTEGER && units / 1e8 === value)
    return { mantissa: BigInt(units), decimals: digits }
  const text = String(value)
  const [base = '0', exponent = '0'] = text.split('e')
  const [whole = '0', fraction = ''] = base.split('.')
  const decimals = fraction.length - Number(exponent)
  const mantissa = BigInt(whole + fraction)
  return decimals >= 0 ? { mantissa, decimals } : { mantissa: mantissa * 10n ** BigInt(-decimals), decimals: 0 }
}

function rescale(mantissa: bigint, decimals: number): Money {
  if (decimals <= digits) return mantissa * 10n ** BigInt(digits - decimals)
  return divideRounded(mantissa, 10n ** BigInt(decimals - digits))
}

function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n
  const n = numerator < 0n ? -numerator : numerator
  const d = denominator < 0n ? -denominator : denominator
  const quotient = (2n * n + d) / (2n * d)
  return negative ? -quotient : quotient
}
