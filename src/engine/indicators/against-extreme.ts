import { type ColumnKernel, type MarketView, minCoverage, type ParameterSpec, pending } from '#model/indicator.ts'
import { dayMs } from './parameter-specs.ts'
import { SlidingExtreme } from './sliding-extreme.ts'

export const lookBackMs = (value: number): ParameterSpec => ({
  name: 'lookBackMs',
  description: 'How far back the extreme is looked for',
  unit: 'ms',
  type: 'integer',
  default: value,
  min: 1,
  max: dayMs,
})

/**
 * A measure x against its own extreme over the look-back, taken at each instant: `scale · (x − m) / |m|`, or m itself. With
 * `sign` 1, m is the highest x and must be above `smallest`; with −1 the lowest, and below −`smallest`; else pending as undefined.
 */
export function againstExtreme(
  market: MarketView,
  inner: ColumnKernel,
  innerReadyAfterMs: number,
  lookBack: number,
  sign: 1 | -1,
  output: number | 'extreme',
  smallest = 0,
): ColumnKernel {
  const extreme = new SlidingExtreme(sign)
  const column = new Float64Array(market.timeline.time.length)
  const readyAfterMs = innerReadyAfterMs + lookBack * minCoverage
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      inner.fill(from, to, column, reasons)
      const { time } = market.timeline
      const since = market.coveredSince()
      for (let at = from; at < to; at++) {
        const value = column[at]
        if (value !== value) {
          values[at] = Number.NaN
          continue
        }
        extreme.evictUpTo(time[at] - lookBack)
        extreme.push(time[at], value)
        if (!(time[at] - readyAfterMs >= since)) {
          values[at] = Number.NaN
          reasons[at] = pending.warmingUp
          continue
        }
        const best = extreme.value()
        if (output === 'extreme') values[at] = best
        else if (sign * best > smallest) values[at] = (output * (value - best)) / (sign * best)
        else {
          values[at] = Number.NaN
          reasons[at] = pending.undefined
        }
      }
    },
    snapshot: () => extreme.snapshot(),
    restore: (state) => extreme.restore(state),
  }
}
