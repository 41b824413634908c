import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { describeShared, sharedPath } from '#test/shared.ts'
import { sandbox } from './sandbox.ts'

const { cwd, run } = sandbox()
const start = Date.UTC(2024, 0, 1)
const minuteMs = 60_000
const write = (name: string, lines: readonly string[]): void => writeFileSync(join(cwd, name), `${lines.join('\n')}\n`)
for (const folder of ['mexc_spot_1m', 'binance_usdm_5m', 'ticks', 'empty']) mkdirSync(join(cwd, folder))

/** A day of a coin that swings by 0.3 % a minute; at 18:00 it jumps by 12 % on a hundred times its turnover, then 5 % more. */
function candles(intervalMs: number, jump: boolean, empty = false): string[] {
  const bars = (24 * 60 * minuteMs) / intervalMs
  const at = (18 * 60 * minuteMs) / intervalMs
  const lines = ['ts_ms,open,high,low,close,volume']
  let before = 100
  for (let bar = 0; bar < bars; bar++) {
    const rise = jump && bar >= at ? (bar === at ? 12 : 17) : 0
    const close = 100 + rise + (empty ? 0 : 0.3 * (bar % 2))
    const volume = empty && bar % 2 === 0 ? 0 : jump && bar === at ? 100 : 1
    lines.push(
      [start + bar * intervalMs, before, Math.max(before, close), Math.min(before, close), close, volume].join(','),
    )
    before = close
  }
  return lines
}

write('mexc_spot_1m/PUMPUSDT_1m.csv', candles(minuteMs, true))
write('mexc_spot_1m/CALMUSDT_1m.csv', candles(minuteMs, false))
write('mexc_spot_1m/RAREUSDT_1m.csv', candles(minuteMs, false, true))
write('binance_usdm_5m/PUMPUSDT_5m.csv', candles(5 * minuteMs, true))
write('ticks/PUMPBTC.csv', [
  'timestamp,side,price,quantity',
  ...Array.from({ length: 24 * 60 }, (_, minute) => `${start + minute * minuteMs},buy,${minute < 1_000 ? 100 : 120},1`),
])
const detector = {
  schemaVersion: 1,
  name: 'above',
  direction: 'long',
  readings: { price: { indicator: 'lastPrice' } },
  signal: { when: { reading: 'price', is: 'gte', value: 110 } },
  cancel: { timeoutMs: 0, cooldownMs: 3_600_000 },
  entry: { size: { riskPct: 1 } },
  protection: { stopLoss: { distancePct: 5 } },
}
write('above.json', [JSON.stringify(detector)])
const at = (time: string): string => `2024-01-01T${time}:00.000Z`

describe('lab alarms', () => {
  test('counts the alarms of candles by class, with the coin-days behind them', async () => {
    const { code, stderr, json } = await run('lab', 'alarms', '--data', 'mexc_spot_1m', '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const days = (11 * 60 + 59) / (24 * 60)
    expect(json.classes).toEqual([
      expect.objectContaining({ name: 'spot thin, 1m candles', instruments: 1, alarms: 0, perCoinDay: 0 }),
      {
        name: 'spot small, 1m candles',
        instruments: 2,
        coinDays: 2 * days,
        alarms: 1,
        perCoinDay: 1 / (2 * days),
        interval: { low: 0, high: 1 / days },
        perDayAt300Coins: 150 / days,
        medianRisePct: expect.closeTo((117.3 / 112 - 1) * 100, 9),
      },
    ])
    expect(json.alarms).toEqual([
      {
        instrument: 'PUMP_USDT',
        venue: 'mexc',
        data: '1m candles',
        class: 'spot small',
        time: at('18:01'),
        price: 112,
        furtherRisePct: expect.closeTo((117.3 / 112 - 1) * 100, 9),
      },
    ])
    expect(
      json.instruments.map(({ instrument, alarms }: { instrument: string; alarms: number }) => [instrument, alarms]),
    ).toEqual([
      ['RARE_USDT', 0],
      ['CALM_USDT', 0],
      ['PUMP_USDT', 1],
    ])
    expect(json.detectors).toEqual([{ name: 'candle-pump', hash: expect.any(String) }])
  })

  test('readings on shorter bars than the data has are taken on the bars of the data', async () => {
    const { json } = await run('lab', 'alarms', '--data', 'binance_usdm_5m', '--json')
    expect(json.alarms).toMatchObject([{ time: at('18:05'), data: '5m candles' }])
  })

  test('one coin on two markets, in two intervals and as ticks is told apart, each with a detector that fits', async () => {
    const { json } = await run('lab', 'alarms', '--data', '.', '--json')
    expect(json.classes.map(({ name }: { name: string }) => name)).toEqual([
      'spot thin, 1m candles',
      'spot small, 1m candles',
      'spot larger, ticks',
      'perpetual small, 5m candles',
    ])
    expect(json.detectors.map(({ name }: { name: string }) => name).toSorted()).toEqual(['candle-pump', 'flash-pump'])
  })

  test('a strategy of your own sleeps as it says, or as you say', async () => {
    const alarms = async (...options: readonly string[]): Promise<string[]> => {
      const { json } = await run('lab', 'alarms', '--data', 'ticks', '-s', 'above.json', '--json', ...options)
      return json.alarms.map(({ time }: { time: string }) => time.slice(11, 16))
    }
    expect(await alarms()).toEqual(['16:40', '17:40', '18:40', '19:40', '20:40', '21:40', '22:40', '23:40'])
    expect(await alarms('--refractory', '3h')).toEqual(['16:40', '19:40', '22:40'])
    expect(await alarms('--warm-up', '20h')).toEqual(['20:40', '21:40', '22:40', '23:40'])
  })

  test('is told as tables; --list shows every alarm', async () => {
    const { stdout } = await run('lab', 'alarms', '--data', 'mexc_spot_1m', '--list')
    expect(stdout).toMatch(/spot small, 1m candles +│ +2 │ +1\.0 │ +1 │/)
    expect(stdout).toMatch(/PUMP_USDT +│ 1m candles +│ 2024-01-01T18:01:00Z │ +112 │ +\+4\.7 % │/)
    expect((await run('lab', 'alarms', '--data', 'mexc_spot_1m')).stdout).not.toContain('18:01')
  })
})

describe('what cannot be counted is refused with place and remedy', () => {
  test('a detector that reads what the data does not have', async () => {
    const { code, json } = await run('lab', 'alarms', '--data', 'mexc_spot_1m', '-s', 'flash-pump', '--json')
    expect({ code, error: json.error }).toMatchObject({
      code: 4,
      error: {
        code: 'missingFeed',
        message: expect.stringMatching(/orders \(orderCount\).*; mexc_spot_1m\/CALMUSDT_1m\.csv has candles$/),
        remedy: expect.stringContaining('-s candle-pump'),
      },
    })
  })

  test.each([
    ['no data named', [], 4, 'missingOption'],
    ['no folder', ['--data', 'gone'], 2, 'fileNotFound'],
    ['an empty folder', ['--data', 'empty'], 2, 'noMarketData'],
    ['recordings shorter than the warm-up', ['--data', 'ticks', '--warm-up', '2d'], 4, 'recordingsTooShort'],
    ['an unknown strategy', ['--data', 'ticks', '-s', 'candle-pmup'], 2, 'unknownStrategy'],
    ['a time without unit', ['--data', 'ticks', '--warm-up', '5'], 4, 'invalidDuration'],
    ['no sleep', ['--data', 'ticks', '--refractory', '0'], 4, 'invalidDuration'],
    ['a seed that is no number', ['--data', 'ticks', '--seed', 'x'], 4, 'invalidNumber'],
  ])('%s', async (_what, options, exit, errorCode) => {
    const { code, json } = await run('lab', 'alarms', ...options, '--json')
    expect({ code, error: json.error.code }).toEqual({ code: exit, error: errorCode })
  })
})

describeShared('on recorded candles', () => {
  test('candle-pump stays below 0.3 alarms a coin-day on small coins and 0.01 on perpetuals', async () => {
    const folders = ['mexc_spot_1m', 'binance_usdm_1m', 'binance_usdm_5m', 'binance_usdm_15m']
    const paths = folders.map((folder) => sharedPath('data/market', `candles_${folder}`))
    const { json } = await run('lab', 'alarms', '--data', ...paths, '--json')
    const classes = json.classes as readonly { name: string; instruments: number; perCoinDay: number }[]
    const named = (name: string) => classes.find((one) => one.name === name)!
    expect(named('spot small, 1m candles').instruments).toBe(19)
    expect(named('spot small, 1m candles').perCoinDay).toBeLessThan(0.3)
    expect(named('perpetual larger').instruments).toBe(28)
    expect(named('perpetual larger').perCoinDay).toBeLessThan(0.01)
  }, 60_000)
})
