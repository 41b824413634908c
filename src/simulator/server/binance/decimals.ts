import type { Money } from '#model/money.ts'

/** Amount with the eight places the venue writes. */
export function amount(value: Money): string {
  const digits = (value < 0n ? -value : value).toString().padStart(9, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -8)}.${digits.slice(-8)}`
}

/** Shortest plain decimal of a number, never with an exponent. */
export function plain(value: number): string {
  const text = String(value)
  if (!text.includes('e')) return text
  return value.toFixed(12).replace(/\.?0+$/, '')
}

/** Digits after the point of a decimal text, trailing zeros aside. */
export function placesOf(text: string): number {
  const point = text.indexOf('.')
  return point < 0 ? 0 : text.slice(point + 1).replace(/0+$/, '').length
}
