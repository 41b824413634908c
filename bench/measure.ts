/** Median and range of a sample. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export function spreadOf(sample: readonly number[]): Spread {
  const sorted = sample.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2
  return { median, low: sorted[0], high: sorted[sorted.length - 1] }
}

/** Wall time of one call, ms. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
