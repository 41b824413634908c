import { describe, expect, test } from 'vitest'
import { toMoney } from '#model/money.ts'
import type { FundingSettled, VenueEvent } from '#model/order.ts'
import { eventsOf, orderOf, perpetual, pumpId, start, takeUntil, tradesOf, venueOf } from './fixtures.ts'
import type { SimulatedVenue, SimulatorConfig } from './simulator.ts'

const hour = 3_600_000

function funding(events: readonly VenueEvent[]): readonly (readonly [number, number, bigint])[] {
  return events
    .filter((event): event is FundingSettled => event.type === 'fundingSettled')
    .map((event) => [(event.time - start) / hour, event.rate, event.amount] as const)
}

function holding(side: 'buy' | 'sell', changes: Partial<SimulatorConfig> = {}): SimulatedVenue {
  const venue = venueOf(changes)
  venue.load(
    tradesOf([
      [0, 100, 500],
      [200, 100, 500],
      [7 * hour, 110, 500],
      [9 * hour, 120, 500],
      [17 * hour, 130, 500],
    ]),
  )
  venue.submit(orderOf('o1', { side }), start)
  return venue
}

describe('funding', () => {
  test('is assumed as a cost at each multiple of the interval where no feed brings it, on either side', () => {
    // 10 · 110 · 0.0001 = 0.11 at 08:00, 10 · 120 · 0.0001 = 0.12 at 16:00.
    expect(funding(takeUntil(holding('buy'), 17 * hour))).toEqual([
      [8, 0.0001, toMoney(0.11)],
      [16, 0.0001, toMoney(0.12)],
    ])
    expect(funding(takeUntil(holding('sell'), 17 * hour))).toEqual([
      [8, -0.0001, toMoney(0.11)],
      [16, -0.0001, toMoney(0.12)],
    ])
  })

  test('with a feed settles position × mark × rate at its times only: longs pay, shorts receive', () => {
    const event = {
      type: 'funding',
      instrumentId: pumpId,
      time: start + 8 * hour,
      rate: 0.0005,
      markPrice: 112,
    } as const
    for (const [side, amount] of [
      ['buy', 0.56],
      ['sell', -0.56],
    ] as const) {
      const venue = holding(side, { fundingFeeds: [pumpId] })
      venue.load(eventsOf(event))
      expect(funding(takeUntil(venue, 17 * hour))).toEqual([[8, 0.0005, toMoney(amount)]])
    }
  })

  test('a feed that shows up late does not charge a settled hour again', () => {
    const venue = holding('buy')
    expect(funding(takeUntil(venue, 8 * hour))).toHaveLength(1)
    venue.load(
      eventsOf({ type: 'funding', instrumentId: pumpId, time: start + 8 * hour + 5, rate: 0.0005, markPrice: 112 }),
    )
    expect(funding(takeUntil(venue, 17 * hour))).toEqual([])
  })

  test('is assumed for a short of a coin recorded on spot, which is taken for a contract', () => {
    const { fundingIntervalMs: _none, ...coin } = perpetual
    expect(funding(takeUntil(holding('sell', { instruments: [{ ...coin, kind: 'spot' }] }), 17 * hour))).toEqual([
      [8, -0.0001, toMoney(0.11)],
      [16, -0.0001, toMoney(0.12)],
    ])
  })

  test('is not paid by the holder of a coin, nor when flat, nor beyond the data', () => {
    expect(funding(takeUntil(holding('buy', { instruments: [{ ...perpetual, kind: 'spot' }] }), 17 * hour))).toEqual([])
    const venue = holding('buy')
    venue.submit(orderOf('o2', { side: 'sell' }), start + 6 * hour)
    expect(funding(takeUntil(venue, 17 * hour))).toEqual([])
    expect(funding(holding('buy').take(Infinity))).toHaveLength(2)
  })
})
