import { disagreements, randomRecording, readingsOf, type Run } from '#test/indicator-runs.ts'
import type { Trade } from '#model/market.ts'
import { describe, expect, test } from 'vitest'
import { orderFlowReversal } from './order-flow-reversal.ts'
import { buyShare, buyVolume, orderFlowImbalance, sellVolume, signedVolumeRate } from './order-flow.ts'
import { rushOrders, rushVolume } from './rush-orders.ts'

const recording = randomRecording(11, 300)
const { trades } = recording
const begin = trades[0].time

/** What an instant knows of the window `(fromMs, toMs)` back. */
function tradesIn(run: Run, at: number, fromMs: number, toMs: number): readonly Trade[] {
  const now = run.time[at]
  return trades.slice(0, run.trades[at]).filter(({ time }) => time > now - fromMs && time <= now - toMs)
}

const value = (rows: readonly Trade[], side: string): number =>
  rows.filter((row) => row.side === side).reduce((sum, row) => sum + row.price * row.quantity, 0)

const balance = (rows: readonly Trade[]): number => {
  const [bought, sold] = [value(rows, 'buy'), value(rows, 'sell')]
  return (100 * (bought - sold)) / (bought + sold)
}

/** Taker buys that share their millisecond with another one. */
const rushed = (rows: readonly Trade[], size: number): readonly Trade[] => {
  const buys = rows.filter(({ side }) => side === 'buy')
  return buys.filter(({ time }) => buys.filter((other) => other.time === time).length >= size)
}

describe.each([
  ['all of the last 20 s', 20_000, 0],
  ['a window that ended 5 s ago', 25_000, 5000],
])('%s', (_, fromMs, toMs) => {
  test.each([
    [orderFlowImbalance, {}, balance],
    [buyShare, {}, (rows: readonly Trade[]) => (balance(rows) + 100) / 2],
    [buyVolume, {}, (rows: readonly Trade[]) => value(rows, 'buy')],
    [sellVolume, {}, (rows: readonly Trade[]) => value(rows, 'sell')],
    [signedVolumeRate, {}, (rows: readonly Trade[]) => (value(rows, 'buy') - value(rows, 'sell')) / 20],
    [rushOrders, { groupSize: 2 }, (rows: readonly Trade[]) => rushed(rows, 2).length],
    [rushOrders, { groupSize: 4 }, (rows: readonly Trade[]) => rushed(rows, 4).length],
    [rushVolume, { groupSize: 3 }, (rows: readonly Trade[]) => value(rushed(rows, 3), 'buy')],
  ])('$0.id reads what a naive look at the window says', (definition, parameters, naive) => {
    const run = readingsOf(definition, { fromMs, toMs, ...parameters }, recording)
    const expected = naiveOver(run, fromMs, toMs, (at) => naive(tradesIn(run, at, fromMs, toMs)))
    expect(disagreements(run.values, expected)).toEqual([])
    expect(run.reasons.filter((reason) => reason === 'ready').length).toBeGreaterThan(500)
  })
})

test('the reversal is half the difference of two imbalances', () => {
  const run = readingsOf(orderFlowReversal, { fromMs: 10_000, baselineFromMs: 40_000, baselineToMs: 15_000 }, recording)
  const expected = naiveOver(
    run,
    40_000,
    15_000,
    (at) => (balance(tradesIn(run, at, 10_000, 0)) - balance(tradesIn(run, at, 40_000, 15_000))) / 2,
  )
  expect(disagreements(run.values, expected)).toEqual([])
})

test('a window without trades has no imbalance, but a volume of 0', () => {
  const [first, second] = [trades[0], { ...trades[1], time: begin + 60_000 }]
  const quiet = { trades: [first, second], quotes: [], updates: [] }
  const at = 45
  expect(readingsOf(orderFlowImbalance, {}, quiet).reasons[at]).toBe('noTrades')
  expect(readingsOf(buyVolume, {}, quiet).values[at]).toBe(0)
  expect(readingsOf(rushOrders, {}, quiet).values[at]).toBe(0)
})

test('only buys read +100 and only sells −100', () => {
  const sided = (side: 'buy' | 'sell') => ({ trades: trades.map((row) => ({ ...row, side })), quotes: [], updates: [] })
  expect(readingsOf(orderFlowImbalance, {}, sided('buy')).values.at(-1)).toBe(100)
  expect(readingsOf(orderFlowImbalance, {}, sided('sell')).values.at(-1)).toBe(-100)
  expect(readingsOf(rushOrders, { side: 'sell' }, sided('buy')).values.at(-1)).toBe(0)
})

/** The naive value where 80 % of `(fromMs, toMs)` is covered, else NaN. */
function naiveOver(run: Run, fromMs: number, toMs: number, naive: (at: number) => number): number[] {
  return run.time.map((now, at) => (now - toMs - begin >= (fromMs - toMs) * 0.8 - 1e-6 ? naive(at) : Number.NaN))
}
