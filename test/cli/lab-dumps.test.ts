import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sandbox } from './sandbox.ts'

const { cwd, run } = sandbox()
const start = Date.UTC(2024, 0, 1)
const write = (name: string, content: string): string => {
  writeFileSync(join(cwd, name), content)
  return name
}
const iso = (seconds: number): string => new Date(start + seconds * 1_000).toISOString()

/** Two hours of a price of 100; at one hour up to 140 within 20 s, then down by 1 every minute. */
const ticks = ['timestamp,side,price,quantity']
for (let second = 0; second < 7_200; second++) {
  const rise = second < 3_600 ? 0 : second <= 3_620 ? 2 * (second - 3_600) : 40 - Math.floor((second - 3_621) / 60)
  ticks.push(`${start + second * 1_000},${second <= 3_620 ? 'buy' : 'sell'},${100 + Math.max(0, rise)},50`)
}
mkdirSync(join(cwd, 'ticks'))
write('ticks/COINUSDT.csv', `${ticks.join('\n')}\n`)
const labels = write('events.csv', `event_id,file,kind,onset_utc\ncoin,COINUSDT.csv,pump,${iso(3_600)}\n`)
const fader = {
  schemaVersion: 1,
  name: 'fader',
  direction: 'short',
  readings: {
    rise: { indicator: 'pumpRisePct', params: { baselineFromMs: 1_800_000, baselineToMs: 600_000 } },
    sincePeak: {
      indicator: 'sincePeakSeconds',
      params: { baselineFromMs: 1_800_000, baselineToMs: 600_000 },
    },
  },
  signal: {
    when: {
      all: [
        { reading: 'rise', is: 'gte', value: 20 },
        { reading: 'sincePeak', is: 'gte', value: 7 },
      ],
    },
  },
  cancel: { timeoutMs: 10_000, cooldownMs: 1_800_000 },
  entry: { size: { notional: 900 } },
  protection: { stopLoss: { distancePct: 15 }, timeLimitMs: 1_200_000 },
}
const strategy = write('fader.json', JSON.stringify(fader))
const base = ['lab', 'dumps', '--data', 'ticks', '--labels', labels, '-s', strategy, '--warm-up', '40m']

describe('lab dumps', () => {
  test('scores peak and fall, and trades them with the costs apart', async () => {
    const { code, json, stderr } = await run(...base, '--json', '--workers', '1')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(json).toMatchObject({
      events: 1,
      // the highest trade is the first at 140; it stands until 3 680 s
      recall: { '5': 0, '15': 0, '30': 0, '60': 0, '120': 1, '300': 1 },
      delayMs: { median: 67_000 },
      premature: { events: 0, alerts: 0 },
      captured: { falls: 1, onFalls: { trades: 1, won: 1 }, elsewhere: { trades: 0 } },
      perEvent: [{ eventId: 'coin', outcome: 'found', peak: { time: iso(3_620), price: 140 } }],
      latency: { type: 'fixed', ms: 250 },
      participation: 0.1,
      refractoryMs: 1_810_000,
      warmUpMs: 2_400_000,
    })
    const [{ captured }] = json.perEvent as [{ captured: { atFills: number; afterCosts: number } }]
    expect(captured.afterCosts).toBeLessThan(captured.atFills)
  })

  test('tells the same as tables; without trades only what was detected', async () => {
    const traded = await run(...base)
    expect(traded.stdout).toMatch(/Found within 120 s +│ +1\/1 = 100 %/)
    expect(traded.stdout).toContain('Profit before costs')
    const { code, stdout } = await run(...base, '--no-trades')
    expect(code).toBe(0)
    expect(stdout).not.toContain('Profit before costs')
  })

  test('the settings of a backtest change how it is traded', async () => {
    const { json } = await run(...base, '--json', '--latency', '2s', '--participation', '0.05', '--fee', '0.002')
    expect(json).toMatchObject({ latency: { type: 'fixed', ms: 2_000 }, participation: 0.05 })
  })
})

describe('what cannot be scored is refused with place and remedy', () => {
  const long = write('long.json', JSON.stringify({ ...fader, name: 'long', direction: 'long' }))
  test.each([
    ['a long strategy', ['-s', long], 4, 'notShort', '--strategy'],
    ['a warm-up that leaves nothing', ['--warm-up', '2h'], 4, 'noEvents', labels],
    ['a sleep that is none', ['--refractory', '1ms'], 4, 'invalidDuration', '--refractory'],
    ['a list that is not there', ['--labels', 'none.csv'], 2, 'fileNotFound', 'none.csv'],
  ])('%s', async (_what, change, exit, error, where) => {
    const { code, json } = await run(...base, ...change, '--json')
    expect({ code, error: (json.error as { code: string }).code }).toEqual({ code: exit, error })
    expect((json.error as { where: string }).where).toContain(where)
  })
})
