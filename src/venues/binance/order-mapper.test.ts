import { instanceId, instrumentId, orderId, signalId } from '#model/ids.ts'
import type { Order } from '#model/order.ts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { toFutures } from './instruments.ts'
import { clientIdOf, expiryOf, forcedBy, toCreateAlgo, toCreateOrder, toFillReport } from './order-mapper.ts'
import { futuresSymbol } from './wire/market.ts'
import { userTrade } from './wire/orders.ts'

const contract = toFutures(
  futuresSymbol.parse({
    symbol: '1000PEPEUSDT',
    contractType: 'PERPETUAL',
    status: 'TRADING',
    baseAsset: '1000PEPE',
    quoteAsset: 'USDT',
    marginAsset: 'USDT',
    maintMarginPercent: '2.5',
    requiredMarginPercent: '5',
    filters: [
      { filterType: 'PRICE_FILTER', tickSize: '0.0000001' },
      { filterType: 'LOT_SIZE', minQty: '1', maxQty: '1000000000', stepSize: '1' },
      { filterType: 'MARKET_LOT_SIZE', minQty: '1', maxQty: '70000', stepSize: '1' },
    ],
  }),
)!

function order(changes: Partial<Order> = {}): Order {
  return {
    orderId: orderId('7-o12'),
    instanceId: instanceId('pump@12345678/1000PEPE_USDT'),
    instrumentId: instrumentId('1000PEPE_USDT'),
    signalId: signalId('7-s1'),
    purpose: 'entry',
    side: 'buy',
    type: 'market',
    timeInForce: 'gtc',
    quantity: 500,
    reduceOnly: false,
    leverage: 5,
    decisionPrice: 0.01,
    decidedAt: 0,
    status: 'submitted',
    filledQuantity: 0,
    averagePrice: null,
    submittedAt: 0,
    updatedAt: 0,
    cancelRequested: false,
    ...changes,
  }
}

test('a market order carries neither price nor time in force', () => {
  expect(toCreateOrder(order(), contract, 'oneWay')).toEqual({
    request: {
      symbol: '1000PEPEUSDT',
      side: 'BUY',
      positionSide: 'BOTH',
      type: 'MARKET',
      quantity: '500',
      newClientOrderId: '7-o12',
    },
  })
})

test('each time in force of a limit order has its word, and small prices no exponent', () => {
  const words = (['gtc', 'ioc', 'fok', 'postOnly'] as const).map((timeInForce) => {
    const made = toCreateOrder(order({ type: 'limit', price: 0.0000123, timeInForce }), contract, 'oneWay')
    return 'request' in made ? [made.request.timeInForce, made.request.price] : made
  })
  expect(words).toEqual([
    ['GTC', '0.0000123'],
    ['IOC', '0.0000123'],
    ['FOK', '0.0000123'],
    ['GTX', '0.0000123'],
  ])
})

test('reduce-only is said in one-way mode, and is the closing side in hedge mode', () => {
  const closing = order({ side: 'sell', reduceOnly: true, purpose: 'exit' })
  expect(toCreateOrder(closing, contract, 'oneWay')).toMatchObject({
    request: { positionSide: 'BOTH', reduceOnly: 'true' },
  })
  const sides = [
    [order(), 'LONG'],
    [closing, 'LONG'],
    [order({ side: 'sell' }), 'SHORT'],
    [order({ side: 'buy', reduceOnly: true }), 'SHORT'],
  ] as const
  for (const [one, side] of sides) {
    const made = toCreateOrder(one, contract, 'hedge')
    expect(made).toMatchObject({ request: { positionSide: side } })
    expect(JSON.stringify(made)).not.toContain('reduceOnly')
  }
})

test('a stop and a take-profit are conditional orders at market under our id', () => {
  const stop = order({
    type: 'stopMarket',
    purpose: 'stopLoss',
    side: 'sell',
    stopPrice: 0.009,
    trigger: 'mark',
    reduceOnly: true,
  })
  expect(toCreateAlgo(stop, contract, 'oneWay')).toEqual({
    request: {
      algoType: 'CONDITIONAL',
      symbol: '1000PEPEUSDT',
      side: 'SELL',
      positionSide: 'BOTH',
      type: 'STOP_MARKET',
      quantity: '500',
      triggerPrice: '0.009',
      workingType: 'MARK_PRICE',
      reduceOnly: 'true',
      clientAlgoId: '7-o12',
    },
  })
  expect(toCreateAlgo({ ...stop, purpose: 'takeProfit' }, contract, 'oneWay')).toMatchObject({
    request: { type: 'TAKE_PROFIT_MARKET' },
  })
})

test('what the venue would refuse for its size is refused here, at market sooner', () => {
  const code = (changes: Partial<Order>) => toCreateOrder(order(changes), contract, 'oneWay')
  expect(code({ quantity: 0.4 })).toMatchObject({ code: 'belowMinimum' })
  expect(code({ quantity: 70_001 })).toMatchObject({ code: 'aboveMaximum' })
  expect(code({ quantity: 70_001, type: 'limit', price: 0.01 })).toHaveProperty('request')
  expect(code({ orderId: orderId('an id with blanks') })).toMatchObject({ code: 'clientOrderId' })
})

test('quantities are plain digits on the grid, never more than asked', () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 70_000, noNaN: true }), (quantity) => {
      const made = toCreateOrder(order({ quantity }), contract, 'oneWay')
      const text = 'request' in made ? made.request.quantity : ''
      expect(text).toMatch(/^\d+$/)
      expect(Number(text)).toBeLessThanOrEqual(quantity + 1e-6)
      expect(Number(text)).toBeGreaterThan(quantity - 1)
    }),
  )
})

test('a fee in BNB stays in BNB, to its last digit', () => {
  const trade = userTrade.parse({
    id: 698_759,
    orderId: 25_851_813,
    symbol: '1000PEPEUSDT',
    side: 'SELL',
    price: '0.0123',
    qty: '500',
    commission: '0.00004512',
    commissionAsset: 'BNB',
    maker: false,
    time: 5,
  })
  expect(toFillReport(trade, contract, null, null)).toMatchObject({ fee: 4_512n, feeCurrency: 'BNB' })
})

test('orders that the venue made itself are known by their names and never taken for ours', () => {
  expect(forcedBy('autoclose-1596107620040000020')).toBe('liquidation')
  expect(forcedBy('adl_autoclose')).toBe('adl')
  expect(forcedBy('settlement_autoclose-1')).toBe('settlement')
  expect(forcedBy('7-o12')).toBeNull()
  expect(clientIdOf('autoclose-1596107620040000020')).toBeNull()
})

test('an order that expired says why by what it was', () => {
  expect(expiryOf('EXPIRED', 'LIMIT', 'IOC')).toBe('immediateOrCancel')
  expect(expiryOf('EXPIRED', 'LIMIT', 'GTX')).toBe('postOnlyWouldCross')
  expect(expiryOf('EXPIRED', 'MARKET', 'GTC')).toBe('marketRemainder')
  expect(expiryOf('EXPIRED_IN_MATCH', 'LIMIT', 'GTC')).toBe('selfTrade')
  expect(expiryOf('EXPIRED', 'LIMIT', 'GTC', '7')).toBe('venue7')
})
