import { z } from 'zod'
import { contracts, price, priceOrZero, rate, symbol, unixMs } from './fields.ts'

const share = z.number().nonnegative()
const leverage = z.number().positive()
const optionalLeverage = z.number().nonnegative().nullish()

const riskTier = z.object({
  level: z.int().nonnegative().nullish(),
  maxVol: z.number().positive(),
  mmr: share,
  imr: share,
  maxLeverage: leverage,
})

/** A row of `contract/detail` and of `push.contract`. Its fees are those of the web, not of API orders. */
export const contractDetail = z.object({
  symbol,
  baseCoin: z.string().min(1),
  quoteCoin: z.string().min(1),
  settleCoin: z.string().min(1),
  contractSize: z.number().positive(),
  priceUnit: price,
  volUnit: z.number().positive().brand<'Contracts'>(),
  minVol: z.number().positive().brand<'Contracts'>(),
  maxVol: contracts,
  limitMaxVol: contracts.nullish(),
  maxLeverage: leverage,
  countryConfigContractMaxLeverage: optionalLeverage,
  tempMaxLeverage: optionalLeverage,
  regularMaxLeverage: optionalLeverage,
  maintenanceMarginRate: share,
  initialMarginRate: share,
  riskBaseVol: share,
  riskIncrVol: share,
  riskIncrMmr: share,
  riskIncrImr: share,
  riskLevelLimit: z.int().nonnegative(),
  riskLimitType: z.enum(['BY_VOLUME', 'BY_VALUE']).nullish(),
  riskLimitMode: z.enum(['CUSTOM', 'INCREASE']).nullish(),
  riskLimitCustom: z.array(riskTier).nullish(),
  liquidationFeeRate: share,
  /** 0 enabled, 1 delivery, 2 delivered, 3 offline, 4 paused. */
  state: z.literal([0, 1, 2, 3, 4]),
  apiAllowed: z.boolean().nullish(),
  /** 1 perpetual, 2 delivery. */
  futureType: z.literal([1, 2]).nullish(),
  isHidden: z.boolean().nullish(),
})
export type ContractDetail = z.infer<typeof contractDetail>

/** `[price, contracts, orders]`; 0 contracts deletes. */
export type Level = readonly [price: number, size: z.infer<typeof contracts>, orders: number]

const level = z.tuple([price, contracts, z.number().nonnegative()])

/** `contract/depth/{symbol}`: `cts` is null there. */
export const depth = z.object({
  asks: z.array(level),
  bids: z.array(level),
  version: z.int().nonnegative(),
  timestamp: unixMs,
})
export type Depth = z.infer<typeof depth>

/** `contract/depth_commits/{symbol}/{limit}`: newest first, one changed level each. */
export const depthCommits = z.array(
  z.object({
    asks: z.array(level),
    bids: z.array(level),
    version: z.int().nonnegative(),
    cts: unixMs.nullish(),
  }),
)

/** A print: `T` 1 = the taker bought, 2 = sold; `v` contracts. */
const deal = z.object({ p: price, v: z.number().positive().brand<'Contracts'>(), T: z.literal([1, 2]), t: unixMs })
export type Deal = z.infer<typeof deal>
export const deals = z.array(deal)

/** Columns of equal length; `time` is the open, in seconds; the last one may be unfinished. */
export const klines = z
  .object({
    time: z.array(z.int().nonnegative()),
    open: z.array(price),
    close: z.array(price),
    high: z.array(price),
    low: z.array(price),
    vol: z.array(contracts),
  })
  .refine(
    ({ time, open, close, high, low, vol }) =>
      [open, close, high, low, vol].every((column) => column.length === time.length),
    'columns of different length',
  )
export type Klines = z.infer<typeof klines>

/** `collectCycle` in hours. */
export const fundingRate = z.object({
  symbol,
  fundingRate: rate,
  collectCycle: z.number().positive(),
  nextSettleTime: unixMs,
  timestamp: unixMs,
  // since April 2026
  fairPrice: priceOrZero.nullish(),
})

export const settledFunding = z.object({ symbol, fundingRate: rate, settleTime: unixMs })

export const fairPrice = z.object({ symbol, fairPrice: price, timestamp: unixMs })

/** Delisted rows with price 0 appear; `timestamp` is the last trade's, no sign of life. */
export const ticker = z.object({ symbol, lastPrice: priceOrZero, fairPrice: priceOrZero, timestamp: unixMs })
