import { expect, test } from 'vitest'
import { instrumentId, venueId } from '#model/ids.ts'
import { type IndicatorDefinition, type MarketView, pendingReasons } from '#model/indicator.ts'
import type { Trade } from '#model/market.ts'
import { generator } from '#test/indicator-runs.ts'
import { createMarket, type Market } from '../market/market.ts'
import { catalogTrades } from './catalog-trades.ts'
import { ReadingSlot } from './slot.ts'

const columns = catalogTrades.filter(({ inputs }) => !inputs.includes('signal') && !inputs.includes('position'))
const id = instrumentId('PUMP_USDT')
const begin = 1_700_000_000_000

/** Every millisecond parameter a twentieth of its default, so that a short series warms everything up. */
const shortened = ({ parameters }: IndicatorDefinition) =>
  Object.fromEntries(
    parameters.map(({ name, unit, default: value }) => [
      name,
      unit === 'ms' && typeof value === 'number' ? Math.ceil(value / 20) : value,
    ]),
  )

test('after a gap readings start anew: the same as if nothing had been before', () => {
  const before = randomTrades(7, begin, 200)
  const after = randomTrades(8, begin + 600_000, 600)
  for (const definition of columns) {
    const whole = createSlot(definition)
    for (const trade of before) whole.market.push(trade)
    drain(whole)
    whole.market.push({ type: 'feedGap', instrumentId: id, from: begin + 400_000, time: begin + 599_000 })
    drain(whole)
    expect(whole.market.control(Infinity)?.type).toBe('feedGap')
    whole.market.takeControl()
    whole.slot.restart()
    const fresh = createSlot(definition)
    for (const { market } of [whole, fresh]) for (const trade of after) market.push(trade)
    const [ours, theirs] = [drain(whole), drain(fresh)]
    // sums and integrals go on from what was before, so only rounding may differ
    const changed = ours.filter(([value, reason], at) => {
      const [expected, expectedReason] = theirs[at]
      const isNear = Math.abs(value - expected) <= 1e-9 * Math.max(1, Math.abs(expected))
      return reason !== expectedReason || !(isNear || (Number.isNaN(value) && Number.isNaN(expected)))
    })
    const readings = theirs.filter(([value]) => !Number.isNaN(value))
    expect({ id: definition.id, changed, isSilent: readings.length === 0 }).toEqual({
      id: definition.id,
      changed: [],
      isSilent: false,
    })
  }
})

test('before the first trade readings wait for one, and then until their window is covered', () => {
  const waits = columns.map((definition) => {
    const run = createSlot(definition)
    run.market.push({ type: 'quote', instrumentId: id, time: begin - 5_000, bid: 1, ask: 2, bidSize: 1, askSize: 1 })
    for (const trade of randomTrades(9, begin, 3)) run.market.push(trade)
    const reasons = drain(run).map(([, reason]) => reason)
    return [definition.id, reasons[0], reasons.at(-1)]
  })
  expect(waits).toEqual(
    columns.map((definition) => [definition.id, 'noTrades', definition.id === 'lastPrice' ? 'ready' : 'warmingUp']),
  )
})

interface Run {
  readonly market: Market
  readonly view: MarketView
  readonly slot: ReadingSlot
  stretch: number
}

function createSlot(definition: IndicatorDefinition): Run {
  const parameters = shortened(definition)
  const market = createMarket({ instrument, gridMs: 1_000, capacity: 256 })
  market.keep(definition.lookbackMs(parameters))
  return { market, view: market.view, slot: new ReadingSlot(definition, parameters, market.view), stretch: 0 }
}

function drain(run: Run): [value: number, reason: string][] {
  const found: [number, string][] = []
  for (;;) {
    const taken = run.market.advance(256, run.market.loadedUntil())
    if (taken === 0) return found
    run.slot.ensure(++run.stretch)
    for (let at = 1; at <= taken; at++) {
      const value = run.slot.values[at]
      found.push([value, Number.isNaN(value) ? pendingReasons[run.slot.reasons[at]] : 'ready'])
    }
  }
}

function randomTrades(seed: number, from: number, count: number): readonly Trade[] {
  const random = generator(seed)
  let time = from
  let price = 10
  return Array.from({ length: count }, () => {
    time += Math.floor(random() * 900)
    price *= 1 + (random() - 0.49) / 200
    const side = random() < 0.5 ? 'buy' : 'sell'
    return { type: 'trade', instrumentId: id, time, price, quantity: 0.1 + random(), side }
  })
}

const instrument = {
  id,
  venue: venueId('simulator'),
  symbol: 'PUMP_USDT',
  kind: 'perpetual',
  base: 'PUMP',
  quote: 'USDT',
  tickSize: 1e-12,
  lotSize: 1e-6,
  contractSize: 1,
  minQuantity: 0,
  minNotional: 0,
  maxLeverage: 10,
  makerFeeRate: 0,
  takerFeeRate: 0,
  marginTiers: [],
  liquidationFeeRate: 0,
} as const
