import * as fc from 'fast-check'
import type { IndicatorDefinition, Parameters, StrategyView } from '#model/indicator.ts'
import { instrumentId } from '#model/ids.ts'
import type { Quote, Trade } from '#model/market.ts'
import { defaultsOf, readingsOf, type Recording, type Run, type RunOptions, scaled } from './indicator-runs.ts'
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

/**
 * Looks for a random series on which the definition disagrees with its oracle or breaks what must be true of every indicator;
 * undefined when none was found, else a report with the seed.
 */
export function counterexampleTo(definition: IndicatorDefinition, claim: Claim): string | undefined {
  const parameters = { ...defaultsOf(definition), ...claim.parameters }
  const refused = definition.refuse?.(parameters)
  if (refused !== undefined) return refused
  const isOwn = definition.inputs.some((input) => input === 'signal' || input === 'position')
  const details = fc.check(
    fc.property(series, views, fc.integer({ min: 1, max: 300 }), (recording, shape, cut) => {
      const view = viewOf(shape, recording)
      const read = (rows: Recording, own: StrategyView, options: RunOptions = {}): Run =>
        isOwn
          ? stateReadingsOf(definition, parameters, rows, own, options.stretch)
          : readingsOf(definition, parameters, rows, options)
      const run = read(recording, view)
      const expected = momentsOf(run, recording).map((moment) =>
        claim.oracle(moment, parameters as Record<string, number>, view),
      )
      refute('differs from the oracle', differences(definition, run, expected, claim))
      refute('is out of range or has the wrong reason', unsound(definition, run))

      refute('depends on the stretch', changes(run, read(recording, view, { stretch: 1 })))
      if (!isOwn && cut < run.time.length)
        refute('is lost in a snapshot', changes(run, read(recording, view, { stretch: 7, moveAfter: cut })))
      const shorter = read(cutAt(recording, run.time[Math.min(cut, run.time.length) - 1]), view)
      refute('looks ahead', changes(shorter, run))

      const { price = 0, quantity = 0 } = claim.follows ?? {}
      const larger = run.values.map((value) => value * 1e3 ** price * 1e-2 ** quantity)
      const rescaled = read(scaled(recording, 1e3, 1e-2), scaledView(view, 1e3))
      refute('does not follow the scale', differences(definition, rescaled, larger, claim))
    }),
    { numRuns: claim.runs ?? 40 },
  )
  return details.failed
    ? `${definition.id} ${String(details.errorInstance)}\n${fc.defaultReportMessage(details)}`
    : undefined
}

function refute(accusation: string, evidence: readonly object[]): void {
  if (evidence.length > 0) throw new Error(`${accusation}: ${JSON.stringify(evidence.slice(0, 5))}`)
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
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2
}

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
  const first = trades[0]
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

function differences(
  { unit }: IndicatorDefinition,
  run: Run,
  expected: readonly number[],
  { errorScale }: Claim,
): readonly object[] {
  const floor = errorScale ?? (dimensional.includes(unit) ? 0 : 1)
  return run.values.flatMap((ours, at) => {
    const theirs = expected[at]
    const isNear = Math.abs(ours - theirs) <= 1e-9 * Math.max(floor, Math.abs(theirs))
    const isSame = isNear || (Number.isNaN(ours) && Number.isNaN(theirs))
    return isSame ? [] : [{ time: run.time[at], ours, theirs, reason: run.reasons[at] }]
  })
}

/** Values outside the declared range, and instants whose reason does not fit their value. */
function unsound({ range: [low, high] }: IndicatorDefinition, run: Run): readonly object[] {
  return run.values.flatMap((value, at) => {
    const isPending = Number.isNaN(value)
    const isSound = isPending
      ? run.reasons[at] !== 'ready'
      : run.reasons[at] === 'ready' && value >= low && value <= high
    return isSound ? [] : [{ time: run.time[at], value, reason: run.reasons[at] }]
  })
}

/** Where another run of the same has other bits or another reason, as far as the first one goes. */
function changes(run: Run, other: Run): readonly object[] {
  return run.values.flatMap((value, at) =>
    Object.is(value, other.values[at]) && run.reasons[at] === other.reasons[at] && run.time[at] === other.time[at]
      ? []
      : [
          {
            time: run.time[at],
            value,
            other: other.values[at],
            reason: run.reasons[at],
            otherReason: other.reasons[at],
          },
        ],
  )
}
