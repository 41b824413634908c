import type { Side } from '#model/market.ts'
import type { TimeInForce } from '#model/order.ts'
import type { ExchangeOrder, MarginMode, OrderOrigin, PositionMode, PositionSide } from '../types.ts'

/** 1 open long, 2 close short, 3 open short, 4 close long. */
export type WireSide = 1 | 2 | 3 | 4
/** 1 limit, 2 post-only, 3 IOC, 4 FOK, 5 market, 6 converted to a market order. */
export type WireType = 1 | 2 | 3 | 4 | 5 | 6

/** Which way an order goes; in one-way mode closing is reduce-only. */
export function directionOf(
  side: WireSide,
  mode: PositionMode,
): { readonly side: Side; readonly positionSide: PositionSide; readonly closes: boolean } {
  const closes = side === 2 || side === 4
  const long = side === 1 || side === 4
  return {
    side: side === 1 || side === 2 ? 'buy' : 'sell',
    positionSide: mode === 'oneWay' ? 'net' : long ? 'long' : 'short',
    closes,
  }
}

export function wireSide({
  side,
  positionSide,
  reduceOnly,
}: Pick<ExchangeOrder, 'side' | 'positionSide' | 'reduceOnly'>): WireSide {
  if (positionSide === 'long') return side === 'buy' ? 1 : 4
  if (positionSide === 'short') return side === 'sell' ? 3 : 2
  if (side === 'buy') return reduceOnly ? 2 : 1
  return reduceOnly ? 4 : 3
}

/** What an order of that type is to the core. */
export const kinds: Readonly<
  Record<WireType, { readonly type: 'market' | 'limit'; readonly timeInForce: TimeInForce }>
> = {
  1: { type: 'limit', timeInForce: 'gtc' },
  2: { type: 'limit', timeInForce: 'postOnly' },
  3: { type: 'limit', timeInForce: 'ioc' },
  4: { type: 'limit', timeInForce: 'fok' },
  5: { type: 'market', timeInForce: 'ioc' },
  6: { type: 'market', timeInForce: 'ioc' },
}

export function wireType({ type, timeInForce }: Pick<ExchangeOrder, 'type' | 'timeInForce'>): WireType {
  if (type === 'market') return 5
  return timeInForce === 'gtc' ? 1 : timeInForce === 'postOnly' ? 2 : timeInForce === 'ioc' ? 3 : 4
}

/** 1 isolated, 2 cross. */
export const wireMargin = (mode: MarginMode): 1 | 2 => (mode === 'isolated' ? 1 : 2)
/** 1 hedge, 2 one-way. */
export const wireMode = (side: PositionSide): 1 | 2 => (side === 'net' ? 2 : 1)

/** 2 resting (also partly filled), 3 whole, 4 canceled (maybe partly filled), 5 never worked. */
export function wireState({ status, filledQuantity, reason }: ExchangeOrder): 2 | 3 | 4 | 5 {
  if (status === 'new' || status === 'partiallyFilled') return 2
  if (status === 'filled') return 3
  if (status === 'rejected') return 5
  // an order that could not do at all what it was for is an invalid one
  const killed = reason === 'postOnlyWouldTake' || reason === 'fokUnfilled' || reason === 'remainder'
  return killed && filledQuantity === 0 ? 5 : 4
}

/** 1 normal, 2 taken over in a liquidation, 3 closed by the venue, 4 ADL. */
export function wireCategory(origin: OrderOrigin): 1 | 2 | 3 | 4 {
  return origin === 'liquidation' ? 2 : origin === 'settlement' ? 3 : origin === 'adl' ? 4 : 1
}

/** Orders without a client's id have one of the venue's making. */
export const externalOid = ({ clientId, orderId }: Pick<ExchangeOrder, 'clientId' | 'orderId'>): string =>
  clientId ?? `_m_${BigInt(orderId).toString(16).padStart(32, '0')}`
