import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { MarketEvent, Quote } from '#model/market.ts'

/** Best bid and ask of one instrument. */
export interface QuoteFeed {
  /** Only changes are told on, ascending in time; one without both sides, or crossed, is not. */
  tell(time: UnixMs, bid: number, bidSize: number, ask: number, askSize: number, receivedAt: UnixMs): void
}

export function createQuoteFeed(
  instrumentId: InstrumentId,
  emit: (event: MarketEvent, receivedAt: UnixMs) => void,
): QuoteFeed {
  let last: Quote | null = null
  return {
    tell(time, bid, bidSize, ask, askSize, receivedAt) {
      if (!(bid > 0) || !(ask > bid)) return
      if (last?.bid === bid && last.ask === ask && last.bidSize === bidSize && last.askSize === askSize) return
      const at = last !== null && time < last.time ? last.time : time
      last = { type: 'quote', instrumentId, time: at, bid, ask, bidSize, askSize }
      emit(last, receivedAt)
    },
  }
}
