import type { Bar, Trade } from '#model/market.ts'
import type { Delta } from '../link/book-sync.ts'
import type { Contract } from './instruments.ts'
import type { DepthFrame } from './wire/frames.ts'
import type { AggTrade, Klines } from './wire/market.ts'

export const toTrade = ({ instrument }: Contract, { a, p, q, T, m }: AggTrade): Trade => ({
  type: 'trade',
  instrumentId: instrument.id,
  time: T,
  price: p,
  quantity: q,
  side: m ? 'sell' : 'buy',
  tradeId: String(a),
})

export function toDelta({ first, last, previous, time, bids, asks }: DepthFrame): Delta {
  return { first, last, time, bids, asks, ...(previous === undefined ? {} : { previous }) }
}

/** `time` is the exclusive end; the venue's close time is a millisecond before it. */
export const toBar = ({ instrument }: Contract, row: Klines[number], intervalMs: number): Bar => ({
  type: 'bar',
  instrumentId: instrument.id,
  time: row.closeTime + 1,
  intervalMs,
  open: row.open,
  high: row.high,
  low: row.low,
  close: row.close,
  volume: row.volume,
})
