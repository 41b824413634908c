import { describe, expect, test } from 'vitest'
import type { Trade } from '#model/market.ts'
import { counterexampleTo, isCovered, type Moment, sum, tradesIn, twpaOf } from '#test/indicator-harness.ts'
import { readingsOf } from '#test/indicator-runs.ts'
import { instrumentId } from '#model/ids.ts'
import { orderCount } from './order-count.ts'
import { onsetAgeSeconds, riseSinceOnsetPct } from './pump-onset.ts'
import { pumpScore } from './pump-score.ts'
import { riseFromLevelPct, riseInUsualMoves, usualMovePct } from './usual-move.ts'
import { turnoverSurge, usualTurnover } from './usual-turnover.ts'

const intervalMs = 5_000
const learned = { intervalMs: String(intervalMs), halfLifeBars: 4, clip: 3, warmUpBars: 3 }
const level = { fromMs: 7_000, toMs: 1_000 }
const valueOf = ({ price, quantity }: Trade): number => price * quantity
const bought = (rows: readonly Trade[]): number => sum(rows.filter(({ side }) => side === 'buy').map(valueOf))
const sold = (rows: readonly Trade[]): number => sum(rows.filter(({ side }) => side === 'sell').map(valueOf))

/** The bars that have closed, oldest first: their close and quote turnover. */
function barsOf({ trades, now }: Moment): { close: number; turnover: number }[] {
  if (trades.length === 0) return []
  const first = Math.floor(trades[0].time / intervalMs)
  return Array.from({ length: Math.floor(now / intervalMs) - first }, (_, index) => {
    const end = (first + index + 1) * intervalMs
    const until = trades.filter(({ time }) => time < end)
    const rows = until.filter(({ time }) => time >= end - intervalMs)
    return { close: until.at(-1)!.price, turnover: sum(rows.map(valueOf)) }
  })
}

/** Clipped fading average of all values, each with the floor that held when it came. */
function learnedFrom(values: readonly number[], floors: readonly number[]): number {
  const fade = 1 - 2 ** (-1 / learned.halfLifeBars)
  return values.reduce((average, value, index) => {
    if (index === 0) return value
    const capped = Math.min(value, learned.clip * Math.max(average, floors[index]))
    return average + (capped - average) * Math.max(fade, 1 / (index + 1))
  }, Number.NaN)
}

function usualMoveOf(moment: Moment, floorPct: number): number {
  const bars = barsOf(moment)
  if (bars.length <= learned.warmUpBars) return Number.NaN
  const moves = bars.slice(1).map(({ close }, index) => 100 * Math.abs(Math.log(close / bars[index].close)))
  return Math.max(
    learnedFrom(
      moves,
      moves.map(() => floorPct),
    ),
    floorPct,
  )
}

/** Quote turnover of a bar; the first one is not whole. */
function usualTurnoverOf(moment: Moment, floorShare: number): number {
  const bars = barsOf(moment)
  if (bars.length <= learned.warmUpBars) return Number.NaN
  const turnovers = bars.slice(1).map(({ turnover }) => turnover)
  const floorAfter = (count: number): number => {
    const traded = turnovers.slice(0, count).filter((turnover) => turnover > 0)
    return traded.length === 0
      ? 0
      : floorShare *
          learnedFrom(
            traded,
            traded.map(() => 0),
          )
  }
  const floors = turnovers.map((_, index) => floorAfter(index + 1))
  return Math.max(learnedFrom(turnovers, floors), floorAfter(turnovers.length)) || Number.NaN
}

const riseOf = (moment: Moment): number =>
  100 * (moment.trades.at(-1)!.price / twpaOf(moment, level.fromMs, level.toMs) - 1)

const buyOrdersOf = (moment: Moment, fromMs: number, toMs = 0): number =>
  tradesIn(moment, fromMs, toMs).filter((trade) => {
    const before = moment.trades[moment.trades.indexOf(trade) - 1]
    return trade.side === 'buy' && !(before?.side === 'buy' && before.time === trade.time)
  }).length

describe('against a naive look at the raw rows', () => {
  test('riseFromLevelPct compares the last price with the level before', () => {
    expect(
      counterexampleTo(riseFromLevelPct, { parameters: level, oracle: (moment) => riseOf(moment) }),
    ).toBeUndefined()
  })

  test('usualMovePct is a clipped, fading average over bars, never below its floor', () => {
    expect(
      counterexampleTo(usualMovePct, {
        parameters: { ...learned, floorPct: 0.5 },
        oracle: (moment) => usualMoveOf(moment, 0.5),
      }),
    ).toBeUndefined()
  })

  test('riseInUsualMoves is the rise in units of the usual move', () => {
    expect(
      counterexampleTo(riseInUsualMoves, {
        parameters: { ...learned, ...level, floorPct: 0.5 },
        oracle: (moment) => riseOf(moment) / usualMoveOf(moment, 0.5),
      }),
    ).toBeUndefined()
  })

  test('orderCount counts the prints of one millisecond and side as one order', () => {
    expect(
      counterexampleTo(orderCount, {
        parameters: { fromMs: 4_000, toMs: 500 },
        oracle: (moment) => (isCovered(moment, 4_000, 500) ? buyOrdersOf(moment, 4_000, 500) : Number.NaN),
      }),
    ).toBeUndefined()
  })

  test('usualTurnover is a clipped, fading average over bars, never below a share of a bar with trades', () => {
    expect(
      counterexampleTo(usualTurnover, {
        parameters: { ...learned, floorShare: 0.7 },
        oracle: (moment) => (usualTurnoverOf(moment, 0.7) * 1_000) / intervalMs,
        follows: { price: 1, quantity: 1 },
      }),
    ).toBeUndefined()
  })

  test('turnoverSurge is what is bought now against the usual turnover', () => {
    expect(
      counterexampleTo(turnoverSurge, {
        parameters: { ...learned, fromMs: 3_000, toMs: 0, side: 'buy', floorShare: 0.7 },
        oracle: (moment) =>
          isCovered(moment, 3_000)
            ? bought(tradesIn(moment, 3_000)) / (3_000 / intervalMs) / usualTurnoverOf(moment, 0.7)
            : Number.NaN,
      }),
    ).toBeUndefined()
  })

  test.each(['all', 'rise', 'unusual', 'crowd', 'turnover', 'flow'])('pumpScore, part %s', (wanted) => {
    const clamp = (share: number): number => Math.max(0, Math.min(1, share))
    expect(
      counterexampleTo(pumpScore, {
        parameters: {
          ...learned,
          part: wanted,
          levelFromMs: level.fromMs,
          levelToMs: level.toMs,
          orderMs: 4_000,
          flowMs: 3_000,
          fullRisePct: 7,
          fullMoves: 5,
          fullOrders: 6,
          fullSurge: 4,
          floorPct: 0.5,
          floorShare: 0.7,
        },
        errorScale: 100,
        oracle: (moment) => {
          if (!isCovered(moment, level.fromMs, level.toMs)) return Number.NaN
          if (Number.isNaN(usualTurnoverOf(moment, 0.7))) return Number.NaN
          const flow = tradesIn(moment, 3_000)
          const [buys, sells] = [bought(flow), sold(flow)]
          const shares: Record<string, number> = {
            rise: clamp(riseOf(moment) / 7),
            unusual: clamp(riseOf(moment) / usualMoveOf(moment, 0.5) / 5),
            crowd: clamp(buyOrdersOf(moment, 4_000) / 6),
            turnover: clamp(buys / (3_000 / intervalMs) / usualTurnoverOf(moment, 0.7) / 4),
            flow: buys > 0 ? clamp((buys - sells) / (buys + sells)) : 0,
          }
          if (wanted !== 'all') return 100 * shares[wanted]
          return (
            30 * shares['rise'] +
            20 * shares['unusual'] +
            20 * shares['crowd'] +
            20 * shares['turnover'] +
            10 * shares['flow']
          )
        },
      }),
    ).toBeUndefined()
  })
})

describe('the onset', () => {
  const id = instrumentId('PUMP_USDT')
  const prices = [
    ...Array.from({ length: 100 }, () => 100),
    // begins at 100 s, twitches back for 10 s, goes on
    102,
    103,
    ...Array.from({ length: 10 }, () => 100.5),
    106,
    112,
    ...Array.from({ length: 200 }, () => 104),
  ]
  const trades = prices.map((price, second): Trade => {
    const time = 1_600_000_000_000 + second * 1_000
    return {
      type: 'trade',
      instrumentId: id,
      time,

      tradeId: String(second),
      price,
      quantity: 1,
      side: 'buy',
    }
  })
  const parameters = { fromMs: 70_000, toMs: 10_000, startPct: 1, quietMs: 60_000 }

  test('is kept through a twitch and forgotten when the market has been quiet', () => {
    const ages = readingsOf(onsetAgeSeconds, parameters, { trades, quotes: [], updates: [] })
    const at = (second: number): number => ages.values[ages.time.indexOf(trades[second].time)]
    expect([99, 100, 105, 112, 113].map(at)).toEqual([Number.NaN, 0, 5, 12, 13])
    // the level has caught up with 104 by then
    expect(at(310)).toBeNaN()
  })

  test('is where the rise is counted from, not the level that follows the price up', () => {
    const rises = readingsOf(riseSinceOnsetPct, parameters, { trades, quotes: [], updates: [] })
    const at = (second: number): number => rises.values[rises.time.indexOf(trades[second].time)]
    expect(at(100)).toBeCloseTo(2, 9)
    expect(at(113)).toBeCloseTo(12, 9)
  })
})

test('one whale eating through the book is one order, a crowd is many', () => {
  const id = instrumentId('PUMP_USDT')
  const begin = 1_600_000_000_000
  const trade = (time: number, price: number): Trade => ({
    type: 'trade',
    instrumentId: id,
    time: begin + time,

    tradeId: `${time}-${price}`,
    price,
    quantity: 1,
    side: 'buy',
  })
  const whale = Array.from({ length: 80 }, (_, level) => trade(10_000, 100 + level / 10))
  const crowd = Array.from({ length: 12 }, (_, index) => trade(30_000 + index * 50, 100 + index / 10))
  const run = readingsOf(
    orderCount,
    { fromMs: 5_000 },
    { trades: [trade(0, 100), ...whale, ...crowd], quotes: [], updates: [] },
  )
  const at = (time: number): number => run.values[run.time.lastIndexOf(begin + time)]
  expect(at(10_000)).toBe(1)
  expect(at(30_550)).toBe(12)
})
