import { z } from 'zod'
import { amount, asset, clientId, id, money, positionSide, price, symbol, unixMs, wireSide } from './fields.ts'

export type WirePositionSide = z.infer<typeof positionSide>
export type WireTimeInForce = 'GTC' | 'IOC' | 'FOK' | 'GTX'

/** `NEW_INSURANCE` and `NEW_ADL` are of old system orders. */
export const orderStatus = z.enum([
  'NEW',
  'PARTIALLY_FILLED',
  'FILLED',
  'CANCELED',
  'EXPIRED',
  'EXPIRED_IN_MATCH',
  'REJECTED',
  'NEW_INSURANCE',
  'NEW_ADL',
])
export type WireOrderStatus = z.infer<typeof orderStatus>

/** What `POST /fapi/v1/order` takes. */
export interface CreateOrder {
  readonly symbol: string
  readonly side: 'BUY' | 'SELL'
  readonly positionSide: WirePositionSide
  readonly type: 'LIMIT' | 'MARKET'
  readonly timeInForce?: WireTimeInForce
  readonly quantity: string
  readonly price?: string
  /** Not taken in hedge mode. */
  readonly reduceOnly?: 'true'
  readonly newClientOrderId: string
}

/** What `POST /fapi/v1/algoOrder` takes. */
export interface CreateAlgo {
  readonly algoType: 'CONDITIONAL'
  readonly symbol: string
  readonly side: 'BUY' | 'SELL'
  readonly positionSide: WirePositionSide
  readonly type: 'STOP_MARKET' | 'TAKE_PROFIT_MARKET'
  readonly quantity: string
  readonly triggerPrice: string
  readonly workingType: 'MARK_PRICE' | 'CONTRACT_PRICE'
  readonly reduceOnly?: 'true'
  readonly clientAlgoId: string
}

/** As POST, DELETE and GET answer it; only GET tells `avgPrice` and `time`. */
export const order = z.object({
  orderId: id,
  symbol,
  status: orderStatus,
  clientOrderId: clientId,
  price: amount,
  origQty: amount,
  executedQty: amount,
  avgPrice: amount.optional(),
  timeInForce: z.string(),
  type: z.string(),
  reduceOnly: z.boolean(),
  side: wireSide,
  positionSide: positionSide.optional(),
  updateTime: unixMs,
  time: unixMs.optional(),
})
export type WireOrder = z.infer<typeof order>

/** NEW → CANCELED, EXPIRED, REJECTED, or → TRIGGERING → TRIGGERED → FINISHED, which does not prove that anything was filled. */
const algoStatus = z.enum(['NEW', 'CANCELED', 'EXPIRED', 'REJECTED', 'TRIGGERING', 'TRIGGERED', 'FINISHED'])
export type AlgoStatus = z.infer<typeof algoStatus>

/** Id of the order it became; '' and 0 = none yet. */
const actualOrderId = z
  .union([z.literal(['', '0', 0]).transform(() => null), id])
  .nullish()
  .transform((value) => value ?? null)

/** As POST and GET answer it. */
export const algoOrder = z.object({
  algoId: id,
  clientAlgoId: clientId,
  symbol,
  side: wireSide,
  positionSide: positionSide.optional(),
  orderType: z.string(),
  timeInForce: z.string(),
  algoStatus,
  quantity: amount,
  triggerPrice: amount,
  reduceOnly: z.boolean(),
  actualOrderId,
  createTime: unixMs,
  updateTime: unixMs,
})
export type WireAlgo = z.infer<typeof algoOrder>

/** A row of `userTrades`. */
export const userTrade = z.object({
  id,
  orderId: id,
  symbol,
  side: wireSide,
  price,
  qty: price,
  commission: money,
  commissionAsset: asset,
  maker: z.boolean(),
  time: unixMs,
})
export type WireTrade = z.infer<typeof userTrade>

/** A row of `forceOrders`: orders by which the venue closed positions of ours. */
export const forceOrder = z.object({ orderId: id, clientOrderId: clientId })

/** Of an algo order, `code` is text. */
export const acknowledgement = z.object({ code: z.union([z.literal('200'), z.literal(200)]) })

/** One of ORDER_TRADE_UPDATE. Fee and trade are those of this event alone; absent where nothing traded. */
export const orderUpdate = z.object({
  s: symbol,
  c: clientId,
  S: wireSide,
  /** Type and time in force. */
  o: z.string(),
  f: z.string(),
  /** Execution type: NEW, CANCELED, CALCULATED, EXPIRED, TRADE, AMENDMENT. */
  x: z.string(),
  X: orderStatus,
  i: id,
  /** Filled now and in all. */
  l: amount,
  z: amount,
  L: amount,
  N: asset.nullish(),
  n: money.nullish(),
  T: unixMs,
  t: z.int(),
  m: z.boolean(),
  /** Why it expired. */
  er: z.union([z.string(), z.number()]).nullish(),
})
export type OrderUpdate = z.infer<typeof orderUpdate>

/** One of ALGO_UPDATE. */
export const algoUpdate = z.object({
  caid: clientId,
  aid: id,
  s: symbol,
  X: algoStatus,
  ai: actualOrderId,
  /** Why it failed when it triggered. */
  rm: z.string().nullish(),
})
export type AlgoUpdate = z.infer<typeof algoUpdate>
