import { expect, test } from 'vitest'
import type { UnixMs } from '#model/ids.ts'
import { type Instrument, snapPrice } from '#model/instrument.ts'
import type { Side, TradeColumns } from '#model/market.ts'
import { product, share as shareOf, toMoney } from '#model/money.ts'
import type { Order, OrderFilled } from '#model/order.ts'
import { describeShared } from '#test/shared.ts'
import { fillsOf, orderOf, perpetual, pumpId, venueOf } from './fixtures.ts'
import { recordedPumps, recordedTrades } from '#test/recorded-trades.ts'

// What `detection.md` §5 point 12 asks of a backtest of pumps, held against plain sums over the tape.

const coin: Instrument = { ...perpetual, kind: 'spot', tickSize: 1e-8, minNotional: 0.0001, takerFeeRate: 0.001 }
const windowMs = 20_000
/** Latency and share; the attempts take them in turn. */
const settings = [0, 250, 1_000].flatMap((latencyMs) => [0.05, 0.1, 0.25].map((share) => ({ latencyMs, share })))

/** A market order decided on a print of a pump's first minutes. */
interface Attempt {
  readonly file: string
  readonly tape: TradeColumns
  readonly side: Side
  readonly decidedAt: UnixMs
  readonly decisionPrice: number
  readonly quantity: number
}

/** A print that an order could have met, with its price as the order's side would have had to pay it at the least. */
interface Met {
  readonly time: UnixMs
  readonly price: number
  readonly quantity: number
}

function attempts(): readonly Attempt[] {
  return recordedPumps().flatMap(({ file, onset }) => {
    const { time, price, quantity, side } = recordedTrades(file)
    const from = time.findIndex((at) => at >= onset - 3_700_000)
    const to = time.findLastIndex((at) => at <= onset + 600_000) + 1
    const first = time.findIndex((at) => at >= onset)
    const tape = {
      time: time.slice(from, to),
      price: price.slice(from, to),
      quantity: quantity.slice(from, to),
      side: side.slice(from, to),
    }
    return [0, 40, 400].flatMap((later) => {
      const row = first - from + later
      if (row >= tape.time.length) return []
      const decidedAt = tape.time[row]
      const soon = tape.quantity.filter((_, at) => tape.time[at] > decidedAt && tape.time[at] <= decidedAt + 5_000)
      const wanted = Math.ceil(0.12 * soon.reduce((sum, one) => sum + one, 0)) + 1
      return (['buy', 'sell'] as const).map((side) => {
        return { file, tape, side, decidedAt, decisionPrice: tape.price[row], quantity: wanted }
      })
    })
  })
}

function execute(
  attempt: Attempt,
  latencyMs: number,
  participation: number,
  changes: Partial<Order> = {},
): readonly OrderFilled[] {
  const { tape, side, decidedAt, decisionPrice, quantity } = attempt
  const latency = { type: 'fixed', ms: latencyMs } as const
  const venue = venueOf({ instruments: [coin], balance: toMoney(1_000_000), latency, participation, impact: 1 })
  venue.load({ instrumentId: pumpId, trades: tape })
  const order = orderOf('o1', { side, quantity, decisionPrice, expiresAt: decidedAt + windowMs, ...changes })
  venue.submit(order, decidedAt)
  return fillsOf(venue.take(decidedAt + windowMs + 1_000))
}

/** Prints later than the decision, one latency after it at the earliest, while the order may work. */
function met({ tape, decidedAt, side }: Attempt, latencyMs: number, taking = true): readonly Met[] {
  const sign = side === 'buy' ? 1 : -1
  const rows: Met[] = []
  for (const [row, time] of tape.time.entries()) {
    if (time <= decidedAt || time < decidedAt + latencyMs || time > decidedAt + windowMs) continue
    // a taker of the other side met our own side's best price: ours is a tick beyond it at the least
    const price = tape.price[row] + (taking && tape.side[row] === -sign ? sign * coin.tickSize : 0)
    rows.push({ time, price, quantity: tape.quantity[row] })
  }
  return rows
}

/** What printed, or filled, at `price` or better for the side, within `(from, to]`. */
function quantityAt(rows: readonly Met[], side: Side, price: number, from: UnixMs, to: UnixMs): number {
  const sign = side === 'buy' ? 1 : -1
  let sum = 0
  for (const row of rows)
    if (row.time > from && row.time <= to && sign * (row.price - price) <= coin.tickSize / 2) sum += row.quantity
  return sum
}

describeShared('market orders in the minutes of recorded pumps', () => {
  const all = attempts()
  const runs = all.map((attempt, index) => {
    const { latencyMs, share } = settings[index % settings.length]
    return { attempt, prints: met(attempt, latencyMs), share, fills: execute(attempt, latencyMs, share) }
  })

  test('are many, and most of them fill', () => {
    expect(new Set(all.map(({ file }) => file)).size).toBeGreaterThan(30)
    expect(runs.filter(({ fills }) => fills.length > 0).length).toBeGreaterThan(0.9 * runs.length)
  })

  test('fill only at the time of a print later than the decision, one latency after it at the earliest', () => {
    const early = runs.flatMap(({ prints, fills }) => {
      const times = new Set(prints.map(({ time }) => time))
      return fills.filter(({ time }) => !times.has(time))
    })
    expect(early).toEqual([])
  })

  test('take at no price more than their share of what printed since their arrival at that price or better', () => {
    const kind = runs.flatMap(({ attempt: { file, side }, prints, share, fills }) =>
      fills.flatMap(({ price, time }) => {
        const filled = quantityAt(fills, side, price, -Infinity, time)
        const allowed = share * quantityAt(prints, side, price, -Infinity, time)
        return filled <= allowed + 1e-6 ? [] : [{ file, side, share, time, price, filled, allowed }]
      }),
    )
    expect(kind).toEqual([])
  })

  test('take in no second more than their share of what printed in it, but for a lot gathered from parts before', () => {
    const kind = runs.flatMap(({ attempt: { file, side }, prints, share, fills }) =>
      fills.flatMap(({ price, time }) => {
        const filled = quantityAt(fills, side, price, time - 1_000, time)
        const allowed = share * quantityAt(prints, side, price, time - 1_000, time) + coin.lotSize
        return filled <= allowed + 1e-6 ? [] : [{ file, side, share, time, price, filled, allowed }]
      }),
    )
    expect(kind).toEqual([])
  })

  test('pay the fee of every fill, and the impact on top of what printed', () => {
    const fills = runs.flatMap((run) => run.fills)
    expect(fills.every(({ price, quantity, fee }) => fee === shareOf(product(price, quantity), 0.001))).toBe(true)
    expect(fills.every(({ slippage }) => slippage!.impact > 0 && slippage!.spread >= 0)).toBe(true)
  })

  test('with a larger share are filled sooner, and by one print at no better price, but for a lot gathered from parts', () => {
    for (const attempt of all) {
      const [few, more] = [execute(attempt, 250, 0.05), execute(attempt, 250, 0.25)]
      const upTo = (fills: readonly OrderFilled[], until: UnixMs): number =>
        fills.reduce((sum, { time, quantity }) => sum + (time <= until ? quantity : 0), 0)
      expect([...few, ...more].filter(({ time }) => upTo(more, time) < upTo(few, time))).toEqual([])
      const { time: times } = attempt.tape
      const single = few.filter(
        ({ time, quantity }) => quantity > coin.lotSize && times.indexOf(time) === times.lastIndexOf(time),
      )
      const sign = attempt.side === 'buy' ? 1 : -1
      const better = single.filter(({ time, price }) =>
        more.some((other) => other.time === time && sign * (other.price - price) < 0),
      )
      expect(better).toEqual([])
    }
  })
})

describeShared('post-only orders in the minutes of recorded pumps', () => {
  test('fill at their limit, with no more than their share of what printed beyond it since they arrived', () => {
    let filledOrders = 0
    const kind = attempts().flatMap((attempt, index) => {
      const { latencyMs, share } = settings[index % settings.length]
      const { side, decisionPrice } = attempt
      const away = side === 'buy' ? 0.99 : 1.01
      const price = snapPrice(coin, decisionPrice * away)
      const fills = execute(attempt, latencyMs, share, { type: 'limit', timeInForce: 'postOnly', price })
      filledOrders += fills.length > 0 ? 1 : 0
      const beyond = price - (side === 'buy' ? 1 : -1) * coin.tickSize
      const prints = met(attempt, latencyMs, false)
      return fills.filter(
        (fill) =>
          fill.price !== price ||
          quantityAt(fills, side, price, -Infinity, fill.time) >
            share * quantityAt(prints, side, beyond, -Infinity, fill.time) + 1e-6,
      )
    })
    expect(kind).toEqual([])
    expect(filledOrders).toBeGreaterThan(50)
  })
})
