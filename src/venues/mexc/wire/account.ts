import { z } from 'zod'
import { contracts, id, priceOrZero, rate, symbol, unixMs } from './fields.ts'

/** 1 long, 2 short. */
const positionType = z.literal([1, 2])
/** 1 isolated, 2 cross. */
const openType = z.literal([1, 2])
/** Counts changes of one object; older ones are ignored. */
const version = z.int().nonnegative().nullish()

/** A row of `account/assets`: only REST tells equity. */
export const asset = z.object({
  currency: z.string().min(1).max(32),
  equity: z.number(),
  unrealized: z.number(),
  availableBalance: z.number(),
})
export type Asset = z.infer<typeof asset>

/** `push.personal.asset` says that something changed, not what the wallet is: no equity in it. */
export const assetPush = z.object({ currency: z.string().min(1).max(32), availableBalance: z.number() })

export const position = z.object({
  positionId: id,
  symbol,
  positionType,
  openType,
  /** 1 holding, 2 held by the system, 3 closed. */
  state: z.literal([1, 2, 3]),
  holdVol: contracts,
  holdAvgPrice: priceOrZero,
  liquidatePrice: priceOrZero.nullish(),
  leverage: z.number().positive(),
  createTime: unixMs.nullish(),
  updateTime: unixMs.nullish(),
  version,
})
export type WirePosition = z.infer<typeof position>

/** 1 hedge, 2 one-way. */
export const positionMode = z.literal([1, 2])
export type WirePositionMode = z.infer<typeof positionMode>
export const positionModePush = z.object({ positionMode })

export const leverageRow = z.object({
  positionType,
  leverage: z.number().positive(),
  openType: openType.nullish(),
})

export const tieredFeeRate = z.object({ realMakerFee: rate, realTakerFee: rate })

const riskLimitRow = z.object({
  level: z.int().nonnegative(),
  maxVol: z.number().positive(),
  maxLeverage: z.number().positive(),
  mmr: z.number().nonnegative(),
  imr: z.number().nonnegative(),
  symbol,
  positionType: positionType.nullish(),
})
export type RiskLimitRow = z.infer<typeof riskLimitRow>

/** `account/risk_limit`: a map from symbol to rows, told as one list. */
export const riskLimits = z
  .record(z.string(), z.unknown())
  // the keys are the venue's, and must not become reasons
  .transform((map) => Object.values(map))
  .pipe(z.array(z.array(riskLimitRow)))
  .transform((rows) => rows.flat())

/** `funding` positive = received. */
export const fundingRecord = z.object({
  id,
  symbol,
  funding: z.number(),
  rate: rate.nullish(),
  settleTime: unixMs,
})
