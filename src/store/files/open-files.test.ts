import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { zipOf } from '#test/zip-of.ts'
import type { MarketBlock } from '#model/market.ts'
import type { MarketSegment } from '#model/source.ts'
import { openFiles } from './open-files.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'riptide-files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

async function blocksOf(segment: MarketSegment | undefined): Promise<readonly MarketBlock[]> {
  const blocks: MarketBlock[] = []
  if (segment) for await (const block of segment.read()) blocks.push(block)
  return blocks
}

const trades =
  'ts_ms,price,quantity,side\n1700000000000,1.50,2,buy\n1700000000000,1.51,0.25,sell\n1700000003000,1.49,1,\n'

test('rows come out as columns, with the taker side as a sign', async () => {
  const source = await openFiles([put('BTCUSDT_trades.csv', trades)])
  const [block] = await blocksOf(source.segments[0])
  expect(block?.trades).toEqual({
    time: Float64Array.of(1_700_000_000_000, 1_700_000_000_000, 1_700_000_003_000),
    price: Float64Array.of(1.5, 1.51, 1.49),
    quantity: Float64Array.of(2, 0.25, 1),
    side: Int8Array.of(1, -1, 0),
  })
  expect(source.segments[0]).toMatchObject({
    feeds: ['side', 'trade'],
    from: 1_700_000_000_000,
    to: 1_700_000_003_000,
    rows: 3,
    label: 'BTCUSDT_trades.csv',
  })
  expect(source.instruments[0]).toMatchObject({
    id: 'BTC_USDT',
    kind: 'perpetual',
    tickSize: 0.01,
    lotSize: 0.01,
    takerFeeRate: 0.0005,
  })
})

test('plain, gz and zip give the same columns and checksum', async () => {
  const [plain, packed, zipped] = await Promise.all([
    openFiles([put('a/BTCUSDT_trades.csv', trades)]),
    openFiles([put('b/BTCUSDT_trades.csv.gz', gzipSync(trades))]),
    openFiles([put('c/BTCUSDT_trades.zip', zipOf('BTCUSDT_trades.csv', trades))]),
  ])
  expect(packed?.segments[0]?.checksum).toBe(plain?.segments[0]?.checksum)
  expect(zipped?.segments[0]?.checksum).toBe(plain?.segments[0]?.checksum)
  expect(await blocksOf(packed?.segments[0])).toEqual(await blocksOf(plain?.segments[0]))
})

test('a second pass gives the same blocks, whether they were kept or not', async () => {
  const path = put('BTCUSDT_trades.csv', trades)
  const [kept, parsed] = [await openFiles([path]), await openFiles([path], { cacheBytes: 0 })]
  expect(await blocksOf(parsed.segments[0])).toEqual(await blocksOf(kept.segments[0]))
  expect(await blocksOf(parsed.segments[0])).toEqual(await blocksOf(kept.segments[0]))
})

test('many rows come in blocks of at most 65 536', async () => {
  const rows = Array.from({ length: 140_000 }, (_, row) => `${1_700_000_000_000 + row},1.5,1,buy\n`)
  const source = await openFiles([put('BTCUSDT_trades.csv', `ts_ms,price,quantity,side\n${rows.join('')}`)])
  const lengths = (await blocksOf(source.segments[0])).map(({ trades }) => trades?.time.length)
  expect(lengths).toEqual([65_536, 65_536, 8_928])
})

test('a block does not end between two rows of one time', async () => {
  const rows = Array.from({ length: 70_000 }, (_, row) => `${1_700_000_000_000 + Math.floor(row / 10)},1.5,1,buy\n`)
  const source = await openFiles([put('BTCUSDT_trades.csv', `ts_ms,price,quantity,side\n${rows.join('')}`)])
  const blocks = await blocksOf(source.segments[0])
  expect(blocks.map(({ trades }) => trades?.time.length)).toEqual([65_530, 4_470])
})

describe('dumps of data.binance.vision', () => {
  test.each([
    [
      'spot trades in µs',
      'spot/BTCUSDT-trades-2025-01-01.csv',
      '1,100.5,2,201,1735689600123456,True,True\n2,100.6,1,100.6,1735689600223456,False,True\n',
    ],
    [
      'spot aggregate trades',
      'spot/BTCUSDT-aggTrades-2024-01-01.csv',
      '1,100.5,2,10,11,1735689600123,True,True\n2,100.6,1,12,12,1735689600223,False,True\n',
    ],
    [
      'contract trades',
      'um/BTCUSDT-trades-2024-01-01.csv',
      'id,price,qty,quote_qty,time,is_buyer_maker\n1,100.5,2,201,1735689600123,true\n2,100.6,1,100.6,1735689600223,false\n',
    ],
    [
      'old contract trades without header',
      'um/BTCUSDT-trades-2021-01-01.csv',
      '1,100.5,2,201,1735689600123,true\n2,100.6,1,100.6,1735689600223,false\n',
    ],
    [
      'contract aggregate trades',
      'um/BTCUSDT-aggTrades-2024-01-01.csv',
      'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n1,100.5,2,1,1,1735689600123,true\n2,100.6,1,2,2,1735689600223,false\n',
    ],
    [
      'old contract aggregate trades',
      'um/BTCUSDT-aggTrades-2021-01-01.csv',
      '1,100.5,2,1,1,1735689600123,true\n2,100.6,1,2,2,1735689600223,false\n',
    ],
  ])('%s', async (_, name, content) => {
    const source = await openFiles([put(name, content)])
    expect((await blocksOf(source.segments[0]))[0]?.trades).toEqual({
      time: Float64Array.of(1_735_689_600_123, 1_735_689_600_223),
      price: Float64Array.of(100.5, 100.6),
      quantity: Float64Array.of(2, 1),
      side: Int8Array.of(-1, 1),
    })
    expect(source.instruments[0]?.kind).toBe(name.startsWith('spot') ? 'spot' : 'perpetual')
  })

  test.each([
    ['klines', ''],
    [
      'klines with header',
      'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n',
    ],
  ])('%s: a bar is known at its close', async (_, header) => {
    const rows =
      '1735689600000,1,2,0.5,1.5,10,1735689659999,15,3,5,7,0\n1735689660000,1.5,2,1,1,0,1735689719999,0,0,0,0,0\n'
    const source = await openFiles([put('um/BTCUSDT-1m-2025-01.csv', header + rows)])
    const [block] = await blocksOf(source.segments[0])
    expect(block?.bars).toMatchObject({
      intervalMs: 60_000,
      time: Float64Array.of(1_735_689_660_000, 1_735_689_720_000),
      volume: Float64Array.of(10, 0),
    })
  })

  test('best bid and ask beside trades become one segment', async () => {
    put('um/BTCUSDT-trades-2024-01-01.csv', '1,100.5,2,201,1735689600123,true\n2,100.6,1,100.6,1735689600223,false\n')
    put(
      'um/BTCUSDT-bookTicker-2024-01-01.csv',
      'update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time\n1,100.4,1,100.6,2,1735689600100,1735689600101\n2,100.4,1,100.7,2,1735689600223,1735689600224\n',
    )
    const source = await openFiles([folder])
    expect(source.segments).toHaveLength(1)
    expect(source.segments[0]?.feeds.toSorted()).toEqual(['quote', 'side', 'trade'])
    const blocks = await blocksOf(source.segments[0])
    expect(blocks.flatMap(({ trades }) => [...(trades?.time ?? [])])).toEqual([1_735_689_600_123, 1_735_689_600_223])
    expect(blocks.flatMap(({ quotes }) => [...(quotes?.ask ?? [])])).toEqual([100.6, 100.7])
  })

  test('daily files follow each other in one segment', async () => {
    put('um/BTCUSDT-trades-2024-01-01.csv', '1,100.5,2,201,1704067200123,true\n')
    put('um/BTCUSDT-trades-2024-01-02.csv', '2,100.5,2,201,1704153600123,true\n')
    put('um/BTCUSDT-trades-2024-01-04.csv', '3,100.5,2,201,1704326400123,true\n')
    const source = await openFiles([folder])
    expect(source.segments.map(({ rows }) => rows)).toEqual([2, 1])
  })

  test('a row with the id of the row before is the same trade', async () => {
    const source = await openFiles([
      put(
        'BTCUSDT-trades.csv',
        '1,100.5,2,201,1735689600123,true\n1,100.5,2,201,1735689600123,true\n2,100.5,2,201,1735689600123,true\n',
      ),
    ])
    expect(source.files[0]).toMatchObject({ rows: 2, repeatedRows: 1 })
  })
})

describe('the seeds’ layout', () => {
  test('prices.csv by symbol and day, in seconds', async () => {
    put('data/PEPE_USDT/2024-10-25/prices.csv', 'timestamp,price,quantity,side\n1729814400.123,0.00001,1000,buy\n')
    put('data/PEPE_USDT/2024-10-26/prices.csv', 'timestamp,price,quantity,side\n1729900800.5,0.000011,1000,sell\n')
    const source = await openFiles([folder])
    expect(source.segments).toMatchObject([
      { instrumentId: 'PEPE_USDT', rows: 2, from: 1_729_814_400_123, to: 1_729_900_800_500 },
    ])
  })

  test('a price alone is a mark price: nothing was traded as far as the file tells', async () => {
    const source = await openFiles([
      put('data/PEPE_USDT/2024-10-25/prices.csv', 'timestamp,value\n1634054400.123,45.67\n1634054460.456,46.12\n'),
    ])
    expect(source.segments[0]?.feeds).toEqual(['markPrice'])
    const [block] = await blocksOf(source.segments[0])
    expect(block?.events?.[0]).toEqual({
      type: 'markPrice',
      instrumentId: 'PEPE_USDT',
      time: 1_634_054_400_123,
      price: 45.67,
    })
  })
})

test('only the instruments asked for are opened', async () => {
  put('BTCUSDT_trades.csv', trades)
  put('ETHUSDT_trades.csv', trades)
  expect((await openFiles([folder], { instruments: ['eth*'] })).instruments.map(({ id }) => id)).toEqual(['ETH_USDT'])
})

test('what is known better about an instrument replaces what files tell', async () => {
  const source = await openFiles([put('BTCUSDT_trades.csv', trades)], {
    overrides: { BTC_USDT: { tickSize: 0.1, takerFeeRate: 0 } },
  })
  expect(source.instruments[0]).toMatchObject({ tickSize: 0.1, takerFeeRate: 0, lotSize: 0.01 })
})

/** A zip file with one deflated entry, as data.binance.vision offers them. */
