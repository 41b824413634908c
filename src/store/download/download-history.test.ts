import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { instrumentId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { Bar, Trade } from '#model/market.ts'
import { type HistoryRange, type MarketVenue, VenueError } from '#model/venue.ts'
import { openSeries } from '../series/open-series.ts'
import { readManifest } from '../series/manifest.ts'
import { downloadHistory } from './download-history.ts'

const id = instrumentId('BTC_USDT')
const venue = venueId('mexc')
const day = 86_400_000
const start = Date.parse('2026-03-01T00:00Z')
const instrument: Instrument = {
  id,
  venue,
  symbol: 'BTC_USDT',
  kind: 'perpetual',
  base: 'BTC',
  quote: 'USDT',
  tickSize: 0.1,
  lotSize: 0.001,
  contractSize: 0.001,
  minQuantity: 0.001,
  minNotional: 0,
  maxLeverage: 20,
  makerFeeRate: 0.0006,
  takerFeeRate: 0.0008,
  marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 20 }],
  liquidationFeeRate: 0.0002,
}

let dataDir = ''
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'riptide-download-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

interface Market extends Pick<MarketVenue, 'bars' | 'trades'> {
  readonly asked: (readonly [from: number, to: number])[]
  /** Fails once, before the page of that number over all requests. */
  failAt: number
}

/** A print every `stepMs`, two of them in one millisecond, and bars, in pages of ten. */
function market(stepMs = 600_000): Market {
  let page = 0
  const asked: Market['asked'] = []
  async function* pages<Row>(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
    for (let at = 0; at < rows.length; at += 10) {
      if (++page === made.failAt) throw new VenueError(venue, 'retry', 'noConnection', 'the line is dead')
      yield rows.slice(at, at + 10)
    }
  }
  const made: Market = {
    asked,
    failAt: 0,
    trades({ from, to }: HistoryRange) {
      asked.push([(from - start) / day, (to - start) / day])
      const rows: Trade[] = []
      for (let time = Math.ceil(from / stepMs) * stepMs; time < to; time += stepMs)
        for (const price of [100, 101])
          rows.push({ type: 'trade', instrumentId: id, time, price, quantity: 1, side: 'buy' })
      return pages(rows)
    },
    bars({ from, to, intervalMs }) {
      asked.push([(from - start) / day, (to - start) / day])
      const rows: Bar[] = []
      for (let time = from + intervalMs; time <= to; time += intervalMs)
        rows.push({ type: 'bar', instrumentId: id, time, intervalMs, open: 1, high: 2, low: 1, close: 2, volume: 3 })
      return pages(rows)
    },
  }
  return made
}

const timers = {
  now: () => start,
  after: (_ms: number, callback: () => void) => {
    const timer = setImmediate(callback)
    return () => clearImmediate(timer)
  },
}
const download = (
  from: Market,
  days: readonly [number, number],
  intervalMs: number | null = null,
  signal?: AbortSignal,
) =>
  downloadHistory({
    dataDir,
    market: from,
    instrument,
    intervalMs,
    range: { from: start + days[0] * day, to: start + days[1] * day },
    timers,
    signal: signal ?? new AbortController().signal,
  })

const stored = async () => {
  const [entry] = (await readManifest(dataDir)).instruments
  return {
    days: entry.days.map(({ day, rows }) => `${day} ${rows}`),
    recordings: entry.recordings.map(({ from, to }) => [(from - start) / day, (to - start) / day]),
  }
}

test('days that are whole in the store are not asked for again', async () => {
  const source = market()
  expect(await download(source, [0, 2])).toEqual({ rows: 576, skippedMs: 0 })
  expect(await download(source, [0, 3])).toEqual({ rows: 288, skippedMs: 2 * day })
  expect(await download(source, [1, 3])).toEqual({ rows: 0, skippedMs: 2 * day })
  expect(source.asked).toEqual([
    [0, 2],
    [2, 3],
  ])
  expect(await stored()).toEqual({
    days: ['2026-03-01 288', '2026-03-02 288', '2026-03-03 288'],
    recordings: [[0, 3]],
  })
})

test('what broke in the middle goes on where it ended, and nothing is doubled', async () => {
  const source = market()
  source.failAt = 20
  // 19 pages of five times; the last of them may have more prints on the next page
  expect(await download(source, [0, 1])).toEqual({ rows: 288, skippedMs: 0 })
  expect(source.asked).toEqual([
    [0, 1],
    [(94 * 600_000) / day, 1],
  ])
  expect(await stored()).toEqual({ days: ['2026-03-01 288'], recordings: [[0, 1]] })
})

test('an interruption keeps what came', async () => {
  const source = market()
  const stop = new AbortController()
  const reason = new Error('stopped')
  const pages = source.trades.bind(source)
  source.trades = async function* (range) {
    for await (const page of pages(range)) {
      if (page[0].time >= start + day / 2) stop.abort(reason)
      yield page
    }
  }
  await expect(download(source, [0, 1], null, stop.signal)).rejects.toBe(reason)
  const [before] = (await stored()).days
  expect(Number(before.split(' ')[1])).toBeGreaterThanOrEqual(134)
  source.trades = pages
  await download(source, [0, 1])
  expect(source.asked.at(-1)?.[0]).toBeGreaterThan(0.45)
  expect((await stored()).days).toEqual(['2026-03-01 288'])
})

test('quiet stretches count as asked for, and do not part a recording', async () => {
  const source = market(2 * day)
  for (const days of [0, 1, 2, 3]) await download(source, [days, days + 1])
  await download(source, [0, 4])
  expect(source.asked).toHaveLength(4)
  const { days, recordings } = await stored()
  expect(days).toHaveLength(2)
  expect(recordings).toHaveLength(1)
})

test('bars are asked for by the first one missing, and the end waits for those to come', async () => {
  const source = market()
  const hour = 3_600_000
  expect(await download(source, [0, 1.5], hour)).toEqual({ rows: 36, skippedMs: 0 })
  expect(await download(source, [0, 1.52], hour)).toMatchObject({ rows: 0 })
  expect(await download(source, [0, 2], hour)).toEqual({ rows: 12, skippedMs: 1.5 * day })
  expect(source.asked).toEqual([
    [0, 1.5],
    [1.5, 2],
  ])
  const [segment] = (await openSeries(dataDir, { barIntervalMs: hour })).segments
  expect([segment.rows, segment.from]).toEqual([48, start + hour])
})

test('days that were deleted from the store are fetched again', async () => {
  const source = market()
  await download(source, [0, 2])
  rmSync(join(dataDir, 'series'), { recursive: true })
  await download(source, [1, 2])
  expect((await stored()).days).toEqual(['2026-03-02 288'])
})

test('a venue that keeps failing is told after five times', async () => {
  const source = market()
  let asked = 0
  source.trades = () => {
    asked++
    throw new VenueError(venue, 'retry', 'noConnection', 'the line is dead')
  }
  await expect(download(source, [0, 1])).rejects.toMatchObject({ code: 'noConnection' })
  expect(asked).toBe(5)
})
