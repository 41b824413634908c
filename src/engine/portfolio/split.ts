import { type Instrument, snapQuantity } from '#model/instrument.ts'
import { type Money, portion } from '#model/money.ts'
import type { Held } from './held.ts'

/** Part of an amount or a quantity that falls to one position. */
export interface Part<T> {
  readonly held: Held
  readonly part: T
}

/** Splits an amount over positions by weight; the last takes what rounding leaves. Weights must not sum to 0. */
export function splitAmount(amount: Money, weights: readonly Part<number>[]): readonly Part<Money>[] {
  const whole = weights.reduce((sum, { part }) => sum + part, 0)
  let rest = amount
  return weights.map(({ held, part }, index) => {
    const mine = index === weights.length - 1 ? rest : portion(amount, part, whole)
    rest -= mine
    return { held, part: mine }
  })
}

/** Signed sum of the positions, on the lot grid. */
export function netQuantity(instrument: Instrument, positions: readonly Held[]): number {
  return positions.reduce((sum, held) => snapQuantity(instrument, sum + held.quantity), 0)
}

/**
 * Which positions a forced close of `size` base units takes: those on the side of the instrument's net position, oldest
 * first. What exceeds them is left over.
 */
export function takeFrom(
  instrument: Instrument,
  positions: readonly Held[],
  size: number,
): { readonly parts: readonly Part<number>[]; readonly left: number } {
  const side = Math.sign(netQuantity(instrument, positions))
  const parts: Part<number>[] = []
  let left = size
  for (const held of positions) {
    if (left <= 0) break
    if (Math.sign(held.quantity) !== side) continue
    const part = Math.min(left, Math.abs(held.quantity))
    parts.push({ held, part })
    left = snapQuantity(instrument, left - part)
  }
  return { parts, left }
}
