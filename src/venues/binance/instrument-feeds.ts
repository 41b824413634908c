import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Feed, MarketEvent } from '#model/market.ts'
import type { FeedStatus, Timers } from '#model/venue.ts'
import { type BookSync, createBookSync } from '../link/book-sync.ts'
import { type ChannelBoard, createChannelBoard } from '../link/channel-board.ts'
import { createFundingFeed } from '../link/funding-feed.ts'
import { createQuoteFeed, type QuoteFeed } from '../link/quote-feed.ts'
import type { SnapshotGate } from '../link/snapshot-gate.ts'
import type { StreamState } from '../link/socket-pool.ts'
import type { Watchdog } from '../link/watchdog.ts'
import { createBarFeed } from './bar-feed.ts'
import { type Channel, spot } from './dialect.ts'
import type { Contract } from './instruments.ts'
import type { MarketApi } from './market-api.ts'
import { toDelta } from './market-mapper.ts'
import { createTradeFeed, type TradeFeed } from './trade-feed.ts'
import type { DepthFrame, KlinePush, MarkFrame, TickerFrame } from './wire/frames.ts'
import type { AggTrade } from './wire/market.ts'

export interface FeedDeps {
  readonly api: MarketApi
  readonly timers: Timers
  readonly gate: SnapshotGate
  readonly watchdog: Watchdog
  /** The venue's time. */
  readonly now: () => UnixMs
  readonly emit: (event: MarketEvent, receivedAt: UnixMs) => void
  readonly onStatus: (status: FeedStatus) => void
  readonly onGap: () => void
}

/** All that is watched of one instrument: each channel feeds what was wanted, and says how it is. */
export class InstrumentFeeds {
  readonly id: InstrumentId
  readonly wants: ReadonlySet<Feed>
  readonly streams: readonly string[]
  readonly book: BookSync
  readonly board: ChannelBoard<Channel>
  readonly #now: () => UnixMs
  readonly #trades: TradeFeed
  readonly #quotes: QuoteFeed
  readonly #funding: ReturnType<typeof createFundingFeed>
  readonly #bars: ReturnType<typeof createBarFeed>
  /** Newest update of the best prices on this connection. */
  #quoteId = 0

  constructor(contract: () => Contract, wants: ReadonlySet<Feed>, deps: FeedDeps) {
    const { api, timers, gate, watchdog, now, onStatus, onGap } = deps
    const { id, symbol } = contract().instrument
    const channels = channelsOf(wants, api.dialect === spot)
    this.id = id
    this.wants = wants
    this.#now = now
    this.streams = channels.map((channel) => streamName(channel, symbol))
    const emit = (event: MarketEvent, receivedAt: UnixMs): void => {
      this.board.happened(event.time)
      deps.emit(event, receivedAt)
    }
    this.board = createChannelBoard({
      instrumentId: id,
      channels,
      feedsOf: (channel) => feedsOf[channel].filter((feed) => wants.has(feed)),
      watchedAs: (channel) => (channel === 'kline_1m' ? null : streamName(channel, symbol)),
      timers,
      watchdog,
      emit,
      onStatus,
    })
    this.#trades = createTradeFeed({
      contract,
      emit,
      timers,
      history: (fromId) => api.aggTrades(symbol, { fromId }),
      historyMs: api.dialect.tradeHistoryMs,
      onGap,
    })
    this.book = createBookSync({
      instrumentId: id,
      rule: api.dialect.bookRule,
      timers,
      gate,
      snapshot: async () => {
        const { lastUpdateId, T, bids, asks } = await api.depth(symbol)
        return { version: lastUpdateId, time: T ?? null, bids, asks }
      },
      onUpdate: emit,
      onState: (state, detail) => {
        if (state === 'live') this.board.speak('depth@100ms')
        else if (state === 'resyncing') this.board.resyncing('depth@100ms', detail)
      },
    })
    this.#quotes = createQuoteFeed(id, emit)
    this.#funding = createFundingFeed({
      instrumentId: id,
      timers,
      emit,
      wants: { markPrice: wants.has('markPrice'), funding: wants.has('funding') },
      settled: (from) => api.settledFunding(symbol, from),
    })
    this.#bars = createBarFeed({ contract, api, timers, now, emit })
  }

  onTrade(trade: AggTrade, receivedAt: UnixMs): void {
    if (this.board.beat('aggTrade', receivedAt, trade.T)) this.#trades.onTrade(trade, receivedAt)
  }

  onDepth(frame: DepthFrame, receivedAt: UnixMs): void {
    if (this.board.beat('depth@100ms', receivedAt, frame.time)) this.book.delta(toDelta(frame), receivedAt)
  }

  onTicker(frame: TickerFrame, receivedAt: UnixMs): void {
    if (!this.board.beat('bookTicker', receivedAt, frame.time)) return
    const { updateId, time, bid, bidSize, ask, askSize } = frame
    if (updateId < this.#quoteId) return
    this.#quoteId = updateId
    this.#quotes.tell(time ?? Math.round(this.#now()), bid, bidSize, ask, askSize, receivedAt)
  }

  onMark({ price, nextFunding, time }: MarkFrame, receivedAt: UnixMs): void {
    if (!this.board.beat('markPrice@1s', receivedAt, time)) return
    this.#funding.onMarkPrice(price, time, receivedAt)
    if (nextFunding > 0) this.#funding.onNextSettlement(nextFunding)
  }

  onKline(kline: KlinePush, receivedAt: UnixMs): void {
    if (this.board.beat('kline_1m', receivedAt)) this.#bars.onKline(kline, receivedAt)
  }

  /** How the socket pool does with one of our streams. */
  onStream(channel: Channel, state: StreamState, detail?: string): void {
    if (state === 'down') {
      if (channel === 'depth@100ms') this.book.stop(detail ?? 'disconnected')
      if (channel === 'bookTicker') this.#quoteId = 0
      this.board.silence(channel, 'down', detail)
    } else if (state === 'subscribed') {
      this.board.subscribed(channel)
      if (channel === 'aggTrade') this.#trades.resume()
      if (channel === 'depth@100ms' && this.book.state !== 'live') this.book.start()
    }
  }

  /** Speaks again; what it did not say meanwhile is fetched. */
  onAlive(channel: Channel): void {
    if (channel === 'aggTrade') this.#trades.resume()
    if (channel !== 'depth@100ms' || this.book.state === 'live') this.board.speak(channel)
  }

  /** The venue has taken it off. */
  onRefused(detail: string): void {
    for (const stream of this.streams) this.board.silence(parseStream(stream).channel, 'down', detail)
  }

  close(): void {
    this.board.close()
    this.book.stop('closed')
    this.#funding.close()
    this.#bars.close()
  }
}

const feedsOf: Readonly<Record<Channel, readonly Feed[]>> = {
  aggTrade: ['trade', 'side'],
  'depth@100ms': ['book'],
  bookTicker: ['quote'],
  'markPrice@1s': ['markPrice', 'funding'],
  kline_1m: ['bar'],
}

/** Stream names are in lower case but for the channel's own letters. */
export const streamName = (channel: Channel, symbol: string): string => `${symbol.toLowerCase()}@${channel}`

export function parseStream(stream: string): { readonly channel: Channel; readonly symbol: string } {
  const at = stream.indexOf('@')
  return { symbol: stream.slice(0, at).toUpperCase(), channel: stream.slice(at + 1) as Channel }
}

/** Spot has no mark price and pays no funding: such a feed stays without a channel. */
function channelsOf(wants: ReadonlySet<Feed>, isSpot: boolean): readonly Channel[] {
  const channels: Channel[] = []
  for (const [channel, feeds] of Object.entries(feedsOf) as [Channel, readonly Feed[]][])
    if (feeds.some((feed) => wants.has(feed)) && !(isSpot && channel === 'markPrice@1s')) channels.push(channel)
  return channels
}
