import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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

/** An hour of a price of 100; from half past, 2 more every second for 20 s. */
const ticks = ['timestamp,side,price,quantity']
for (let second = 0; second < 3_600; second++) {
  const rise = Math.max(0, Math.min(20, second - 1_799)) * 2
  ticks.push(`${start + second * 1_000},buy,${100 + rise},${rise > 0 ? 50 : 1}`)
}
mkdirSync(join(cwd, 'ticks'))
write('ticks/COINUSDT.csv', `${ticks.join('\n')}\n`)
const listOf = (...rows: readonly string[]): string => `event_id,file,kind,onset_utc\n${rows.join('\n')}\n`
const labels = write('events.csv', listOf(`coin,COINUSDT.csv,pump,${iso(1_800)}`))
const detector = {
  schemaVersion: 1,
  name: 'above',
  direction: 'long',
  readings: { price: { indicator: 'lastPrice' } },
  signal: { when: { reading: 'price', is: 'gte', value: 110 } },
  entry: { size: { riskPct: 1 } },
  protection: { stopLoss: { distancePct: 5 } },
}
const strategy = write('above.json', JSON.stringify(detector))
const base = ['lab', 'pumps', '--data', 'ticks', '--labels', labels, '-s', strategy, '--warm-up', '10m']

describe('lab pumps', () => {
  test('scores the S1 of a strategy on labelled ticks', async () => {
    const { code, json, stderr } = await run(...base, '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(json).toMatchObject({
      events: 1,
      recall: { '5': 1, '15': 1, '30': 1, '60': 1, '120': 1 },
      delayMs: { median: 4_000, q1: 4_000, q3: 4_000, p90: 4_000 },
      pricePaid: { median: 0.25 },
      coinDays: 0,
      falseAlertsPerCoinDay: { all: null, withoutUnexplained: null, quiet: null },
      nsPerTrade: expect.any(Number),
      misses: [],
      falseAlerts: [],
      perEvent: [{ eventId: 'coin', instrument: 'COIN_USDT', alert: { time: iso(1_804), price: 110 } }],
      warmUpMs: 600_000,
      refractoryMs: 480_000,
    })
  })

  test('gives the detector candles made of the trades, so that it alerts when one closes', async () => {
    const { json } = await run(...base, '--candles', '1m', '--json')
    expect(json).toMatchObject({
      delayMs: { median: 60_000 },
      perEvent: [{ alert: { price: 140 } }],
      candlesMs: 60_000,
    })
    const { stdout } = await run(...base, '--candles', '1m')
    expect(stdout).toContain('Candles of 00:01:00 made of the trades.')
  })

  test('tells the same as tables, and as a page where one is asked for', async () => {
    const { code, stdout } = await run(...base, '--html', 'out/pumps.html')
    expect(code).toBe(0)
    expect(stdout).toMatch(/Found within 5 s +│ +1\/1 = 100 %/)
    expect(stdout).toContain('Page with charts: ')
    expect(readFileSync(join(cwd, 'out/pumps.html'), 'utf8')).toContain('found after 4 s')
  })

  test('files without labels are named, and not scored', async () => {
    write('ticks/OTHERUSDT.csv', `${ticks.slice(0, 100).join('\n')}\n`)
    const { code, stderr, json } = await run(...base, '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '1 file without labels, not scored: OTHERUSDT.csv\n' })
    expect(json.recordings).toBe(1)
  })
})

describe('what cannot be scored is refused with place and remedy', () => {
  mkdirSync(join(cwd, 'empty'))
  const bad = write('bad.csv', listOf(`coin,COINUSDT.csv,pump,yesterday`))
  const elsewhere = write('elsewhere.csv', listOf(`coin,GONE.csv,pump,${iso(1_800)}`))
  const flat = write('flat.csv', listOf(`coin,COINUSDT.csv,no_pump,`))
  const late = write('late.csv', listOf(`coin,COINUSDT.csv,pump,${iso(90_000)}`))
  const noColumns = write('none.csv', 'name,when\nx,y\n')
  const broken = write('broken.json', JSON.stringify({ ...detector, signal: {} }))
  const mine = ['-s', strategy, '--warm-up', '10m']
  test.each([
    ['no folder', ['--data', 'gone', '--labels', labels], 2, 'fileNotFound', /^--data .*gone$/],
    ['an empty folder', ['--data', 'empty', '--labels', labels], 2, 'noLabelledData', /^--data .*empty$/],
    ['no labels', ['--data', 'ticks', '--labels', 'gone.csv'], 2, 'fileNotFound', /^--labels .*gone\.csv$/],
    ['labels of other files', ['--data', 'ticks', '--labels', elsewhere], 2, 'noLabelledData', /^--data .*ticks$/],
    ['a bad time', ['--data', 'ticks', '--labels', bad], 4, 'badLabel', /bad\.csv:2$/],
    ['other columns', ['--data', 'ticks', '--labels', noColumns], 4, 'missingColumn', /none\.csv:1$/],
    ['no pump at all', ['--data', 'ticks', '--labels', flat], 4, 'noEvents', /flat\.csv$/],
    ['an onset outside its file', ['--data', 'ticks', '--labels', late], 4, 'noEvents', /late\.csv$/],
    ['a pump within the warm-up', ['--data', 'ticks', '--labels', labels, '--warm-up', '40m'], 4, 'noEvents', /events/],
    [
      'no list of jumps',
      ['--data', 'ticks', '--labels', labels, '--jumps', 'x.csv'],
      2,
      'fileNotFound',
      /^--jumps .*x\.csv$/,
    ],
    ['an unknown strategy', ['--data', 'ticks', '--labels', labels, '-s', 'flash-pmup'], 2, 'unknownStrategy', /-s/],
    ['a broken strategy', ['--data', 'ticks', '--labels', labels, '-s', broken], 4, 'invalidField', /broken\.json$/],
    [
      'a time without unit',
      ['--data', 'ticks', '--labels', labels, '--warm-up', '5'],
      4,
      'invalidDuration',
      /--warm-up/,
    ],
    ['candles of a day', ['--data', 'ticks', '--labels', labels, '--candles', '1d'], 4, 'invalidDuration', /--candles/],
    ['no sleep', ['--data', 'ticks', '--labels', labels, '--refractory', '0'], 4, 'invalidDuration', /--refractory/],
    [
      'a split that is no date',
      ['--data', 'ticks', '--labels', labels, '--split', 'soon'],
      4,
      'invalidTime',
      /--split/,
    ],
    ['a seed that is no number', ['--data', 'ticks', '--labels', labels, '--seed', 'x'], 4, 'invalidNumber', /--seed/],
    ['no data named', ['--labels', labels], 4, 'missingOption', /command line/],
  ])('%s', async (_what, options, exit, errorCode, where) => {
    const { code, stderr, json } = await run('lab', 'pumps', ...mine, ...options, '--json')
    expect({ code, error: json.error }).toEqual({
      code: exit,
      error: {
        code: errorCode,
        message: expect.any(String),
        where: expect.stringMatching(where),
        remedy: expect.any(String),
      },
    })
    expect(stderr).toContain(json.error.remedy)
  })

  test('a page that cannot be written is told, and nothing half-written is left', async () => {
    const { code, json } = await run(...base, '--html', 'ticks', '--json')
    expect({ code, error: json.error }).toMatchObject({ code: 1, error: { code: 'notWritable' } })
    expect(existsSync(join(cwd, 'ticks/COINUSDT.csv'))).toBe(true)
  })
})
