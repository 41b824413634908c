import type { Feed, MarketEvent } from '#model/market.ts'
import type { FeedStatus, MarketWatch } from '#model/venue.ts'
import { assert } from 'vitest'
import { type Bench, coinId } from './bench.ts'
import { createBookView } from './book-view.ts'
import type { Promised } from './venue.ts'

const spot = { 'binance-spot': 'no contracts' }

/** Market data: what is told is what the exchange has, in its order, without repeats. */
export const marketContract: readonly Promised[] = [
  {
    operation: 'instruments',
    exempt: spot,
    expectation: 'lists what can be traded with its grid, sizes and tiers in base units',
    async check(bench) {
      const listed = await bench.clock.wait(bench.venue.instruments())
      const found = listed.find(({ id }) => id === coinId)
      const { tickSize, lotSize, minQuantity, kind, base, quote, fundingIntervalMs, marginTiers } = bench.instrument
      assert.deepInclude(found, { tickSize, lotSize, minQuantity, kind, base, quote })
      assert.equal(found?.fundingIntervalMs, fundingIntervalMs)
      assert.equal(found?.marginTiers.length, marginTiers.length)
      assert.closeTo(found?.marginTiers[0].maintenanceRate ?? 0, marginTiers[0].maintenanceRate, 1e-9)
      assert.equal(found?.marginTiers.at(-1)?.notionalCap, Infinity)
    },
  },
  {
    operation: 'watch trades',
    expectation: 'tells every print once, in order, with side and base quantity',
    async check(bench) {
      const told = await watching(bench, ['trade', 'side'])
      for (let count = 1; count <= 20; count++) {
        bench.print(100 + (count % 3) / 10, count / 100, count % 2 === 0 ? 1 : -1)
        await bench.clock.run(120)
      }
      await bench.clock.run(2_000)
      const trades = told.of('trade').slice(-20)
      assert.deepEqual(
        trades.map(({ price, quantity, side }): unknown[] => [price, quantity, side]),
        Array.from({ length: 20 }, (_, index) => [
          Number((100 + ((index + 1) % 3) / 10).toFixed(1)),
          (index + 1) / 100,
          (index + 1) % 2 === 0 ? 'buy' : 'sell',
        ]),
      )
      assert.isTrue(trades.every(({ time }, index) => index === 0 || time >= trades[index - 1].time))
    },
  },
  {
    operation: 'watch quotes',
    expectation: 'tells the touch with base sizes',
    async check(bench) {
      const told = await watching(bench, ['quote'])
      bench.quote(99.5, 99.8, 7)
      await bench.clock.run(2_000)
      const { bid, ask, bidSize, askSize } = told.of('quote').at(-1) as Extract<MarketEvent, { type: 'quote' }>
      assert.deepEqual({ bid, ask, bidSize, askSize }, { bid: 99.5, ask: 99.8, bidSize: 7, askSize: 7 })
    },
  },
  {
    operation: 'watch book',
    expectation: 'is the exchange’s book level by level, after every change',
    async check(bench) {
      const told = await watching(bench, ['book'])
      for (let step = 0; step < 30; step++) {
        const bid = Number((99.9 + ((step * 7) % 11) / 10).toFixed(1))
        bench.quote(bid, Number((bid + 0.2).toFixed(1)), 3 + (step % 4))
        await bench.clock.run(370)
      }
      await bench.clock.run(1_500)
      assert.isTrue(told.book.valid)
      assert.deepEqual(told.book.levels(), told.book.of(bench.market))
    },
  },
  {
    operation: 'watch mark price',
    exempt: spot,
    expectation: 'tells the exchange’s mark',
    async check(bench) {
      const told = await watching(bench, ['markPrice'])
      await bench.clock.run(4_000)
      const last = told.of('markPrice').at(-1)
      assert.closeTo(last?.price ?? 0, bench.market.market(coinId)?.mark().mark ?? NaN, 0.15)
    },
  },
  {
    operation: 'watch funding',
    exempt: spot,
    expectation: 'tells the settled rate once the interval is over',
    async check(bench) {
      const told = await watching(bench, ['funding', 'markPrice'])
      await bench.clock.run(180_000)
      const settled = bench.market.market(coinId)?.fundings() ?? []
      assert.equal(settled.length, 1)
      const fundings = told.of('funding').filter(({ time }) => Math.abs(time - settled[0].time) < 60_000)
      assert.isAtLeast(fundings.length, 1)
      assert.closeTo(fundings[0].rate, settled[0].rate, 1e-8)
    },
  },
  {
    operation: 'bars',
    expectation: 'gives closed bars of the range in order, without the forming one',
    async check(bench) {
      for (let minute = 0; minute < 4; minute++) {
        bench.print(100 + minute / 10, 1, 1)
        await bench.clock.run(60_000)
      }
      const to = bench.clock.now()
      const bars: MarketEvent[] = []
      const read = async (): Promise<void> => {
        for await (const page of bench.venue.bars({ instrumentId: coinId, from: to - 300_000, to, intervalMs: 60_000 }))
          bars.push(...page)
      }
      await bench.clock.wait(read())
      const closed = bars.filter((bar) => bar.type === 'bar')
      assert.isAtLeast(closed.length, 3)
      assert.isTrue(closed.every(({ time }, index) => time <= to && (index === 0 || time > closed[index - 1].time)))
      const last = bench.market
        .market(coinId)
        ?.bars(60_000)
        .filter((bar) => bar.closed)
        .at(-1)
      assert.equal(closed.at(-1)?.close, last?.close)
    },
  },
  {
    operation: 'status',
    expectation: 'says live when data comes',
    async check(bench) {
      const told = await watching(bench, ['trade', 'book', 'quote'])
      bench.print(100, 1, 1)
      bench.quote(99.8, 100.2, 4)
      await bench.clock.run(2_000)
      const feeds = told.watch.status().map(({ feed, state }) => `${feed} ${state}`)
      for (const feed of ['trade', 'book', 'quote']) assert.include(feeds, `${feed} live`)
    },
  },
]

/** Watches the coin until its feeds are up. */
export async function watching(bench: Bench, feeds: readonly Feed[]) {
  const events: MarketEvent[] = []
  const statuses: FeedStatus[] = []
  const book = createBookView()
  const watch: MarketWatch = bench.venue.watch([{ instrumentId: coinId, feeds }], {
    onEvent(event) {
      events.push(event)
      book.apply(event)
    },
    onStatus(status) {
      statuses.push(status)
      book.status(status)
    },
  })
  await bench.clock.run(3_000)
  return {
    watch,
    events,
    statuses,
    book,
    of: <Type extends MarketEvent['type']>(type: Type) =>
      events.filter((event): event is Extract<MarketEvent, { type: Type }> => event.type === type),
  }
}
