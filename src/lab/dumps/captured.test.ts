import { expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import { toMoney } from '#model/money.ts'
import type { RoundTrip } from '#model/order.ts'
import { sampleTrip } from '../metrics/sample-trips.ts'
import { captureOf, scoreCaptures, tradesOf } from './captured.ts'
import type { Fall } from './fall.ts'

const onset = 10_000_000
/** From 15 down to 12. */
const fall: Fall = {
  eventId: 'p',
  file: 'COIN.csv',
  instrumentId: instrumentId('COIN_BTC'),
  onset,
  peak: { time: onset + 40_000, price: 15 },
  after: 12,
  depth: 3,
  higherLaterPct: 0,
}

/** Ten coins sold at 14 and bought back at 12.5: 15 earned, of which 2 were lost before to spread, impact and delay. */
const short = (change: Partial<RoundTrip> = {}): RoundTrip => ({
  ...sampleTrip({ net: 14.4, fee: 0.5, funding: 0.1, spread: 1, impact: 0.75, delay: 0.25, side: 'short' }),
  quantity: 10,
  entryPrice: 14,
  exitPrice: 12.5,
  notional: toMoney(140),
  openedAt: onset + 60_000,
  ...change,
})

test('a trade captures its share of the fall before costs, at its fills and after all of them', () => {
  const { beforeCosts, atFills, afterCosts } = captureOf(fall, [short()])
  expect(beforeCosts).toBeCloseTo(1.7 / 3, 9)
  expect(atFills).toBeCloseTo((14 - 12.5) / 3, 9)
  expect(afterCosts).toBeCloseTo(1.44 / 3, 9)
})

test('several trades add up, however large each was; a fall that was not traded captured nothing', () => {
  const half = { ...short(), notional: toMoney(70), netProfit: toMoney(7.2), grossProfit: toMoney(7.5) }
  expect(captureOf(fall, [short(), half]).afterCosts).toBeCloseTo((2 * 1.44) / 3, 9)
  expect(captureOf(fall, [])).toEqual({ trades: [], beforeCosts: 0, atFills: 0, afterCosts: 0 })
})

test('where the price did not fall no share is told', () => {
  expect(captureOf({ ...fall, depth: null }, [short()])).toMatchObject({ beforeCosts: null, afterCosts: null })
})

test('trades from two minutes before the onset to an hour after are those of the pump; of two pumps the later has them', () => {
  const times = [-120_001, -120_000, 3_600_000, 3_600_001]
  const trades = times.map((after) => short({ openedAt: onset + after }))
  expect(tradesOf(fall, [fall], trades)).toEqual(trades.slice(1, 3))
  const next = { ...fall, eventId: 'q', onset: onset + 1_800_000 }
  expect(tradesOf(fall, [fall, next], trades)).toEqual([trades[1]])
  expect(tradesOf(next, [fall, next], trades)).toEqual([trades[2], trades[3]])
})

test('a score has the mean over the falls of known depth, and the money of all trades', () => {
  const lost = short({ netProfit: toMoney(-3) })
  const captures = [captureOf(fall, [short()]), captureOf(fall, []), captureOf({ ...fall, depth: null }, [lost])]
  const score = scoreCaptures(captures, [], 1)
  expect(score).toMatchObject({
    falls: 2,
    afterCosts: { mean: expect.closeTo(0.24, 9), spread: { count: 2, min: 0, max: expect.closeTo(0.48, 9) } },
    onFalls: { trades: 2, won: 1, notional: toMoney(280) },
    elsewhere: { trades: 0, won: 0, notional: 0n },
  })
  const { costs } = score.onFalls
  expect(costs.netProfit).toBe(toMoney(11.4))
  expect(costs.profitBeforeCosts).toBe(costs.netProfit + costs.total)
})
