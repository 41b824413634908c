export interface ExactOptions {
  /** Numbers under these keys come as their source text: money that must not pass through a double. */
  readonly textKeys?: ReadonlySet<string>
}

/**
 * `JSON.parse` that loses no digit of an id: integers beyond 2^53 come as the text they were written as, all other numbers as
 * numbers. Throws `SyntaxError` on anything that is not JSON. For private and order replies; market data has small ids and takes `JSON.parse`.
 */
export function parseExact(text: string, { textKeys }: ExactOptions = {}): unknown {
  if (textKeys === undefined && !longDigits.test(text)) return JSON.parse(text)
  const parse = JSON.parse as (text: string, reviver: Reviver) => unknown
  try {
    return parse(text, (key, value, { source }) => {
      if (typeof value !== 'number' || source === undefined) return value
      if (textKeys?.has(key) === true) return source
      return Number.isSafeInteger(value) || !integer.test(source) ? value : source
    })
  } catch (error) {
    // The reviver recurses, JSON.parse itself does not: nesting that overflows the stack is malformed for us.
    if (error instanceof RangeError) throw new SyntaxError('nested too deeply', { cause: error })
    throw error
  }
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown

/** A number in JSON comes after one of these; an id within a text may take the slow way too, which changes nothing. */
const longDigits = /(?:^|[:[,\s-])\d{16}/
const integer = /^-?\d+$/

/** A number as plain decimal digits without exponent, as venues want quantities and prices. Throws on what is not finite. */
export function plainDecimal(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not a number to send`)
  const text = String(value)
  const [mantissa = '', exponent] = text.split('e')
  if (exponent === undefined) return text
  const negative = mantissa.startsWith('-')
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  const plain =
    point <= 0
      ? `0.${'0'.repeat(-point)}${digits}`
      : point >= digits.length
        ? digits + '0'.repeat(point - digits.length)
        : `${digits.slice(0, point)}.${digits.slice(point)}`
  return negative ? `-${plain}` : plain
}
