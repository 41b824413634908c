import { type OrderId, orderId } from '#model/ids.ts'
import { floorQuantity, snapPrice } from '#model/instrument.ts'
import type { Side } from '#model/market.ts'
import type { Order, OrderStatus, TimeInForce } from '#model/order.ts'
import type { BalanceReport, FillReport, OrderReport, PositionReport } from '#model/venue.ts'
import { plainDecimal } from '../link/exact-json.ts'
import type { Contract } from './instruments.ts'
import type { PositionRisk, SymbolConfig, WireBalance } from './wire/account.ts'
import type {
  CreateAlgo,
  CreateOrder,
  WireAlgo,
  WireOrder,
  WireOrderStatus,
  WirePositionSide,
  WireTimeInForce,
  WireTrade,
} from './wire/orders.ts'

/** Whether the account holds long and short apart. */
export type PositionMode = 'hedge' | 'oneWay'

/** What can be sent, or the stable code of why it cannot. */
export type Sendable<Request> = { readonly request: Request } | { readonly code: string; readonly message: string }

const timesInForce: Readonly<Record<TimeInForce, WireTimeInForce>> = {
  gtc: 'GTC',
  ioc: 'IOC',
  fok: 'FOK',
  postOnly: 'GTX',
}

export function toCreateOrder(order: Order, contract: Contract, mode: PositionMode): Sendable<CreateOrder> {
  const sized = sizeOf(order, contract)
  if ('code' in sized) return sized
  const head = {
    symbol: contract.instrument.symbol,
    side: wireSideOf(order.side),
    positionSide: positionSideOf(order, mode),
    quantity: sized.quantity,
    ...reducing(order, mode),
    newClientOrderId: order.orderId,
  } as const
  if (order.type !== 'limit') return { request: { ...head, type: 'MARKET' } }
  if (order.price === undefined) return { code: 'price', message: 'a limit order needs a price' }
  const price = plainDecimal(snapPrice(contract.instrument, order.price))
  return { request: { ...head, type: 'LIMIT', timeInForce: timesInForce[order.timeInForce], price } }
}

/** A stop, or a take-profit that triggers from the other side, at market. */
export function toCreateAlgo(order: Order, contract: Contract, mode: PositionMode): Sendable<CreateAlgo> {
  const sized = sizeOf(order, contract)
  if ('code' in sized) return sized
  if (order.stopPrice === undefined) return { code: 'stopPrice', message: 'a stop needs a trigger price' }
  return {
    request: {
      algoType: 'CONDITIONAL',
      symbol: contract.instrument.symbol,
      side: wireSideOf(order.side),
      positionSide: positionSideOf(order, mode),
      type: order.purpose === 'takeProfit' ? 'TAKE_PROFIT_MARKET' : 'STOP_MARKET',
      quantity: sized.quantity,
      triggerPrice: plainDecimal(snapPrice(contract.instrument, order.stopPrice)),
      workingType: order.trigger === 'mark' ? 'MARK_PRICE' : 'CONTRACT_PRICE',
      ...reducing(order, mode),
      clientAlgoId: order.orderId,
    },
  }
}

export function toOrderReport(order: WireOrder, { instrument }: Contract, ours?: OrderId): OrderReport {
  return {
    orderId: ours ?? clientIdOf(order.clientOrderId),
    venueOrderId: order.orderId,
    instrumentId: instrument.id,
    side: sideOf(order.side),
    type: order.type === 'MARKET' ? 'market' : 'limit',
    timeInForce: timeInForceOf(order.timeInForce),
    status: statuses[order.status],
    quantity: order.origQty,
    filledQuantity: order.executedQty,
    price: order.price > 0 ? order.price : null,
    stopPrice: null,
    averagePrice: order.avgPrice !== undefined && order.avgPrice > 0 ? order.avgPrice : null,
    reduceOnly: order.reduceOnly,
    time: order.updateTime,
  }
}

/** Waiting or ended; what a triggered one became is told of the order it became. */
export function toAlgoReport(algo: WireAlgo, { instrument }: Contract): OrderReport {
  return {
    orderId: clientIdOf(algo.clientAlgoId),
    venueOrderId: algo.algoId,
    instrumentId: instrument.id,
    side: sideOf(algo.side),
    type: algo.orderType.startsWith('TAKE_PROFIT') ? 'takeProfitMarket' : 'stopMarket',
    timeInForce: timeInForceOf(algo.timeInForce),
    status: algoStatuses[algo.algoStatus],
    quantity: algo.quantity,
    filledQuantity: 0,
    price: null,
    stopPrice: algo.triggerPrice > 0 ? algo.triggerPrice : null,
    averagePrice: null,
    reduceOnly: algo.reduceOnly,
    time: algo.updateTime,
  }
}

export function toFillReport(
  trade: WireTrade,
  { instrument }: Contract,
  ours: OrderId | null,
  forced: FillReport['forced'],
): FillReport {
  return {
    orderId: ours,
    venueOrderId: trade.orderId,
    tradeId: trade.id,
    instrumentId: instrument.id,
    side: sideOf(trade.side),
    price: trade.price,
    quantity: trade.qty,
    fee: trade.commission,
    feeCurrency: trade.commissionAsset,
    liquidity: trade.maker ? 'maker' : 'taker',
    forced,
    time: trade.time,
  }
}

export function toPositionReport(
  row: PositionRisk,
  { instrument }: Contract,
  config: SymbolConfig | undefined,
): PositionReport {
  return {
    instrumentId: instrument.id,
    quantity: row.positionAmt,
    entryPrice: row.entryPrice,
    markPrice: row.markPrice > 0 ? row.markPrice : null,
    liquidationPrice: row.liquidationPrice > 0 ? row.liquidationPrice : null,
    leverage: config?.leverage ?? null,
    marginMode: config === undefined ? null : config.marginType === 'ISOLATED' ? 'isolated' : 'cross',
    time: row.updateTime,
  }
}

export const toBalanceReport = ({ asset, balance, availableBalance, updateTime }: WireBalance): BalanceReport => ({
  currency: asset,
  wallet: balance,
  available: availableBalance,
  time: updateTime,
})

/** How the venue names an order it made itself to close a position: by liquidation, deleveraging, or delisting. */
export function forcedBy(clientOrderId: string): 'liquidation' | 'adl' | 'settlement' | null {
  if (clientOrderId.startsWith('autoclose-')) return 'liquidation'
  if (clientOrderId.startsWith('adl_autoclose')) return 'adl'
  return clientOrderId.startsWith('settlement_autoclose-') ? 'settlement' : null
}

/** Why an order ended that had expired: by what it was, where that says it. */
export function expiryOf(status: WireOrderStatus, type: string, timeInForce: string, reason?: string | null): string {
  if (status === 'EXPIRED_IN_MATCH') return 'selfTrade'
  if (type === 'MARKET') return 'marketRemainder'
  if (timeInForce === 'IOC') return 'immediateOrCancel'
  if (timeInForce === 'FOK') return 'fillOrKill'
  if (timeInForce === 'GTX') return 'postOnlyWouldCross'
  return reason && reason !== '0' ? `venue${reason}` : 'expired'
}

/** Ours where it could be one of ours. */
export const clientIdOf = (text: string): OrderId | null =>
  clientIdText.test(text) && forcedBy(text) === null ? orderId(text) : null

export const sideOf = (side: 'BUY' | 'SELL'): Side => (side === 'BUY' ? 'buy' : 'sell')
const wireSideOf = (side: Side): 'BUY' | 'SELL' => (side === 'buy' ? 'BUY' : 'SELL')
const clientIdText = /^[\w.:/-]{1,36}$/

/** In hedge mode the closing side itself reduces, and saying so again is refused. */
const positionSideOf = ({ side, reduceOnly }: Order, mode: PositionMode): WirePositionSide => {
  if (mode === 'oneWay') return 'BOTH'
  return (side === 'buy') === reduceOnly ? 'SHORT' : 'LONG'
}
const reducing = ({ reduceOnly }: Order, mode: PositionMode) =>
  reduceOnly && mode === 'oneWay' ? ({ reduceOnly: 'true' } as const) : {}

const statuses: Readonly<Record<WireOrderStatus, OrderStatus>> = {
  NEW: 'accepted',
  NEW_INSURANCE: 'accepted',
  NEW_ADL: 'accepted',
  PARTIALLY_FILLED: 'partiallyFilled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
  REJECTED: 'rejected',
}
const algoStatuses: Readonly<Record<WireAlgo['algoStatus'], OrderStatus>> = {
  NEW: 'accepted',
  TRIGGERING: 'accepted',
  TRIGGERED: 'accepted',
  FINISHED: 'accepted',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  REJECTED: 'rejected',
}
const timeInForceOf = (text: string): TimeInForce =>
  text === 'IOC' ? 'ioc' : text === 'FOK' ? 'fok' : text === 'GTX' ? 'postOnly' : 'gtc'

/** On the lot grid and within the limits of its type, or why not. */
function sizeOf(order: Order, contract: Contract): { quantity: string } | { code: string; message: string } {
  const { instrument, maxQuantity, maxMarketQuantity } = contract
  if (!clientIdText.test(order.orderId))
    return { code: 'clientOrderId', message: `client order id ${order.orderId} is not one this venue takes` }
  const quantity = floorQuantity(instrument, order.quantity)
  const most = order.type === 'limit' ? maxQuantity : maxMarketQuantity
  if (!(quantity >= instrument.minQuantity) || quantity <= 0)
    return { code: 'belowMinimum', message: `${order.quantity} is below ${instrument.minQuantity} ${instrument.base}` }
  if (quantity > most) return { code: 'aboveMaximum', message: `${quantity} is above ${most} ${instrument.base}` }
  return { quantity: plainDecimal(quantity) }
}
