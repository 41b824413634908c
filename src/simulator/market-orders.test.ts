import { describe, expect, test } from 'vitest'
import { toMoney } from '#model/money.ts'
import {
  answers,
  fillRows,
  fillsOf,
  orderOf,
  perpetual,
  quotesOf,
  start,
  takeUntil,
  tradesOf,
  venueOf,
} from './fixtures.ts'

describe('a market order', () => {
  test('is accepted after its latency and fills only against prints from then on, a tenth of each', () => {
    const venue = venueOf()
    venue.load(
      tradesOf([
        [0, 100, 500],
        [99, 101, 500],
        [100, 102, 40],
        [200, 103, 45],
        [300, 104, 500],
      ]),
    )
    venue.submit(orderOf('o1'), start)
    const events = takeUntil(venue, 1_000)
    expect(answers(events)).toEqual(['orderAccepted@100'])
    // 10 % of 40 = 4; 10 % of 45 = 4.5, of which the half lot carries over; the last 2 come from the third print.
    expect(fillRows(events)).toEqual([
      [100, 102, 4],
      [200, 103, 4],
      [300, 104, 2],
    ])
  })

  test('is answered one report latency after it happened', () => {
    const venue = venueOf({ reportLatencyMs: 50 })
    venue.load(
      tradesOf([
        [0, 100, 500],
        [200, 101, 500],
      ]),
    )
    venue.submit(orderOf('o1'), start)
    expect(venue.nextTime(start + 1_000)).toBe(start + 150)
    expect(answers(takeUntil(venue, 150))).toEqual(['orderAccepted@150'])
    expect(venue.nextTime(start + 1_000)).toBe(start + 250)
    expect(fillRows(takeUntil(venue, 250))).toEqual([[250, 101, 10]])
    expect(venue.nextTime(start + 1_000)).toBe(Infinity)
  })

  test('without latency never fills against a print of the instant it was decided in', () => {
    const venue = venueOf({ latency: { type: 'fixed', ms: 0 } })
    venue.load(
      tradesOf([
        [0, 100, 500],
        [0, 101, 500],
        [1, 102, 500],
      ]),
    )
    venue.submit(orderOf('o1'), start)
    expect(fillRows(takeUntil(venue, 10))).toEqual([[1, 102, 10]])
  })

  test('fills in a silent market when it speaks again', () => {
    const venue = venueOf()
    venue.load(tradesOf([[0, 100, 500]]))
    venue.submit(orderOf('o1'), start)
    expect(fillRows(takeUntil(venue, 5_000))).toEqual([])
    venue.load(tradesOf([[9_000, 120, 500]]))
    expect(fillRows(takeUntil(venue, 9_000))).toEqual([[9_000, 120, 10]])
  })

  test('buys at the recorded ask and sells at the recorded bid when they are worse than the print', () => {
    const market = [
      tradesOf([
        [0, 100, 500],
        [200, 100, 500],
      ]),
      quotesOf([[0, 99, 101.5]]),
    ]
    const buy = venueOf()
    const sell = venueOf()
    for (const block of market) {
      buy.load(block)
      sell.load(block)
    }
    buy.submit(orderOf('o1'), start)
    sell.submit(orderOf('o1', { side: 'sell' }), start)
    const bought = fillsOf(takeUntil(buy, 1_000))[0]
    expect([bought.price, bought.slippage]).toEqual([101.5, { delay: 0, spread: 1.5, impact: 0 }])
    const sold = fillsOf(takeUntil(sell, 1_000))[0]
    expect([sold.price, sold.slippage]).toEqual([99, { delay: -0, spread: 1, impact: 0 }])
  })

  test('knows the quote before a print, not the one that follows it at the same time', () => {
    const venue = venueOf()
    venue.load(
      tradesOf([
        [0, 100, 500],
        [200, 100, 500],
      ]),
    )
    venue.load(
      quotesOf([
        [50, 99, 100],
        [200, 99, 130],
      ]),
    )
    venue.submit(orderOf('o1'), start)
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([[200, 100, 10]])
  })

  test('without quotes pays what the last taker of its side paid within a minute', () => {
    const venue = venueOf()
    venue.load(
      tradesOf([
        [0, 104, 500, 1],
        [10, 100, 500, -1],
        [59_000, 100, 30, -1],
        [61_000, 100, 500, -1],
      ]),
    )
    venue.submit(orderOf('o1'), start + 10)
    // At 59 s the buyer of 104 is the best known ask; at 61 s it is forgotten, and a tick beyond the seller's print counts.
    expect(fillRows(takeUntil(venue, 70_000))).toEqual([
      [59_000, 104, 3],
      [61_000, 100.01, 7],
    ])
  })

  test('beside a print of the other side pays at least a tick more than it: that was not its side of the book', () => {
    const market = tradesOf([
      [0, 100, 500, 1],
      [200, 103, 500, -1],
      [300, 103, 500, 1],
    ])
    const buy = venueOf()
    buy.load(market)
    buy.submit(orderOf('o1', { quantity: 60 }), start)
    expect(fillRows(takeUntil(buy, 1_000))).toEqual([
      [200, 103.01, 50],
      [300, 103, 10],
    ])
    const sell = venueOf()
    sell.load(market)
    sell.submit(orderOf('o1', { quantity: 60, side: 'sell' }), start)
    expect(fillRows(takeUntil(sell, 1_000))).toEqual([
      [200, 103, 50],
      [300, 102.99, 10],
    ])
  })

  test('gathers parts of a lot over prints, and fills that lot at the worst of them', () => {
    const venue = venueOf()
    venue.load(
      tradesOf([
        [0, 100, 500],
        [200, 102, 6],
        [300, 100, 5],
        [400, 99, 3],
        [500, 99, 7],
      ]),
    )
    venue.submit(orderOf('o1'), start)
    // 0.6 at 102 and 0.5 at 100 make a lot that cost 102 in part; 0.1 of 100 is left, with 0.3 and 0.7 it is the next one.
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([
      [300, 102, 1],
      [500, 100, 1],
    ])
  })

  test('a print whose share is a lot or more is taken at its own price; what was gathered before is left', () => {
    const venue = venueOf()
    venue.load(
      tradesOf([
        [0, 100, 500],
        [200, 102, 6],
        [300, 100, 26],
        [400, 99, 6],
      ]),
    )
    venue.submit(orderOf('o1'), start)
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([
      [300, 100, 2],
      [400, 100, 1],
    ])
  })

  test('pays the square-root law on top, rounded against it', () => {
    // 60 prints a minute apart, alternating 100 and 101: σ² = 60 · ln(1.01)² → σ = 0.0770763; V = 30 · 20 · 100 + 30 · 20 · 101.
    const hour = Array.from({ length: 60 }, (_, minute) => [minute * 60_000, minute % 2 === 0 ? 100 : 101, 20] as const)
    const last = 59 * 60_000
    const venue = venueOf({ impact: 1 })
    venue.load(tradesOf([...hour, [last + 1_000, 101, 1_000], [last + 2_000, 101, 2_000]]))
    venue.submit(orderOf('o1', { quantity: 200, decisionPrice: 101 }), start + last)
    const fills = fillsOf(takeUntil(venue, last + 5_000))
    // 59 changes over the 60 minutes back from arrival, 59 min 0.1 s after the first print (covered: 60 minutes).
    const sigma = Math.sqrt((60 * 59 * Math.log(1.01) ** 2) / 60)
    const volume = 30 * 20 * 100 + 30 * 20 * 101
    const law = (quote: number): number => Math.ceil(101 * (1 + sigma * Math.sqrt(quote / volume)) * 100) / 100
    expect(fills.map((fill) => [fill.price, fill.quantity])).toEqual([
      [law(100 * 101), 100],
      [law(100 * fills[0].price + 100 * 101), 100],
    ])
    expect(fills[0].slippage).toEqual({ delay: 0, spread: 0, impact: expect.closeTo(fills[0].price - 101, 9) })
  })

  test('with next to no history assumes 5 % an hour and counts as the whole volume where nothing traded', () => {
    const venue = venueOf({ impact: 1 })
    venue.load(tradesOf([[5_000, 100, 500]]))
    venue.submit(orderOf('o1'), start)
    // Q/V = 1: 100 · (1 + 0.05) = 105.
    expect(fillRows(takeUntil(venue, 10_000))).toEqual([[5_000, 105, 10]])
  })

  test('keeps working until it expires, also where nobody asks it to', () => {
    const venue = venueOf()
    venue.load(
      tradesOf([
        [0, 100, 500],
        [200, 100, 50],
        [400, 100, 500],
      ]),
    )
    venue.submit(orderOf('o1', { expiresAt: start + 300 }), start)
    const events = takeUntil(venue, 1_000)
    expect(fillRows(events)).toEqual([[200, 100, 5]])
    expect(answers(events)).toEqual(['orderAccepted@100', 'orderExpired:timeout@300'])
  })

  test('is canceled one latency after we ask, and what fills until then is ours', () => {
    const venue = venueOf()
    venue.load(
      tradesOf([
        [0, 100, 500],
        [150, 100, 20],
        [250, 100, 20],
        [260, 100, 500],
      ]),
    )
    venue.submit(orderOf('o1'), start)
    takeUntil(venue, 150)
    venue.cancel(orderOf('o1').orderId, start + 150)
    const events = takeUntil(venue, 1_000)
    expect(fillRows(events)).toEqual([[250, 100, 2]])
    expect(answers(events)).toEqual(['orderCanceled:requested@250'])
  })

  test('two orders share one print instead of each taking its tenth', () => {
    const venue = venueOf()
    venue.load(
      tradesOf([
        [0, 100, 500],
        [200, 100, 100],
        [300, 100, 100],
      ]),
    )
    venue.submit(orderOf('o1', { quantity: 6 }), start)
    venue.submit(orderOf('o2', { quantity: 6 }), start)
    const fills = fillsOf(takeUntil(venue, 1_000))
    expect(fills.map((fill) => [fill.orderId, fill.time - start, fill.quantity])).toEqual([
      ['o1', 200, 6],
      ['o2', 200, 4],
      ['o2', 300, 2],
    ])
  })

  test('pays the taker fee of its notional, and trade ids count its fills', () => {
    const venue = venueOf()
    venue.load(
      tradesOf([
        [0, 100, 500],
        [200, 100, 60],
        [300, 100, 60],
      ]),
    )
    venue.submit(orderOf('o1'), start)
    const fills = fillsOf(takeUntil(venue, 1_000))
    expect(fills.map((fill) => [fill.tradeId, fill.fee, fill.liquidity])).toEqual([
      ['o1-f1', toMoney(0.6), 'taker'],
      ['o1-f2', toMoney(0.4), 'taker'],
    ])
  })

  test('a resubmitted order that still works is not doubled', () => {
    const venue = venueOf()
    venue.load(
      tradesOf([
        [0, 100, 500],
        [200, 100, 500],
      ]),
    )
    venue.submit(orderOf('o1'), start)
    venue.submit(orderOf('o1'), start)
    expect(fillRows(takeUntil(venue, 1_000))).toEqual([[200, 100, 10]])
  })
})

describe('an order the venue cannot take is rejected with a code', () => {
  test.each([
    ['invalidQuantity', { quantity: 0 }],
    ['lotSize', { quantity: 1.5 }],
    ['minNotional', { quantity: 4, type: 'limit', price: 1 }],
    ['invalidPrice', { type: 'limit' }],
    ['tickSize', { type: 'limit', price: 100.005 }],
    ['leverage', { leverage: 21 }],
    ['insufficientMargin', { quantity: 2_000, leverage: 1 }],
  ] as const)('%s', (code, changes) => {
    const venue = venueOf()
    venue.load(
      tradesOf([
        [0, 100, 500],
        [200, 100, 500],
      ]),
    )
    venue.submit(orderOf('o1', changes), start)
    expect(answers(takeUntil(venue, 1_000))).toEqual([`orderRejected:${code}@100`])
  })

  test('minQuantity', () => {
    const venue = venueOf({ instruments: [{ ...perpetual, minQuantity: 20 }] })
    venue.load(tradesOf([[0, 100, 500]]))
    venue.submit(orderOf('o1'), start)
    expect(answers(takeUntil(venue, 1_000))).toEqual(['orderRejected:minQuantity@100'])
  })

  test('unknownInstrument', () => {
    const venue = venueOf()
    venue.submit(orderOf('o1', { instrumentId: 'OTHER_USDT' as never }), start)
    expect(answers(takeUntil(venue, 1_000))).toEqual(['orderRejected:unknownInstrument@100'])
  })

  test('margin in use counts: a second entry that no longer fits is refused', () => {
    const venue = venueOf({ balance: toMoney(1_500) })
    venue.load(
      tradesOf([
        [0, 100, 500],
        [200, 100, 500],
        [400, 100, 500],
      ]),
    )
    venue.submit(orderOf('o1'), start)
    takeUntil(venue, 250)
    venue.submit(orderOf('o2'), start + 250)
    expect(answers(takeUntil(venue, 1_000))).toEqual(['orderRejected:insufficientMargin@350'])
  })
})
