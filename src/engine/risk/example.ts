import { instanceId, instrumentId, signalId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { OrderDraft } from '#model/order.ts'
import type { ExposureView } from './exposure.ts'

/** For tests: a contract on easy grids, fee 0.1 %, one margin tier of 1 %. */
export const exampleInstrument: Instrument = {
  id: instrumentId('PEPE_USDT'),
  venue: venueId('mexc'),
  symbol: 'PEPE_USDT',
  kind: 'perpetual',
  base: 'PEPE',
  quote: 'USDT',
  tickSize: 0.01,
  lotSize: 0.1,
  contractSize: 0.1,
  minQuantity: 0.1,
  minNotional: 5,
  maxLeverage: 50,
  makerFeeRate: 0.0005,
  takerFeeRate: 0.001,
  marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 50 }],
  liquidationFeeRate: 0.01,
}

/** For tests: an account of 10 000 with nothing open, a fresh price of 100. */
export function exampleExposure(changes: Partial<ExposureView> = {}): ExposureView {
  return {
    now: 1_700_000_000_000,
    equity: 10_000,
    peakEquity: 10_000,
    dayBaseline: 10_000,
    marginUsed: 0,
    openPositions: 0,
    instrumentMargin: 0,
    strategyMargin: 0,
    longNotional: 0,
    shortNotional: 0,
    entriesLastMinute: 0,
    lastPrice: 100,
    spread: null,
    lastDataTime: 1_700_000_000_000,
    signalPrice: 100,
    maxChase: null,
    tradingState: 'active',
    lastMinuteQuoteVolume: 1_000_000,
    ...changes,
  }
}

/** For tests: buys 10 at 100 with leverage 2, margin 500. */
export function exampleDraft(changes: Partial<OrderDraft> = {}): OrderDraft {
  return {
    instanceId: instanceId('pump@12345678/PEPE_USDT'),
    instrumentId: exampleInstrument.id,
    signalId: signalId('7-s1'),
    purpose: 'entry',
    side: 'buy',
    type: 'market',
    timeInForce: 'ioc',
    quantity: 10,
    reduceOnly: false,
    leverage: 2,
    decisionPrice: 100,
    decidedAt: 1_700_000_000_000,
    ...changes,
  }
}
