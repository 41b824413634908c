import { describe, expect, test } from 'vitest'
import { startDumps } from '#test/dump-server.ts'
import type { CliIo } from '#cli/cli.ts'
import { instrumentId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { Bar } from '#model/market.ts'
import { type Venue, VenueError } from '#model/venue.ts'
import { sandbox } from './sandbox.ts'

const { run, runWith } = sandbox()

const now = Date.parse('2026-03-10T12:00Z')
const instrumentOf = (name: string): Instrument => ({
  id: instrumentId(name),
  venue: venueId('binance-usdm'),
  symbol: name.replace('_', ''),
  kind: 'perpetual',
  base: name.split('_')[0],
  quote: 'USDT',
  tickSize: 0.001,
  lotSize: 1,
  contractSize: 1,
  minQuantity: 1,
  minNotional: 5,
  maxLeverage: 20,
  makerFeeRate: 0.0002,
  takerFeeRate: 0.0005,
  marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 20 }],
  liquidationFeeRate: 0.0002,
  fundingIntervalMs: 28_800_000,
})

/** A venue with a calm history: a candle and a print a minute. */
function quiet(changes: Partial<Venue> = {}): Partial<CliIo> {
  const venue: Venue = {
    id: venueId('binance-usdm'),
    instruments: () => Promise.resolve([instrumentOf('CALM_USDT'), instrumentOf('PUMP_USDT')]),
    watch: () => {
      throw new Error('nobody watches')
    },
    async *bars({ instrumentId: id, from, to, intervalMs }) {
      const bars: Bar[] = []
      for (let time = from + intervalMs; time <= to; time += intervalMs)
        bars.push({ type: 'bar', instrumentId: id, time, intervalMs, open: 1, high: 2, low: 1, close: 2, volume: 3 })
      yield bars
    },
    async *trades({ instrumentId: id, from, to }) {
      for (let time = from; time < to; time += 3_600_000)
        yield [{ type: 'trade', instrumentId: id, time, price: 1, quantity: 2, side: 'sell' }]
    },
    close: () => Promise.resolve(),
    ...changes,
  }
  const doors = {
    names: ['mexc', 'binance-usdm', 'binance-spot'],
    timers: { now: () => now, after: () => () => undefined },
    open: () => venue,
  }
  return { venues: () => Promise.resolve(doors) }
}

const usdm = ['data', 'download', '--venue', 'binance-usdm', '--json'] as const

const command = (...rest: readonly string[]): readonly string[] => [...usdm, ...rest]

describe('candles and trades', () => {
  test('come into the store, and what is there is not fetched again', async () => {
    const argv = [...usdm, '-p', '*_USDT', '--timerange', '20260301-20260303', '--interval', '1h']
    const { json } = await runWith(quiet(), ...argv)
    expect(json.rows).toEqual([
      { instrument: 'CALM_USDT', rows: 48, skippedMs: 0 },
      { instrument: 'PUMP_USDT', rows: 48, skippedMs: 0 },
    ])
    const { stdout } = await runWith(quiet(), ...argv.filter((word) => word !== '--json'))
    expect(stdout).toMatch(/CALM_USDT +0 +2d/)
    expect(JSON.stringify((await run('data', 'list', '--json')).json)).toContain('bar-3600000')
  })

  test('trades start where the venue begins to tell them, and that is said', async () => {
    const { json, stderr } = await runWith(
      quiet({ tradeHistoryMs: 172_800_000 }),
      ...command('--kind', 'trades', '-p', 'CALM_USDT', '--from', '2026-03-01'),
    )
    expect(json.rows[0].rows).toBe(48)
    expect(stderr).toContain('the last 2d only: starting at 2026-03-08 12:01 UTC; --kind dumps has earlier days')
  })

  test.each([
    ['of the newest prints only', 0, 'binance-usdm tells only its newest prints'],
    ['that does not reach so far', 3_600_000, 'binance-usdm tells trades of the last 1h only'],
  ])('a history %s is refused with what to do instead', async (_what, tradeHistoryMs, words) => {
    const { code, json } = await runWith(
      quiet({ tradeHistoryMs }),
      ...command('--kind', 'trades', '-p', 'CALM_USDT', '--timerange', '20260301-20260302'),
    )
    expect(code).toBe(4)
    expect(json.error).toMatchObject({ code: 'historyNotOffered', message: expect.stringContaining(words) as string })
    expect(json.error.remedy).toContain('riptide record')
  })

  test('Ctrl-C keeps what came and says how to go on', async () => {
    const stop = new AbortController()
    const io = quiet({
      async *trades({ instrumentId: id, from }) {
        for (let row = 0; ; row++) {
          if (row === 30) stop.abort(new Error('Ctrl-C'))
          yield [{ type: 'trade', instrumentId: id, time: from + row * 1_000, price: 1, quantity: 2 }]
        }
      },
    })
    const { code, json } = await runWith(
      { ...io, signal: stop.signal },
      ...command('--kind', 'trades', '-p', 'PUMP_USDT', '--from', '2026-03-05', '--to', '2026-03-06'),
    )
    expect(code).toBe(130)
    expect(json.error).toMatchObject({ code: 'interrupted', message: 'stopped by you; what came before is stored' })
    const { json: list } = await run('data', 'list', '--json')
    const stored = list.series.find(
      (one: { instrument: string; kind: string }) => one.instrument === 'PUMP_USDT' && one.kind === 'trade',
    )
    expect(stored.rows).toBe(29)
  })

  test.each([
    ['no start', ['-p', 'CALM_USDT'], 'missingOption'],
    ['a start in the future', ['-p', 'CALM_USDT', '--from', '2027-01-01'], 'emptyRange'],
    ['a kind nobody has', ['-p', 'CALM_USDT', '--from', '2026-03-01', '--kind', 'rumors'], 'unknownKind'],
    ['an interval that is none', ['-p', 'CALM_USDT', '--from', '2026-03-01', '--interval', 'one'], 'invalidDuration'],
    ['nothing that is traded', ['-p', 'NOPE*', '--from', '2026-03-01'], 'unknownInstrument'],
    [
      'files that do not exist',
      ['-p', 'CALM_USDT', '--from', '2026-03-01', '--kind', 'dumps', '--files', 'x'],
      'unknownFiles',
    ],
    [
      'trades twice',
      ['-p', 'CALM_USDT', '--from', '2026-03-01', '--kind', 'dumps', '--files', 'trades,aggTrades'],
      'sameTwice',
    ],
    [
      'files of months',
      ['-p', 'CALM_USDT', '--from', '2026-03-01', '--kind', 'dumps', '--interval', '1mo'],
      'unknownInterval',
    ],
  ])('%s is told', async (_what, argv, code) => {
    const { json } = await runWith(quiet(), ...usdm, ...argv)
    expect(json.error.code).toBe(code)
  })
})

describe('dumps', () => {
  const rows = [0, 1, 2]
    .map((row) => `${row},1.5,2,1,1,${Date.parse('2026-03-02T00:00Z') + row * 1_000},true`)
    .join('\n')
  const path = (symbol: string): string => `futures/um/daily/aggTrades/${symbol}/${symbol}-aggTrades-2026-03-02.zip`

  test('of what is listed and of what was delisted come into the store; days without a file are told', async () => {
    const files = Object.fromEntries(['CALMUSDT', 'GONEUSDT'].map((symbol) => [path(symbol), rows]))
    const server = await startDumps(files)
    const argv = [
      '--kind',
      'dumps',
      '--dumps',
      server.baseUrl,
      '-p',
      'CALM_*,GONE_USDT',
      '--timerange',
      '20260301-20260303',
    ]
    const { stdout, stderr, code } = await runWith(quiet(), ...usdm.filter((word) => word !== '--json'), ...argv)
    const { json } = await runWith(quiet(), ...usdm, ...argv)
    await server.close()
    expect(code).toBe(0)
    expect(stderr).toContain('GONEUSDT is not traded now')
    expect(stdout).toMatch(/GONE_USDT +1 +0 +0 +3 +1/)
    expect(stdout).toContain('CALM_USDT aggTrades 2026-03-01')
    expect(json.rows).toMatchObject([
      { instrument: 'CALM_USDT', fetched: 0, unchanged: 1 },
      { instrument: 'GONE_USDT', fetched: 0, unchanged: 1 },
    ])
  })

  test('need no answer of the venue itself for names that are exact', async () => {
    const server = await startDumps({ [path('DARKUSDT')]: rows })
    const io = quiet({
      instruments: () => Promise.reject(new VenueError(venueId('binance-usdm'), 'retry', '451', 'not from here')),
    })
    const argv = ['--kind', 'dumps', '--dumps', server.baseUrl, '-p', 'DARK_USDT', '--timerange', '20260302-20260303']
    const { json, stderr } = await runWith(io, ...usdm, ...argv)
    await server.close()
    expect(json.rows).toMatchObject([{ instrument: 'DARK_USDT', fetched: 1, rows: 3 }])
    expect(stderr).toContain('not from here')
  })

  test('of a venue that publishes none are refused with what to do instead', async () => {
    const argv = ['data', 'download', '--venue', 'mexc', '--kind', 'dumps', '-p', 'BTC_USDT', '--from', '2026-03-01']
    const { json } = await runWith(quiet(), ...argv, '--json')
    expect(json.error).toMatchObject({ code: 'historyNotOffered', message: 'mexc publishes no files of its history' })
  })
})
