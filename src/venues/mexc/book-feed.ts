import type { UnixMs } from '#model/ids.ts'
import type { MarketEvent } from '#model/market.ts'
import type { Timers } from '#model/venue.ts'
import { createBackoff } from '../link/backoff.ts'
import { type BookSnapshot, type BookState, type BookSync, createBookSync, type Delta } from '../link/book-sync.ts'
import { mergedVersions } from '../link/chain-rules.ts'
import { createQuoteFeed } from '../link/quote-feed.ts'
import type { SnapshotGate } from '../link/snapshot-gate.ts'
import { wait } from '../link/timers.ts'
import { createDeepening, type Sides } from './deepening.ts'
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
  /** Of deep snapshots by REST, which the venue answers few at a time. */
  readonly gate: SnapshotGate
  /** The next whole top of the book by the stream. Rejects when none comes. */
  readonly top: () => Promise<FullDepthFrame>
  readonly emit: Emit
  readonly wants: { readonly book: boolean; readonly quote: boolean }
  readonly onState: (state: BookState, detail: string) => void
}

/** The book of one instrument from versioned changes and snapshots, and its best prices. */
export interface BookFeed {
  readonly onDepth: (frame: DepthFrame, receivedAt: UnixMs) => void
  readonly sync: BookSync
  /** Valid, and not only its top. */
  readonly isWhole: boolean
}

/**
 * Begins with the top, which is there at once and gives the best prices, and completes it with a deep snapshot as soon as the venue answers
 * one. Only a whole book is told as one.
 */
export function createBookFeed(options: BookFeedOptions): BookFeed {
  const { contract, api, timers, gate, top, emit, wants, onState } = options
  const { symbol, id } = contract().instrument
  let quotes = createQuoteFeed(id, emit)
  const deepening = createDeepening()
  /** Tops taken in a row without a valid book: then they are counted otherwise than the changes, and not asked for any more. */
  let tops = 0
  let asked: Promise<BookSnapshot | null> | null = null
  let isShallow = false
  /** Counts the lives of the book, so that work for an earlier one is dropped. */
  let life = 0
  let deep: (Sides & { readonly version: number }) | null = null
  let lastTime = 0

  const toSides = (rows: Pick<DepthFrame, 'bids' | 'asks'>): Sides => ({
    bids: toLevels(contract(), rows.bids),
    asks: toLevels(contract(), rows.asks),
  })

  const askDeep = async (): Promise<BookSnapshot> => {
    const reply = await gate.run(() => api.depth(symbol, 1_000))
    // what a delisted contract answers: success, an empty book and a frozen time
    if (reply.bids.length === 0 && reply.asks.length === 0) throw new Error('the book is empty on both sides')
    return { version: reply.version, time: reply.timestamp, ...toSides(reply) }
  }

  const askTop = async (): Promise<BookSnapshot> => {
    const frame = await top()
    if (frame.bids.length === 0 || frame.asks.length === 0) throw new Error('the top is empty on one side')
    return { version: frame.version, time: frame.time, ...toSides(frame) }
  }

  /** Both are asked for, and the first to come is the beginning. */
  const snapshot = async (): Promise<BookSnapshot> => {
    const whole = askDeep()
    asked = whole.catch(() => null)
    const ways = [whole.then((found) => ({ found, isTop: false }))]
    if (tops < maxTops) ways.push(askTop().then((found) => ({ found, isTop: true })))
    const { found, isTop } = await Promise.any(ways)
    isShallow = isTop
    if (isTop) tops += 1
    return found
  }

  const deepen = async (): Promise<void> => {
    const mine = life
    const backoff = createBackoff({ baseMs: 500, maxMs: 2_000 })
    const isWanted = (): boolean => life === mine && isShallow && deep === null
    while (isWanted()) {
      const found = await (asked ?? askDeep().catch(() => null))
      asked = null
      if (life !== mine) return
      deep = found
      complete()
      if (isWanted()) await wait(timers, backoff.next())
    }
  }

  const complete = (): void => {
    if (deep === null || sync.version === null) return
    const whole = deepening.complete(sync.version, deep)
    if (whole === 'newer') return
    deep = null
    if (whole === 'older') return
    const shallow = [sync.book.bestBid(), sync.book.bestAsk()]
    sync.book.reset(whole.bids, whole.asks)
    if (JSON.stringify([sync.book.bestBid(), sync.book.bestAsk()]) !== JSON.stringify(shallow)) {
      tops = maxTops
      sync.resync('the top by the stream and the snapshot disagree')
      return
    }
    isShallow = false
    deepening.reset()
    tellWhole()
  }

  const tellWhole = (): void => {
    onState('live', 'whole')
    const { book } = sync
    const told = { type: 'bookUpdate', instrumentId: id, time: lastTime, snapshot: true } as const
    if (wants.book) emit({ ...told, bids: book.bids(), asks: book.asks() }, timers.now())
  }

  const sync = createBookSync({
    instrumentId: id,
    rule: mergedVersions,
    timers,
    // tops come all at once; snapshots wait at their own gate
    gate: open,
    snapshot,
    async commits() {
      const commits = await gate.run(() => api.depthCommits(symbol))
      return commits.map(({ version, cts, ...rows }) => ({
        first: version,
        last: version,
        time: cts ?? timers.now(),
        ...toSides(rows),
      }))
    },
    onState(state, detail) {
      life += 1
      deep = null
      if (state !== 'live') {
        deepening.reset()
        // the next one is told even where it is the same: nobody knew that it still holds
        quotes = createQuoteFeed(id, emit)
      } else if (tops < maxTops) tops = 0
      if (state !== 'live' || !isShallow) onState(state, detail)
    },
    onUpdate(update, receivedAt) {
      lastTime = update.time
      if (wants.book && !isShallow) emit(update, receivedAt)
      if (wants.quote) {
        const bid = sync.book.bestBid()
        const ask = sync.book.bestAsk()
        if (bid !== null && ask !== null) quotes.tell(update.time, bid[0], bid[1], ask[0], ask[1], receivedAt)
      }
      if (update.snapshot && isShallow) void deepen()
    },
  })
  return {
    sync,
    get isWhole() {
      return sync.state === 'live' && !isShallow
    },
    onDepth(frame, receivedAt) {
      const delta = toDelta(contract(), frame)
      sync.delta(delta, receivedAt)
      if (sync.state === 'live' && !isShallow) return
      deepening.add(delta)
      if (sync.state === 'live') complete()
    },
  }
}

const maxTops = 5

const open: SnapshotGate = { run: (job) => job() }

export function toDelta(contract: Contract, { first, last, time, bids, asks }: DepthFrame): Delta {
  return { first, last, time, bids: toLevels(contract, bids), asks: toLevels(contract, asks) }
}

/** Best prices from whole tops of the book; a frame whose version went back is dropped. */
export function createTopFeed(
  contract: () => Contract,
  emit: Emit,
): (frame: FullDepthFrame, receivedAt: UnixMs) => void {
  const quotes = createQuoteFeed(contract().instrument.id, emit)
  let version = -1
  return (frame, receivedAt) => {
    if (frame.version < version) return
    version = frame.version
    const bid = best(frame.bids, 1)
    const ask = best(frame.asks, -1)
    if (bid === null || ask === null) return
    const { toBase } = contract().scale
    quotes.tell(frame.time, bid[0], toBase(bid[1]), ask[0], toBase(ask[1]), receivedAt)
  }
}

function best(levels: readonly Level[], sign: 1 | -1): Level | null {
  let found: Level | null = null
  for (const level of levels) if (level[1] > 0 && (found === null || (level[0] - found[0]) * sign > 0)) found = level
  return found
}
