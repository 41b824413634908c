/** Values over time: linear between its knots, level beyond the outermost. Knots ascend. */
export interface Curve {
  readonly at: readonly number[]
  readonly value: readonly number[]
}

/** A curve through these knots. */
export function curveOf(knots: readonly (readonly [at: number, value: number])[]): Curve {
  return { at: knots.map(([at]) => at), value: knots.map(([, value]) => value) }
}

export function valueAt({ at, value }: Curve, time: number): number {
  const next = knotAfter(at, time)
  if (next === 0) return value[0]
  if (next === at.length) return value[next - 1]
  const share = (time - at[next - 1]) / (at[next] - at[next - 1])
  return value[next - 1] + (value[next] - value[next - 1]) * share
}

/** Sign of the way it goes just after `time`: 1 up, −1 down, 0 level. */
export function directionAt({ at, value }: Curve, time: number): number {
  const next = knotAfter(at, time)
  return next === 0 || next === at.length ? 0 : Math.sign(value[next] - value[next - 1])
}

/** The sum of two curves, a curve with the knots of both. */
export function sumOf(one: Curve, other: Curve): Curve {
  const times = [...new Set([...one.at, ...other.at])].sort((a, b) => a - b)
  return curveOf(times.map((time) => [time, valueAt(one, time) + valueAt(other, time)]))
}

/** Index of the first knot later than `time`. */
function knotAfter(at: readonly number[], time: number): number {
  let low = 0
  let high = at.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at[middle] <= time) low = middle + 1
    else high = middle
  }
  return low
}
