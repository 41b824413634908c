import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeShared, sharedPath } from '#test/shared.ts'
import { instrumentId } from '#model/ids.ts'
import type { TradeColumns } from '#model/market.ts'
import type { MarketSource } from '#model/source.ts'
import { spanOf } from '#model/block.ts'
import { BlockHasher } from '../checksum.ts'
import { openFiles } from '../files/open-files.ts'
import { exportSeries } from './export.ts'
import { importFiles } from './import.ts'
import { listSeries } from './list.ts'
import { loadColumns } from './load-columns.ts'
import { dayPath, readManifest } from './manifest.ts'
import { openSeries } from './open-series.ts'
import { verifySeries } from './verify.ts'

let folder = ''
let dataDir = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'riptide-series-'))
  dataDir = join(folder, 'data')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(name: string, content: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

/** Prints from `from` on, one every `stepMs`. */
function tape(from: string, count: number, stepMs = 60_000, price = 1): string {
  const start = Date.parse(from)
  const rows = Array.from(
    { length: count },
    (_, row) => `${start + row * stepMs},${(price + row / 1e4).toFixed(4)},${row % 7},${['buy', 'sell', ''][row % 3]}`,
  )
  return `ts_ms,price,quantity,side\n${rows.join('\n')}\n`
}

/** Content of a source by instrument: the same however it is stored or cut. */
async function contentOf(source: MarketSource): Promise<Readonly<Record<string, string>>> {
  const hashers = new Map<string, BlockHasher>()
  for (const segment of source.segments) {
    let last = -Infinity
    for await (const block of segment.read()) {
      const span = spanOf(block)!
      expect(span.from).toBeGreaterThanOrEqual(last)
      last = span.to
      const hasher = hashers.get(segment.instrumentId) ?? new BlockHasher()
      hashers.set(segment.instrumentId, hasher)
      hasher.add(block)
    }
  }
  return Object.fromEntries([...hashers].map(([id, hasher]) => [id, hasher.digest()]))
}

test('what was imported is replayed as it was in the files, over days and with its pauses', async () => {
  put('BTCUSDT_a.csv', tape('2026-01-04T20:00Z', 600))
  put('BTCUSDT_b.csv', tape('2026-01-08T23:59:00Z', 3))
  const files = await openFiles([folder])
  const report = await importFiles(files, dataDir)
  expect(report).toEqual({ segments: 2, rows: 603, daysWritten: 4, daysUnchanged: 0, instruments: ['BTC_USDT'] })
  for (const cache of [false, true, true]) {
    const stored = await openSeries(dataDir, { cache })
    expect(await contentOf(stored)).toEqual(await contentOf(files))
    expect(stored.segments.map(({ from, to, rows }) => ({ from, to, rows }))).toEqual(
      files.segments.map(({ from, to, rows }) => ({ from, to, rows })),
    )
    expect(stored.instruments).toEqual(files.instruments)
  }
})

test('an import can be repeated', async () => {
  const files = await openFiles([put('BTCUSDT.csv', tape('2026-01-04T20:00Z', 600))])
  await importFiles(files, dataDir)
  const before = await readManifest(dataDir)
  expect(await importFiles(files, dataDir)).toMatchObject({ daysWritten: 0, daysUnchanged: 2 })
  expect(await readManifest(dataDir)).toEqual(before)
})

test('a longer file of the same recording adds its rows', async () => {
  await importFiles(await openFiles([put('a/BTCUSDT.csv', tape('2026-01-04T20:00Z', 100))]), dataDir)
  const longer = await openFiles([put('b/BTCUSDT.csv', tape('2026-01-04T20:00Z', 130))])
  await importFiles(longer, dataDir)
  expect(await contentOf(await openSeries(dataDir))).toEqual(await contentOf(longer))
})

test('rows that contradict stored ones are refused, and replace them on request', async () => {
  await importFiles(await openFiles([put('a/BTCUSDT.csv', tape('2026-01-04T20:00Z', 100))]), dataDir)
  const other = await openFiles([put('b/BTCUSDT.csv', tape('2026-01-04T20:00Z', 100, 60_000, 2))])
  await expect(importFiles(other, dataDir)).rejects.toMatchObject({
    code: 'differentContent',
    where: 'BTC_USDT trade 2026-01-04',
    remedy: expect.stringContaining('--replace') as string,
  })
  await importFiles(other, dataDir, { replace: true })
  expect(await contentOf(await openSeries(dataDir))).toEqual(await contentOf(other))
})

test('another market under a stored id is refused', async () => {
  await importFiles(await openFiles([put('spot/BTCUSDT.csv', tape('2026-01-04T20:00Z', 10))]), dataDir)
  const other = await openFiles([put('usdm/BTCUSDT.csv', tape('2026-01-06T20:00Z', 10))])
  await expect(importFiles(other, dataDir)).rejects.toMatchObject({ code: 'mixedMarkets' })
})

describe('an interrupted import', () => {
  test('leaves what was complete, nothing half written, and can be repeated', async () => {
    put('BTCUSDT.csv', tape('2026-01-04T20:00Z', 10))
    put('ETHUSDT.csv', tape('2026-01-04T20:00Z', 3000))
    const files = await openFiles([folder])
    const broken: MarketSource = {
      ...files,
      segments: files.segments.map((segment) => ({
        ...segment,
        async *read() {
          let rows = 0
          for await (const block of segment.read()) {
            yield block
            rows += block.trades?.time.length ?? 0
            if (rows > 1000) throw new Error('power cut')
          }
        },
      })),
    }
    await expect(importFiles(broken, dataDir)).rejects.toThrow('power cut')
    expect((await listSeries(dataDir)).map(({ instrument }) => instrument.id)).toEqual(['BTC_USDT'])
    expect(
      readdirSync(join(dataDir, 'series'), { recursive: true }).filter((name) => String(name).includes('.tmp')),
    ).toEqual([])
    await importFiles(files, dataDir)
    expect(await contentOf(await openSeries(dataDir))).toEqual(await contentOf(files))
  })

  test('between moving the files and writing the manifest is mended by repeating it', async () => {
    const files = await openFiles([put('BTCUSDT.csv', tape('2026-01-04T20:00Z', 600))])
    await importFiles(files, dataDir)
    rmSync(join(dataDir, 'series/manifest.json'))
    await importFiles(files, dataDir)
    expect(await contentOf(await openSeries(dataDir))).toEqual(await contentOf(files))
    expect((await verifySeries(dataDir)).findings).toEqual([])
  })

  test('of a process that died leaves its lock to the next one', async () => {
    const files = await openFiles([put('BTCUSDT.csv', tape('2026-01-04T20:00Z', 10))])
    mkdirSync(join(dataDir, 'series'), { recursive: true })
    writeFileSync(join(dataDir, 'series/.lock'), '999999999')
    await importFiles(files, dataDir)
    writeFileSync(join(dataDir, 'series/.lock'), String(process.pid))
    await expect(importFiles(files, dataDir)).rejects.toMatchObject({ code: 'seriesLocked' })
  })
})

test('an import waits for its turn while another process writes', async () => {
  const files = await openFiles([put('BTCUSDT.csv', tape('2026-01-04T20:00Z', 10))])
  mkdirSync(join(dataDir, 'series'), { recursive: true })
  const lock = join(dataDir, 'series/.lock')
  writeFileSync(lock, String(process.ppid))
  let isOver = false
  const done = importFiles(files, dataDir).then(() => {
    isOver = true
  })
  await readManifest(dataDir)
  expect(isOver).toBe(false)
  rmSync(lock)
  await done
  expect((await readManifest(dataDir)).instruments).toHaveLength(1)
})

describe('a range', () => {
  test('is cut to the row, its end left out', async () => {
    await importFiles(await openFiles([put('BTCUSDT.csv', tape('2026-01-04T20:00Z', 600))]), dataDir)
    const [from, to] = [Date.parse('2026-01-04T23:58Z'), Date.parse('2026-01-05T00:02Z')]
    const source = await openSeries(dataDir, { from, to })
    expect(source.segments).toMatchObject([{ rows: 4, from, to: to - 60_000 }])
    const times: number[] = []
    for await (const { trades } of source.segments[0].read()) times.push(...(trades?.time ?? []))
    expect(times).toEqual([0, 1, 2, 3].map((minute) => from + minute * 60_000))
    expect(source.segments[0]?.checksum).not.toBe((await openSeries(dataDir)).segments[0]?.checksum)
  })

  test('without anything stored says what there is', async () => {
    await importFiles(await openFiles([put('BTCUSDT.csv', tape('2026-01-04T20:00Z', 6))]), dataDir)
    await expect(openSeries(dataDir, { instruments: ['ETH*'] })).rejects.toMatchObject({
      code: 'noSeries',
      message: expect.stringContaining('BTC_USDT') as string,
    })
    await expect(openSeries(join(folder, 'none'))).rejects.toMatchObject({ code: 'noSeries' })
  })
})

describe('candles', () => {
  test('belong to the day in which they opened, and are chosen by interval beside trades', async () => {
    const start = Date.parse('2026-01-04T23:58Z')
    const rows = Array.from({ length: 4 }, (_, row) => `${start + row * 60_000},1,2,0.5,1.5,10`)
    put('um/BTCUSDT_1m.csv', `ts_ms,open,high,low,close,volume\n${rows.join('\n')}\n`)
    await importFiles(await openFiles([folder]), dataDir)
    await importFiles(await openFiles([put('um2/um/BTCUSDT.csv', tape('2026-01-04T20:00Z', 6))]), dataDir)
    expect((await listSeries(dataDir)).map(({ kind, days, rows }) => ({ kind, days, rows }))).toEqual([
      { kind: 'bar-60000', days: 2, rows: 4 },
      { kind: 'trade', days: 1, rows: 6 },
    ])
    expect((await openSeries(dataDir)).segments[0]?.feeds).toContain('trade')
    const bars = await openSeries(dataDir, { barIntervalMs: 60_000 })
    expect(bars.segments).toMatchObject([{ feeds: ['bar'], rows: 4, from: start + 60_000, to: start + 240_000 }])
  })
})

test('blocks of the store do not end between two rows of one time either', async () => {
  const start = Date.parse('2026-01-04T00:00Z')
  const rows = Array.from({ length: 140_000 }, (_, row) => `${start + Math.floor(row / 9)},1.5,1,buy\n`)
  await importFiles(await openFiles([put('BTCUSDT.csv', `ts_ms,price,quantity,side\n${rows.join('')}`)]), dataDir)
  for (const cache of [false, true, true]) {
    let [count, last] = [0, -Infinity]
    for await (const { trades } of (await openSeries(dataDir, { cache })).segments[0].read()) {
      expect(trades?.time[0]).toBeGreaterThan(last)
      last = trades?.time.at(-1) ?? last
      count += trades?.time.length ?? 0
    }
    expect(count).toBe(140_000)
  }
})

describe('the column cache', () => {
  const id = instrumentId('BTC_USDT')
  const cacheFiles = (): readonly string[] =>
    readdirSync(join(dataDir, 'cache'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.cols'))

  test('is filled by the first read and gives the same columns as Parquet', async () => {
    await importFiles(await openFiles([put('BTCUSDT.csv', tape('2026-01-04T20:00Z', 70_000, 100))]), dataDir)
    const parquet = await loadColumns(dataDir, id, { cache: false })
    await loadColumns(dataDir, id)
    expect(cacheFiles()).toHaveLength(1)
    expect(await loadColumns(dataDir, id)).toEqual(parquet)
    expect(parquet.rows).toBe(70_000)
  })

  test('that is damaged is thrown away and made again', async () => {
    await importFiles(await openFiles([put('BTCUSDT.csv', tape('2026-01-04T00:00Z', 140_000, 100))]), dataDir)
    const parquet = await loadColumns(dataDir, id)
    const [name = ''] = cacheFiles()
    const path = join(dataDir, 'cache', name)
    for (const spoil of [
      () => {
        // in the second block, when the first has been given away already
        const bytes = readFileSync(path)
        bytes[2_000_000] ^= 1
        writeFileSync(path, bytes)
      },
      () => truncateSync(path, 1_000_000),
      () => writeFileSync(path, 'something else'),
    ]) {
      spoil()
      expect(await loadColumns(dataDir, id)).toEqual(parquet)
      expect(await loadColumns(dataDir, id)).toEqual(parquet)
    }
  })

  test('is not filled by a reader that stops early', async () => {
    await importFiles(await openFiles([put('BTCUSDT.csv', tape('2026-01-04T00:00Z', 140_000, 100))]), dataDir)
    for await (const block of (await openSeries(dataDir)).segments[0].read()) {
      expect(block.trades?.time.length).toBeGreaterThan(0)
      break
    }
    expect(
      readdirSync(join(dataDir, 'cache'), { recursive: true })
        .map(String)
        .filter((name) => name.includes('.cols')),
    ).toEqual([])
  })
})

describe('verifying', () => {
  test('finds a changed, a shortened and a missing file', async () => {
    put('BTCUSDT.csv', tape('2026-01-04T20:00Z', 3000))
    await importFiles(await openFiles([folder]), dataDir)
    expect(await verifySeries(dataDir)).toEqual({ ok: true, days: 3, rows: 3000, findings: [] })
    const { instruments } = await readManifest(dataDir)
    const [first, second, third] = instruments[0].days.map((day) => dayPath(dataDir, instrumentId('BTC_USDT'), day))
    const bytes = readFileSync(first)
    bytes[Math.floor(bytes.length / 3)] ^= 255
    writeFileSync(first, bytes)
    truncateSync(second, 100)
    rmSync(third)
    const { ok, findings } = await verifySeries(dataDir)
    expect(ok).toBe(false)
    const errors = findings.filter(({ severity }) => severity === 'error').map(({ day }) => day)
    expect(errors).toEqual(['2026-01-04', '2026-01-05', '2026-01-06'])
    await expect(openSeries(dataDir)).rejects.toMatchObject({
      code: 'seriesDamaged',
      remedy: expect.stringContaining('--replace') as string,
    })
  })

  test('notes holes, spikes and rows told twice', async () => {
    const lines = tape('2026-01-04T00:00Z', 40_000, 1000).split('\n')
    const row = 20_000
    const spiked = lines[1 + row].replace(/,[\d.]+,/, ',99,')
    const text = [
      ...lines.slice(0, 1 + row),
      spiked,
      ...lines.slice(2 + row, 25_001),
      lines[25_000],
      ...lines.slice(25_601),
    ].join('\n')
    await importFiles(await openFiles([put('BTCUSDT.csv', text)]), dataDir)
    const { ok, findings } = await verifySeries(dataDir)
    expect(ok).toBe(true)
    expect(findings.map(({ type, count, durationMs }) => ({ type, count, durationMs }))).toEqual([
      { type: 'gap', count: 601, durationMs: 601_000 },
      { type: 'spike', count: undefined, durationMs: undefined },
      { type: 'repeatedRows', count: 1, durationMs: undefined },
    ])
  })

  test('counts missing candles', async () => {
    const start = Date.parse('2026-01-04T00:00Z')
    const rows = [0, 1, 2, 5, 6].map((minute) => `${start + minute * 60_000},1,2,0.5,1.5,10`)
    await importFiles(
      await openFiles([put('BTCUSDT_1m.csv', `ts_ms,open,high,low,close,volume\n${rows.join('\n')}\n`)]),
      dataDir,
    )
    expect((await verifySeries(dataDir)).findings).toMatchObject([
      { type: 'missingBars', count: 2, at: start + 180_000 },
    ])
  })
})

describe('exporting', () => {
  test.each(['days', 'flat'] as const)('in the layout %s reads back the same', async (layout) => {
    put('spot/PEPEUSDT.csv', tape('2026-01-04T20:00Z', 600).replaceAll(/,1\./g, ',0.0000001'))
    const start = Date.parse('2026-01-04T23:58Z')
    put(
      'spot/ETHUSDT_1m.csv',
      `ts_ms,open,high,low,close,volume\n${[0, 1, 2].map((row) => `${start + row * 60_000},1,2,0.5,1.5,1e21`).join('\n')}\n`,
    )
    await importFiles(await openFiles([folder], { overrides: { PEPE_USDT: { takerFeeRate: 0.0042 } } }), dataDir)
    const out = join(folder, 'out')
    expect(await exportSeries(dataDir, { folder: out, layout })).toMatchObject({ rows: 603, eventsLeftOut: 0 })
    const [stored, back] = [await openSeries(dataDir), await openFiles([out])]
    expect(await contentOf(back)).toEqual(await contentOf(stored))
    expect(back.instruments).toEqual(stored.instruments)
    expect(back.segments).toHaveLength(stored.segments.length)
  })

  test('follows the seeds: data/<symbol>/<date>/prices.csv with seconds, and nothing a spreadsheet could run', async () => {
    await importFiles(
      await openFiles([
        put('PEPEUSDT.csv', 'ts_ms,price,quantity,side\n1767556800123,4.7e-7,1e3,buy\n1767556800124,4.8e-7,2.5,\n'),
      ]),
      dataDir,
    )
    const { files } = await exportSeries(dataDir, { folder: join(folder, 'out') })
    expect(files).toEqual([
      join(folder, 'out/PEPE_USDT/2026-01-04/prices.csv'),
      join(folder, 'out/PEPE_USDT/instrument.json'),
    ])
    expect(readFileSync(files[0], 'utf8')).toBe(
      'timestamp,price,quantity,side\n1767556800.123,0.00000047,1000,buy\n1767556800.124,0.00000048,2.5,\n',
    )
  })
})

describe('a place that cannot be written', () => {
  test('is named with the remedy', async () => {
    const files = await openFiles([put('BTCUSDT.csv', tape('2026-01-04T20:00Z', 10))])
    const file = put('a-file', '')
    await expect(importFiles(files, join(file, 'data'))).rejects.toMatchObject({
      code: 'notWritable',
      where: expect.stringContaining(file) as string,
      remedy: expect.stringContaining('--data-dir') as string,
    })
    await importFiles(files, dataDir)
    await expect(exportSeries(dataDir, { folder: file })).rejects.toMatchObject({ code: 'notWritable' })
  })

  test('for the cache alone changes nothing', async () => {
    await importFiles(await openFiles([put('BTCUSDT.csv', tape('2026-01-04T20:00Z', 10))]), dataDir)
    writeFileSync(join(dataDir, 'cache'), 'in the way')
    expect((await loadColumns(dataDir, instrumentId('BTC_USDT'))).rows).toBe(10)
  })
})

test('a manifest of something else is refused', async () => {
  mkdirSync(join(dataDir, 'series'), { recursive: true })
  writeFileSync(join(dataDir, 'series/manifest.json'), '{"version":7}')
  await expect(openSeries(dataDir)).rejects.toMatchObject({ code: 'badManifest' })
})

describeShared('recorded data in the store', () => {
  test('a capture keeps trades, quotes and depth through import and replay', async () => {
    const files = await openFiles([sharedPath('data/market/book_binance/usdm_btcusdt_20240808.jsonl.gz')])
    await importFiles(files, dataDir)
    const stored = await openSeries(dataDir)
    expect(await contentOf(stored)).toEqual(await contentOf(files))
    expect(stored.segments[0]?.feeds.toSorted()).toEqual(files.segments[0]?.feeds.toSorted())
  })

  test('verifying finds the known hole of NEBL on 2022-01-02, and no other', async () => {
    await importFiles(
      await openFiles([sharedPath('data/market/trades_binance_spot/NEBLBTC_2022-01-02T1701.csv.gz')]),
      dataDir,
    )
    const gaps = (await verifySeries(dataDir)).findings.filter(({ type }) => type === 'gap')
    expect(gaps).toMatchObject([{ at: Date.parse('2022-01-02T17:00:04.064Z'), durationMs: 600_209 }])
  })

  test('columns load from the store as the file has them', async () => {
    const files = await openFiles([sharedPath('data/market/trades_binance_spot/MTHBTC_2021-07-27T1700.csv.gz')])
    await importFiles(files, dataDir)
    const { columns, rows } = await loadColumns(dataDir, instrumentId('MTH_BTC'))
    expect(rows).toBe(762)
    expect((columns as TradeColumns).price[0]).toBe(0.00000053)
  })
})
