import { instrumentId, instanceId, orderId, signalId, type UnixMs, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketBlock, MarketEvent, SideCode } from '#model/market.ts'
import { toMoney } from '#model/money.ts'
import type { Order, OrderFilled, VenueEvent } from '#model/order.ts'
import { createSimulator, type SimulatedVenue, type SimulatorConfig, simulatorDefaults } from './simulator.ts'

/** 2024-01-01T00:00:00Z, a multiple of every funding interval. */
export const start: UnixMs = 1_704_067_200_000
export const pumpId = instrumentId('PUMP_USDT')

/** A perpetual with round numbers: tick 0.01, lot 1, fees 0.02 % and 0.1 %, maintenance 1 %. */
export const perpetual: Instrument = {
  id: pumpId,
  venue: venueId('simulator'),
  symbol: 'PUMPUSDT',
  kind: 'perpetual',
  base: 'PUMP',
  quote: 'USDT',
  tickSize: 0.01,
  lotSize: 1,
  contractSize: 1,
  minQuantity: 1,
  minNotional: 5,
  maxLeverage: 20,
  makerFeeRate: 0.0002,
  takerFeeRate: 0.001,
  marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 20 }],
  liquidationFeeRate: 0.005,
  fundingIntervalMs: 28_800_000,
}

/** A venue without impact and report latency, 100 ms away, unless told otherwise. */
export function venueOf(changes: Partial<SimulatorConfig> = {}): SimulatedVenue {
  return createSimulator({
    ...simulatorDefaults,
    instruments: [perpetual],
    balance: toMoney(100_000),
    latency: { type: 'fixed', ms: 100 },
    reportLatencyMs: 0,
    impact: 0,
    ...changes,
  })
}

/** Milliseconds after `start`, price, quantity, taker side (absent = unknown). */
export type PrintRow = readonly [ms: number, price: number, quantity: number, side?: SideCode]

export function tradesOf(rows: readonly PrintRow[]): MarketBlock {
  return {
    instrumentId: pumpId,
    trades: {
      time: Float64Array.from(rows, ([ms]) => start + ms),
      price: Float64Array.from(rows, ([, price]) => price),
      quantity: Float64Array.from(rows, ([, , quantity]) => quantity),
      side: Int8Array.from(rows, ([, , , side]) => side ?? 0),
    },
  }
}

/** Milliseconds after `start`, bid, ask; sizes are 1. */
export function quotesOf(rows: readonly (readonly [ms: number, bid: number, ask: number])[]): MarketBlock {
  return {
    instrumentId: pumpId,
    quotes: {
      time: Float64Array.from(rows, ([ms]) => start + ms),
      bid: Float64Array.from(rows, ([, bid]) => bid),
      ask: Float64Array.from(rows, ([, , ask]) => ask),
      bidSize: new Float64Array(rows.length).fill(1),
      askSize: new Float64Array(rows.length).fill(1),
    },
  }
}

export type BarRow = readonly [open: number, high: number, low: number, close: number, volume: number]

/** One-minute bars; the first closes one minute after `start`, or `skipped` minutes later. */
export function barsOf(rows: readonly BarRow[], skipped = 0): MarketBlock {
  return {
    instrumentId: pumpId,
    bars: {
      intervalMs: 60_000,
      time: Float64Array.from(rows, (_, index) => start + (skipped + index + 1) * 60_000),
      open: Float64Array.from(rows, ([open]) => open),
      high: Float64Array.from(rows, ([, high]) => high),
      low: Float64Array.from(rows, ([, , low]) => low),
      close: Float64Array.from(rows, ([, , , close]) => close),
      volume: Float64Array.from(rows, ([, , , , volume]) => volume),
    },
  }
}

export function eventsOf(...events: readonly MarketEvent[]): MarketBlock {
  return { instrumentId: pumpId, events }
}

type Levels = readonly (readonly [price: number, size: number])[]

export function bookAt(ms: number, snapshot: boolean, bids: Levels, asks: Levels): MarketEvent {
  return { type: 'bookUpdate', instrumentId: pumpId, time: start + ms, snapshot, bids, asks }
}

export function markAt(ms: number, price: number): MarketEvent {
  return { type: 'markPrice', instrumentId: pumpId, time: start + ms, price }
}

export function endAt(ms: number): MarketEvent {
  return { type: 'feedEnded', instrumentId: pumpId, time: start + ms }
}

/** A market buy of 10 decided at price 100, unless told otherwise. */
export function orderOf(id: string, changes: Partial<Order> = {}): Order {
  return {
    orderId: orderId(id),
    instanceId: instanceId('pump@12345678/PUMP_USDT'),
    instrumentId: pumpId,
    signalId: signalId('1-s1'),
    purpose: 'entry',
    side: 'buy',
    type: 'market',
    timeInForce: 'gtc',
    quantity: 10,
    reduceOnly: false,
    leverage: 1,
    decisionPrice: 100,
    decidedAt: start,
    status: 'submitted',
    filledQuantity: 0,
    averagePrice: null,
    submittedAt: start,
    updatedAt: start,
    cancelRequested: false,
    ...changes,
  }
}

/** Events up to `ms` after the start. */
export function takeUntil(venue: SimulatedVenue, ms: number): readonly VenueEvent[] {
  return venue.take(start + ms)
}

export function fillsOf(events: readonly VenueEvent[]): readonly OrderFilled[] {
  return events.filter((event) => event.type === 'orderFilled')
}

/** Fills as `[ms, price, quantity]`. */
export function fillRows(events: readonly VenueEvent[]): readonly (readonly [number, number, number])[] {
  return fillsOf(events).map(({ time, price, quantity }) => [time - start, price, quantity] as const)
}

/** Everything that is not a fill, as `type:code@ms`. */
export function answers(events: readonly VenueEvent[]): readonly string[] {
  return events
    .filter((event) => event.type !== 'orderFilled')
    .map((event) => `${event.type}${'code' in event ? `:${event.code}` : ''}@${event.time - start}`)
}
