import type { UnixMs } from '#model/ids.ts'
import { z } from 'zod'
import { count, reasonOf } from '../link/rejection.ts'
import type { SettledFunding } from '../link/funding-feed.ts'
import { type Dialect, usdm } from './dialect.ts'
import { type Contract, toFutures, toSpot } from './instruments.ts'
import type { BinanceRest } from './rest.ts'
import { type Bracket, leverageBrackets } from './wire/account.ts'
import {
  type AggTrade,
  aggTrades,
  bookTicker,
  type Depth,
  depth,
  exchangeInfo,
  fundingInfo,
  futuresSymbol,
  type Klines,
  klines,
  premiumIndex,
  settledFunding,
  spotSymbol,
} from './wire/market.ts'

/** Public endpoints of either market, checked. All throw `VenueError`. */
export interface MarketApi {
  readonly dialect: Dialect
  /** Everything listed that Riptide can trade. Rows that do not parse are left out and counted. */
  readonly contracts: () => Promise<readonly Contract[]>
  /** 500 levels a side: half the weight of 1 000, so that 150 books come back within one window of the budget. */
  readonly depth: (symbol: string) => Promise<Depth>
  /** Ascending, at most 1 000; the newest where nothing is said. */
  readonly aggTrades: (symbol: string, from?: AggFrom) => Promise<readonly AggTrade[]>
  /** Open times `[from, to]`. */
  readonly klines: (symbol: string, interval: string, from: UnixMs, to: UnixMs) => Promise<Klines>
  /** Time of the best prices; null where it is not told (spot). */
  readonly quoteTime: (symbol: string) => Promise<UnixMs | null>
  readonly markTime: (symbol: string) => Promise<UnixMs>
  readonly settledFunding: (symbol: string, from: UnixMs) => Promise<readonly SettledFunding[]>
  /** Rows left out of lists and replies that did not parse, by reason. */
  readonly rejected: Readonly<Record<string, number>>
}

export type AggFrom =
  | { readonly fromId: number }
  | { readonly startTime: UnixMs; readonly endTime: UnixMs }
  | { readonly limit: number }

/** `withKeys`: brackets can be asked for. */
export function createMarketApi(dialect: Dialect, rest: BinanceRest, withKeys: boolean): MarketApi {
  const { root, weights } = dialect
  const { open, rejected } = rest

  /** Rows one by one: an odd one must not hide a thousand. */
  const sift = <Row extends z.ZodType>(name: string, row: Row, rows: readonly unknown[]): z.infer<Row>[] => {
    const good: z.infer<Row>[] = []
    for (const one of rows) {
      const parsed = row.safeParse(one)
      if (parsed.success) good.push(parsed.data)
      else count(rejected, `${name}: ${reasonOf(parsed.error)}`)
    }
    return good
  }
  const listed = async (): Promise<readonly unknown[]> => {
    const info = await open({ path: `${root}/exchangeInfo`, schema: exchangeInfo, weight: weights.exchangeInfo })
    rest.resize(info.rateLimits)
    return info.symbols
  }
  const brackets = async (): Promise<ReadonlyMap<string, readonly Bracket[]>> => {
    if (!withKeys) return new Map()
    const rows = await rest.signed({ path: `${root}/leverageBracket`, schema: leverageBrackets })
    return new Map(rows.map((row) => [row.symbol, row.brackets]))
  }

  return {
    dialect,
    rejected,
    async contracts() {
      if (dialect !== usdm) return defined(sift('symbol', spotSymbol, await listed()).map(toSpot))
      const [rows, intervals, tiers] = await Promise.all([
        listed(),
        open({ path: `${root}/fundingInfo`, schema: z.array(z.unknown()), weight: 0, extra: { funding: 1 } }),
        brackets(),
      ])
      const hours = new Map(
        sift('fundingInfo', fundingInfo, intervals).map((row) => [row.symbol, row.fundingIntervalHours]),
      )
      return defined(
        sift('symbol', futuresSymbol, rows).map((row) =>
          toFutures(row, { brackets: tiers.get(row.symbol), fundingIntervalHours: hours.get(row.symbol) }),
        ),
      )
    },
    depth: (symbol) =>
      open({ path: `${root}/depth`, schema: depth, params: { symbol, limit: 500 }, weight: weights.depth }),
    aggTrades: (symbol, from = { limit: 1 }) =>
      open({
        path: `${root}/aggTrades`,
        schema: aggTrades,
        params: { symbol, limit: 1_000, ...from },
        weight: weights.aggTrades,
      }),
    klines: (symbol, interval, startTime, endTime) =>
      open({
        path: `${root}/klines`,
        schema: klines,
        params: { symbol, interval, startTime, endTime, limit: dialect.barsPerPage },
        weight: weights.klines,
      }),
    quoteTime: async (symbol) =>
      (
        await open({
          path: `${root}/ticker/bookTicker`,
          schema: bookTicker,
          params: { symbol },
          weight: weights.bookTicker,
        })
      ).time ?? null,
    markTime: async (symbol) =>
      (await open({ path: `${root}/premiumIndex`, schema: premiumIndex, params: { symbol } })).time,
    settledFunding: async (symbol, startTime) => {
      const rows = await open({
        path: `${root}/fundingRate`,
        schema: z.array(settledFunding),
        params: { symbol, startTime, limit: 100 },
        weight: 0,
        extra: { funding: 1 },
      })
      return rows.map(({ fundingTime, fundingRate, markPrice }) => ({
        time: fundingTime,
        rate: fundingRate,
        markPrice: markPrice ?? null,
      }))
    },
  }
}

/** Milliseconds of the venue's bars by their names; a month is not a length. */
export const klineIntervals: ReadonlyMap<number, string> = new Map([
  [60_000, '1m'],
  [180_000, '3m'],
  [300_000, '5m'],
  [900_000, '15m'],
  [1_800_000, '30m'],
  [3_600_000, '1h'],
  [7_200_000, '2h'],
  [14_400_000, '4h'],
  [21_600_000, '6h'],
  [28_800_000, '8h'],
  [43_200_000, '12h'],
  [86_400_000, '1d'],
  [259_200_000, '3d'],
  [604_800_000, '1w'],
])

const defined = <T>(values: readonly (T | null)[]): readonly T[] => values.filter((value) => value !== null)
