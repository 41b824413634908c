import { z } from 'zod'
import { amount, asset, decimal, id, money, positionSide, symbol, unixMs } from './fields.ts'

export const balance = z.object({ asset, balance: money, availableBalance: money, updateTime: unixMs })
export type WireBalance = z.infer<typeof balance>

/** Version 3: only symbols with a position or open orders, without leverage and margin mode. */
export const positionRisk = z.object({
  symbol,
  positionSide,
  positionAmt: decimal,
  entryPrice: amount,
  markPrice: amount,
  liquidationPrice: amount,
  updateTime: unixMs,
})
export type PositionRisk = z.infer<typeof positionRisk>

const marginType = z.enum(['CROSSED', 'ISOLATED'])
export type WireMarginType = z.infer<typeof marginType>

export const symbolConfig = z.object({ symbol, marginType, leverage: z.number().positive() })
export type SymbolConfig = z.infer<typeof symbolConfig>

export const changedLeverage = z.object({ leverage: z.number().positive(), symbol })
export const positionMode = z.object({ dualSidePosition: z.boolean() })
/** `canTrade` and `canWithdraw` are the account's, not the key's. */
export const accountConfig = z.object({ canTrade: z.boolean(), multiAssetsMargin: z.boolean().optional() })
export const listenKey = z.object({ listenKey: z.string().min(1).max(256) })

/** The last cap may be the largest integer of the venue, which comes as text. */
const notional = z.union([
  z.number().nonnegative(),
  z
    .string()
    .regex(/^\d{16,20}$/)
    .transform(Number),
])

const bracket = z.object({
  initialLeverage: z.number().positive(),
  notionalCap: notional,
  notionalFloor: notional,
  maintMarginRatio: z.number().nonnegative(),
  cum: z.number(),
})
export type Bracket = z.infer<typeof bracket>

const bracketsOf = z.object({ symbol, brackets: z.array(bracket) })
/** Older replies with a symbol are one object. */
export const leverageBrackets = z.union([z.array(bracketsOf), bracketsOf.transform((one) => [one])])

export const commissionRate = z.object({ makerCommissionRate: decimal, takerCommissionRate: decimal })

/** `income` positive = received. */
export const income = z.object({
  symbol: z.string().max(40),
  incomeType: z.string(),
  income: money,
  asset,
  time: unixMs,
  tranId: id,
})
export type WireIncome = z.infer<typeof income>
