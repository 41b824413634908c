import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EngineSetup } from '#engine/engine.ts'
import { instrumentId, type InstrumentId, type OrderId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import { defaultLimits } from '#model/limits.ts'
import type { MarketEvent } from '#model/market.ts'
import { toMoney } from '#model/money.ts'
import { createSimulator, type SimulatedVenue, simulatorDefaults } from '#simulator/simulator.ts'
import { partingOf, runLive, runReplay, sourceOf } from './example.ts'
import { brittleStrategies, busyStrategies } from './example-strategies.ts'
import type { ReplayVenue } from './session.ts'

const ids = [instrumentId('PEPE_USDT'), instrumentId('DOGE_USDT')]
const instruments = ids.map((id): Instrument => ({
  id,
  venue: venueId('simulator'),
  symbol: id,
  kind: 'perpetual',
  base: 'X',
  quote: 'USDT',
  tickSize: 0.01,
  lotSize: 0.1,
  contractSize: 1,
  minQuantity: 0.1,
  minNotional: 5,
  maxLeverage: 20,
  makerFeeRate: 0.0002,
  takerFeeRate: 0.001,
  marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 20 }],
  liquidationFeeRate: 0.005,
  fundingIntervalMs: 28_800_000,
}))
const begin = 1_699_999_200_000

const setupOf = (count: number, stretch: number): EngineSetup => ({
  sessionId: '7',
  instruments: instruments.slice(0, count),
  strategies: busyStrategies,
  currency: 'USDT',
  balance: toMoney(10_000),
  limits: { ...defaultLimits, maxEntriesPerMinute: 100 },
  stretch,
})

function venueOf(count: number): SimulatedVenue {
  return createSimulator({
    ...simulatorDefaults,
    instruments: instruments.slice(0, count),
    balance: toMoney(10_000),
    participation: 0.3,
  })
}

/** Every other order must be asked three times before it is canceled. */
function deafVenueOf(count: number): ReplayVenue {
  const venue = venueOf(count)
  const asked = new Map<OrderId, number>()
  return {
    load: (block) => venue.load(block),
    submit: (order, now) => venue.submit(order, now),
    nextTime: (limit) => venue.nextTime(limit),
    take: (time) => venue.take(time),
    cancel(id, now) {
      const times = (asked.get(id) ?? 0) + 1
      asked.set(id, times)
      if (times === 3 || id.endsWith('1') || id.endsWith('4') || id.endsWith('7')) venue.cancel(id, now)
    },
  }
}

const moves = [
  'trade',
  'trade',
  'trade',
  'trade',
  'trade',
  'trade',
  'burst',
  'quote',
  'book',
  'mark',
  'funding',
  'gap',
  'stale',
] as const
const step = fc.record({
  kind: fc.constantFrom(...moves),
  pause: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 900 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1_000, max: 9_000 }) },
  ),
  move: fc.integer({ min: -80, max: 90 }),
  quantity: fc.integer({ min: 1, max: 40 }),
})

function eventsOf(
  id: InstrumentId,
  steps: readonly { kind: (typeof moves)[number]; pause: number; move: number; quantity: number }[],
): MarketEvent[] {
  let time = begin
  let price = 100
  return steps.flatMap(({ kind, pause, move, quantity }): MarketEvent[] => {
    const from = time
    time += pause
    const at = { instrumentId: id, time }
    price = Math.max(20, Math.round((price + move / 100) * 100) / 100)
    const trade = (by: number): MarketEvent => ({
      type: 'trade',
      ...at,
      price: Math.round((price + by) * 100) / 100,
      quantity,
      side: move > 0 ? 'buy' : 'sell',
    })
    if (kind === 'trade') return [trade(0)]
    if (kind === 'burst') return [trade(0), trade(0.05), trade(0.1), trade(0.1)]
    if (kind === 'quote')
      return [{ type: 'quote', ...at, bid: price - 0.01, ask: price + 0.01, bidSize: 50, askSize: 50 }]
    if (kind === 'mark') return [{ type: 'markPrice', ...at, price }]
    if (kind === 'funding') return [{ type: 'funding', ...at, rate: 0.0001, markPrice: price }]
    if (kind === 'gap') return quantity > 20 ? [{ type: 'feedGap', ...at, from }] : []
    if (kind === 'stale') return quantity > 30 ? [{ type: 'feedStale', ...at, stale: move > 0 }] : []
    return []
  })
}

const recording = fc.array(step, { minLength: 40, maxLength: 160 })
const market = fc
  .tuple(recording, recording, fc.integer({ min: 1, max: 2 }))
  .map(([first, second, count]) =>
    [first, second]
      .slice(0, count)
      .map((steps, index) => ({ instrumentId: ids[index], events: eventsOf(ids[index], steps) })),
  )
  .filter((recordings) => recordings.every(({ events }) => events.length > 0))

test('a replay in blocks and stretches of any size says what one event at a time says', async () => {
  const kinds = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      market,
      fc.constantFrom(1, 7, 2_048),
      fc.constantFrom(1, 3, 17, 1_000),
      fc.constantFrom(venueOf, venueOf, deafVenueOf),
      async (recordings, stretch, size, venue) => {
        const count = recordings.length
        const live = runLive(setupOf(count, 1), venue(count), recordings)
        const setup = setupOf(count, stretch)
        const replayed = await runReplay(setup, venue(count), sourceOf(setup.instruments, recordings, size))
        expect(partingOf(replayed, live)).toBeUndefined()
        for (const output of live.outputs) {
          kinds.add(output.type)
          if (output.type === 'cancelOrder') kinds.add(`cancel ${output.attempt ?? 1}`)
          if (output.type === 'transitioned' && output.to === 'signaled') kinds.add(`signaled from ${output.from}`)
        }
      },
    ),
    { numRuns: 60 },
  )
  expect([...kinds]).toEqual(
    expect.arrayContaining([
      'positionOpened',
      'positionClosed',
      'stopMoved',
      'signalSkipped',
      'entryAbandoned',
      'flashPumpDetected',
      'reversalDetected',
      'confluenceDetected',
      'cancel 3',
      'signaled from signaled',
      'signaled from cooling',
    ]),
  )
})

test('indicators that fail cost a replay what they cost live', async () => {
  const kinds = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      market,
      fc.constantFrom(1, 7, 2_048),
      fc.constantFrom(1, 17, 1_000),
      async (recordings, stretch, size) => {
        const count = recordings.length
        const brittle = (setup: EngineSetup): EngineSetup => ({ ...setup, strategies: brittleStrategies })
        const live = runLive(brittle(setupOf(count, 1)), venueOf(count), recordings)
        const setup = brittle(setupOf(count, stretch))
        const replayed = await runReplay(setup, venueOf(count), sourceOf(setup.instruments, recordings, size))
        expect(partingOf(replayed, live)).toBeUndefined()
        for (const output of live.outputs)
          kinds.add(
            output.type === 'indicatorFailed' ? `${output.indicator} ${output.switchedOffUntil !== null}` : output.type,
          )
      },
    ),
    { numRuns: 60 },
  )
  expect([...kinds]).toEqual(
    expect.arrayContaining(
      ['brittle', 'brittleCount'].flatMap((name) => [`${name} true`, `${name} false`]).concat('positionOpened'),
    ),
  )
})

test('an engine made anew from its snapshot goes on as if nothing had happened', async () => {
  await fc.assert(
    fc.asyncProperty(
      market,
      fc.constantFrom(1, 7, 2_048),
      fc.uniqueArray(fc.nat(30), { maxLength: 6 }),
      fc.constantFrom(venueOf, deafVenueOf),
      async (recordings, stretch, restarts, venue) => {
        const count = recordings.length
        const whole = runLive(setupOf(count, 1), venue(count), recordings)
        const at = restarts.map((restart) => restart * 5)
        expect(partingOf(runLive(setupOf(count, stretch), venue(count), recordings, at), whole)).toBeUndefined()
        const alone = recordings.slice(0, 1)
        const source = sourceOf(instruments.slice(0, 1), alone, 9)
        const setup = setupOf(1, stretch)
        const replayed = await runReplay(setup, venue(1), source)
        expect(partingOf(await runReplay(setup, venue(1), source, restarts), replayed)).toBeUndefined()
      },
    ),
    { numRuns: 40 },
  )
})
