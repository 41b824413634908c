import { instanceId, instrumentId, orderId, signalId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import { toMoney } from '#model/money.ts'
import type { Order, OrderFilled } from '#model/order.ts'
import { createPortfolio, type Portfolio } from './portfolio.ts'

/** 2023-11-14 00:00 UTC. */
export const midnight = 1_699_920_000_000

/** For tests: a contract with a lot of 0.1 and one margin tier of 1 %. */
export const exampleInstrument: Instrument = {
  id: instrumentId('PEPE_USDT'),
  venue: venueId('simulator'),
  symbol: 'PEPE_USDT',
  kind: 'perpetual',
  base: 'PEPE',
  quote: 'USDT',
  tickSize: 0.01,
  lotSize: 0.1,
  contractSize: 1,
  minQuantity: 0.1,
  minNotional: 5,
  maxLeverage: 50,
  makerFeeRate: 0,
  takerFeeRate: 0,
  marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 50 }],
  liquidationFeeRate: 0,
}

/** For tests: 10 000 USDT; every instrument is the example one. */
export function examplePortfolio(): Portfolio {
  return createPortfolio({
    sessionId: '7',
    currency: 'USDT',
    balance: toMoney(10_000),
    instruments: (id) => ({ ...exampleInstrument, id }),
  })
}

/** For tests: a filled order; `instance` is the strategy's name, leverage is 2. */
export function exampleOrder(side: 'buy' | 'sell', instance = 'pump', changes: Partial<Order> = {}): Order {
  return {
    orderId: orderId('7-o1'),
    instanceId: instanceId(`${instance}@12345678/PEPE_USDT`),
    instrumentId: exampleInstrument.id,
    signalId: signalId('7-s1'),
    purpose: 'entry',
    side,
    type: 'market',
    timeInForce: 'gtc',
    quantity: 1,
    reduceOnly: false,
    leverage: 2,
    decisionPrice: 100,
    decidedAt: midnight,
    status: 'filled',
    filledQuantity: 1,
    averagePrice: 100,
    submittedAt: midnight,
    updatedAt: midnight,
    cancelRequested: false,
    ...changes,
  }
}

/** For tests: one execution with a fee in quote units. */
export function exampleFill(quantity: number, price: number, fee = 0, changes: Partial<OrderFilled> = {}): OrderFilled {
  return {
    type: 'orderFilled',
    orderId: orderId('7-o1'),
    tradeId: 't1',
    time: midnight + 1_000,
    price,
    quantity,
    liquidity: 'taker',
    fee: toMoney(fee),
    ...changes,
  }
}
