import { beforeAll, expect, test } from 'vitest'
import type { Instrument } from '#model/instrument.ts'
import type { TradeColumns } from '#model/market.ts'
import { toMoney } from '#model/money.ts'
import type { OrderFilled } from '#model/order.ts'
import { describeShared } from '#test/shared.ts'
import { fillsOf, orderOf, perpetual, pumpId, venueOf } from './fixtures.ts'
import { recordedTrades } from '#test/recorded-trades.ts'

/** BRD/BTC on Binance spot: tick 1e-8, one coin a lot. */
const coin: Instrument = { ...perpetual, kind: 'spot', tickSize: 1e-8, minNotional: 0.0001, takerFeeRate: 0.001 }

describeShared('a buy at the onset of a recorded pump (BRD/BTC, 2021-02-24 17:00)', () => {
  const onset = Date.parse('2021-02-24T17:00:00Z')
  let trades: TradeColumns
  let decisionPrice = 0

  beforeAll(() => {
    trades = recordedTrades('BRDBTC_2021-02-24T1700.csv.gz')
    decisionPrice = trades.price[trades.time.findIndex((time) => time > onset) - 1] ?? Number.NaN
  })

  function buy(latencyMs: number, participation: number): readonly OrderFilled[] {
    const venue = venueOf({
      instruments: [coin],
      balance: toMoney(1),
      latency: { type: 'fixed', ms: latencyMs },
      participation,
      impact: 1,
    })
    venue.load({ instrumentId: pumpId, trades })
    venue.submit(orderOf('o1', { quantity: 3_000, decisionPrice, expiresAt: onset + 60_000 }), onset)
    return fillsOf(venue.take(onset + 120_000))
  }

  test.each([0, 250, 1_000])(
    'after %i ms it pays spread and impact at every fill, at a price no print of the time beats',
    (latencyMs) => {
      for (const participation of [0.05, 0.1, 0.25]) {
        const fills = buy(latencyMs, participation)
        expect(fills.length).toBeGreaterThan(0)
        for (const { time, price, slippage } of fills) {
          const row = trades.time.indexOf(time)
          expect(time).toBeGreaterThanOrEqual(onset + latencyMs)
          expect(price).toBeGreaterThanOrEqual(
            Math.min(...trades.price.subarray(row, trades.time.lastIndexOf(time) + 1)),
          )
          expect(slippage!.spread).toBeGreaterThanOrEqual(0)
          expect(slippage!.impact).toBeGreaterThan(0)
          expect(slippage!.delay + slippage!.spread + slippage!.impact).toBeCloseTo(price - decisionPrice, 12)
        }
      }
    },
  )

  test('a smaller share never fills earlier', () => {
    const done = [0.25, 0.1, 0.05].map((participation) => buy(250, participation).at(-1)!.time)
    expect(done).toEqual(done.toSorted((a, b) => a - b))
  })
})
