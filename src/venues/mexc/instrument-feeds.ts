import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Feed, MarketEvent } from '#model/market.ts'
import type { FeedStatus, Timers } from '#model/venue.ts'
import { createFundingFeed, type FundingFeed } from '../link/funding-feed.ts'
import type { SnapshotGate } from '../link/snapshot-gate.ts'
import type { StreamState } from '../link/socket-pool.ts'
import type { Pulse, Watchdog } from '../link/watchdog.ts'
import { type BookFeed, createBookFeed, createTopFeed } from './book-feed.ts'
import { createBarFeed } from './bar-feed.ts'
import type { Contract } from './instruments.ts'
import type { MarketApi } from './market-api.ts'
import { createTradeFeed, historyLimit, type TradeFeed } from './trade-feed.ts'
import type { DealFrame, DepthFrame, FullDepthFrame, KlinePush } from './wire/frames.ts'

/** What is subscribed for a feed: the venue's channel without `sub.`. */
export type Channel = 'deal' | 'depth' | 'depth.full' | 'fair.price' | 'funding.rate' | 'kline'

export interface FeedDeps {
  readonly api: MarketApi
  readonly timers: Timers
  readonly gate: SnapshotGate
  /** The next top of the book of a symbol. */
  readonly top: (symbol: string) => Promise<FullDepthFrame>
  readonly watchdog: Watchdog
  readonly now: () => UnixMs
  readonly emit: (event: MarketEvent, receivedAt: UnixMs) => void
  readonly onStatus: (status: FeedStatus) => void
  readonly onGap: () => void
}

/** All that is watched of one instrument: each channel feeds what was wanted, and says how it is. */
export class InstrumentFeeds {
  readonly id: InstrumentId
  readonly wants: ReadonlySet<Feed>
  readonly #contract: () => Contract
  readonly #deps: FeedDeps
  readonly #channels = new Map<Channel, ChannelState>()
  readonly #trades: TradeFeed
  readonly book: BookFeed
  readonly #top: (frame: FullDepthFrame, receivedAt: UnixMs) => void
  readonly #funding: FundingFeed
  readonly #bars: ReturnType<typeof createBarFeed>
  readonly #stale = new Set<Channel>()
  #lastTime: UnixMs = 0

  constructor(contract: () => Contract, wants: ReadonlySet<Feed>, deps: FeedDeps) {
    const { api, timers, gate, now, top } = deps
    const { id, symbol } = contract().instrument
    this.id = id
    this.wants = wants
    this.#contract = contract
    this.#deps = deps
    const emit = (event: MarketEvent, receivedAt: UnixMs): void => {
      if (event.time > this.#lastTime) this.#lastTime = event.time
      deps.emit(event, receivedAt)
    }
    this.#trades = createTradeFeed({
      contract,
      emit,
      now: () => timers.now(),
      since: now(),
      history: () => api.deals(symbol, historyLimit),
      onGap: deps.onGap,
    })
    this.book = createBookFeed({
      contract,
      api,
      timers,
      gate,
      top: () => top(symbol),
      emit,
      wants: { book: wants.has('book'), quote: wants.has('quote') },
      onState: (state, detail) => {
        if (state === 'live') this.#speak('depth')
        else if (state === 'resyncing') this.#say('depth', 'resyncing', detail)
      },
    })
    this.#top = createTopFeed(contract, emit)
    this.#funding = createFundingFeed({
      instrumentId: id,
      timers,
      emit,
      wants: { markPrice: wants.has('markPrice'), funding: wants.has('funding') },
      settled: async () =>
        (await api.settledFunding(symbol)).map(({ settleTime, fundingRate }) => ({
          time: settleTime,
          rate: fundingRate,
          markPrice: null,
        })),
    })
    this.#bars = createBarFeed({ contract, api, timers, now, emit })
    for (const channel of channelsOf(wants))
      this.#channels.set(channel, { pulse: null, status: 'connecting', since: timers.now(), lastEventAt: null })
  }

  get streams(): readonly string[] {
    return [...this.#channels.keys()].map((channel) => streamName(channel, this.#contract().instrument.symbol))
  }

  onDeals(text: string, { deals }: DealFrame, receivedAt: UnixMs, connection: object): void {
    if (!this.#beat('deal', receivedAt, deals[deals.length - 1]?.t)) return
    this.#trades.onDeals(text, deals, receivedAt, connection)
  }

  onDepth(frame: DepthFrame, receivedAt: UnixMs): void {
    if (this.#beat('depth', receivedAt, frame.time)) this.book.onDepth(frame, receivedAt)
  }

  onTop(frame: FullDepthFrame, receivedAt: UnixMs): void {
    if (this.#beat('depth.full', receivedAt, frame.time)) this.#top(frame, receivedAt)
  }

  onFairPrice(price: number, time: UnixMs, receivedAt: UnixMs): void {
    if (this.#beat('fair.price', receivedAt, time)) this.#funding.onMarkPrice(price, time, receivedAt)
  }

  onFundingRate(nextSettleTime: UnixMs, receivedAt: UnixMs): void {
    if (this.#beat('funding.rate', receivedAt)) this.#funding.onNextSettlement(nextSettleTime)
  }

  onKline(kline: KlinePush, receivedAt: UnixMs): void {
    if (this.#beat('kline', receivedAt)) this.#bars.onKline(kline)
  }

  /** How the socket pool does with one of our streams. */
  onStream(channel: Channel, state: StreamState, detail?: string): void {
    const { watchdog } = this.#deps
    const key = streamName(channel, this.#contract().instrument.symbol)
    const own = this.#channels.get(channel)
    if (own === undefined) return
    if (state === 'down') {
      watchdog.unwatch(key)
      own.pulse = null
      if (channel === 'depth') this.book.sync.stop(detail ?? 'disconnected')
      this.#silence(channel, 'down', detail)
      return
    }
    if (state !== 'subscribed') return
    own.pulse = watched.has(channel) ? watchdog.watch(key) : null
    if (channel === 'deal') this.#trades.resume()
    if (channel === 'depth' && this.book.sync.state === 'waiting') this.book.sync.start()
  }

  /** Silent for longer than its own rate explains. */
  onSilent(channel: Channel): void {
    this.#silence(channel, 'stale', 'silent for longer than usual')
  }

  /** Speaks again; what it did not say meanwhile is fetched. */
  onAlive(channel: Channel): void {
    if (channel === 'deal') this.#trades.resume()
    this.#speak(channel)
  }

  /** The venue refuses a stream, or has taken the contract off. */
  onRefused(detail: string): void {
    for (const channel of this.#channels.keys()) this.#silence(channel, 'down', detail)
  }

  status(): readonly FeedStatus[] {
    return [...this.#channels.keys()].flatMap((channel) => this.#statuses(channel))
  }

  close(): void {
    for (const channel of this.#channels.keys())
      this.#deps.watchdog.unwatch(streamName(channel, this.#contract().instrument.symbol))
    this.book.sync.stop('closed')
    this.#funding.close()
    this.#bars.close()
  }

  /** False for a channel that is not wanted: a late frame of one that was removed. */
  #beat(channel: Channel, receivedAt: UnixMs, venueTime?: UnixMs): boolean {
    const own = this.#channels.get(channel)
    if (own === undefined) return false
    own.pulse?.beat(receivedAt, venueTime)
    own.lastEventAt = receivedAt
    if (own.status !== 'live' && (channel !== 'depth' || this.book.isWhole)) this.#speak(channel)
    return true
  }

  #speak(channel: Channel): void {
    this.#say(channel, 'live')
    if (this.#stale.delete(channel) && this.#stale.size === 0) this.#tellStale(false)
  }

  #silence(channel: Channel, state: 'stale' | 'down', detail: string | undefined): void {
    const spoke = typeof this.#channels.get(channel)?.lastEventAt === 'number'
    this.#say(channel, state, detail)
    if (!spoke || this.#stale.has(channel)) return
    this.#stale.add(channel)
    if (this.#stale.size === 1) this.#tellStale(true)
  }

  #tellStale(stale: boolean): void {
    const time = this.#lastTime
    this.#deps.emit({ type: 'feedStale', instrumentId: this.id, time, stale }, this.#deps.timers.now())
  }

  #say(channel: Channel, status: FeedStatus['state'], detail?: string): void {
    const own = this.#channels.get(channel)
    if (own === undefined || (own.status === status && own.detail === detail)) return
    own.status = status
    own.since = this.#deps.timers.now()
    own.detail = detail
    for (const told of this.#statuses(channel)) this.#deps.onStatus(told)
  }

  #statuses(channel: Channel): readonly FeedStatus[] {
    const own = this.#channels.get(channel)
    if (own === undefined) return []
    return feedsOf[channel]
      .filter((feed) => this.wants.has(feed))
      .map((feed) => ({
        instrumentId: this.id,
        feed,
        state: own.status,
        since: own.since,
        lastEventAt: own.lastEventAt,
        ...(own.detail === undefined ? {} : { detail: own.detail }),
      }))
  }
}

interface ChannelState {
  pulse: Pulse | null
  status: FeedStatus['state']
  since: UnixMs
  lastEventAt: UnixMs | null
  detail?: string | undefined
}

const feedsOf: Readonly<Record<Channel, readonly Feed[]>> = {
  deal: ['trade', 'side'],
  depth: ['book', 'quote'],
  'depth.full': ['quote'],
  'fair.price': ['markPrice'],
  'funding.rate': ['funding'],
  kline: ['bar'],
}

/** Those that speak by themselves; rates and bars change when they change. */
const watched: ReadonlySet<Channel> = new Set(['deal', 'depth', 'depth.full', 'fair.price'])

export const streamName = (channel: Channel, symbol: string): string => `${channel}:${symbol}`

/** Quotes come from the book where it is wanted anyway; funding needs the price it is paid at. */
function channelsOf(wants: ReadonlySet<Feed>): readonly Channel[] {
  const channels = new Set<Channel>()
  if (wants.has('trade') || wants.has('side')) channels.add('deal')
  if (wants.has('book')) channels.add('depth')
  else if (wants.has('quote')) channels.add('depth.full')
  if (wants.has('markPrice') || wants.has('funding')) channels.add('fair.price')
  if (wants.has('funding')) channels.add('funding.rate')
  if (wants.has('bar')) channels.add('kline')
  return [...channels]
}
