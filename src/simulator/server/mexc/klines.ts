import type { ServedBar } from '../types.ts'
import type { Fields } from './fields.ts'
import { barsOf, type BarSource, isInterval } from './intervals.ts'
import type { Listing } from './listings.ts'
import { parameterError } from './wire-error.ts'

const most = 2_000

/** One candle: `open` continues the one before, `realOpen` is the first print's. */
export interface Candle {
  /** Seconds. */
  readonly time: number
  readonly open: number
  readonly close: number
  readonly high: number
  readonly low: number
  /** Contracts. */
  readonly vol: number
  readonly amount: number
  readonly realOpen: number
  readonly realClose: number
  readonly realHigh: number
  readonly realLow: number
}

/** Columns of at most 2 000 candles, the forming one included: from `start`, else up to `end`, else the latest. Throws 600. */
export function klineColumns(listing: Listing, source: BarSource, fields: Fields) {
  const interval = fields.text('interval') ?? 'Min1'
  if (!isInterval(interval)) throw parameterError('interval')
  const start = fields.number('start')
  const end = fields.number('end')
  const candles = candlesOf(listing, barsOf(source, interval)).filter(
    ({ time }) => time >= (start ?? -Infinity) && time <= (end ?? Infinity),
  )
  const told = start === undefined ? candles.slice(-most) : candles.slice(0, most)
  const column = (name: keyof Candle): readonly number[] => told.map((candle) => candle[name])
  return {
    time: column('time'),
    open: column('open'),
    close: column('close'),
    high: column('high'),
    low: column('low'),
    vol: column('vol'),
    amount: column('amount'),
    realOpen: column('realOpen'),
    realClose: column('realClose'),
    realHigh: column('realHigh'),
    realLow: column('realLow'),
  }
}

export function candlesOf(listing: Listing, bars: readonly ServedBar[]): readonly Candle[] {
  return bars.map((bar, index) => {
    const open = bars[index - 1]?.close ?? bar.open
    return {
      time: bar.openTime / 1000,
      open,
      close: bar.close,
      high: Math.max(open, bar.high),
      low: Math.min(open, bar.low),
      vol: listing.vol(bar.volume),
      amount: Number(bar.notional.toFixed(8)),
      realOpen: bar.open,
      realClose: bar.close,
      realHigh: bar.high,
      realLow: bar.low,
    }
  })
}

/** The last candle of a market, as `push.kline` tells it; null before anything traded. */
export function klinePush(listing: Listing, interval: string, now: number) {
  const week = 8 * 86_400_000
  const range = interval === 'Month1' ? {} : { from: now - 2 * week }
  const candle = candlesOf(listing, barsOf(listing.market, interval, range)).at(-1)
  if (candle === undefined) return null
  return {
    symbol: listing.symbol,
    interval,
    t: candle.time,
    o: candle.open,
    c: candle.close,
    h: candle.high,
    l: candle.low,
    a: candle.amount,
    q: candle.vol,
    ro: candle.realOpen,
    rc: candle.realClose,
    rh: candle.realHigh,
    rl: candle.realLow,
  }
}
