import { disagreements, randomRecording, readingsOf, type Run } from '#test/indicator-runs.ts'
import { describe, expect, test } from 'vitest'
import { bidAskImbalance, liquidityRatio, totalLiquidity } from './depth.ts'
import { liquidityDrainIndex } from './liquidity-drain.ts'

const recording = randomRecording(9, 240)

interface Depth {
  readonly bidSize: number
  readonly askSize: number
  readonly bidValue: number
  readonly askValue: number
}

type Level = readonly [price: number, size: number]

/** The whole book after each update, sorted; undefined while it is crossed or a side is empty. */
const books = naiveBooks()

function naiveBooks() {
  const bids = new Map<number, number>()
  const asks = new Map<number, number>()
  return recording.updates.map((update) => {
    if (update.snapshot) [bids, asks].forEach((side) => side.clear())
    for (const [price, size] of update.bids) bids.set(price, size)
    for (const [price, size] of update.asks) asks.set(price, size)
    const live = (side: Map<number, number>): Level[] => [...side].filter(([, size]) => size > 0)
    const [up, down] = [live(bids).toSorted((a, b) => b[0] - a[0]), live(asks).toSorted((a, b) => a[0] - b[0])]
    return up.length > 0 && down.length > 0 && up[0][0] < down[0][0] ? { bids: up, asks: down } : undefined
  })
}

function depthOf(book: (typeof books)[number], levels: number, withinPercent: number): Depth {
  const nothing = { bidSize: Number.NaN, askSize: Number.NaN, bidValue: Number.NaN, askValue: Number.NaN }
  if (!book) return nothing
  const mid = (book.bids[0][0] + book.asks[0][0]) / 2
  const near = (side: readonly Level[]) =>
    side.filter(([price]) => Math.abs(price - mid) <= (mid * withinPercent) / 100).slice(0, levels)
  const size = (side: readonly Level[]) => side.reduce((sum, level) => sum + level[1], 0)
  const value = (side: readonly Level[]) => side.reduce((sum, level) => sum + level[0] * level[1], 0)
  const [bids, asks] = [near(book.bids), near(book.asks)]
  return { bidSize: size(bids), askSize: size(asks), bidValue: value(bids), askValue: value(asks) }
}

function meanOver(run: Run, at: number, fromMs: number, toMs: number, values: readonly number[]): number {
  const [start, end] = [run.time[at] - fromMs, run.time[at] - toMs]
  let area = 0
  let known = 0
  for (let row = 0; row < run.books[at]; row++) {
    const until = row + 1 < run.books[at] ? recording.updates[row + 1].time : Infinity
    const held = Math.min(until, end) - Math.max(recording.updates[row].time, start)
    if (held <= 0 || Number.isNaN(values[row])) continue
    area += values[row] * held
    known += held
  }
  return known > 0 && known >= (fromMs - toMs) * 0.8 ? area / known : Number.NaN
}

describe.each([5, 10, 20])('%i levels', (levels) => {
  const depths = books.map((book) => depthOf(book, levels, Infinity))
  const column = (of: (depth: Depth) => number) => depths.map((depth) => of(depth))

  test.each([
    [bidAskImbalance, column(({ bidSize, askSize }) => (100 * (bidSize - askSize)) / (bidSize + askSize))],
    [totalLiquidity, column(({ bidValue, askValue }) => bidValue + askValue)],
  ])('$0.id is the time-weighted mean of the naive book', (definition, values) => {
    const run = readingsOf(definition, { depth: String(levels), fromMs: 15_000 }, recording)
    expect(
      disagreements(
        run.values,
        run.time.map((_, at) => meanOver(run, at, 15_000, 0, values)),
      ),
    ).toEqual([])
    expect(run.values.filter((value) => !Number.isNaN(value)).length).toBeGreaterThan(300)
  })

  test('liquidityRatio is the value bid over the value offered', () => {
    const run = readingsOf(liquidityRatio, { depth: String(levels), fromMs: 15_000 }, recording)
    const [bids, asks] = [column(({ bidValue }) => bidValue), column(({ askValue }) => askValue)]
    const expected = run.time.map((_, at) => meanOver(run, at, 15_000, 0, bids) / meanOver(run, at, 15_000, 0, asks))
    expect(disagreements(run.values, expected)).toEqual([])
  })
})

test('the drain is the share of the depth around the mid that has gone', () => {
  const values = books.map((book) => depthOf(book, Infinity, 1)).map(({ bidValue, askValue }) => bidValue + askValue)
  const run = readingsOf(
    liquidityDrainIndex,
    { fromMs: 10_000, baselineFromMs: 60_000, baselineToMs: 20_000 },
    recording,
  )
  const expected = run.time.map((_, at) => {
    const before = meanOver(run, at, 60_000, 20_000, values)
    return (100 * (before - meanOver(run, at, 10_000, 0, values))) / before
  })
  expect(disagreements(run.values, expected)).toEqual([])
  expect(run.values.filter((value) => !Number.isNaN(value)).length).toBeGreaterThan(300)
})

test('without a book there is nothing to read', () => {
  const bare = { ...recording, updates: [] }
  expect(new Set(readingsOf(bidAskImbalance, { depth: '5' }, bare).reasons)).toEqual(new Set(['noBook']))
  expect(new Set(readingsOf(liquidityDrainIndex, {}, bare).reasons)).toEqual(new Set(['noBook']))
})
