import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Feed, MarketEvent } from '#model/market.ts'
import type { FeedStatus, LinkStats, MarketVenue, MarketWatch, Timers, Want } from '#model/venue.ts'
import { SpikeWatch } from './spike-watch.ts'

/** Where recorded rows go; the live end of the series store is one. */
export interface RecordSink {
  readonly rows: number
  readonly late: number
  add(event: RecordedEvent): void
}

/** What a market says, apart from changes of an instrument, which are not rows. */
export type RecordedEvent = Exclude<MarketEvent, { type: 'instrumentChanged' }>

export interface RecordOptions {
  readonly market: MarketVenue
  readonly sink: RecordSink
  readonly wants: readonly Want[]
  readonly timers: Timers
  /** Recording ends when it aborts. */
  readonly signal: AbortSignal
  readonly onStatus?: (status: FeedStatus) => void
}

/** How well one instrument was recorded. */
export interface RecordingQuality {
  readonly instrumentId: InstrumentId
  readonly rows: Readonly<Partial<Record<Feed, number>>>
  readonly from: UnixMs | null
  readonly to: UnixMs | null
  /** Stretches of the venue's time that are known to be missing. */
  readonly gaps: readonly { readonly from: UnixMs; readonly to: UnixMs; readonly weight: GapWeight }[]
  /** Times a feed fell silent, and for how long in all. */
  readonly silences: Readonly<Partial<Record<Feed, { readonly times: number; readonly totalMs: number }>>>
  /** Single prints far from those around them: recorded as they came, and told. */
  readonly spikes: number
}

/** Longer than 5 s, 30 s, 5 min (domain §5, data quality). */
export type GapWeight = 'small' | 'minor' | 'moderate' | 'critical'

export interface RecordingReport {
  readonly from: UnixMs
  readonly to: UnixMs
  readonly rows: number
  readonly late: number
  readonly instruments: readonly RecordingQuality[]
  readonly link: LinkStats
}

export interface LiveRecording {
  /** As of now. */
  readonly report: () => RecordingReport
  /** Resolves when the signal aborted and the streams are closed. */
  readonly done: Promise<RecordingReport>
}

/** Writes live market of chosen instruments into a sink until the signal aborts, and keeps account of its quality. */
export function recordMarket(options: RecordOptions): LiveRecording {
  const { market, sink, wants, timers, signal } = options
  const from = timers.now()
  const qualities = new Map(wants.map(({ instrumentId }) => [instrumentId, new Quality(instrumentId)]))
  const watch = market.watch(wants, {
    onEvent(event) {
      if (event.type === 'instrumentChanged') return
      sink.add(event)
      qualities.get(event.instrumentId)?.count(event)
    },
    onStatus(status) {
      qualities.get(status.instrumentId)?.note(status)
      options.onStatus?.(status)
    },
  })
  const report = (): RecordingReport => {
    const now = timers.now()
    return {
      from,
      to: now,
      rows: sink.rows,
      late: sink.late,
      instruments: [...qualities.values()].map((quality) => quality.told(now)),
      link: watch.stats(),
    }
  }
  return { report, done: ended(watch, signal, report) }
}

async function ended(watch: MarketWatch, signal: AbortSignal, report: () => RecordingReport): Promise<RecordingReport> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  await watch.close()
  return report()
}

const feedOf: Readonly<Partial<Record<RecordedEvent['type'], Feed>>> = {
  trade: 'trade',
  quote: 'quote',
  bookUpdate: 'book',
  bar: 'bar',
  markPrice: 'markPrice',
  funding: 'funding',
}

class Quality {
  readonly #instrumentId: InstrumentId
  readonly #rows: Partial<Record<Feed, number>> = {}
  readonly #gaps: { from: UnixMs; to: UnixMs; weight: GapWeight }[] = []
  readonly #silences = new Map<Feed, { times: number; totalMs: number; since: UnixMs | null }>()
  readonly #spikes = new SpikeWatch()
  #from: UnixMs | null = null
  #to: UnixMs | null = null

  constructor(instrumentId: InstrumentId) {
    this.#instrumentId = instrumentId
  }

  count(event: RecordedEvent): void {
    if (event.type === 'feedGap') {
      this.#gaps.push({ from: event.from, to: event.time, weight: weightOf(event.time - event.from) })
      return
    }
    const feed = feedOf[event.type]
    if (!feed) return
    this.#rows[feed] = (this.#rows[feed] ?? 0) + 1
    this.#from = Math.min(this.#from ?? event.time, event.time)
    this.#to = Math.max(this.#to ?? event.time, event.time)
    if (event.type === 'trade') this.#spikes.add(event.price)
  }

  note({ feed, state, since }: FeedStatus): void {
    const silence = this.#silences.get(feed) ?? { times: 0, totalMs: 0, since: null }
    this.#silences.set(feed, silence)
    if (state === 'stale' && silence.since === null) {
      silence.times++
      silence.since = since
    } else if (state !== 'stale' && silence.since !== null) {
      silence.totalMs += Math.max(0, since - silence.since)
      silence.since = null
    }
  }

  told(now: UnixMs): RecordingQuality {
    const silences = [...this.#silences].filter(([, { times }]) => times > 0)
    return {
      instrumentId: this.#instrumentId,
      rows: { ...this.#rows },
      from: this.#from,
      to: this.#to,
      gaps: [...this.#gaps],
      silences: Object.fromEntries(
        silences.map(([feed, { times, totalMs, since }]) => [
          feed,
          { times, totalMs: totalMs + (since === null ? 0 : Math.max(0, now - since)) },
        ]),
      ),
      spikes: this.#spikes.count,
    }
  }
}

function weightOf(ms: number): GapWeight {
  if (ms > 300_000) return 'critical'
  if (ms > 30_000) return 'moderate'
  return ms > 5_000 ? 'minor' : 'small'
}
