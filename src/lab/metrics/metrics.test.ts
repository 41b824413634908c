import { expect, test } from 'vitest'
import { toMoney } from '#model/money.ts'
import { computeMetrics, type MetricsInput } from './metrics.ts'
import { day0, sampleTrip } from './sample-trips.ts'

const day = 86_400_000
const input: MetricsInput = {
  trips: [
    sampleTrip({ id: '1', net: 40, fee: 1, closedAt: 60 }),
    sampleTrip({ id: '2', net: -15, fee: 1, openedAt: 100, closedAt: 160, exitReason: 'endOfData', side: 'short' }),
  ],
  equity: { time: [day0, day0 + day, day0 + 2 * day], equity: [1000, 1040, 1025] },
  range: { from: day0, to: day0 + 2 * day },
  startingCapital: toMoney(1000),
  decisions: [],
  fills: [],
  orders: [],
  prices: [],
  instruments: ['BTC_USDT', 'ETH_USDT'],
  tags: { s: ['pump'] },
}

test('the metrics of a small run match the sums done by hand', () => {
  const metrics = computeMetrics(input)
  expect(metrics.totalReturn).toBe(0.025)
  expect(metrics.endingEquity).toBe(1025)
  expect(metrics.maxDrawdown).toBeCloseTo(15 / 1040, 12)
  expect(metrics.recoveryFactor).toBeCloseTo(25 / 15, 12)
  expect(metrics.tradesPerDay).toBe(1)
  expect(metrics.exposure.share).toBeCloseTo(120 / 2880, 12)
  expect(metrics.days).toBe(2)
  expect(metrics.sharpe).toBeNull()
  expect(metrics.leftOpen.map(({ positionId }) => positionId)).toEqual(['1-p2'])
  expect(metrics.perSide.map(({ key }) => key)).toEqual(['long', 'short'])
  expect(metrics.perInstrument.map(({ key, outcome }) => [key, outcome.trades])).toEqual([
    ['BTC_USDT', 2],
    ['ETH_USDT', 0],
  ])
  expect(metrics.perTag).toHaveLength(1)
  expect(metrics.dayCount).toMatchObject({ winning: 1, drawn: 1, losing: 0 })
})

test('the exact drawdown of the engine is preferred to the sampled one', () => {
  expect(computeMetrics({ ...input, exactMaxDrawdown: 0.05 })).toMatchObject({
    maxDrawdown: 0.05,
    maxDrawdownExact: true,
  })
  expect(computeMetrics(input)).toMatchObject({ maxDrawdownExact: false })
})

test('a run without trades and without equity has metrics all the same', () => {
  const metrics = computeMetrics({ ...input, trips: [], equity: { time: [], equity: [] } })
  expect(metrics).toMatchObject({
    endingEquity: 1000,
    totalReturn: 0,
    maxDrawdown: 0,
    drawdown: null,
    cagr: null,
    marketChange: null,
  })
})

test('three days are not carried on to a year, and so not doubted for it', () => {
  const range = { from: day0, to: day0 + 3 * day }
  const equity = { time: [day0, day0 + 3 * day], equity: [1000, 1500] }
  const short = computeMetrics({ ...input, range, equity })
  expect(short.cagr).toBeNull()
  expect(short.doubts.map(({ code }) => code)).not.toContain('cagr')
  const long = computeMetrics({ ...input, range: { from: day0, to: day0 + 30 * day }, equity })
  expect(long.doubts.map(({ code }) => code)).toContain('cagr')
})

test('quiet time before the first and after the last equity point belongs to the run', () => {
  // Sampled only on day 11 of 40, already down from 1000 to 950.
  const range = { from: day0, to: day0 + 40 * day }
  const equity = { time: [day0 + 10.5 * day], equity: [950] }
  const metrics = computeMetrics({ ...input, trips: [], range, equity })
  expect(metrics.days).toBe(40)
  expect(metrics.maxDrawdown).toBeCloseTo(0.05, 12)
  expect(metrics.drawdown?.deepest).toMatchObject({ amount: 50, peakAt: day0 })
})
