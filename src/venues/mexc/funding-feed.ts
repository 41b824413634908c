import type { UnixMs } from '#model/ids.ts'
import type { Feed, MarketEvent } from '#model/market.ts'
import type { Timers } from '#model/venue.ts'
import type { Contract } from './instruments.ts'
import type { MarketApi } from './market-api.ts'

export interface FundingFeedOptions {
  readonly contract: () => Contract
  readonly api: MarketApi
  readonly timers: Timers
  readonly emit: (event: MarketEvent, receivedAt: UnixMs) => void
  readonly wants: ReadonlySet<Feed>
}

/**
 * Mark prices as they come, and funding once it is settled: the published rate moves until then, so the settled one is read from the venue's
 * history, which may lag, and nothing is told before it is there.
 */
export function createFundingFeed({ contract, api, timers, emit, wants }: FundingFeedOptions) {
  const { id, symbol } = contract().instrument
  let fairPrice: number | null = null
  let markTime = 0
  let next: UnixMs | null = null
  let stop: (() => void) | undefined
  let closed = false

  const settle = async (from: UnixMs, to: UnixMs, price: number | null, attempt: number): Promise<void> => {
    const rows = await api.settledFunding(symbol).catch(() => [])
    if (closed) return
    const settled = rows.filter(({ settleTime }) => settleTime >= from && settleTime < to)
    const markPrice = price ?? fairPrice
    if ((settled.length === 0 || markPrice === null) && attempt < attempts) {
      stop = timers.after(pauseMs, () => void settle(from, to, price, attempt + 1))
      return
    }
    if (markPrice === null) return
    for (const { settleTime, fundingRate } of settled.toSorted((a, b) => a.settleTime - b.settleTime))
      emit({ type: 'funding', instrumentId: id, time: settleTime, rate: fundingRate, markPrice }, timers.now())
  }

  return {
    onFairPrice(price: number, time: UnixMs, receivedAt: UnixMs): void {
      fairPrice = price
      markTime = Math.max(markTime, time)
      if (wants.has('markPrice')) emit({ type: 'markPrice', instrumentId: id, time: markTime, price }, receivedAt)
    },
    /** When it moves on, what lies before it was settled. */
    onNextSettlement(nextSettleTime: UnixMs): void {
      if (next !== null && nextSettleTime > next) void settle(next, nextSettleTime, fairPrice, 1)
      if (next === null || nextSettleTime > next) next = nextSettleTime
    },
    close(): void {
      closed = true
      stop?.()
    },
  }
}

const attempts = 20
const pauseMs = 5_000
