import { snapPrice } from '#model/instrument.ts'
import type { Instrument } from '#model/instrument.ts'
import type { UnixMs } from '#model/ids.ts'
import type { MarketEvent, QuoteColumns } from '#model/market.ts'
import type { Random } from './random.ts'

const memoryMs = 30_000
const ordinaryRate = 0.0001
const maxRate = 0.003

/**
 * Mark prices at every multiple of `everyMs` and fundings at the instrument's interval (UTC), mark first. The mark is
 * the mid with half a minute's memory, so that a single order does not move it; the rate follows the last interval's
 * return and noise around 0.01 %, within ±0.3 %, six decimals.
 */
export function marksOf(
  instrument: Instrument,
  quotes: QuoteColumns,
  from: UnixMs,
  to: UnixMs,
  everyMs: number,
  random: Random,
): readonly MarketEvent[] {
  const events: MarketEvent[] = []
  const fundingMs = instrument.fundingIntervalMs ?? Infinity
  const instrumentId = instrument.id
  const { time, bid, ask } = quotes
  let mark = (bid[0] + ask[0]) / 2
  let before = mark
  let mid = mark
  let row = 0
  let at: number = from
  for (let due = (Math.floor(from / everyMs) + 1) * everyMs; due < to; due += everyMs) {
    for (; row < time.length && time[row] <= due; row++) {
      mark += (mid - mark) * (1 - Math.exp((at - time[row]) / memoryMs))
      at = time[row]
      mid = (bid[row] + ask[row]) / 2
    }
    mark += (mid - mark) * (1 - Math.exp((at - due) / memoryMs))
    at = due
    const price = snapPrice(instrument, mark)
    events.push({ type: 'markPrice', instrumentId, time: due, price })
    if (due % fundingMs === 0) {
      const drawn = ordinaryRate + 0.01 * Math.log(mark / before) + 0.0001 * random.normal()
      const rate = Math.round(Math.max(-maxRate, Math.min(maxRate, drawn)) * 1e6) / 1e6
      events.push({ type: 'funding', instrumentId, time: due, rate, markPrice: price })
      before = mark
    }
  }
  return events
}
