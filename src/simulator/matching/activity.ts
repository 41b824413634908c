import type { Instrument } from '#model/instrument.ts'
import type { UnixMs } from '#model/ids.ts'
import type { BarColumns, TradeColumns } from '#model/market.ts'
import { chunkAt, type Recording } from './recording.ts'
import { activityWindowMs, assumedHourlyVolatility, minActivityMinutes, minActivityPrints } from './settings.ts'
import type { Tape } from './tape.ts'

/** What the square-root law needs of the hour before an order. */
export interface Activity {
  /** σ: standard deviation of the log price over one hour, as a fraction. */
  readonly volatility: number
  /** V: quote volume of that hour; 0 when nothing traded. */
  readonly quoteVolume: number
}

const minuteMs = 60_000

/**
 * Measured over the prints (or bar closes) in `[time − 1 h, time)`. σ² = mean squared log change of the price held at each
 * minute's end, times 60: changes are taken around zero, so that a trend counts as volatility; never below one tick. With
 * fewer than 20 prints (bars are not counted) or 10 minutes of them σ is at least 5 % and V stays what was seen, unscaled.
 */
export function measureActivity(recording: Recording, instrument: Instrument, time: UnixMs): Activity {
  const tape: Tape<TradeColumns | BarColumns> = recording.onlyBars ? recording.bars : recording.trades
  const from = tape.lowerBound(time - activityWindowMs)
  const to = tape.lowerBound(time)
  const sum: Sum = {
    price: recording.lastPrice(time - activityWindowMs),
    minute: 0,
    squares: 0,
    change: 0,
    minutes: 0,
    volume: 0,
  }
  if (!Number.isNaN(sum.price)) sum.minutes = activityWindowMs / minuteMs
  for (let row = from; row < to;) {
    const chunk = chunkAt(tape, row)
    if (chunk === undefined) break
    const { columns } = chunk
    const end = Math.min(to, chunk.first + chunk.length)
    for (let at = row - chunk.first; at < end - chunk.first; at++) {
      const price = 'close' in columns ? columns.close[at] : columns.price[at]
      const quantity = 'close' in columns ? columns.volume[at] : columns.quantity[at]
      add(sum, time, columns.time[at], price, price * quantity)
    }
    row = end
  }
  sum.squares += sum.change ** 2
  const measured = sum.minutes > 0 ? Math.sqrt((60 * sum.squares) / sum.minutes) : 0
  const known = sum.minutes >= minActivityMinutes && (recording.onlyBars || to - from >= minActivityPrints)
  const floor = Math.max(known ? 0 : assumedHourlyVolatility, sum.price > 0 ? instrument.tickSize / sum.price : 0)
  return { volatility: Math.max(measured, floor), quoteVolume: sum.volume }
}

interface Sum {
  /** Last price seen; NaN before the first. */
  price: number
  /** Minutes before the order, counted back, of the running change. */
  minute: number
  /** Log change within the running minute, and the closed ones' squares. */
  change: number
  squares: number
  /** Minutes covered by prices. */
  minutes: number
  volume: number
}

function add(sum: Sum, now: UnixMs, time: UnixMs, price: number, notional: number): void {
  const minute = Math.ceil((now - time) / minuteMs)
  if (Number.isNaN(sum.price)) {
    sum.price = price
    sum.minutes = minute
  }
  if (minute !== sum.minute) {
    sum.squares += sum.change ** 2
    sum.change = 0
    sum.minute = minute
  }
  sum.change += Math.log(price / sum.price)
  sum.price = price
  sum.volume += notional
}
