import type { UnixMs } from '#model/ids.ts'
import { quantileOf } from './statistics.ts'
import type { Tape } from './tape.ts'

const minuteMs = 60_000
/** One jump an hour at most: what follows within it belongs to it. */
const apartMinutes = 60
/** Minutes of tape before a jump that its baselines need. */
const leastMinutes = 60

export interface MeasuredJump {
  readonly minute: UnixMs
  /** High above the median of the hour before, percent. */
  readonly risePct: number
  /** Turnover of the five minutes that end with it ÷ what five minutes of the day before those had. */
  readonly volumeRatio: number
}

/**
 * Minutes in which the price jumped, as `other_jumps.csv` of the recorded data defines them: a high 8 % or more above the median of
 * the closes of the hour before (a minute without trades closes where the last one did), and a turnover of the last five minutes
 * at least 15 times what five minutes of the day before them had.
 */
export function measureJumps(tape: Tape): readonly MeasuredJump[] {
  const { high, close, before } = minutesOf(tape)
  const first = Math.floor(tape.from / minuteMs)
  const jumps: MeasuredJump[] = []
  let last = -Infinity
  for (let at = leastMinutes; at < high.length; at++) {
    if (!(high[at] > 0)) continue
    const start = Math.max(0, at - 1_445)
    const usual = ((before[at - 4] - before[start]) / (at - 4 - start)) * 5
    const volumeRatio = (before[at + 1] - before[at - 4]) / usual
    if (!(volumeRatio >= 15)) continue
    const median = quantileOf([...close.subarray(at - 60, at)], 0.5) ?? Number.NaN
    const risePct = (high[at] / median - 1) * 100
    if (!(risePct >= 8)) continue
    if (at - last >= apartMinutes) {
      jumps.push({ minute: (first + at) * minuteMs, risePct, volumeRatio })
      last = at
    }
  }
  return jumps
}

/** Columns by minute since the first: `high` is 0 without trades, `before` = turnover before the minute, one entry more. */
function minutesOf({ from, to, trades }: Tape): { high: Float64Array; close: Float64Array; before: Float64Array } {
  const first = Math.floor(from / minuteMs)
  const count = Math.floor(to / minuteMs) - first + 1
  const high = new Float64Array(count)
  const close = new Float64Array(count)
  const before = new Float64Array(count + 1)
  for (let row = 0; row < trades.time.length; row++) {
    const at = Math.floor(trades.time[row] / minuteMs) - first
    high[at] = Math.max(high[at], trades.price[row])
    close[at] = trades.price[row]
    before[at + 1] += trades.price[row] * trades.quantity[row]
  }
  for (let at = 0; at < count; at++) {
    if (close[at] === 0 && at > 0) close[at] = close[at - 1]
    before[at + 1] += before[at]
  }
  return { high, close, before }
}
