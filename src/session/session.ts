import { setImmediate } from 'node:timers/promises'
import type { Engine } from '#engine/engine.ts'
import { rowsIn, spanOf } from '#model/block.ts'
import type { EngineEvent, EngineOutput } from '#model/events.ts'
import type { InstrumentId, OrderId, UnixMs } from '#model/ids.ts'
import type { MarketBlock } from '#model/market.ts'
import type { Order, VenueEvent } from '#model/order.ts'
import type { MarketSegment, MarketSource } from '#model/source.ts'

export { examine } from './doctor/doctor.ts'
export type { Check, CheckState } from './doctor/check.ts'
export { recordMarket, type LiveRecording, type RecordingReport, type RecordingQuality } from './record.ts'

/** A replay lets signals and timers of the process through this often. */
const yieldEveryMs = 30

/** The in-process venue as a replay drives it; `simulator` provides it. */
export interface ReplayVenue {
  load(block: MarketBlock): void
  submit(order: Order, now: UnixMs): void
  cancel(orderId: OrderId, now: UnixMs): void
  nextTime(limit: UnixMs): UnixMs
  take(time: UnixMs): readonly VenueEvent[]
}

/** What a replay tells while it runs; called for every batch of outputs, in order. */
export interface ReplayObserver {
  onOutputs(outputs: readonly EngineOutput[], time: UnixMs): void
  onEvent?(event: EngineEvent): void
  /** After every moment the engine went through. */
  onStep?(time: UnixMs): void
  onBlock?(block: MarketBlock): void
  /** Rows fed so far. */
  onProgress?(rows: number, time: UnixMs): void
}

export interface ReplayOptions {
  readonly engine: Engine
  readonly venue: ReplayVenue
  readonly source: MarketSource
  readonly observer: ReplayObserver
  /** Recordings of one instrument further apart than this are separate: positions are closed in between. */
  readonly separateMs?: number
  readonly signal?: AbortSignal
}

/**
 * Replays recorded market through one engine and one venue in event-time order. At equal times the market comes before the venue:
 * what the venue says about a print is known after the print. Resolves with the rows fed; rejects with the signal's reason when aborted.
 */
export async function replay(options: ReplayOptions): Promise<number> {
  const feeds = feedsOf(options.source, options.separateMs ?? 3_600_000)
  const run = new Replay(options, feeds)
  await run.all()
  return run.rows
}

class Replay {
  rows = 0
  readonly #options: ReplayOptions
  readonly #byId: ReadonlyMap<InstrumentId, Feed>

  constructor(options: ReplayOptions, feeds: readonly Feed[]) {
    this.#options = options
    this.#byId = new Map(feeds.map((feed) => [feed.instrumentId, feed]))
  }

  async all(): Promise<void> {
    const { engine, venue, observer, signal } = this.#options
    let yieldedAt = performance.now()
    for (;;) {
      signal?.throwIfAborted()
      await this.#feed()
      if (performance.now() - yieldedAt > yieldEveryMs) {
        await setImmediate()
        yieldedAt = performance.now()
      }
      for (;;) {
        // from the horizon on, also at its very time, there may be market that is not loaded yet
        const horizon = this.#horizon()
        const market = engine.nextTime()
        const limit = Math.min(market, horizon) - 1
        const venueTime = venue.nextTime(limit)
        if (venueTime <= limit && venueTime < Infinity) this.#venue(venueTime)
        else if (market < horizon) {
          this.#outputs(engine.step(), market)
          observer.onStep?.(market)
        } else if (horizon === Infinity) return
        else break
      }
    }
  }

  /** Loads the next block of every instrument that ran dry and whose turn has come: before the next moment of the others, or the earliest of all. */
  async #feed(): Promise<void> {
    const { engine } = this.#options
    const feeds = this.#hungry()
    const earliest = feeds.reduce((time, feed) => Math.min(time, feed.from), Infinity)
    const others = engine.nextTime()
    for (const feed of feeds) if (feed.from <= (others === Infinity ? earliest : others)) await this.#load(feed)
  }

  async #load(feed: Feed): Promise<void> {
    const block = await feed.next()
    if (!block) return
    if (!isEnd(block)) this.rows += rowsIn(block)
    this.#options.venue.load(block)
    this.#options.engine.load(block)
    this.#options.observer.onBlock?.(block)
    this.#options.observer.onProgress?.(this.rows, spanOf(block)?.to ?? -Infinity)
  }

  #horizon(): UnixMs {
    let horizon = Infinity
    for (const feed of this.#hungry()) if (feed.from < horizon) horizon = feed.from
    return horizon
  }

  #hungry(): Feed[] {
    const feeds: Feed[] = []
    for (const id of this.#options.engine.hungry()) {
      const feed = this.#byId.get(id)
      if (feed && feed.from < Infinity) feeds.push(feed)
    }
    return feeds
  }

  #venue(time: UnixMs): void {
    const { engine, venue, observer } = this.#options
    for (const event of venue.take(time)) {
      observer.onEvent?.(event)
      this.#outputs(engine.process(event), event.time)
    }
  }

  #outputs(outputs: readonly EngineOutput[], time: UnixMs): void {
    if (outputs.length === 0) return
    this.#options.observer.onOutputs(outputs, time)
    for (const output of outputs) {
      if (output.type === 'submitOrder') this.#options.venue.submit(output.order, output.time)
      else if (output.type === 'cancelOrder') this.#options.venue.cancel(output.orderId, output.time)
    }
  }
}

/** The segments of one instrument as one stream of blocks; `from` = time from which it may bring something, Infinity when it is over. */
interface Feed {
  readonly instrumentId: InstrumentId
  readonly from: UnixMs
  next(): Promise<MarketBlock | undefined>
}

function feedsOf(source: MarketSource, separateMs: number): Feed[] {
  return source.instruments.map(
    ({ id }) =>
      new SegmentFeed(
        id,
        source.segments.filter((segment) => segment.instrumentId === id),
        separateMs,
      ),
  )
}

class SegmentFeed implements Feed {
  readonly instrumentId: InstrumentId
  from: UnixMs
  readonly #segments: readonly MarketSegment[]
  readonly #separateMs: number
  #index = -1
  #blocks: AsyncIterator<MarketBlock> | undefined
  #last: UnixMs = -Infinity

  constructor(instrumentId: InstrumentId, segments: readonly MarketSegment[], separateMs: number) {
    this.instrumentId = instrumentId
    this.#segments = segments
    this.#separateMs = separateMs
    this.from = segments[0]?.from ?? Infinity
  }

  async next(): Promise<MarketBlock | undefined> {
    for (;;) {
      const step = await this.#blocks?.next()
      if (step && step.done !== true) {
        this.#last = Math.max(this.#last, spanOf(step.value)?.to ?? this.#last)
        this.from = this.#last
        return step.value
      }
      const ended = this.#blocks !== undefined && this.#last > -Infinity
      this.#blocks = undefined
      const following = this.#segments[this.#index + 1]
      const separate = following === undefined || following.from - this.#last > this.#separateMs
      if (ended && separate) {
        this.from = following?.from ?? Infinity
        const time = this.#last
        return {
          instrumentId: this.instrumentId,
          events: [{ type: 'feedEnded', instrumentId: this.instrumentId, time }],
        }
      }
      if (!following) {
        this.from = Infinity
        return undefined
      }
      this.#index++
      this.#blocks = following.read()[Symbol.asyncIterator]()
    }
  }
}

/** The end of a recording is the session's own word, not a row of the data. */
const isEnd = (block: MarketBlock): boolean => block.events?.length === 1 && block.events[0].type === 'feedEnded'
