import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { UserError } from '#model/failure.ts'
import { openFiles } from './open-files.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'riptide-bad-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

async function refusal(...paths: string[]): Promise<UserError> {
  const error = await openFiles(paths).then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(UserError)
  return error as UserError
}

const header = 'ts_ms,price,quantity,side'
const good = '1700000000000,1.5,2,buy'
const candles = 'ts_ms,open,high,low,close,volume'

describe('a row that cannot be right is refused with file, line, value and remedy', () => {
  test.each([
    ['a missing column', '1700000001000,1.5,2', 'wrongColumns', '3 columns instead of 4'],
    ['a column too many', '1700000001000,1.5,2,buy,9', 'wrongColumns', '5 columns instead of 4'],
    ['an empty price', '1700000001000,,2,buy', 'badPrice', 'price is empty'],
    ['a price of NaN', '1700000001000,NaN,2,buy', 'badPrice', 'price is "NaN"'],
    ['a price of zero', '1700000001000,0,2,buy', 'badPrice', 'price is "0"'],
    ['a negative price', '1700000001000,-1.5,2,buy', 'badPrice', 'price is "-1.5"'],
    ['an infinite price', '1700000001000,1e999,2,buy', 'badPrice', 'price is "1e999"'],
    ['a negative quantity', '1700000001000,1.5,-2,buy', 'badQuantity', 'quantity is "-2"'],
    ['an empty quantity', '1700000001000,1.5,,buy', 'badQuantity', 'quantity is empty'],
    ['an unknown side', '1700000001000,1.5,2,hold', 'badSide', 'side is "hold"'],
    ['no time', 'yesterday,1.5,2,buy', 'badTime', 'ts_ms is "yesterday"'],
    ['a time before 1973', '5,1.5,2,buy', 'badTime', 'ts_ms is "5"'],
    [
      'time going backwards',
      '1699999999999,1.5,2,buy',
      'timeBackwards',
      'from 2023-11-14T22:13:20.000Z to 2023-11-14T22:13:19.999Z',
    ],
  ])('%s', async (_, row, code, says) => {
    const path = put('BTCUSDT_trades.csv', `${header}\n${good}\n${row}\n${good}\n`)
    const error = await refusal(path)
    expect(error).toMatchObject({ code, where: `${path}:3`, exit: 'error' })
    expect(error.message).toContain(says)
    expect(error.remedy).not.toBe('')
  })

  test.each([
    ['a high below the open', '1700000040000,10,9,8,9,1', 'badBar'],
    ['a low above the close', '1700000040000,10,11,10,9,1', 'badBar'],
    ['a candle that overlaps the one before', '1700000010000,10,11,9,10,1', 'timeBackwards'],
    ['a candle told twice', '1699999980000,10,11,9,10,1', 'timeBackwards'],
    ['a negative volume', '1700000040000,10,11,9,10,-1', 'badQuantity'],
  ])('%s', async (_, row, code) => {
    const path = put('BTCUSDT_1m.csv', `${candles}\n1699999980000,10,11,9,10,1\n${row}\n`)
    expect(await refusal(path)).toMatchObject({ code, where: `${path}:3` })
  })

  test('a symbol that changes within the file', async () => {
    const path = put(
      'trades.csv',
      'symbol,timestamp,side,price,amount\nMTH/BTC,1700000000000,buy,1,1\nBRD/BTC,1700000000001,buy,1,1\n',
    )
    expect(await refusal(path)).toMatchObject({ code: 'mixedSymbols', where: `${path}:3` })
  })
})

describe('a file that cannot be read is refused', () => {
  test('packed data that ends early', async () => {
    const rows = Array.from(
      { length: 5_000 },
      (_, row) => `${1_700_000_000_000 + row * 37},${(1 + (row % 97) / 1e4).toFixed(4)},${row % 13},buy`,
    )
    const packed = gzipSync(`${header}\n${rows.join('\n')}\n`)
    const path = put('BTCUSDT_trades.csv.gz', packed.subarray(0, packed.length / 2))
    expect(await refusal(path)).toMatchObject({ code: 'truncatedFile', where: path })
  })

  test('a gz file that is none', async () => {
    expect(await refusal(put('BTCUSDT_trades.csv.gz', `${header}\n${good}\n`))).toMatchObject({ code: 'truncatedFile' })
  })

  test('a zip file that ends early', async () => {
    expect(await refusal(put('BTCUSDT-trades-2024-01-01.zip', Buffer.from('PK\x03\x04half')))).toMatchObject({
      code: 'truncatedFile',
    })
  })

  test('a file cut in the middle of a row', async () => {
    const path = put('BTCUSDT_trades.csv', `${header}\n${good}\n1700000001000,1.`)
    expect(await refusal(path)).toMatchObject({ code: 'truncatedRow', where: `${path}:3` })
  })

  test('a file cut in the middle of its last number, where another column tells', async () => {
    const text =
      'symbol,timestamp,datetime,side,price,amount,btc_volume\nMTH/BTC,1614445214698,2021-02-27T17:00:14.698Z,buy,4.7e-07,171525.0,0.080'
    expect(await refusal(put('MTHBTC.csv', text))).toMatchObject({ code: 'truncatedRow' })
  })

  test('a last row without its line end is fine when it is complete', async () => {
    const source = await openFiles([put('BTCUSDT_trades.csv', `${header}\r\n${good}\r\n1700000001000,1.5,2,sell`)])
    expect(source.segments[0]).toMatchObject({ rows: 2, instrumentId: 'BTC_USDT' })
  })

  test.each([
    ['no rows', 'BTCUSDT_trades.csv', `${header}\n`, 'noRows'],
    ['nothing at all', 'BTCUSDT_trades.csv', '', 'noRows'],
    ['unknown columns', 'BTCUSDT.csv', 'a,b,c\n1,2,3\n', 'unknownFormat'],
    ['a price without quantity', 'BTCUSDT.csv', 'timestamp,price,change\n1700000000,1,2\n', 'unknownFormat'],
    ['another kind of file', 'BTCUSDT.xlsx', 'PK', 'unknownFormat'],
    ['no instrument', 'trades.csv', `${header}\n${good}\n`, 'unknownInstrument'],
    ['no interval', 'BTCUSDT.csv', `${candles}\n1700000000000,10,11,9,10,1\n`, 'unknownInterval'],
  ])('%s', async (_, name, content, code) => {
    const path = put(name, content)
    expect(await refusal(path)).toMatchObject({ code, where: path })
  })

  test('a path that leads nowhere', async () => {
    expect(await refusal(join(folder, 'none'))).toMatchObject({ code: 'fileNotFound' })
  })

  test('a folder without market data', async () => {
    put('notes.txt', 'buy low\nsell high\n')
    expect(await refusal(folder)).toMatchObject({ code: 'noMarketData' })
  })
})

describe('files that do not go together are refused', () => {
  test('overlapping trades of one instrument', async () => {
    put('a/BTCUSDT_trades.csv', `${header}\n${good}\n1700000009000,1,1,buy\n`)
    put('b/BTCUSDT_trades.csv', `${header}\n1700000005000,1,1,buy\n1700000019000,1,1,buy\n`)
    const error = await refusal(folder)
    expect(error.code).toBe('overlappingFiles')
    expect(error.message).toContain('2023-11-14T22:13:25.000Z – 2023-11-14T22:13:29.000Z')
  })

  test('the same file twice under two names', async () => {
    put('a/BTCUSDT_trades.csv', `${header}\n${good}\n`)
    put('b/BTCUSDT_trades.csv', `${header}\n${good}\n`)
    expect(await refusal(folder)).toMatchObject({ code: 'overlappingFiles' })
  })

  test('trades and candles of the same time', async () => {
    put('BTCUSDT_trades.csv', `${header}\n${good}\n1700000100000,1,1,buy\n`)
    put('BTCUSDT_1m.csv', `${candles}\n1699999980000,10,11,9,10,1\n`)
    expect(await refusal(folder)).toMatchObject({ code: 'overlappingFiles' })
  })

  test('spot and perpetual under one id', async () => {
    put('spot/BTCUSDT_trades.csv', `${header}\n${good}\n`)
    put('usdm/BTCUSDT_trades.csv', `${header}\n1800000000000,1,1,buy\n`)
    expect(await refusal(folder)).toMatchObject({ code: 'mixedMarkets' })
  })
})

test('inside a folder, files that are something else are passed over with the reason', async () => {
  put('BTCUSDT_trades.csv', `${header}\n${good}\n`)
  put('events.csv', 'event_id,symbol,kind\n1,BTCUSDT,pump\n')
  put('empty.csv', '')
  const source = await openFiles([folder])
  expect(source.segments).toHaveLength(1)
  expect(source.skipped).toEqual([
    { path: join(folder, 'empty.csv'), reason: 'the file is empty' },
    { path: join(folder, 'events.csv'), reason: 'its columns are not known: event_id, symbol, kind' },
  ])
})
