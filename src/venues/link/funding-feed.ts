import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { MarketEvent } from '#model/market.ts'
import type { Timers } from '#model/venue.ts'

/** A settlement that has happened. */
export interface SettledFunding {
  readonly time: UnixMs
  readonly rate: number
  /** Null where the venue does not tell it. */
  readonly markPrice: number | null
}

export interface FundingFeedOptions {
  readonly instrumentId: InstrumentId
  /** The venue's history from a time on, in any order. */
  readonly settled: (from: UnixMs) => Promise<readonly SettledFunding[]>
  readonly timers: Timers
  readonly emit: (event: MarketEvent, receivedAt: UnixMs) => void
  readonly wants: { readonly markPrice: boolean; readonly funding: boolean }
}

/** Mark prices and settled funding of one instrument. */
export interface FundingFeed {
  onMarkPrice(price: number, time: UnixMs, receivedAt: UnixMs): void
  /** When it moves on, what lies before it was settled. */
  onNextSettlement(next: UnixMs): void
  close(): void
}

/**
 * Mark prices as they come, and funding once it is settled: the published rate moves until then, so the settled one is read from the venue's
 * history, which may lag, and nothing is told before it is there.
 */
export function createFundingFeed(options: FundingFeedOptions): FundingFeed {
  const { instrumentId, timers, emit, wants } = options
  let mark: number | null = null
  let markTime = 0
  let next: UnixMs | null = null
  let stop: (() => void) | undefined
  let closed = false

  const settle = async (from: UnixMs, to: UnixMs, price: number | null, attempt: number): Promise<void> => {
    const rows = await options.settled(from).catch(() => [])
    if (closed) return
    const settled = rows.filter(({ time }) => time >= from && time < to).toSorted((a, b) => a.time - b.time)
    const priced = settled.flatMap((row) => {
      const markPrice = row.markPrice ?? price ?? mark
      return markPrice === null ? [] : [{ ...row, markPrice }]
    })
    if (priced.length === 0 && attempt < attempts) {
      stop = timers.after(pauseMs, () => void settle(from, to, price, attempt + 1))
      return
    }
    for (const { time, rate, markPrice } of priced)
      emit({ type: 'funding', instrumentId, time, rate, markPrice }, timers.now())
  }

  return {
    onMarkPrice(price, time, receivedAt) {
      if (time < markTime) return
      mark = price
      markTime = time
      if (wants.markPrice) emit({ type: 'markPrice', instrumentId, time, price }, receivedAt)
    },
    onNextSettlement(at) {
      if (wants.funding && next !== null && at > next) void settle(next, at, mark, 1)
      if (next === null || at > next) next = at
    },
    close() {
      closed = true
      stop?.()
    },
  }
}

const attempts = 20
const pauseMs = 5_000
