import type { Money } from '#model/money.ts'

/** Exact sum; the order of the terms never matters. */
export function sumOf<T>(items: Iterable<T>, amount: (item: T) => Money): Money {
  let sum = 0n
  for (const item of items) sum += amount(item)
  return sum
}

/** `part ÷ whole` of two exact amounts as a number; null when the whole is 0. */
export function ratioOf(part: Money, whole: Money): number | null {
  return whole === 0n ? null : Number(part) / Number(whole)
}

/** Arithmetic mean; null for none. Sorted before summing, so that the order of the values never matters. */
export function meanOf(values: readonly number[]): number | null {
  if (values.length === 0) return null
  let sum = 0
  for (const value of [...values].sort((a, b) => a - b)) sum += value
  return sum / values.length
}

/** Middle value, or the mean of the two in the middle; null for none. */
export function medianOf(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  return sorted.length % 2 === 1 ? upper : (sorted[middle - 1] + upper) / 2
}

/** Sample standard deviation (n − 1); null under two values. */
export function deviationOf(values: readonly number[]): number | null {
  const mean = meanOf(values)
  if (mean === null || values.length < 2) return null
  const squares = values.map((value) => (value - mean) ** 2).sort((a, b) => a - b)
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (values.length - 1))
}
