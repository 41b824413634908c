import { instanceId, instrumentId, orderId, signalId } from '#model/ids.ts'
import { type ApprovedOrder, approve, type OrderDraft, type OrderFilled } from '#model/order.ts'

export const exampleTime = 1_700_000_000_000

/** For tests: buys 1 at market; the lot is 0.1. */
export function exampleApproved(changes: Partial<OrderDraft> = {}): ApprovedOrder {
  return approve({
    instanceId: instanceId('pump@12345678/PEPE_USDT'),
    instrumentId: instrumentId('PEPE_USDT'),
    signalId: signalId('7-s1'),
    purpose: 'entry',
    side: 'buy',
    type: 'market',
    timeInForce: 'gtc',
    quantity: 1,
    reduceOnly: false,
    leverage: 2,
    decisionPrice: 100,
    decidedAt: exampleTime,
    ...changes,
  })
}

/** For tests: a fill of the session's first order. */
export function exampleFill(tradeId: string, quantity: number, price = 100): OrderFilled {
  return {
    type: 'orderFilled',
    orderId: orderId('7-o1'),
    tradeId,
    time: exampleTime + 1_000,
    price,
    quantity,
    liquidity: 'taker',
    fee: 8_000_000n,
  }
}
