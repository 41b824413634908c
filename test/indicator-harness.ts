import fc from 'fast-check'
import { expect } from 'vitest'
import type { IndicatorDefinition, Parameters, StrategyView } from '#model/indicator.ts'
import { instrumentId } from '#model/ids.ts'
import type { Quote, Trade } from '#model/market.ts'
import { defaultsOf, readingsOf, type Recording, type Run, scaled } from './indicator-runs.ts'
import { stateReadingsOf } from './state-readings.ts'

const id = instrumentId('PUMP_USDT')

/** What an oracle may look at: everything seen up to one instant, as plain rows. */
export interface Moment {
  readonly now: number
  readonly trades: readonly Trade[]
  readonly quotes: readonly Quote[]
  /** Start of the data; NaN before the first trade. */
  readonly since: number
  /** All instants up to this one, itself included. */
  readonly past: readonly Moment[]
}

/** The value by definition, read off the raw rows as slowly as it likes; NaN = pending. */
export type Oracle = (moment: Moment, parameters: Readonly<Record<string, number>>, view: StrategyView) => number

export interface Claim {
  readonly parameters: Parameters
  readonly oracle: Oracle
  /** Powers with which the value follows prices and quantities; absent = both 0. */
  readonly follows?: { readonly price?: number; readonly quantity?: number }
  /** Size against which errors are judged where differences cancel; absent = the value itself, at least 1 for pure numbers. */
  readonly errorScale?: number
  readonly runs?: number
}

/** Holds a definition to its oracle and to what must be true of every indicator, on random series. */
export function checkIndicator(definition: IndicatorDefinition, claim: Claim): void {
  const parameters = { ...defaultsOf(definition), ...claim.parameters }
  expect(definition.refuse?.(parameters)).toBeUndefined()
  const read = definition.inputs.some((input) => input === 'signal' || input === 'position') ? stateReader : columnReader
  fc.assert(
    fc.property(series, views, fc.integer({ min: 1, max: 300 }), (recording, shape, cut) => {
      const view = viewOf(shape, recording)
      const run = read(definition, parameters, recording, view, {})
      const moments = momentsOf(run, recording)
      const expected = moments.map((moment) => claim.oracle(moment, parameters as Record<string, number>, view))
      expect(disagreements(definition, run, expected, claim)).toEqual([])

      const [low, high] = definition.range
      for (const value of run.values) expect(Number.isNaN(value) || (value >= low && value <= high)).toBe(true)
      run.values.forEach((value, at) => expect(Number.isNaN(value)).toBe(run.reasons[at] !== 'ready'))

      // one instant at a time, moved to another process half-way, or cut off later: the same bits
      expect(read(definition, parameters, recording, view, { stretch: 1 })).toEqual(run)
      if (read === columnReader && cut < run.time.length)
        expect(read(definition, parameters, recording, view, { moveAfter: cut, stretch: 7 })).toEqual(run)
      const shorter = read(definition, parameters, cutAt(recording, run.time[Math.min(cut, run.time.length) - 1]!), view, {})
      expect(shorter.values).toEqual(run.values.slice(0, shorter.values.length))

      const { price = 0, quantity = 0 } = claim.follows ?? {}
      const bigger = read(definition, parameters, scaled(recording, 1e3, 1e-2), scaledView(view, 1e3), {})
      const factor = 1e3 ** price * 1e-2 ** quantity
      expect(disagreements(definition, bigger, run.values.map((value) => value * factor), claim)).toEqual([])
    }),
    { numRuns: claim.runs ?? 40 },
  )
}

/** Share of `(fromMs, toMs)` that lies after the start of the data is at least 0.8. */
export function isCovered({ now, since }: Moment, fromMs: number, toMs = 0): boolean {
  const covered = now - toMs - Math.max(since, now - fromMs)
  return covered >= 0.8 * (fromMs - toMs) - 1e-6
}

/** Trades of the window, oldest first. */
export const tradesIn = ({ trades, now }: Moment, fromMs: number, toMs = 0): readonly Trade[] =>
  trades.filter(({ time }) => time > now - fromMs && time <= now - toMs)

/** The window as held prices: each with the trade behind it and how long it held; the one before the window is carried in. */
export function held({ trades, now }: Moment, fromMs: number, toMs = 0): readonly { trade: Trade; ms: number }[] {
  return trades.flatMap((trade, index) => {
    const next = trades[index + 1]?.time ?? Infinity
    const begin = Math.max(trade.time, now - fromMs)
    const end = Math.min(next, now - toMs)
    const isInForce = trade.time <= now - toMs && next > now - fromMs
    return isInForce ? [{ trade, ms: end - begin }] : []
  })
}

/** NaN while not covered. */
export function twpaOf(moment: Moment, fromMs: number, toMs = 0): number {
  if (!isCovered(moment, fromMs, toMs)) return Number.NaN
  const steps = held(moment, fromMs, toMs)
  return sum(steps.map(({ trade, ms }) => trade.price * ms)) / sum(steps.map(({ ms }) => ms))
}

/** Last price at or before a time, undefined before the data. */
export const priceAt = ({ trades }: Moment, time: number): number | undefined =>
  trades.findLast((trade) => trade.time <= time)?.price

/** Each trade of the window together with the one before it. */
export function stepsIn(moment: Moment, fromMs: number, toMs = 0): readonly (readonly [Trade, Trade])[] {
  const { trades, now } = moment
  return trades.flatMap((trade, index) => {
    const before = trades[index - 1]
    return before && trade.time > now - fromMs && trade.time <= now - toMs ? [[before, trade] as const] : []
  })
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
export const mean = (values: readonly number[]): number => sum(values) / values.length
export const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)))
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2
}

interface ReadOptions {
  readonly stretch?: number
  readonly moveAfter?: number
}

type Reader = (
  definition: IndicatorDefinition,
  parameters: Parameters,
  recording: Recording,
  view: StrategyView,
  options: ReadOptions,
) => Run

const columnReader: Reader = (definition, parameters, recording, _, options) =>
  readingsOf(definition, parameters, recording, options)

const stateReader: Reader = (definition, parameters, recording, view, options) =>
  stateReadingsOf(definition, parameters, recording, view, options.stretch)

/** Bursts, several trades in a millisecond, long silences; tiny and huge prices and sizes, many of them equal. */
const series: fc.Arbitrary<Recording> = fc
  .record({
    priceScale: fc.constantFrom(1e-9, 3e-4, 1, 71_234.5),
    quantityScale: fc.constantFrom(1e-3, 1, 1e7),
    rows: fc.array(
      fc.record({
        gap: fc.oneof(
          { weight: 3, arbitrary: fc.constant(0) },
          { weight: 4, arbitrary: fc.integer({ min: 1, max: 400 }) },
          { weight: 4, arbitrary: fc.integer({ min: 400, max: 3_000 }) },
          { weight: 1, arbitrary: fc.integer({ min: 3_000, max: 40_000 }) },
        ),
        move: fc.oneof(fc.constant(0), fc.integer({ min: -30, max: 30 }), fc.integer({ min: -2, max: 9 })),
        size: fc.integer({ min: 1, max: 100 }),
        isBuy: fc.boolean(),
        quote: fc.option(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }))),
      }),
      { minLength: 1, maxLength: 120, size: 'max' },
    ),
  })
  .map(({ priceScale, quantityScale, rows }) => {
    let time = 1_700_000_000_137
    let ticks = 1000
    const trades: Trade[] = []
    const quotes: Quote[] = []
    for (const { gap, move, size, isBuy, quote } of rows) {
      time += gap
      ticks = Math.max(200, ticks + move)
      const price = ticks * priceScale
      const side = isBuy ? 'buy' : 'sell'
      trades.push({ type: 'trade', instrumentId: id, time, price, quantity: size * quantityScale, side })
      if (!quote) continue
      const [bidSize, askSize] = [quote[0] * quantityScale, quote[1] * quantityScale]
      quotes.push({ type: 'quote', instrumentId: id, time, bid: price * 0.999, ask: price * 1.001, bidSize, askSize })
    }
    return { trades, quotes, updates: [] }
  })

interface ViewShape {
  readonly quantity: number
  readonly entry: number
  readonly leverage: number
  readonly signalAt: number
  readonly isMissing: boolean
}

const views: fc.Arbitrary<ViewShape> = fc.record({
  quantity: fc.constantFrom(-2, 0, 3),
  entry: fc.double({ min: 0.5, max: 2, noNaN: true }),
  leverage: fc.constantFrom(1, 5),
  signalAt: fc.double({ min: 0, max: 1, noNaN: true }),
  isMissing: fc.boolean(),
})

/** A signal and perhaps a position somewhere around the prices of the series. */
function viewOf({ quantity, entry, leverage, signalAt, isMissing }: ViewShape, { trades }: Recording): StrategyView {
  const first = trades[0]!
  const none = isMissing && quantity === 0
  return {
    signalTime: none ? Number.NaN : first.time - Math.round(signalAt * 60_000),
    signalPrice: none ? Number.NaN : first.price,
    baselinePrice: isMissing ? Number.NaN : first.price * 0.8,
    peakPrice: none ? Number.NaN : Math.max(...trades.map(({ price }) => price)),
    troughPrice: none ? Number.NaN : first.price,
    quantity,
    entryPrice: quantity === 0 ? Number.NaN : first.price * entry,
    leverage,
    openedAt: quantity === 0 ? Number.NaN : first.time - 10,
    feeFraction: 0.0012,
  }
}

const scaledView = (view: StrategyView, by: number): StrategyView => ({
  ...view,
  signalPrice: view.signalPrice * by,
  baselinePrice: view.baselinePrice * by,
  peakPrice: view.peakPrice * by,
  troughPrice: view.troughPrice * by,
  entryPrice: view.entryPrice * by,
})

const cutAt = ({ trades, quotes }: Recording, time: number): Recording => ({
  trades: trades.filter((row) => row.time < time),
  quotes: quotes.filter((row) => row.time < time),
  updates: [],
})

function momentsOf(run: Run, recording: Recording): readonly Moment[] {
  const past: Moment[] = []
  return run.time.map((now, at) => {
    const trades = recording.trades.slice(0, run.trades[at])
    const quotes = recording.quotes.slice(0, run.quotes[at])
    const moment = { now, trades, quotes, since: trades[0]?.time ?? Number.NaN, past: past.slice() }
    moment.past.push(moment)
    past.push(moment)
    return moment
  })
}

const dimensional = ['price', 'quantity', 'quantityPerSecond', 'notional', 'notionalPerSecond']

function disagreements(
  { unit }: IndicatorDefinition,
  run: Run,
  expected: readonly number[],
  { errorScale }: Claim,
): readonly object[] {
  const found: object[] = []
  const floor = errorScale ?? (dimensional.includes(unit) ? 0 : 1)
  run.values.forEach((ours, at) => {
    const theirs = expected[at]!
    const isNear = Math.abs(ours - theirs) <= 1e-9 * Math.max(floor, Math.abs(theirs))
    if (!isNear && !(Number.isNaN(ours) && Number.isNaN(theirs)))
      found.push({ at, time: run.time[at], ours, theirs, reason: run.reasons[at] })
  })
  return found.slice(0, 5)
}
