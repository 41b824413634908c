import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { lowerBound } from '#model/block.ts'
import type { Instrument } from '#model/instrument.ts'
import type { TradeColumns } from '#model/market.ts'
import { openFiles } from '#store/store.ts'
import { describeShared, sharedPath } from '#test/shared.ts'
import { generateMarket, plantOn } from './generator.ts'
import { medianOf } from './ordinary.ts'

// Pumps recorded before 2021, pumps planted on the quiet hours of the same recordings with everything drawn, and those of
// generated markets. docs/data.md holds the table.

const hour = 3_600_000
const tuningEnds = Date.UTC(2021, 0, 1)
const folder = 'data/market/trades_binance_spot'

/** A pump by its tape: where it begins, from which price, and its peak. */
interface Pump {
  readonly onset: number
  readonly prePrice: number
  readonly peakTime: number
  readonly peakPrice: number
}

const measures = {
  'onset to half of the rise, s': halfRiseSeconds,
  'buys sharing a millisecond, a second of the first 10': sharedBuys,
  'trades in 10 s against the day’s rate, ×': rateMultiple,
  'quote volume in 10 s against the day’s median 10 s, ×': volumeMultiple,
  'deepest pullback while rising, share of the rise': pullback,
  'given back 30 s after the peak, share of the rise': (trades: TradeColumns, pump: Pump) =>
    givenBack(trades, pump, 30_000, 6_000),
  'given back 30 min after the peak, share of the rise': (trades: TradeColumns, pump: Pump) =>
    givenBack(trades, pump, hour / 2, 300_000),
} as const
type Measure = keyof typeof measures
const names = Object.keys(measures) as Measure[]

type Sample = Record<Measure, number[]>

describeShared('pumps that were made are like those recorded before 2021', () => {
  const recorded = emptySample()
  const planted = emptySample()
  const generated = emptySample()
  beforeAll(async () => {
    for (const { file, pumps } of recordedPumps()) {
      const { instrument, trades } = await readRecording(file)
      for (const pump of pumps) add(recorded, trades, { ...pump, onset: onsetOf(trades, pump) })
      const { trades: tape, events } = plantOn({ instrument, trades }, { pumps: [{ when: { everyMs: 36 * hour } }] }, 7)
      // a day after the recorded pump the tape is ordinary again
      const apart = events.filter(({ onset }) =>
        pumps.every((pump) => onset < pump.onset - hour || onset > pump.onset + 24 * hour),
      )
      for (const event of apart) add(planted, tape, event)
    }
    for (const seed of [1, 2, 3]) {
      const { series, labels } = generateMarket({ seed })
      for (const label of labels.filter(({ kind }) => kind === 'pump')) {
        const { trades } = series.find(({ instrument }) => instrument.id === label.instrumentId) ?? series[0]
        add(generated, trades, label)
      }
    }
  })

  test('and docs/data.md says how much', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/data.md'), 'utf8')
    expect(page).toContain(tableOf({ recorded, planted, generated }))
  })

  test('there are enough of each to compare', () => {
    expect(recorded[names[0]]).toHaveLength(17)
    expect(planted[names[0]].length).toBeGreaterThan(50)
    expect(generated[names[0]].length).toBeGreaterThan(50)
  })

  test.each(names)('planted: the median lies within the quartiles of the recorded: %s', (name) => {
    const [q1, , q3] = quartiles(recorded[name])
    const [, median] = quartiles(planted[name])
    expect(median).toBeGreaterThanOrEqual(q1)
    expect(median).toBeLessThanOrEqual(q3)
  })

  // generated markets trade four times as often on ordinary days, so their multiples are lower
  test.each(names.filter((name) => !name.includes('against')))(
    'generated: the median is no kinder than the kinder quartile of the recorded: %s',
    (name) => {
      const [q1, , q3] = quartiles(recorded[name])
      const [, median] = quartiles(generated[name])
      expect(median).toBeGreaterThanOrEqual(0.95 * q1)
      expect(median).toBeLessThanOrEqual(1.4 * q3)
    },
  )
})

function add(sample: Sample, trades: TradeColumns, pump: Pump): void {
  for (const name of names) sample[name].push(measures[name](trades, pump))
}

function emptySample(): Sample {
  return Object.fromEntries(names.map((name) => [name, [] as number[]])) as Sample
}

function quartiles(values: readonly number[]): [q1: number, median: number, q3: number] {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]
  return [at(0.25), at(0.5), at(0.75)]
}

/** A row for each measure: median and quartiles of each sample. */
function tableOf(samples: Readonly<Record<string, Sample>>): string {
  const text = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(2))
  const cell = (values: readonly number[]): string => {
    const [q1, median, q3] = quartiles(values)
    return `${text(median)} (${text(q1)}–${text(q3)})`
  }
  return names
    .map((name) => `| ${[name, ...Object.values(samples).map((sample) => cell(sample[name]))].join(' | ')} |\n`)
    .join('')
}

// --- recorded pumps

function recordedPumps(): readonly { readonly file: string; readonly pumps: readonly Pump[] }[] {
  const lines = readFileSync(sharedPath(folder, 'events.csv'), 'utf8').trimEnd().split('\n').slice(1)
  const events = lines
    .map((line) => line.split(','))
    .filter((cells) => cells[6] === 'pump' && Date.parse(cells[7]) < tuningEnds)
    .map((cells) => ({
      file: cells[1].slice(cells[1].indexOf('/') + 1),
      onset: Date.parse(cells[7]),
      peakTime: Date.parse(cells[13]),
      prePrice: Number(cells[14]),
      peakPrice: Number(cells[15]),
    }))
  return [...Map.groupBy(events, ({ file }) => file)].map(([file, pumps]) => ({ file, pumps }))
}

async function readRecording(
  file: string,
): Promise<{ readonly instrument: Instrument; readonly trades: TradeColumns }> {
  const { instruments, segments } = await openFiles([sharedPath(folder, file)])
  const trades: TradeColumns[] = []
  for await (const block of segments[0].read()) if (block.trades) trades.push(block.trades)
  expect(trades).toHaveLength(1)
  return { instrument: instruments[0], trades: trades[0] }
}

/** By the rule of the data's README where it finds one within a minute of the label; hand flags lag the tape. */
function onsetOf({ time, price, side }: TradeColumns, { onset, prePrice, peakPrice }: Pump): number {
  const need = Math.max(0.02 * prePrice, 0.3 * (peakPrice - prePrice))
  for (let row = lowerBound(time, onset - 60_000); row < lowerBound(time, onset + 60_000); row++) {
    const before = medianOf(price.slice(Math.max(0, row - 20), row))
    if (side[row] !== 1 || price[row] <= before) continue
    const soon = price.slice(row, lowerBound(time, time[row] + 10_001))
    if (Math.max(...soon) - before >= need) return time[row]
  }
  return onset
}

// --- measures

function halfRiseSeconds({ time, price }: TradeColumns, { onset, prePrice, peakPrice, peakTime }: Pump): number {
  const half = (prePrice + peakPrice) / 2
  for (let row = lowerBound(time, onset); time[row] <= peakTime; row++) {
    if (price[row] >= half) return (time[row] - onset) / 1_000
  }
  return NaN
}

function sharedBuys({ time, side }: TradeColumns, { onset }: Pump): number {
  let shared = 0
  for (let row = lowerBound(time, onset); row < lowerBound(time, onset + 10_000); row++) {
    const withNext = time[row + 1] === time[row] && side[row + 1] === 1
    const withLast = time[row - 1] === time[row] && side[row - 1] === 1
    if (side[row] === 1 && (withNext || withLast)) shared++
  }
  return shared / 10
}

function rateMultiple({ time }: TradeColumns, { onset }: Pump): number {
  const day = Math.min(24 * hour, onset - time[0])
  const ordinary = (lowerBound(time, onset) - lowerBound(time, onset - day)) / day
  return (lowerBound(time, onset + 10_000) - lowerBound(time, onset)) / 10_000 / ordinary
}

function volumeMultiple({ time, price, quantity }: TradeColumns, { onset }: Pump): number {
  const tens = new Map<number, number>()
  for (let row = lowerBound(time, onset - 24 * hour); row < lowerBound(time, onset + 10_000); row++) {
    // the first 10 s are −1
    const ten = time[row] >= onset ? -1 : Math.floor(time[row] / 10_000)
    tens.set(ten, (tens.get(ten) ?? 0) + price[row] * quantity[row])
  }
  const first = tens.get(-1) ?? NaN
  tens.delete(-1)
  return first / medianOf(Float64Array.from(tens.values()))
}

function pullback({ time, price }: TradeColumns, { onset, prePrice, peakPrice, peakTime }: Pump): number {
  let high = prePrice
  let deepest = 0
  for (let row = lowerBound(time, onset); row <= lowerBound(time, peakTime); row++) {
    high = Math.max(high, price[row])
    deepest = Math.max(deepest, high - price[row])
  }
  return deepest / (peakPrice - prePrice)
}

/** Of the rise's logarithm, by the median price around a moment after the peak. */
function givenBack({ time, price }: TradeColumns, pump: Pump, afterMs: number, halfMs: number): number {
  const { peakTime, peakPrice, prePrice } = pump
  const around = price.slice(
    lowerBound(time, peakTime + afterMs - halfMs),
    lowerBound(time, peakTime + afterMs + halfMs),
  )
  return Math.log(peakPrice / medianOf(around)) / Math.log(peakPrice / prePrice)
}
