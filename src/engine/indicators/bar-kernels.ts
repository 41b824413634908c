import { type BarTape, type ColumnKernel, type MarketView, pending } from '#model/indicator.ts'

/** Measures the bars with physical indices `[first, last)` of the tape; NaN = undefined there. */
export type MeasureBars = (tape: BarTape, first: number, last: number) => number

/**
 * A measure of the newest `count` closed bars. Computed once per closed bar, from the tape alone, so it has no memory
 * and may skip stretches.
 */
export function barWindow(market: MarketView, intervalMs: number, count: number, measure: MeasureBars): ColumnKernel {
  const { tape, seen } = market.bars(intervalMs)
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      seen.ensure()
      const ends = seen.values
      const { offset, start } = tape
      let end = -1
      let value = Number.NaN
      let reason = pending.noBars
      for (let at = from; at < to; at++) {
        if (ends[at] !== end) {
          end = ends[at]
          const enough = end - start >= count
          value = enough ? measure(tape, end - count - offset, end - offset) : Number.NaN
          reason = enough ? pending.undefined : end > start ? pending.warmingUp : pending.noBars
        }
        values[at] = value
        if (value !== value) reasons[at] = reason
      }
    },
  }
}

/** Takes the bar at a physical index into `memory`, whose first number counts the bars taken; NaN while warming up. */
export type StepBar = (memory: Float64Array, tape: BarTape, at: number) => number

/** A recursion over closed bars. Everything it remembers is in `memory`, `size` numbers that start at 0. */
export function barRecursion(market: MarketView, intervalMs: number, size: number, step: StepBar): ColumnKernel {
  const { tape, seen } = market.bars(intervalMs)
  const memory = new Float64Array(size)
  let next = tape.start
  let value = Number.NaN
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      seen.ensure()
      const ends = seen.values
      const { offset } = tape
      for (let at = from; at < to; at++) {
        while (next < ends[at]) {
          value = step(memory, tape, next - offset)
          memory[0] = memory[0] + 1
          next++
        }
        values[at] = value
        if (value !== value) reasons[at] = memory[0] === 0 ? pending.noBars : pending.warmingUp
      }
    },
    snapshot: () => ({ memory: memory.slice(), next, value }),
    restore(state) {
      const saved = state as { memory: Float64Array; next: number; value: number }
      memory.set(saved.memory)
      next = saved.next
      value = saved.value
    },
  }
}

/** Lowest low and highest high of the bars `[first, last)`. */
export function rangeOf({ high, low }: BarTape, first: number, last: number): { lowest: number; highest: number } {
  let lowest = Infinity
  let highest = -Infinity
  for (let at = first; at < last; at++) {
    if (low[at] < lowest) lowest = low[at]
    if (high[at] > highest) highest = high[at]
  }
  return { lowest, highest }
}
