import { expect, test } from 'vitest'
import { toMoney } from '#model/money.ts'
import { sampleTrip } from '../metrics/sample-trips.ts'
import type { Episode } from './episodes.ts'
import { figuresOf } from './figures.ts'
import { episode, traded } from './sample-episodes.ts'

test('before costs, less every cost by its own sign, is the net', () => {
  const figures = figuresOf([
    traded(sampleTrip({ net: 50, fee: 2, spread: 3, impact: 4, delay: -6, funding: 1, notional: 1_000 })),
    traded(sampleTrip({ id: '2', net: -20, fee: 2, spread: 1, impact: 1, delay: 8, funding: -1, notional: 500 })),
  ])
  expect(figures).toMatchObject({
    trades: 2,
    wins: 1,
    winRate: 0.5,
    netProfit: toMoney(30),
    costs: { fee: toMoney(4), spread: toMoney(4), impact: toMoney(5), delay: toMoney(2), funding: 0n },
    totalCosts: toMoney(15),
    profitBeforeCosts: toMoney(45),
    notional: toMoney(1_500),
  })
  expect(figures.averageFraction).toBeCloseTo((0.05 - 0.04) / 2, 12)
  expect(figures.medianFraction).toBeCloseTo(0.005, 12)
})

test('signals are those traded or missed; skipped ones are told beside them', () => {
  const outcomes = ['denied', 'denied', 'unfilled', 'abandoned', 'skipped', 'skipped'] as const
  const figures = figuresOf([
    traded(sampleTrip({ net: 1 })),
    ...outcomes.map((outcome): Episode => ({ ...episode(), outcome })),
  ])
  expect(figures.signals).toBe(5)
  expect(figures.missed).toEqual({ denied: 2, unfilled: 1, abandoned: 1, skipped: 2 })
})

test('without a trade rates and means are undefined, not zero', () => {
  expect(figuresOf([])).toMatchObject({
    trades: 0,
    winRate: null,
    netProfit: 0n,
    averageFraction: null,
    medianFraction: null,
    entryDelay: null,
  })
})
