import { describe, expect, test } from 'vitest'
import { instrumentId, venueId } from '#model/ids.ts'
import type { FeedStatus, MarketListener, MarketVenue, Timers, Want } from '#model/venue.ts'
import { recordMarket, type RecordedEvent } from './record.ts'
import { SpikeWatch } from './spike-watch.ts'

const pump = instrumentId('PUMP_USDT')
const link = { messages: 3, reconnects: 1, gaps: 1, resyncs: 0, rejected: { malformed: 2 } }

/** A market that says what the test wants it to. */
function market() {
  let listener: MarketListener | undefined
  let closed = 0
  const venue: Pick<MarketVenue, 'watch'> = {
    watch: (_wants: readonly Want[], told: MarketListener) => {
      listener = told
      return {
        add: () => undefined,
        remove: () => undefined,
        status: () => [],
        stats: () => link,
        close: async () => void closed++,
      }
    },
  }
  return {
    venue: { id: venueId('mexc'), ...venue } as MarketVenue,
    say: (event: Parameters<MarketListener['onEvent']>[0]) => listener?.onEvent(event, 0),
    status: (status: Partial<FeedStatus>) =>
      listener?.onStatus?.({
        instrumentId: pump,
        feed: 'trade',
        state: 'live',
        since: 0,
        lastEventAt: null,
        ...status,
      }),
    closed: () => closed,
  }
}

function recording() {
  const source = market()
  const rows: RecordedEvent[] = []
  const stop = new AbortController()
  let now = 1_000
  const timers: Timers = { now: () => now, after: () => () => undefined }
  const { report, done } = recordMarket({
    market: source.venue,
    sink: {
      get rows() {
        return rows.length
      },
      late: 0,
      add: (event) => void rows.push(event),
    },
    wants: [{ instrumentId: pump, feeds: ['trade', 'quote'] }],
    timers,
    signal: stop.signal,
  })
  return { ...source, rows, report, done, stop: () => stop.abort(), at: (time: number) => void (now = time) }
}

const trade = (time: number, price = 1) =>
  ({ type: 'trade', instrumentId: pump, time, price, quantity: 1, side: 'buy' }) as const

describe('a recording', () => {
  test('hands every row on as it came, and counts it by feed', () => {
    const { say, rows, report } = recording()
    say(trade(5))
    say(trade(5))
    say({ type: 'quote', instrumentId: pump, time: 6, bid: 1, ask: 2, bidSize: 1, askSize: 1 })
    expect(rows).toHaveLength(3)
    expect(report().instruments[0]).toMatchObject({ rows: { trade: 2, quote: 1 }, from: 5, to: 6, gaps: [] })
  })

  test('keeps what is missing, weighed by its length, also as a row', () => {
    const { say, rows, report } = recording()
    say({ type: 'feedGap', instrumentId: pump, from: 0, time: 4_000 })
    say({ type: 'feedGap', instrumentId: pump, from: 5_000, time: 11_000 })
    say({ type: 'feedGap', instrumentId: pump, from: 20_000, time: 60_000 })
    say({ type: 'feedGap', instrumentId: pump, from: 100_000, time: 500_000 })
    expect(report().instruments[0].gaps.map(({ weight }) => weight)).toEqual(['small', 'minor', 'moderate', 'critical'])
    expect(rows).toHaveLength(4)
  })

  test('tells how often a feed fell silent and for how long, the present silence included', () => {
    const { status, at, report } = recording()
    status({ state: 'stale', since: 10_000 })
    status({ state: 'stale', since: 12_000 })
    status({ state: 'live', since: 15_000 })
    status({ state: 'stale', since: 20_000 })
    at(23_000)
    expect(report().instruments[0].silences).toEqual({ trade: { times: 2, totalMs: 8_000 } })
  })

  test('ends when it is told to: the streams are closed, then the report is there', async () => {
    const { say, stop, done, closed } = recording()
    say(trade(5))
    stop()
    expect(await done).toMatchObject({ rows: 1, link: { reconnects: 1, rejected: { malformed: 2 } } })
    expect(closed()).toBe(1)
  })

  test('does not take a change of the instrument for a row', () => {
    const { say, rows } = recording()
    say({ type: 'instrumentChanged', time: 1, instrument: { id: pump } as never })
    expect(rows).toEqual([])
  })
})

describe('a spike', () => {
  const quiet = Array.from({ length: 30 }, (_, index) => 100 + (index % 3))
  const spikesIn = (prices: readonly number[]): number => {
    const watch = new SpikeWatch()
    for (const price of prices) watch.add(price)
    return watch.count
  }

  test('is a single print far from those around it', () => {
    expect(spikesIn([...quiet, 150, ...quiet])).toBe(1)
    expect(spikesIn([...quiet, 60, ...quiet, 160, ...quiet])).toBe(2)
  })

  test('is not a pump, whose prints stay where they went', () => {
    expect(spikesIn([...quiet, 115, 118, 125, 130, 128, 126])).toBe(0)
  })

  test('needs something to compare with', () => {
    expect(spikesIn([1, 100, 1, 100, 1])).toBe(0)
  })
})
