import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeShared, sharedPath } from '#test/shared.ts'
import { pumpsHtml } from './html.ts'
import { pumpsJson } from './json.ts'
import { type PumpReport, type PumpSpec, scorePumps } from './pumps.ts'
import { pumpsText } from './terminal.ts'

const market = 'data/market/trades_binance_spot'
const files = ['BRDBTC_2021-02-24T1700.csv.gz', 'IDEXBTC_2020-12-31T1700.csv.gz', 'NEBLBTC_2020-11-02T1800.csv.gz']

/** A detector that is no template: those may be changed without changing what is tested here. */
const detector = {
  schemaVersion: 1,
  name: 'quick-rise',
  direction: 'long',
  readings: {
    rise: { indicator: 'windowChangePct', params: { fromMs: 60_000, toMs: 0 } },
    surge: {
      indicator: 'volumeSurgeRatio',
      params: { fromMs: 10_000, toMs: 0, baselineFromMs: 900_000, baselineToMs: 30_000 },
    },
  },
  signal: {
    when: {
      all: [
        { reading: 'rise', is: 'gte', value: 15 },
        { reading: 'surge', is: 'gte', value: 10 },
      ],
    },
  },
  entry: { size: { riskPct: 1 } },
  protection: { stopLoss: { distancePct: 5 } },
}

describeShared('the laboratory on recorded pumps', () => {
  let folder = ''
  let spec: PumpSpec
  let report: PumpReport

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'riptide-pumps-'))
    for (const file of files) symlinkSync(sharedPath(market, file), join(folder, file))
    writeFileSync(join(folder, 'quick-rise.json'), JSON.stringify(detector))
    spec = {
      data: folder,
      labels: sharedPath(market, 'events.csv'),
      jumps: null,
      strategy: join(folder, 'quick-rise.json'),
      strategyFolder: folder,
      warmUpMs: 12 * 3_600_000,
      refractoryMs: 20_000,
      candlesMs: null,
      splitAt: Date.UTC(2021, 0, 1),
      seed: 1,
      charts: true,
    }
    report = await scorePumps(spec)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('scores what is there and names what is not', () => {
    expect(report.score).toMatchObject({ events: 2, recordings: 3 })
    // 3 recordings of 4 days less 12 h each, less 5 h around two pumps
    expect(report.score.coinDays).toBeCloseTo(3 * 3.5 - 10 / 24, 1)
    expect(report.score.quietCoinDays).toBeCloseTo(3.5, 1)
    expect(report.notScored).toHaveLength(39)
    expect(report.unlabelled).toEqual([])
    expect(report.jumps).toBe(sharedPath(market, 'other_jumps.csv'))
    expect(report.parts).toMatchObject({ before: { events: 1, recordings: 2 }, from: { events: 1, recordings: 1 } })
  })

  test('finds the pump of BRD within seconds and pays a part of its rise', () => {
    const event = report.score.perEvent.find(({ instrumentId }) => instrumentId === 'BRD_BTC')
    expect(event).toMatchObject({ outcome: 'hit', risePct: expect.closeTo(40.25, 2) })
    expect(event?.delayMs).toBeLessThan(5_000)
    expect(event?.pricePaid).toBeGreaterThan(0)
    expect(event?.pricePaid).toBeLessThan(1)
  })

  test('gives the same again, but for what the machine took', async () => {
    const { cost: _cost, ...again } = await scorePumps(spec)
    const { cost: _first, ...first } = report
    expect(again).toEqual(first)
  })

  test('explains a pump that the detector could not see', async () => {
    const deaf = { ...detector, signal: { when: { reading: 'rise', is: 'gte', value: 5_000 } } }
    writeFileSync(join(folder, 'deaf.json'), JSON.stringify(deaf))
    const { misses, score } = await scorePumps({ ...spec, strategy: join(folder, 'deaf.json'), charts: false })
    expect(score.recall['120']).toBe(0)
    expect(misses.map(({ reason }) => reason)).toEqual(['blocked', 'blocked'])
    const [brd] = misses
    expect(brd.text).toMatch(/^rise came to \d+(\.\d+)? % of ≥ 5000 %, short by [\d.]+ at \+\d+\.\d s$/)
    expect(brd.conditions[0].bestValue).toBeGreaterThan(35)
    expect(brd.conditions[0].bestValue).toBeLessThan(45)
  })

  test('jumps are measured where there is no list of them', async () => {
    const labels = join(folder, 'events.csv')
    writeFileSync(labels, `file,kind,onset_utc\n${files[0]},pump,2021-02-24T17:00:01.987Z\n`)
    const { jumps, score } = await scorePumps({ ...spec, labels, charts: false })
    expect(jumps).toBe(null)
    expect(score.perEvent[0]).toMatchObject({ eventId: `${files[0]}:2`, risePct: expect.closeTo(40.25, 2) })
    rmSync(labels)
  })

  test('the text fits its width, the JSON has its fields, the page is whole and asks for nothing', () => {
    const text = pumpsText(report, { color: false, width: 120 })
    expect(Math.max(...text.split('\n').map((line) => Array.from(line).length))).toBeLessThanOrEqual(120)
    const json = JSON.parse(JSON.stringify(pumpsJson(report)))
    expect(json).toMatchObject({
      events: 2,
      recall: { '5': expect.any(Number), '120': expect.any(Number) },
      delayMs: { median: expect.any(Number), q1: expect.any(Number), q3: expect.any(Number), p90: expect.any(Number) },
      falseAlertsPerCoinDay: { all: expect.any(Number), withoutUnexplained: expect.any(Number), quiet: 0 },
      nsPerTrade: expect.any(Number),
      split: { at: '2021-01-01T00:00:00.000Z', before: { events: 1 }, from: { events: 1 } },
      warmUpMs: 43_200_000,
    })
    expect(json.coinDays).toBe(report.score.coinDays)
    expect(json.misses).toHaveLength(report.misses.length)
    expect(json.falseAlerts).toHaveLength(report.falseAlerts.length)
    const page = pumpsHtml(report)
    expect(page.match(/<figure>/g)).toHaveLength(2 + report.falseAlerts.length)
    expect(page).not.toMatch(/<script|https?:\/\/|NaN|undefined/)
  })
})
