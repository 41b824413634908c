import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openFiles } from '#store/store.ts'
import { describeShared, sharedPath } from '../shared.ts'
import { sandbox } from './sandbox.ts'

const { cwd, run } = sandbox()
const at = (path: string): string => join(cwd, path)
const read = (path: string): string => readFileSync(at(path), 'utf8')
const plantTo = (out: string, ...argv: readonly string[]) => run('data', 'plant', '--out', out, ...argv)

/** A sine of small trades, two days of one every ten seconds. */
beforeAll(() => {
  const start = Date.UTC(2026, 2, 1)
  const lines = Array.from({ length: 17_280 }, (_, row) => {
    const price = (2 + 0.01 * Math.sin(row / 900) + (row % 2 === 0 ? 0.001 : 0)).toFixed(3)
    return `${start + row * 10_000 + ((row * 37) % 800)},${row % 2 === 0 ? 'buy' : 'sell'},${price},${5 + (row % 7)}`
  })
  mkdirSync(at('recorded'))
  writeFileSync(at('recorded/COIN_USDT.csv'), `timestamp,side,price,quantity\n${lines.join('\n')}\n`)
  writeFileSync(
    at('COIN_USDT_1m.csv'),
    `ts_ms,open,high,low,close,volume\n${start},1,1,1,1,1\n${start + 60_000},1,1,1,1,1\n`,
  )
})

const data = ['--data', 'recorded']

describe('data plant', () => {
  test('writes the recording with its pumps and decoys, and the truth about them, as files that are read back', async () => {
    const { code, json } = await plantTo(
      'one',
      ...data,
      '--pump',
      'fast,size=30,duration=20s,volume=200,every=12h',
      '--decoys',
      'fatFinger,size=8,volumeBurst',
      '--seed',
      '7',
      '--json',
    )
    expect(code).toBe(0)
    const file = 'COIN_USDT/COIN_USDT_2026-03-01T0000.csv'
    expect(json).toMatchObject({ seed: 7, files: [file], recorded: 17_280, leftOut: [] })
    expect(json.events).toEqual({ pump: 4, fatFinger: 2, volumeBurst: 2 })
    expect(readdirSync(at('one')).toSorted()).toEqual(['COIN_USDT', 'decoys.csv', 'events.csv'])
    const source = await openFiles([at('one')])
    expect(source.segments.map(({ instrumentId, rows }) => [instrumentId, rows])).toEqual([
      ['COIN_USDT', 17_280 + json.planted],
    ])
    const [header, ...pumps] = read('one/events.csv').trimEnd().split('\n')
    expect(header.split(',')).toHaveLength(19)
    expect(pumps).toHaveLength(4)
    const [id, path, exchange, symbol, , , kind, onset, onsetSource] = pumps[0].split(',')
    expect([id, path, exchange, symbol, kind, onsetSource]).toEqual([
      'COIN_USDT_2026-03-01T0000_pump_1',
      file,
      'binance',
      'COINUSDT',
      'pump',
      'planted',
    ])
    expect(read(`one/${file}`)).toContain(`\n${Date.parse(onset)},buy,`)
    const decoys = read('one/decoys.csv').trimEnd().split('\n').slice(1)
    expect(decoys.map((line) => line.split(',')[3]).toSorted()).toEqual([
      'fatFinger',
      'fatFinger',
      'volumeBurst',
      'volumeBurst',
    ])
  })

  test('gives the same bytes for the same seed, from files and from the store, and others for another', async () => {
    const how = ['--pump', 'every=12h', '--decoys', 'newsRamp']
    await plantTo('a', ...data, ...how)
    await plantTo('b', ...data, ...how)
    await plantTo('c', ...data, ...how, '--seed', '2')
    await run('data', 'import', 'recorded', '--data-dir', 'store')
    await run('--data-dir', 'store', 'data', 'plant', '--out', 'd', ...how)
    const all = (out: string): string[] =>
      ['COIN_USDT/COIN_USDT_2026-03-01T0000.csv', 'events.csv', 'decoys.csv'].map((name) => read(`${out}/${name}`))
    expect(all('b')).toEqual(all('a'))
    expect(all('d')).toEqual(all('a'))
    expect(all('c')).not.toEqual(all('a'))
  })

  test('plants at the moments it is given, several in one go, within a range of the data', async () => {
    const { stdout } = await plantTo(
      'exact',
      ...data,
      '--from',
      '2026-03-01T06:00',
      '--pump',
      'stepped,size=20%,at=2026-03-01T12:00,at=2026-03-01T18:30:00.250',
      '--decoys',
      'shortSqueeze,at=2026-03-02T02:00',
    )
    expect(stdout).toContain('events.csv: 2 pumps; decoys.csv: 1 shortSqueeze')
    expect(stdout).toContain('riptide lab pumps --data exact --labels exact/events.csv')
    const onsets = read('exact/events.csv')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[7])
    expect(onsets).toEqual(['2026-03-01T12:00:00.000Z', '2026-03-01T18:30:00.250Z'])
    expect(read('exact/events.csv')).toMatch(/stepped; planned 20\.00 %; end .*; twitch 2026-03-01T11:59:/)
  })

  test.each([
    [[], 'nothingToPlant', 'name a pump'],
    [['--pump', 'sudden'], 'invalidValue', 'instant, fast, slow, stepped'],
    [['--pump', 'height=30'], 'invalidValue', 'size=…'],
    [['--pump', 'size=30,size=40'], 'invalidValue', 'once'],
    [['--pump', 'size=much'], 'invalidNumber', '30'],
    [['--pump', 'size=1000'], 'plantOutOfRange', '2 to 400'],
    [['--pump', 'duration=20'], 'invalidDuration', 'unit'],
    [['--pump', 'at=2026-03-01T12:00,every=6h'], 'invalidValue', 'one of them'],
    [['--pump', 'at=2027-01-01'], 'outsideRecording', 'inside the data'],
    [['--pump', 'at=2026-03-01T00:20'], 'tooNearStart', 'later'],
    [['--pump', 'at=2026-03-02T23:40'], 'tooNearEnd', 'earlier'],
    [['--decoys', 'size=3'], 'invalidValue', 'newsRamp'],
    [['--decoys', 'thinJump'], 'nowhereToPlant', 'quieter'],
    [['--pump', 'fast', '--seed', 'x'], 'invalidNumber', '1'],
  ])('%j is refused and leaves nothing', async (argv, code, remedy) => {
    const result = await plantTo('refused', ...data, ...argv, '--json')
    expect(result.json.error).toMatchObject({ code, remedy: expect.stringContaining(remedy) })
    expect(result.code).not.toBe(0)
    expect(readdirSync(cwd).filter((name) => name.includes('refused'))).toEqual([])
  })

  test('candles, a folder that holds something and a place without data are refused', async () => {
    const codeOf = async (...argv: readonly string[]) =>
      (await plantTo(...(argv as [string, ...string[]]), '--pump', 'fast', '--json')).json.error.code
    expect(await codeOf('x', '--data', 'COIN_USDT_1m.csv')).toBe('missingFeed')
    expect(await codeOf('recorded', ...data)).toBe('folderNotEmpty')
    expect(await codeOf('x')).toBe('noData')
    expect(existsSync(at('x'))).toBe(false)
  })
})

describeShared('data plant on recorded trades', () => {
  test('keeps every trade of two recordings of one coin apart, with pumps that the laboratory takes', async () => {
    const paths = ['BRDBTC_2018-11-13T1700', 'BRDBTC_2018-12-22T1700'].map((name) =>
      sharedPath(`data/market/trades_binance_spot/${name}.csv.gz`),
    )
    const before = await openFiles(paths)
    const { json } = await plantTo(
      'brd',
      '--data',
      ...paths,
      '--pump',
      'slow,size=25,every=2d',
      '--decoys',
      'all',
      '--json',
    )
    const after = await openFiles([at('brd')])
    expect(after.segments).toHaveLength(2)
    const rows = (source: typeof before): number => source.segments.reduce((sum, segment) => sum + segment.rows, 0)
    expect(rows(after)).toBe(rows(before) + json.planted)
    expect(after.instruments[0]).toEqual(before.instruments[0])
    expect(Object.keys(json.events).toSorted()).toEqual([
      'fatFinger',
      'liquidationCascade',
      'newsRamp',
      'pump',
      'shortSqueeze',
      'thinJump',
      'volumeBurst',
    ])
    const scored = await run(
      'lab',
      'pumps',
      '--data',
      'brd',
      '--labels',
      'brd/events.csv',
      '--strategy',
      'flash-pump',
      '--json',
    )
    expect(scored.json.events).toBeGreaterThan(10)
  }, 60_000)
})
