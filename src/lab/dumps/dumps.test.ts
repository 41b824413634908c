import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { defaultLimits } from '#model/limits.ts'
import { describeShared, sharedPath } from '#test/shared.ts'
import { type DumpReport, type DumpSpec, scoreDumps } from './dumps.ts'
import { dumpsJson } from './json.ts'
import { dumpsText } from './terminal.ts'

const market = 'data/market/trades_binance_spot'
const files = ['ARNBTC_2020-04-07T1800.csv.gz', 'GRSBTC_2020-04-02T1600.csv.gz', 'NEBLBTC_2020-11-02T1800.csv.gz']

/** A fader that is no template: those may be changed without changing what is tested here. */
const fader = {
  schemaVersion: 1,
  name: 'quick-fade',
  direction: 'short',
  readings: {
    rise: { indicator: 'pumpRisePct' },
    sincePeak: { indicator: 'sincePeakSeconds' },
    retraced: { indicator: 'retracedSharePct' },
  },
  signal: {
    when: {
      all: [
        { reading: 'rise', is: 'gte', value: 15 },
        { reading: 'sincePeak', is: 'gte', value: 10 },
        { reading: 'retraced', is: 'between', value: [5, 60] },
      ],
    },
  },
  cancel: { timeoutMs: 10_000, cooldownMs: 50_000 },
  entry: { size: { riskPct: 0.5 }, timeoutMs: 10_000 },
  protection: { stopLoss: { distancePct: 15 }, timeLimitMs: 1_200_000 },
}

describeShared('the laboratory on the falls after recorded pumps', () => {
  let folder = ''
  let spec: DumpSpec
  let report: DumpReport

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'riptide-dumps-'))
    for (const file of files) symlinkSync(sharedPath(market, file), join(folder, file))
    writeFileSync(join(folder, 'quick-fade.json'), JSON.stringify(fader))
    spec = {
      data: folder,
      labels: sharedPath(market, 'events.csv'),
      jumps: null,
      strategy: join(folder, 'quick-fade.json'),
      refractoryMs: null,
      splitAt: Date.UTC(2020, 3, 5),
      workers: 1,
      backtest: {
        strategyFolder: folder,
        warmUpMs: 12 * 3_600_000,
        capital: null,
        limits: defaultLimits,
        latency: { type: 'fixed', ms: 250 },
        reportLatencyMs: 50,
        participation: 0.1,
        impact: 1,
        assumedFundingRate: 0.0001,
        seed: 1,
        gridMs: 1_000,
        cuts: 4,
      },
    }
    report = await scoreDumps(spec)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('scores the pumps that are there, each against the fall that the list has measured', () => {
    expect(report.falls.map(({ eventId }) => eventId)).toEqual(['GRSBTC_2020-04-02T1600', 'ARNBTC_2020-04-07T1800'])
    const [grs, arn] = report.falls
    // price_25_35min_after_peak_pct of events.csv
    expect((grs.after! / grs.peak.price - 1) * 100).toBeCloseTo(-24.87, 1)
    expect((arn.after! / arn.peak.price - 1) * 100).toBeCloseTo(-20.89, 1)
    expect(report.refractoryMs).toBe(60_000)
    expect(report.notScored).toHaveLength(42 - 3)
    expect(report.parts).toMatchObject({
      before: { detection: { events: 1 } },
      from: { detection: { events: 1 } },
    })
  })

  test('finds both peaks ten seconds after them, when a part of the fall is gone', () => {
    for (const fall of report.falls) {
      expect(fall.outcome).toBe('found')
      expect(fall.delayMs).toBeGreaterThanOrEqual(10_000)
      expect(fall.delayMs).toBeLessThan(30_000)
      expect(fall.fallGone).toBeGreaterThan(0)
      expect(fall.fallGone).toBeLessThan(1)
    }
    expect(report.score.detection.recall['5']).toBe(0)
    expect(report.score.detection.recall['30']).toBe(1)
  })

  test('trades them: what was captured shrinks from before costs to after, and adds up', () => {
    const { capture } = report.score
    expect(report.changedDecisions).toBe(0)
    expect(capture?.onFalls.trades).toBeGreaterThanOrEqual(2)
    for (const fall of report.falls) {
      const { trades = [], atFills, afterCosts } = fall.capture ?? {}
      expect(trades.every(({ side }) => side === 'short')).toBe(true)
      expect(afterCosts).toBeLessThan(atFills!)
      const perCoin = trades.reduce((sum, { entryPrice, exitPrice }) => sum + entryPrice - exitPrice, 0)
      expect(atFills).toBeCloseTo(perCoin / fall.depth!, 4)
    }
    const { costs } = capture!.onFalls
    expect(costs.profitBeforeCosts - costs.total).toBe(costs.netProfit)
  })

  test('without trading the detector scores the same', async () => {
    const quick = await scoreDumps({ ...spec, workers: null })
    expect(quick.score.detection).toEqual(report.score.detection)
    expect(quick.score.capture).toBe(null)
    expect(quick.falls.every(({ capture }) => capture === null)).toBe(true)
  })

  test('says what stood in the way of a detector that cannot see the peak', async () => {
    const deaf = { ...fader, signal: { when: { reading: 'rise', is: 'gte', value: 5_000 } } }
    writeFileSync(join(folder, 'deaf.json'), JSON.stringify(deaf))
    const { falls, score } = await scoreDumps({ ...spec, strategy: join(folder, 'deaf.json'), workers: null })
    expect(score.detection.recall['300']).toBe(0)
    // the time-weighted price before it is not the median of the list, so its 43.44 % are not quite these
    expect(falls[0]).toMatchObject({ outcome: 'missed', blockedBy: expect.stringMatching(/^rise came to 4[2-5]/) })
    expect(dumpsText({ ...report, falls }, { color: false, width: 140 })).toContain('NOT FOUND WITHIN 300 S')
  })

  test('is told as JSON and as tables', () => {
    const json = JSON.parse(JSON.stringify(dumpsJson(report))) as Record<string, unknown>
    expect(json).toMatchObject({
      events: 2,
      recall: { '5': 0, '30': 1, '300': 1 },
      delayMs: { count: 2, median: expect.any(Number), p90: expect.any(Number) },
      fallGone: { count: 2 },
      premature: { events: expect.any(Number), alerts: expect.any(Number) },
      captured: {
        falls: 2,
        afterCosts: { mean: expect.any(Number), meanInterval: { low: expect.any(Number) } },
        onFalls: { costs: { fee: expect.stringMatching(/^0\.\d+$/), funding: expect.any(String) } },
      },
      perEvent: [{ peak: { time: '2020-04-02T16:00:49.040Z' } }, { captured: { trades: expect.any(Array) } }],
      split: { at: '2020-04-05T00:00:00.000Z', before: { events: 1 }, from: { events: 1 } },
      changedDecisions: 0,
      currency: 'BTC',
    })
    const text = dumpsText(report, { color: false, width: 140 })
    expect(text).toMatch(/Found within 30 s +│ +2\/2 = 100 %/)
    expect(text).toContain('Look-ahead: none found.')
    expect(text).not.toMatch(/NaN|undefined|null/)
  })
})
