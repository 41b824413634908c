import type { UnixMs } from '#model/ids.ts'
import type { MarketEvent, Quote } from '#model/market.ts'
import type { Timers } from '#model/venue.ts'
import { type BookState, type BookSync, createBookSync, type Delta } from '../link/book-sync.ts'
import { mergedVersions } from '../link/chain-rules.ts'
import type { SnapshotGate } from '../link/snapshot-gate.ts'
import type { Contract } from './instruments.ts'
import { toLevels } from './mapper.ts'
import type { MarketApi } from './market-api.ts'
import type { DepthFrame, FullDepthFrame } from './wire/frames.ts'
import type { Level } from './wire/market.ts'

type Emit = (event: MarketEvent, receivedAt: UnixMs) => void

export interface BookFeedOptions {
  readonly contract: () => Contract
  readonly api: MarketApi
  readonly timers: Timers
  readonly gate: SnapshotGate
  readonly emit: Emit
  readonly wants: { readonly book: boolean; readonly quote: boolean }
  readonly onState: (state: BookState, detail: string) => void
}

/** The book of one instrument from versioned changes and snapshots, and its best prices. */
export interface BookFeed {
  readonly onDepth: (frame: DepthFrame, receivedAt: UnixMs) => void
  readonly sync: BookSync
}

export function createBookFeed({ contract, api, timers, gate, emit, wants, onState }: BookFeedOptions): BookFeed {
  const { symbol, id } = contract().instrument
  const quotes = createQuoteFeed(contract, emit)
  const sync = createBookSync({
    instrumentId: id,
    rule: mergedVersions,
    timers,
    gate,
    onState,
    async snapshot() {
      const { version, timestamp, bids, asks } = await api.depth(symbol, 1_000)
      // what a delisted contract answers: success, an empty book and a frozen time
      if (bids.length === 0 && asks.length === 0) throw new Error('the book is empty on both sides')
      return { version, time: timestamp, bids: toLevels(contract(), bids), asks: toLevels(contract(), asks) }
    },
    async commits() {
      const commits = await api.depthCommits(symbol)
      return commits.map(({ version, cts, bids, asks }) => ({
        first: version,
        last: version,
        time: cts ?? timers.now(),
        bids: toLevels(contract(), bids),
        asks: toLevels(contract(), asks),
      }))
    },
    onUpdate(update, receivedAt) {
      if (wants.book) emit(update, receivedAt)
      if (!wants.quote) return
      const bid = sync.book.bestBid()
      const ask = sync.book.bestAsk()
      if (bid !== null && ask !== null) quotes.tell(update.time, bid, ask, receivedAt)
    },
  })
  return {
    sync,
    onDepth: (frame, receivedAt) => sync.delta(toDelta(contract(), frame), receivedAt),
  }
}

export function toDelta(contract: Contract, { first, last, time, bids, asks }: DepthFrame): Delta {
  return { first, last, time, bids: toLevels(contract, bids), asks: toLevels(contract, asks) }
}

/** Best prices from whole tops of the book; a frame whose version went back is dropped. */
export function createTopFeed(
  contract: () => Contract,
  emit: Emit,
): (frame: FullDepthFrame, receivedAt: UnixMs) => void {
  const quotes = createQuoteFeed(contract, emit)
  let version = -1
  return (frame, receivedAt) => {
    if (frame.version < version) return
    version = frame.version
    const bid = best(frame.bids, 1)
    const ask = best(frame.asks, -1)
    if (bid === null || ask === null || bid[0] >= ask[0]) return
    const { toBase } = contract().scale
    quotes.tell(frame.time, [bid[0], toBase(bid[1])], [ask[0], toBase(ask[1])], receivedAt)
  }
}

/** Only changes, ascending in time. */
function createQuoteFeed(contract: () => Contract, emit: Emit) {
  let last: Quote | null = null
  return {
    tell(
      time: UnixMs,
      [bid, bidSize]: readonly [price: number, size: number],
      [ask, askSize]: readonly [price: number, size: number],
      receivedAt: UnixMs,
    ): void {
      if (last?.bid === bid && last.ask === ask && last.bidSize === bidSize && last.askSize === askSize) return
      last = {
        type: 'quote',
        instrumentId: contract().instrument.id,
        time: last !== null && time < last.time ? last.time : time,
        bid,
        ask,
        bidSize,
        askSize,
      }
      emit(last, receivedAt)
    },
  }
}

function best(levels: readonly Level[], sign: 1 | -1): Level | null {
  let found: Level | null = null
  for (const level of levels) if (level[1] > 0 && (found === null || (level[0] - found[0]) * sign > 0)) found = level
  return found
}
