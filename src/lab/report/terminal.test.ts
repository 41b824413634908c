import { expect, test } from 'vitest'
import { widthOf } from './columns.ts'
import { sampleRun } from './sample-run.ts'
import { terminalReport } from './terminal.ts'
import { tableOfTrades } from './terminal-tables.ts'

const run = sampleRun()
const plain = { color: false, width: 120 }
const linesOf = (text: string): readonly string[] => text.split('\n')

test('the report has its parts in the order freqtrade users expect', () => {
  const text = terminalReport(run, { ...plain, breakdown: ['month'] })
  const parts = [
    'PER INSTRUMENT',
    'PER STRATEGY',
    'PER TAG',
    'PER EXIT REASON',
    'LEFT OPEN',
    'BY MONTH',
    'SUMMARY',
    'COSTS',
    'DATA QUALITY',
    'Simulator:',
    'Look-ahead:',
    'Fingerprint',
  ]
  const places = parts.map((part) => text.indexOf(part))
  expect(places.every((place) => place >= 0)).toBe(true)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
})

test.each([80, 90, 100, 160])('no table is wider than a terminal of %i columns', (width) => {
  const text = terminalReport(run, { color: false, width, trades: true })
  const tables = linesOf(text).filter((line) => /^[┌│├└]/.test(line))
  expect(tables.length).toBeGreaterThan(20)
  expect(Math.max(...tables.map(widthOf))).toBeLessThanOrEqual(width)
})

// the fingerprint is one word of 64 characters
test.each([72, 80, 120])('no line at all is wider than a terminal of %i columns', (width) => {
  const long = {
    ...run,
    roundTrips: run.roundTrips.slice(0, 4),
    spec: { ...run.spec, currency: 'BTC', strategies: Array(6).fill(run.spec.strategies[0]) },
    quality: {
      ...run.quality,
      skippedFiles: [{ file: 'a'.repeat(30), reason: 'no column is named price '.repeat(6) }],
    },
  }
  const lines = linesOf(terminalReport(long, { color: false, width, trades: true, breakdown: ['day'] }))
  expect(lines.filter((line) => widthOf(line) > width)).toEqual([])
})

test('on many instruments the nearest misses show the closest three conditions of each group', () => {
  const readings = [0.5, 3, 1, 9, 2]
  const nearMisses = ['A_USDT', 'B_USDT', 'C_USDT', 'D_USDT'].flatMap((instrument) =>
    readings.map((short, index) => ({
      ...run.nearMisses[0],
      instrumentId: instrument as (typeof run.nearMisses)[0]['instrumentId'],
      reading: `reading${index}`,
      threshold: 10,
      bestMargin: -short,
      bestValue: 10 - short,
      wouldHave: [],
    })),
  )
  const base = { ...run, roundTrips: [], nearMisses }
  const [instrument] = run.spec.instruments
  const many = terminalReport({ ...base, spec: { ...run.spec, instruments: Array(4).fill(instrument) } }, plain)
  expect(many.match(/^ {2}S1 Signal {2}reading\d/gm)?.map((line) => line.at(-1))).toEqual(['0', '2', '4'])
  expect(many).toContain('and 2 more conditions: riptide why r00042')
  expect(terminalReport(base, plain).match(/^ {2}S1 Signal {2}reading\d/gm)).toHaveLength(5)
})

test('colors are escape codes only when asked for', () => {
  const escapes = new RegExp(String.fromCharCode(27))
  expect(terminalReport(run, plain)).not.toMatch(escapes)
  expect(terminalReport(run, { color: true, width: 120 })).toMatch(escapes)
})

test('names with control characters cannot write to the terminal', () => {
  const [first] = run.roundTrips
  const text = tableOfTrades(
    { ...run, roundTrips: [{ ...first, strategy: 'a\u001b[2Jb' }] },
    { color: false, width: 400 },
  )
  expect(text).toContain('a [2Jb')
})

test('a run with few trades shows what was missing', () => {
  expect(terminalReport(run, plain)).not.toContain('Why not')
  expect(terminalReport({ ...run, roundTrips: [] }, plain)).toContain('Why not: all instruments')
})

test('too little evidence is called not significant', () => {
  expect(terminalReport(run, plain)).toContain(`not significant: ${run.roundTrips.length} of 30 trades`)
})

test('look-ahead and an interrupted run cannot be missed', () => {
  const text = terminalReport(
    { ...run, status: 'interrupted', lookahead: { cuts: 3, changedDecisions: 1, firstChange: 'signal at noon' } },
    plain,
  )
  expect(text).toContain('stopped by the user')
  expect(text).toContain('LOOK-AHEAD FOUND: 3 cuts, 1 earlier decision changed. First: signal at noon')
  expect(terminalReport({ ...run, lookahead: null }, plain)).toContain('Look-ahead: not checked.')
})

test('assumptions are one sentence that names latency, participation, fees and funding', () => {
  const text = terminalReport(run, plain).replaceAll('\n', ' ')
  expect(text).toContain(
    'Simulator: latency 250 ms, answers after 50 ms, participation at most 10 % of what trades, impact square root, factor 1, fees maker 0.000 %, taker 0.020 %, funding recorded, else 0.010 % per interval paid.',
  )
})

test('data quality counts what was skipped and dropped, and names the longest gap', () => {
  const text = terminalReport(run, plain)
  expect(text).toContain('Duplicates dropped  118')
  expect(text).toContain('Gaps                1, the longest 00:12:00 on PEPE_USDT at 2026-03-02T00:30:00Z')
  expect(text).toContain('trades.csv: line 1: column "price" is missing')
})
