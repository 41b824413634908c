/** Median of the first `count` values, which it sorts in place; NaN of none. For a few dozen values. */
export function medianOf(values: Float64Array, count: number): number {
  for (let at = 1; at < count; at++) {
    const value = values[at]
    let into = at
    while (into > 0 && values[into - 1] > value) {
      values[into] = values[into - 1]
      into--
    }
    values[into] = value
  }
  const middle = count >> 1
  if (count === 0) return Number.NaN
  return count % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
}
