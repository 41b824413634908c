import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { describeShared, sharedPath } from '#test/shared.ts'
import { sandbox } from './sandbox.ts'

const { cwd, run } = sandbox()
const start = Date.UTC(2024, 0, 1)
const write = (name: string, lines: readonly string[]): void => writeFileSync(join(cwd, name), `${lines.join('\n')}\n`)
for (const folder of ['ticks', 'binance_usdm_5m', 'short']) mkdirSync(join(cwd, folder))

/** Two hours of a trade every ten seconds; from 01:30:00 on ten buys a second for ten seconds, each lifting the price by `step`. */
function ticks(step: number): string[] {
  const lines = ['timestamp,side,price,quantity']
  for (let second = 0; second < 7_200; second++) {
    const burst = second - 5_400
    if (step > 0 && burst >= 0 && burst < 10) {
      for (let order = 0; order < 10; order++)
        lines.push(`${start + second * 1_000 + order * 100},buy,${100 + step * (burst * 10 + order + 1)},10`)
    } else if (second % 10 === 0) {
      const price = (burst > 0 ? 100 + step * 100 : 100) + 0.1 * ((second / 10) % 2)
      lines.push(`${start + second * 1_000},${second % 20 === 0 ? 'buy' : 'sell'},${price},1`)
    }
  }
  return lines
}

write('ticks/PUMPUSDT.csv', ticks(0.2))
write('ticks/DRIFTUSDT.csv', ticks(0.02))
write('ticks/CALMUSDT.csv', ticks(0))
write('short/NEWUSDT.csv', ticks(0).slice(0, 30))
write('binance_usdm_5m/CANDLEUSDT_5m.csv', [
  'ts_ms,open,high,low,close,volume',
  ...Array.from({ length: 300 }, (_, bar) => {
    const close = bar === 299 ? 110 : 100 + 0.1 * (bar % 2)
    return `${start - 86_400_000 + bar * 300_000},100,${Math.max(100, close)},100,${close},1`
  }),
])
const at = '2024-01-01T01:30:05'

interface Row {
  readonly instrument: string
  readonly value: number
  readonly parts: Readonly<Record<string, number>>
}

describe('lab rank', () => {
  test('ranks instruments by their pump score at a moment, with its parts', async () => {
    const { code, stderr, json } = await run('lab', 'rank', '--data', 'ticks', '--at', at, '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(json).toMatchObject({
      at: `${at}.000Z`,
      by: { indicator: 'pumpScore', unit: 'score' },
      ranked: 3,
      notRanked: [],
      withoutDataThen: 0,
    })
    const rows = json.ranking as readonly Row[]
    expect(rows.map(({ instrument }) => instrument)).toEqual(['PUMP_USDT', 'DRIFT_USDT', 'CALM_USDT'])
    expect(Object.keys(rows[0].parts)).toEqual(['rise', 'unusual', 'crowd', 'turnover', 'flow'])
    expect(rows[0]).toMatchObject({ rank: 1, price: 110.2, lastDataAt: `${at}.000Z`, parts: { rise: 100, crowd: 100 } })
    expect(rows[0].value).toBeGreaterThan(rows[1].value)
    expect(rows[2].value).toBeLessThan(15)
  })

  test('knows nothing of what comes after the moment', async () => {
    write(
      'short/PUMPUSDT.csv',
      ticks(0.2).filter((line) => !(Number(line.split(',')[0]) > start + 5_405_000)),
    )
    const [whole, cut] = await Promise.all(
      ['ticks', 'short'].map((folder) => run('lab', 'rank', '--data', `${folder}/PUMPUSDT.csv`, '--at', at, '--json')),
    )
    expect(cut.json.ranking).toEqual(whole.json.ranking)
  })

  test('a moment in which nothing trades is ranked as the clock finds it', async () => {
    const { json } = await run(
      'lab',
      'rank',
      '--data',
      'ticks',
      '--at',
      '2024-01-01T01:31:29.700',
      '--by',
      'orderCount',
      '--json',
    )
    expect(json.ranking[0]).toMatchObject({ value: 0, lastDataAt: '2024-01-01T01:31:20.000Z' })
  })

  test('what has no reading yet is told with the reason, what has no data then is counted', async () => {
    const early = await run('lab', 'rank', '--data', 'ticks', 'short/NEWUSDT.csv', '--at', '2024-01-01T00:02', '--json')
    expect(early.json).toMatchObject({ ranked: 0, ranking: [] })
    expect(early.json.notRanked).toHaveLength(4)
    expect(early.json.notRanked[0]).toEqual({
      instrument: 'CALM_USDT',
      venue: 'binance',
      data: 'ticks',
      reason: 'still warming up',
    })
    const later = await run('lab', 'rank', '--data', 'ticks', 'short/NEWUSDT.csv', '--at', at, '--json')
    expect(later.json).toMatchObject({ ranked: 3, withoutDataThen: 1 })
  })

  test('candles are ranked by their last bar, on the bars they have', async () => {
    const { json } = await run('lab', 'rank', '--data', 'binance_usdm_5m', '--at', '2024-01-01T01:00', '--json')
    expect(json).toMatchObject({
      by: { indicator: 'barRiseInUsualMoves', unit: 'ratio' },
      ranking: [{ instrument: 'CANDLE_USDT', data: '5m candles', price: 110, parts: {} }],
    })
    expect(json.ranking[0].value).toBeGreaterThan(20)
  })

  test('is told as a table, as many as wanted', async () => {
    const { stdout } = await run('lab', 'rank', '--data', 'ticks', '--at', at, '--top', '1')
    expect(stdout).toMatch(/RANKING by pumpScore at 2024-01-01T01:30:05Z/)
    expect(stdout).toMatch(/│ 1 │ PUMP_USDT +│ ticks │ +\d+\.\d │ +100 │/)
    expect(stdout).toContain('and 2 more; --top shows them')
    expect(stdout).not.toContain('DRIFT_USDT')
    const other = await run('lab', 'rank', '--data', 'ticks', '--at', at, '--by', 'lastPrice', '--json')
    expect(other.json.ranking[0]).toMatchObject({ instrument: 'PUMP_USDT', value: 110.2, parts: {} })
  })
})

describe('what cannot be ranked is refused with place and remedy', () => {
  const data = ['--data', 'ticks']
  test.each([
    ['a time outside the data', [...data, '--at', '2025-01-01'], 2, 'timeNotCovered', /2024-01-01T00:00:00Z/],
    [
      'a reading that the data cannot give',
      ['--data', 'binance_usdm_5m', '--at', '2024-01-01T00:30', '--by', 'pumpScore'],
      4,
      'missingFeed',
      /pumpScore needs trade, side, bar; the data has bar/,
    ],
    ['an unknown reading', [...data, '--at', at, '--by', 'pumpScroe'], 2, 'unknownIndicator', /pumpScroe/],
    ['a reading of a position', [...data, '--at', at, '--by', 'unrealizedPnlPct'], 4, 'notRankable', /own position/],
    ['no time', data, 4, 'missingOption', /--at/],
    ['a time that is none', [...data, '--at', 'noon'], 4, 'invalidTime', /noon/],
    ['none wanted', [...data, '--at', at, '--top', '0'], 4, 'invalidNumber', /out of range/],
    ['no folder', ['--data', 'gone', '--at', at], 2, 'fileNotFound', /gone|no such/],
  ])('%s', async (_what, options, exit, errorCode, message) => {
    const { code, json } = await run('lab', 'rank', ...options, '--json')
    expect({ code, error: json.error.code }).toEqual({ code: exit, error: errorCode })
    expect(json.error.message).toMatch(message)
  })
})

describeShared('on recorded pumps', () => {
  test('a coin that is pumped scores next to nothing before, and nearly all points seconds after', async () => {
    const file = sharedPath('data/market/trades_binance_spot/GRSBTC_2020-04-02T1600.csv.gz')
    const scoreAt = async (time: string): Promise<number> => {
      const { json } = await run('lab', 'rank', '--data', file, '--at', `2020-04-02T${time}`, '--json')
      return json.ranking[0].value
    }
    expect(await scoreAt('15:50:00')).toBeLessThan(20)
    expect(await scoreAt('16:00:05')).toBeGreaterThan(90)
  })
})
