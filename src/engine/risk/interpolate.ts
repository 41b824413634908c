import type { Scaling } from '#model/strategy.ts'

/** A factor, and whether it had to be assumed because its reading was pending. */
export interface Scale {
  readonly value: number
  readonly assumed: boolean
}

/** The factor where a strategy asks for no scaling. */
export const unscaled: Scale = { value: 1, assumed: false }

/**
 * Piecewise-linear through `[reading, scale]` points, flat outside. A pending reading (NaN) takes the smallest scale and
 * says so. Points may come in any order.
 */
export function interpolate(points: Scaling['points'], reading: number): Scale {
  if (Number.isNaN(reading)) return { value: Math.min(...points.map(([, scale]) => scale)), assumed: true }
  const sorted = points.toSorted((a, b) => a[0] - b[0])
  const next = sorted.findIndex(([at]) => reading < at)
  if (next === -1) return { value: sorted[sorted.length - 1][1], assumed: false }
  if (next === 0) return { value: sorted[0][1], assumed: false }
  const [lowAt, low] = sorted[next - 1]
  const [highAt, high] = sorted[next]
  return { value: low + ((high - low) * (reading - lowAt)) / (highAt - lowAt), assumed: false }
}
