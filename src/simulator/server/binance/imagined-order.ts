import type { AccountId, ExchangeOrder, OrderRequest } from '../types.ts'

/** What `order/test` answers: an order that is nowhere. */
export function imaginedOrder(accountId: AccountId, request: OrderRequest, now: number): ExchangeOrder {
  return {
    orderId: '0',
    clientId: request.clientId ?? null,
    accountId,
    instrumentId: request.instrumentId,
    side: request.side,
    positionSide: request.positionSide ?? 'net',
    type: request.type,
    timeInForce: request.timeInForce ?? 'gtc',
    quantity: request.quantity,
    filledQuantity: 0,
    price: request.price ?? null,
    averagePrice: null,
    filledNotional: 0n,
    reduceOnly: request.reduceOnly ?? false,
    status: 'new',
    reason: null,
    origin: 'client',
    leverage: 1,
    marginMode: 'cross',
    fee: 0n,
    realizedProfit: 0n,
    conditionalId: null,
    createdAt: now,
    updatedAt: now,
    version: 1,
  }
}
