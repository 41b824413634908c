import { z } from 'zod'
import { contracts, id, price, priceOrZero, symbol, unixMs } from './fields.ts'

/** 1 open long, 2 close short, 3 open short, 4 close long. */
const side = z.literal([1, 2, 3, 4])
export type WireSide = z.infer<typeof side>
/** 1 limit, 2 post-only, 3 IOC, 4 FOK, 5 market, 6 market as older clients send it. */
const orderType = z.literal([1, 2, 3, 4, 5, 6])
export type WireOrderType = z.infer<typeof orderType>
/** 1 ours, 2 liquidation, 3 close delegate, 4 auto-deleveraging. */
const category = z.literal([1, 2, 3, 4])
const externalOid = z.string().max(64).nullish()

/** What `order/create` takes; `price` is documented as mandatory even at market, where it is 0. */
export interface CreateOrder {
  readonly symbol: string
  readonly side: WireSide
  readonly type: WireOrderType
  readonly openType: 1 | 2
  readonly vol: number
  readonly price: number
  readonly leverage?: number
  readonly externalOid: string
  readonly positionMode: 1 | 2
  /** Honored in one-way mode only. */
  readonly reduceOnly?: boolean
}

/** What `planorder/place/v2` takes: no client id, so an unknown outcome is looked up in the list. */
export interface PlacePlanOrder {
  readonly symbol: string
  readonly vol: number
  readonly leverage: number
  readonly side: WireSide
  readonly openType: 1 | 2
  readonly triggerPrice: number
  /** 1 at or above, 2 at or below. */
  readonly triggerType: 1 | 2
  /** 1 = a day, 2 = a week; then it expires. */
  readonly executeCycle: 1 | 2
  readonly orderType: WireOrderType
  readonly price: number
  /** 1 last, 2 fair, 3 index. */
  readonly trend: 1 | 2 | 3
  readonly positionMode: 1 | 2
  readonly reduceOnly?: boolean
}

/** `order/create` answers an object, the older `order/submit` a bare id. */
export const createdOrder = z.union([
  z.object({ orderId: id, ts: unixMs.nullish() }),
  id.transform((orderId) => ({ orderId, ts: null })),
])

export const placedPlanOrder = id

export const order = z.object({
  orderId: id,
  symbol,
  price: priceOrZero,
  vol: contracts,
  side,
  orderType,
  category: category.nullish(),
  dealAvgPrice: priceOrZero.nullish(),
  dealVol: contracts,
  /** 1 not yet in the book, 2 resting or partly filled, 3 filled, 4 canceled, 5 invalid. */
  state: z.literal([1, 2, 3, 4, 5]),
  externalOid,
  errorCode: z.int().nullish(),
  openType: z.literal([1, 2]).nullish(),
  positionMode: z.literal([0, 1, 2]).nullish(),
  reduceOnly: z.boolean().nullish(),
  createTime: unixMs,
  updateTime: unixMs.nullish(),
  version: z.int().nonnegative().nullish(),
})
export type WireOrder = z.infer<typeof order>

/** `taker` in `deal_details`, `isTaker` in lists and pushes; one of them is required. */
export const fill = z
  .object({
    id,
    orderId: id,
    symbol,
    side,
    vol: z.number().positive().brand<'Contracts'>(),
    price,
    fee: z.number(),
    feeCurrency: z.string().min(1).max(32),
    category: category.nullish(),
    timestamp: unixMs,
    taker: z.boolean().nullish(),
    isTaker: z.boolean().nullish(),
    externalOid,
  })
  .transform(({ taker, isTaker, ...rest }) => ({ ...rest, taker: isTaker ?? taker }))
  .refine((row): row is typeof row & { taker: boolean } => typeof row.taker === 'boolean', {
    path: ['isTaker'],
    message: 'neither taker nor isTaker',
  })
export type WireFill = z.infer<typeof fill>

/** Per item of a cancel; the reply as a whole succeeds even when every item failed. */
export const cancelItems = z.array(
  z.object({ orderId: id.nullish(), externalOid, errorCode: z.int(), errorMsg: z.string().nullish() }),
)

export const planOrder = z.object({
  id,
  symbol,
  side,
  vol: contracts,
  triggerPrice: price,
  triggerType: z.literal([1, 2]),
  trend: z.literal([1, 2, 3]),
  orderType,
  price: priceOrZero.nullish(),
  /** 1 waiting, 2 canceled, 3 executed, 4 expired, 5 failed. */
  state: z.literal([1, 2, 3, 4, 5]),
  /** Of the order it became, once executed. */
  orderId: id.nullish(),
  errorCode: z.int().nullish(),
  executeCycle: z.number().positive().nullish(),
  reduceOnly: z.boolean().nullish(),
  positionMode: z.literal([0, 1, 2]).nullish(),
  createTime: unixMs,
  updateTime: unixMs.nullish(),
})
export type WirePlanOrder = z.infer<typeof planOrder>
