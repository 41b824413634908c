import type { Side } from '#model/market.ts'
import type { TimeInForce } from '#model/order.ts'
import type { ConditionalKind, ConditionalOrder, ExchangeOrder, MarginMode, PositionSide } from '../types.ts'

export const sideWord = (side: Side): string => (side === 'buy' ? 'BUY' : 'SELL')
export const positionSideWord = (side: PositionSide): string => ({ net: 'BOTH', long: 'LONG', short: 'SHORT' })[side]
export const marginWord = (mode: MarginMode): string => (mode === 'isolated' ? 'ISOLATED' : 'CROSSED')
export const marginLower = (mode: MarginMode): string => (mode === 'isolated' ? 'isolated' : 'cross')
export const timeInForceWord = (word: TimeInForce): string =>
  ({ gtc: 'GTC', ioc: 'IOC', fok: 'FOK', postOnly: 'GTX' })[word]

/** A market order says GTC although it never rests. */
export function orderTimeInForce(order: Pick<ExchangeOrder, 'type' | 'timeInForce'>): string {
  return order.type === 'market' ? 'GTC' : timeInForceWord(order.timeInForce)
}

export const orderTypeWord = (type: ExchangeOrder['type']): string => (type === 'market' ? 'MARKET' : 'LIMIT')

export const conditionalWord = (kind: ConditionalKind): string =>
  ({
    stopMarket: 'STOP_MARKET',
    takeProfitMarket: 'TAKE_PROFIT_MARKET',
    stopLimit: 'STOP',
    takeProfitLimit: 'TAKE_PROFIT',
  })[kind]

export const algoStatusWord = (status: ConditionalOrder['status']): string => status.toUpperCase()

/** `EXPIRED_IN_MATCH` is self-trade prevention. */
export function statusWord(order: Pick<ExchangeOrder, 'status' | 'reason'>): string {
  switch (order.status) {
    case 'new':
      return 'NEW'
    case 'partiallyFilled':
      return 'PARTIALLY_FILLED'
    case 'filled':
      return 'FILLED'
    case 'rejected':
      return 'REJECTED'
    case 'expired':
      return order.reason === 'selfTrade' ? 'EXPIRED_IN_MATCH' : 'EXPIRED'
    case 'canceled':
      return canceledByVenue.has(order.reason ?? '') ? 'EXPIRED' : 'CANCELED'
  }
}

const canceledByVenue: ReadonlySet<string> = new Set([
  'postOnlyWouldTake',
  'fokUnfilled',
  'liquidated',
  'adl',
  'delisted',
  'positionGone',
  'tickChange',
])

/** Client id as told: what the client sent, or what the venue makes up by who made the order. */
export function clientIdOf(order: ExchangeOrder): string {
  if (order.origin === 'liquidation') return `autoclose-${order.createdAt}${order.orderId.slice(-6)}`
  if (order.origin === 'adl') return 'adl_autoclose'
  if (order.origin === 'settlement') return `settlement_autoclose-${order.createdAt}`
  if (order.clientId !== null) return order.clientId
  return order.origin === 'manual' ? `web_${madeUp(order.orderId)}` : madeUp(order.orderId)
}

/** Client id of a conditional order. */
export const algoClientIdOf = (order: ConditionalOrder): string => order.clientId ?? madeUp(order.conditionalId)

function madeUp(id: string): string {
  let text = ''
  let state = BigInt(id) * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n
  for (let at = 0; at < 22; at++) {
    state = (state * 6_364_136_223_846_793_005n + 1n) & 0xffffffffffffffffn
    text += letters[Number((state >> 33n) % 62n)]
  }
  return text
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
