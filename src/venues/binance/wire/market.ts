import { z } from 'zod'
import { amount, asset, decimal, price, symbol, unixMs } from './fields.ts'

export const serverTime = z.object({ serverTime: unixMs })

const rateLimit = z.object({
  rateLimitType: z.string(),
  interval: z.string(),
  intervalNum: z.int().positive(),
  limit: z.int().positive(),
})

/** Symbols are read one by one: an odd one must not hide a thousand. */
export const exchangeInfo = z.object({ rateLimits: z.array(rateLimit), symbols: z.array(z.unknown()) })
export type WireRateLimit = z.infer<typeof rateLimit>

/** Only what the grid needs; each kind of filter has other fields, and unknown kinds are informational. */
const filter = z.object({
  filterType: z.string(),
  tickSize: amount.optional(),
  minQty: amount.optional(),
  maxQty: amount.optional(),
  stepSize: amount.optional(),
  /** Futures `MIN_NOTIONAL`. */
  notional: amount.optional(),
  /** Spot `NOTIONAL`, and `MIN_NOTIONAL` of old. */
  minNotional: amount.optional(),
})
export type WireFilter = z.infer<typeof filter>

export const futuresSymbol = z.object({
  symbol,
  contractType: z.string(),
  status: z.string(),
  baseAsset: asset,
  quoteAsset: asset,
  marginAsset: asset,
  maintMarginPercent: price,
  requiredMarginPercent: price,
  /** Absent in 2021. */
  liquidationFee: amount.optional(),
  filters: z.array(filter),
})
export type FuturesSymbol = z.infer<typeof futuresSymbol>

export const spotSymbol = z.object({
  symbol,
  status: z.string(),
  baseAsset: asset,
  quoteAsset: asset,
  isSpotTradingAllowed: z.boolean(),
  filters: z.array(filter),
})
export type SpotSymbol = z.infer<typeof spotSymbol>

const level = z.tuple([price, amount])
/** `[price, size]`; size 0 deletes. */
export type Level = readonly [price: number, size: number]

/** Spot tells no times. */
export const depth = z.object({
  lastUpdateId: unixMs,
  T: unixMs.optional(),
  bids: z.array(level),
  asks: z.array(level),
})
export type Depth = z.infer<typeof depth>

/** Trades of one taker at one price; `m` = the buyer was the maker. */
export const aggTrade = z.object({ a: unixMs, p: price, q: price, T: unixMs, m: z.boolean() })
export type AggTrade = z.infer<typeof aggTrade>
export const aggTrades = z.array(aggTrade)

/** Columns: open time, open, high, low, close, volume, close time, …; the last row may be unfinished. */
export const klines = z.array(
  z
    .tuple([unixMs, price, price, price, price, amount, unixMs], z.unknown())
    .transform(([openTime, open, high, low, close, volume, closeTime]) => ({
      openTime,
      open,
      high,
      low,
      close,
      volume,
      closeTime,
    })),
)
export type Klines = z.infer<typeof klines>

export const premiumIndex = z.object({ symbol, markPrice: price, time: unixMs })

/** Ascending; `markPrice` is empty in old rows. */
export const settledFunding = z.object({
  symbol,
  fundingRate: decimal,
  fundingTime: unixMs,
  markPrice: z.union([price, z.literal('').transform(() => null)]).optional(),
})

/** Only symbols that differ from eight hours. */
export const fundingInfo = z.object({ symbol, fundingIntervalHours: z.number().positive() })

/** Spot tells no time. */
export const bookTicker = z.object({
  symbol,
  bidPrice: amount,
  bidQty: amount,
  askPrice: amount,
  askQty: amount,
  time: unixMs.optional(),
})
