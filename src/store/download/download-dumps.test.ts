import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startDumps } from '#test/dump-server.ts'
import { instrumentId } from '#model/ids.ts'
import type { MarketEvent, TradeColumns } from '#model/market.ts'
import { loadColumns } from '../series/load-columns.ts'
import { readManifest } from '../series/manifest.ts'
import { openSeries } from '../series/open-series.ts'
import { downloadDumps, type DumpsRequest } from './download-dumps.ts'

const day = 86_400_000
const at = (date: string): number => Date.parse(`${date}T00:00Z`)
const now = at('2024-03-20')
const timers = {
  now: () => now,
  after: (_ms: number, callback: () => void) => {
    const timer = setImmediate(callback)
    return () => clearImmediate(timer)
  },
}

/** Prints every six hours of a day, as the venue writes them. */
const aggTrades = (date: string, price = 100, unit = 1): string =>
  `agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n${[0, 1, 2, 3]
    .map((row) => `${row},${price}.5,0.25,1,1,${(at(date) + row * 21_600_000) * unit},${row % 2 === 0}`)
    .join('\n')}\n`
const daily = (date: string): string => `futures/um/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-${date}.zip`

let dataDir = ''
let files: Record<string, string> = {}
let server: Awaited<ReturnType<typeof startDumps>>
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'riptide-dumps-'))
  files = {}
  server = await startDumps(files)
})
afterEach(async () => {
  await server.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const download = (from: string, to: string, changes: Partial<DumpsRequest> = {}) =>
  downloadDumps({
    dataDir,
    venue: 'binance-usdm',
    symbol: 'BTCUSDT',
    id: instrumentId('BTC_USDT'),
    types: ['aggTrades'],
    interval: '1m',
    range: { from: at(from), to: at(to) },
    baseUrl: server.baseUrl,
    timers,
    signal: new AbortController().signal,
    ...changes,
  })

const storedDays = async (): Promise<readonly string[]> =>
  (await readManifest(dataDir)).instruments.flatMap(({ days }) =>
    days.map(({ kind, day, rows }) => `${kind} ${day} ${rows}`),
  )

test('days are fetched, proven and stored as one recording; days without a file are told', async () => {
  for (const date of ['2024-03-01', '2024-03-02', '2024-03-04']) files[daily(date)] = aggTrades(date)
  const report = await download('2024-03-01', '2024-03-06')
  expect(report).toMatchObject({ fetched: 3, unchanged: 0, rows: 12 })
  expect(report.missing).toEqual([
    { type: 'aggTrades', from: at('2024-03-03'), to: at('2024-03-04') },
    { type: 'aggTrades', from: at('2024-03-05'), to: at('2024-03-06') },
  ])
  expect(await storedDays()).toEqual(['trade 2024-03-01 4', 'trade 2024-03-02 4', 'trade 2024-03-04 4'])
  const [{ instrument, recordings }] = (await readManifest(dataDir)).instruments
  expect(instrument).toMatchObject({ id: 'BTC_USDT', venue: 'binance-usdm', kind: 'perpetual', tickSize: 0.1 })
  expect(recordings.map(({ from, to }) => [(from - at('2024-03-01')) / day, (to - at('2024-03-01')) / day])).toEqual([
    [0, 2],
    [3, 4],
  ])
})

test('what is stored and proven is not fetched again; only its checksum is looked at', async () => {
  files[daily('2024-03-01')] = aggTrades('2024-03-01')
  await download('2024-03-01', '2024-03-02')
  server.asked()
  expect(await download('2024-03-01', '2024-03-02')).toMatchObject({ fetched: 0, unchanged: 1, rows: 0 })
  expect(server.asked()).toEqual([`${daily('2024-03-01')}.CHECKSUM`])
})

test('a file the exchange has replaced is fetched again and wins', async () => {
  files[daily('2024-03-01')] = aggTrades('2024-03-01')
  await download('2024-03-01', '2024-03-02')
  files[daily('2024-03-01')] = aggTrades('2024-03-01', 200)
  expect(await download('2024-03-01', '2024-03-02')).toMatchObject({ fetched: 1, replaced: 1, rows: 4 })
  const { columns } = await loadColumns(dataDir, instrumentId('BTC_USDT'))
  expect([...(columns as TradeColumns).price]).toEqual([200.5, 200.5, 200.5, 200.5])
})

test('a whole month that is over comes as one file, and as days where there is none', async () => {
  const month = 'futures/um/monthly/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2024-01.zip'
  files[month] = [aggTrades('2024-01-01'), aggTrades('2024-01-31').split('\n').slice(1).join('\n')].join('')
  files[daily('2024-02-10')] = aggTrades('2024-02-10')
  const report = await download('2024-01-01', '2024-03-01')
  expect(report).toMatchObject({ fetched: 2, rows: 12 })
  expect(report.missing.map(({ from, to }) => (to - from) / day)).toEqual([9, 19])
  const [{ recordings }] = (await readManifest(dataDir)).instruments
  expect(recordings).toHaveLength(2)
})

test('days that came as files of their own give way to the month, and are not asked for after it', async () => {
  const month = 'futures/um/monthly/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2024-01.zip'
  files[daily('2024-01-05')] = aggTrades('2024-01-05')
  await download('2024-01-05', '2024-01-06')
  files[month] = aggTrades('2024-01-05', 101)
  expect(await download('2024-01-01', '2024-02-01')).toMatchObject({ fetched: 1, rows: 4 })
  server.asked()
  expect(await download('2024-01-05', '2024-01-06')).toMatchObject({ unchanged: 1 })
  expect(server.asked()).toEqual([])
  const { columns } = await loadColumns(dataDir, instrumentId('BTC_USDT'))
  expect((columns as TradeColumns).price[0]).toBe(101.5)
})

describe('a file that comes damaged', () => {
  const cut = (reply: ServerResponse, body: Buffer): void => {
    reply.writeHead(200, { 'content-length': body.length })
    reply.write(body.subarray(0, 100), () => reply.destroy())
  }

  test('is asked for again, whether cut short, wrong or refused for now', async () => {
    files[daily('2024-03-01')] = aggTrades('2024-03-01')
    server.faults.push(
      { ending: '.zip', answer: cut },
      { ending: '.zip', answer: (reply) => void reply.end('PK but another file') },
      { ending: '.zip', answer: (reply) => void reply.writeHead(503).end() },
    )
    expect(await download('2024-03-01', '2024-03-02')).toMatchObject({ fetched: 1, rows: 4 })
  })

  test('is told after five times, with nothing half-written, and the files before it are kept', async () => {
    for (const date of ['2024-03-01', '2024-03-02']) files[daily(date)] = aggTrades(date)
    const wrong = { ending: '02.zip', answer: (reply: ServerResponse) => void reply.end('no') }
    server.faults.push(...Array.from({ length: 5 }, () => wrong))
    await expect(download('2024-03-01', '2024-03-03')).rejects.toMatchObject({
      code: 'dumpsFailed',
      message: expect.stringContaining('checksum') as string,
    })
    expect(await storedDays()).toEqual(['trade 2024-03-01 4'])
    expect(readdirSync(join(dataDir, 'dumps/futures/um/daily/aggTrades/BTCUSDT')).sort()).toEqual([
      '.BTCUSDT-aggTrades-2024-03-01.zip.stored',
      'BTCUSDT-aggTrades-2024-03-01.zip',
    ])
    expect(await download('2024-03-01', '2024-03-03')).toMatchObject({ fetched: 1, unchanged: 1 })
  })

  test('on this disk is fetched again', async () => {
    files[daily('2024-03-01')] = aggTrades('2024-03-01')
    await download('2024-03-01', '2024-03-02')
    rmSync(join(dataDir, 'series'), { recursive: true })
    const local = join(dataDir, 'dumps', daily('2024-03-01'))
    writeFileSync(local, 'something else')
    expect(await download('2024-03-01', '2024-03-02')).toMatchObject({ fetched: 1, rows: 4 })
  })
})

test('spot files in microseconds and without a header come to the same rows', async () => {
  const rows = aggTrades('2025-02-01', 100, 1_000)
    .replace(/true|false/g, '$&,True')
    .split('\n')
    .slice(1)
  files['spot/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2025-02-01.zip'] = rows
    .join('\n')
    .replaceAll('true', 'True')
    .replaceAll('false', 'False')
  await download('2025-02-01', '2025-02-02', {
    venue: 'binance-spot',
    timers: { ...timers, now: () => at('2025-03-01') },
  })
  expect(await storedDays()).toEqual(['trade 2025-02-01 4'])
  expect((await readManifest(dataDir)).instruments[0].instrument).toMatchObject({ venue: 'binance-spot', kind: 'spot' })
})

test('mark prices and funding go with the trades, on the mark price of their minute', async () => {
  const bars = (of: (minute: number) => string, minutes: number, start = at('2024-01-01')): string =>
    Array.from(
      { length: minutes },
      (_, row) => `${start + row * 60_000},${of(row)},${start + row * 60_000 + 59_999},0,0,0,0,0`,
    ).join('\n')
  files[`futures/um/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-01.zip`] = bars(() => '100.1,100.3,100.1,100.2,5', 500)
  files['futures/um/monthly/markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2024-01.zip'] = bars(
    (row) => `${100 + row}.12345678,900,50,${100 + row}.5,0`,
    500,
  )
  files['futures/um/monthly/fundingRate/BTCUSDT/BTCUSDT-fundingRate-2024-01.zip'] =
    `calc_time,funding_interval_hours,last_funding_rate\n${at('2024-01-01') + 3},8,0.0001\n${at('2024-01-01') + 28_800_000},8,-0.0002\n${at('2024-01-20')},8,0.0003\n`
  const report = await download('2024-01-01', '2024-02-01', { types: ['klines', 'fundingRate'] })
  expect(report).toMatchObject({ fetched: 3, fundingWithoutMark: 1 })
  expect(await storedDays()).toEqual(['bar-60000 2024-01-01 500', 'event 2024-01-01 502'])
  const [{ instrument, recordings }] = (await readManifest(dataDir)).instruments
  // the mark price has more digits than the tick
  expect(instrument.tickSize).toBe(0.1)
  expect(recordings.map(({ group }) => group)).toEqual(['bar-60000'])

  const trades: string[] = []
  for (const row of [0, 1]) trades.push(`${row},100.5,0.25,1,1,${at('2024-01-01') + row * 29_000_000},true`)
  files['futures/um/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2024-01-01.zip'] = trades.join('\n')
  await download('2024-01-01', '2024-01-02')
  const events: MarketEvent[] = []
  for await (const block of (await openSeries(dataDir)).segments[0].read()) events.push(...(block.events ?? []))
  expect(events.filter(({ type }) => type === 'funding')).toEqual([
    { type: 'funding', instrumentId: 'BTC_USDT', time: at('2024-01-01') + 3, rate: 0.0001, markPrice: 100.12345678 },
    {
      type: 'funding',
      instrumentId: 'BTC_USDT',
      time: at('2024-01-01') + 28_800_000,
      rate: -0.0002,
      markPrice: 580.12345678,
    },
  ])
  expect(events.find(({ type }) => type === 'markPrice')).toEqual({
    type: 'markPrice',
    instrumentId: 'BTC_USDT',
    time: at('2024-01-01') + 59_999,
    price: 100.5,
  })
  expect(await download('2024-01-01', '2024-02-01', { types: ['klines', 'fundingRate'] })).toMatchObject({
    unchanged: 3,
    rows: 0,
  })
})

test('mark prices alone are refused where nothing tells the tick', async () => {
  files['futures/um/daily/markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2024-03-01.zip'] =
    `${at('2024-03-01')},1,1,1,1,0,${at('2024-03-01') + 59_999},0,0,0,0,0\n`
  await expect(download('2024-03-01', '2024-03-02', { types: ['markPriceKlines'] })).rejects.toMatchObject({
    code: 'unknownInstrument',
  })
})
