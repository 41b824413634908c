import type { TradeColumns } from '#model/market.ts'

export { syntheticTrades } from './synthetic-trades.ts'

// Windows in milliseconds back from the trade. TWPA, VWAP, max and min: (300 s, 0); TWPA ratio: (300, 60) over
// (1800, 300); velocity: TWPA(10, 0) against TWPA(60, 30); surge: (30, 0) over (600, 30); momentum: (30, 0), (120, 30).
const w10 = 10_000
const w30 = 30_000
const w60 = 60_000
const w120 = 120_000
const w300 = 300_000
const w600 = 600_000
const w1800 = 1_800_000
/** Between the centers of the two velocity windows. */
const velocitySeconds = 40
const emaMs = 60_000
const barMs = 60_000
const rsiBars = 14

// The five groups, in percent, ratios and points of RSI.
const signalMagnitude = 2
const signalSurge = 3
const signalMomentum = 1.5
const cancelMagnitude = 0.2
const entryRsiMin = 45
const entryRsiMax = 95
const exitMomentum = 0.2
const emergencyMagnitude = -2
const signalTimeoutMs = 60_000
const cooldownMs = 300_000

// Costs and size.
const latencyMs = 250
const slippage = 0.0005
const feeRate = 0.0006
const share = 0.2
const startEquity = 10_000

const watching = 0
const signaled = 1
const entering = 2
const holding = 3
const exiting = 4
const cooling = 5

/** Running sums are kept for so many trades; more than that in half an hour is refused. */
const rows = 1 << 15
const mask = rows - 1

/** Places in `FusedResult.readings`. */
export const readingSlots = {
  twpa: 0,
  twpaRatio: 1,
  vwap: 2,
  max: 3,
  min: 4,
  velocity: 5,
  surge: 6,
  ema: 7,
  rsi: 8,
  momentum: 9,
} as const

export interface FusedResult {
  /** Entries and exits completed. */
  readonly roundTrips: number
  /** Cash and open position at the last price, in quote units; 10 000 at the start. */
  readonly equity: number
  /** Fraction of the highest equity. */
  readonly maxDrawdown: number
  /** After the last trade, at `readingSlots`; NaN while a window is not covered. */
  readonly readings: Float64Array
}

/**
 * The yardstick of design §13: ten time-window indicators, five condition groups, the phase machine, market fills with
 * latency, slippage and fee, and equity, over the first `n` trades, written as one loop without calls or allocation per
 * trade. Windows are cursors into the tape; sums are differences of running sums; extremes are monotonic queues.
 */
export function runFused(columns: TradeColumns, n: number): FusedResult {
  const { time, price, quantity } = columns
  const readings = new Float64Array(10).fill(Number.NaN)
  // per row: ∫ price dt up to it, Σ price·quantity and Σ quantity before it
  const sums = new Float64Array(rows * 4)
  const high = new Int32Array(rows)
  const low = new Int32Array(rows)
  const highPrice = new Float64Array(rows)
  const lowPrice = new Float64Array(rows)
  let highHead = 0
  let highTail = 0
  let lowHead = 0
  let lowTail = 0
  // last trade at or before the edge of each window
  let c10 = 0
  let c30 = 0
  let c60 = 0
  let c120 = 0
  let c300 = 0
  let c600 = 0
  let c1800 = 0
  let area = 0
  let value = 0
  let volume = 0
  let last = n > 0 ? price[0] : 0
  let lastTime = n > 0 ? time[0] : 0
  const readyAt = lastTime + w1800
  let ema = last
  let barEnd = (Math.floor(lastTime / barMs) + 1) * barMs
  let barClose = Number.NaN
  let bars = 0
  let gain = 0
  let loss = 0
  let rsi = Number.NaN
  let phase = watching
  let since = 0
  let position = 0
  let cash = startEquity
  let equity = startEquity
  let peak = startEquity
  let maxDrawdown = 0
  let roundTrips = 0

  for (let i = 0; i < n; i++) {
    const t = time[i]
    const p = price[i]

    // bars: those that ended before this trade
    while (t >= barEnd) {
      if (barClose === barClose) {
        const change = last - barClose
        const up = change > 0 ? change : 0
        const down = change < 0 ? -change : 0
        bars++
        if (bars <= rsiBars) {
          gain += up / rsiBars
          loss += down / rsiBars
        } else {
          gain += (up - gain) / rsiBars
          loss += (down - loss) / rsiBars
        }
        if (bars >= rsiBars) rsi = gain + loss === 0 ? 50 : (100 * gain) / (gain + loss)
      }
      barClose = last
      barEnd += barMs
    }

    // running sums
    const gap = t - lastTime
    area += last * gap
    const at = (i & mask) << 2
    sums[at] = area
    sums[at + 1] = value
    sums[at + 2] = volume
    const q = quantity[i]
    value += p * q
    volume += q
    ema += (p - ema) * (1 - Math.exp(-gap / emaMs))
    last = p
    lastTime = t

    // window edges; arrivals are random, so the first two steps avoid a branch that could not be predicted
    const e10 = t - w10
    c10 += ((time[c10 + 1] - e10 - 1) | 0) >>> 31
    c10 += ((time[c10 + 1] - e10 - 1) | 0) >>> 31
    while (time[c10 + 1] <= e10) c10++
    const e30 = t - w30
    c30 += ((time[c30 + 1] - e30 - 1) | 0) >>> 31
    c30 += ((time[c30 + 1] - e30 - 1) | 0) >>> 31
    while (time[c30 + 1] <= e30) c30++
    const e60 = t - w60
    c60 += ((time[c60 + 1] - e60 - 1) | 0) >>> 31
    c60 += ((time[c60 + 1] - e60 - 1) | 0) >>> 31
    while (time[c60 + 1] <= e60) c60++
    const e120 = t - w120
    c120 += ((time[c120 + 1] - e120 - 1) | 0) >>> 31
    c120 += ((time[c120 + 1] - e120 - 1) | 0) >>> 31
    while (time[c120 + 1] <= e120) c120++
    const e300 = t - w300
    c300 += ((time[c300 + 1] - e300 - 1) | 0) >>> 31
    c300 += ((time[c300 + 1] - e300 - 1) | 0) >>> 31
    while (time[c300 + 1] <= e300) c300++
    const e600 = t - w600
    c600 += ((time[c600 + 1] - e600 - 1) | 0) >>> 31
    c600 += ((time[c600 + 1] - e600 - 1) | 0) >>> 31
    while (time[c600 + 1] <= e600) c600++
    const e1800 = t - w1800
    c1800 += ((time[c1800 + 1] - e1800 - 1) | 0) >>> 31
    c1800 += ((time[c1800 + 1] - e1800 - 1) | 0) >>> 31
    while (time[c1800 + 1] <= e1800) c1800++
    if (i - c1800 >= rows) throw new RangeError(`more than ${rows} trades in half an hour`)

    // extremes over (300 s, 0), the price in force at its beginning included
    while (highTail > highHead && highPrice[(highTail - 1) & mask] <= p) highTail--
    highPrice[highTail & mask] = p
    high[highTail++ & mask] = i
    while (high[highHead & mask] < c300) highHead++
    while (lowTail > lowHead && lowPrice[(lowTail - 1) & mask] >= p) lowTail--
    lowPrice[lowTail & mask] = p
    low[lowTail++ & mask] = i
    while (low[lowHead & mask] < c300) lowHead++

    if (t < readyAt) continue

    // ∫ price dt up to each edge
    const a10 = sums[(c10 & mask) << 2] + price[c10] * (e10 - time[c10])
    const a30 = sums[(c30 & mask) << 2] + price[c30] * (e30 - time[c30])
    const a60 = sums[(c60 & mask) << 2] + price[c60] * (e60 - time[c60])
    const a120 = sums[(c120 & mask) << 2] + price[c120] * (e120 - time[c120])
    const a300 = sums[(c300 & mask) << 2] + price[c300] * (e300 - time[c300])
    const a1800 = sums[(c1800 & mask) << 2] + price[c1800] * (e1800 - time[c1800])
    // sums of the trades after each edge
    const s30 = ((c30 + 1) & mask) << 2
    const s300 = ((c300 + 1) & mask) << 2
    const s600 = ((c600 + 1) & mask) << 2
    const value30 = c30 === i ? value : sums[s30 + 1]
    const value300 = c300 === i ? value : sums[s300 + 1]
    const volume300 = c300 === i ? volume : sums[s300 + 2]
    const value600 = c600 === i ? value : sums[s600 + 1]

    const old = (a30 - a60) / (w60 - w30)
    const magnitude = (((area - a10) / w10 - old) / old) * 100
    const surge = ((value - value30) * (w600 - w30)) / ((value30 - value600) * w30)
    const before = (a30 - a120) / (w120 - w30)
    const momentum = (((area - a30) / w30 - before) / before) * 100
    readings[0] = (area - a300) / w300
    readings[1] = ((a60 - a300) * (w1800 - w300)) / ((a300 - a1800) * (w300 - w60))
    readings[2] = (value - value300) / (volume - volume300)
    readings[3] = highPrice[highHead & mask]
    readings[4] = lowPrice[lowHead & mask]
    readings[5] = magnitude / velocitySeconds
    readings[6] = surge
    readings[7] = ema
    readings[8] = rsi
    readings[9] = momentum

    if (phase === watching) {
      if (magnitude >= signalMagnitude && surge >= signalSurge && momentum >= signalMomentum) {
        phase = signaled
        since = t
      }
    } else if (phase === signaled) {
      if (magnitude <= cancelMagnitude || t - since > signalTimeoutMs) {
        phase = watching
      } else if (rsi >= entryRsiMin && rsi <= entryRsiMax) {
        phase = entering
        since = t
      }
    } else if (phase === entering) {
      if (t - since >= latencyMs) {
        const fill = p * (1 + slippage)
        position = (equity * share) / fill
        cash -= position * fill * (1 + feeRate)
        phase = holding
      }
    } else if (phase === holding) {
      if (magnitude <= emergencyMagnitude || momentum <= exitMomentum) {
        phase = exiting
        since = t
      }
    } else if (phase === exiting) {
      if (t - since >= latencyMs) {
        cash += position * p * (1 - slippage) * (1 - feeRate)
        position = 0
        roundTrips++
        phase = cooling
        since = t
      }
    } else if (phase === cooling && t - since >= cooldownMs) {
      phase = watching
    }

    equity = cash + position * p
    if (equity > peak) peak = equity
    const drawdown = 1 - equity / peak
    if (drawdown > maxDrawdown) maxDrawdown = drawdown
  }
  return { roundTrips, equity, maxDrawdown, readings }
}
