import { describe, expect, test } from 'vitest'
import { lowerBound } from '#model/block.ts'
import { quietRecording } from './example.ts'
import { plantOn } from './generator.ts'
import type { DecoyRequest } from './generator.ts'
import type { DecoyKind } from './labels.ts'

const lively = quietRecording('mid', 2)
const dead = quietRecording('thin', 2, 500)
const minute = 60_000
const seeds = [1, 2, 3, 4, 5]

describe.each(seeds)('seed %i:', (seed) => {
  test('a news ramp climbs for tens of minutes on small orders from both sides, and stays', () => {
    const { label, before, prices, planted, priceAt } = plantedDecoy('newsRamp', { sizePct: 8 }, seed)
    expect(label.peakTime - label.onset).toBeGreaterThan(8 * minute)
    expect(label.plannedRisePct).toBeCloseTo(8, 9)
    // gradual: no minute gains a quarter of it
    for (let at = label.onset; at < label.end; at += minute) {
      expect(priceAt(at + minute) / priceAt(at) - 1).toBeLessThan(0.02)
    }
    expect(planted.buyRows).toBeGreaterThan(0.4)
    expect(planted.buyRows).toBeLessThan(0.68)
    expect(planted.mostAtOnce).toBeLessThan(10)
    expect(priceAt(label.end + 120 * minute) / before).toBeGreaterThan(1.05)
    expect(Math.max(...prices) / before).toBeLessThan(1.13)
  })

  test('a liquidation cascade falls within a minute on sells, and is most of the way back half an hour later', () => {
    const { label, before, prices, planted, priceAt } = plantedDecoy('liquidationCascade', { sizePct: 10 }, seed)
    expect(label.peakTime - label.onset).toBeLessThan(50_000)
    expect(Math.min(...prices) / before).toBeGreaterThan(0.87)
    expect(Math.min(...prices) / before).toBeLessThan(0.92)
    expect(planted.firstBuyRows).toBeLessThan(0.35)
    expect(priceAt(label.peakTime + 30 * minute) / before).toBeGreaterThan(0.97)
  })

  test('a short squeeze is its upward mirror', () => {
    const { label, before, prices, planted, priceAt } = plantedDecoy('shortSqueeze', { sizePct: 10 }, seed)
    expect(label.peakTime - label.onset).toBeLessThan(50_000)
    expect(Math.max(...prices) / before).toBeGreaterThan(1.08)
    expect(Math.max(...prices) / before).toBeLessThan(1.14)
    expect(planted.firstBuyRows).toBeGreaterThan(0.65)
    expect(priceAt(label.peakTime + 30 * minute) / before).toBeLessThan(1.03)
  })

  test('a fat finger is one large order through the book, gone within two seconds', () => {
    const { label, before, prices, planted, priceAt } = plantedDecoy('fatFinger', { sizePct: 9 }, seed)
    expect(label.peakTime).toBe(label.onset)
    expect(Math.max(...prices) / before).toBeGreaterThan(1.08)
    expect(planted.mostAtOnce).toBeGreaterThanOrEqual(10)
    expect(planted.firstVolume).toBeGreaterThan(50 * planted.ordinary)
    expect(Math.abs(priceAt(label.onset + 2_000) / before - 1)).toBeLessThan(0.01)
    expect(planted.times.some((time) => time > label.onset && time <= label.onset + 2_000)).toBe(true)
  })

  test('a thin jump moves a dead market by tens of percent on hardly any volume', () => {
    const { label, before, prices, planted } = plantedDecoy('thinJump', { sizePct: 30 }, seed)
    expect(Math.max(...prices) / before).toBeGreaterThan(1.28)
    expect(planted.times.length).toBeLessThanOrEqual(4)
    expect(planted.volume).toBeLessThan(3 * planted.ordinary)
    expect(label.afterPct ?? -20).toBeLessThan(-15)
  })

  test('a volume burst trades much and moves nothing', () => {
    const { before, prices, planted } = plantedDecoy('volumeBurst', {}, seed)
    expect(planted.volume).toBeGreaterThan(1_000 * planted.ordinary)
    for (const price of prices) expect(Math.abs(price / before - 1)).toBeLessThan(0.012)
    expect(planted.buyRows).toBeGreaterThan(0.4)
    expect(planted.buyRows).toBeLessThan(0.6)
  })
})

/** One decoy on a quiet tape, and what is to be seen of it until its end. */
function plantedDecoy(kind: DecoyKind, wishes: Pick<DecoyRequest, 'sizePct'>, seed: number) {
  const recording = kind === 'thinJump' ? dead : lively
  const decoys = [{ kind, ...wishes, when: { everyMs: 48 * 60 * minute } }]
  const { trades, planted: marks, events } = plantOn(recording, { decoys }, seed)
  const [label] = events
  const first = lowerBound(trades.time, label.onset)
  const rows = Array.from({ length: lowerBound(trades.time, label.end) - first }, (_, index) => first + index)
  const own = rows.filter((row) => marks[row] === 1)
  const ofPath = kind === 'volumeBurst' ? own : rows
  const soon = own.filter((row) => trades.time[row] < label.onset + 10_000)
  const buysIn = (some: readonly number[]): number => some.filter((row) => trades.side[row] === 1).length / some.length
  const volumeOf = (some: readonly number[]): number =>
    some.reduce((sum, row) => sum + trades.price[row] * trades.quantity[row], 0)
  const perMs = [...Map.groupBy(own, (row) => trades.time[row]).values()].map((group) => group.length)
  const sizes = Array.from(recording.trades.price, (price, row) => price * recording.trades.quantity[row])
  return {
    label,
    before: median(trades.price.slice(first - 9, first)),
    prices: ofPath.map((row) => trades.price[row]),
    priceAt: (time: number): number => {
      const end = lowerBound(trades.time, time + 1)
      return median(trades.price.slice(end - 3, end))
    },
    planted: {
      times: own.map((row) => trades.time[row]),
      buyRows: buysIn(own),
      firstBuyRows: buysIn(soon),
      volume: volumeOf(own),
      firstVolume: volumeOf(own.filter((row) => trades.time[row] === label.onset)),
      mostAtOnce: Math.max(...perMs),
      ordinary: median(sizes),
    },
  }
}

function median(values: ArrayLike<number>): number {
  return Array.from(values).sort((a, b) => a - b)[values.length >> 1]
}
