import type { UnixMs } from '#model/ids.ts'
import { count } from '../link/rejection.ts'
import { z } from 'zod'
import type { MexcRest } from './rest.ts'
import { oneOrMany, rowsOf } from './wire/envelope.ts'
import {
  contractDetail,
  type ContractDetail,
  type Deal,
  deals,
  type Depth,
  depth,
  depthCommits,
  fairPrice,
  fundingRate,
  klines,
  type Klines,
  settledFunding,
  ticker,
} from './wire/market.ts'

/** Public endpoints, checked. All throw `VenueError`. */
export interface MarketApi {
  /** Rows that do not parse are left out and counted: one odd contract must not hide a thousand. */
  readonly details: () => Promise<readonly ContractDetail[]>
  readonly fundingRates: () => Promise<readonly z.infer<typeof fundingRate>[]>
  readonly tickers: () => Promise<readonly z.infer<typeof ticker>[]>
  readonly depth: (symbol: string, limit: number) => Promise<Depth>
  /** Newest first. */
  readonly depthCommits: (symbol: string) => Promise<z.infer<typeof depthCommits>>
  /** Newest first, at most 100. */
  readonly deals: (symbol: string, limit: number) => Promise<readonly Deal[]>
  /** Of the last price, `[start, end]` by open time in seconds; at most 2 000. */
  readonly klines: (symbol: string, interval: string, start: number, end: number) => Promise<Klines>
  readonly fairPrice: (symbol: string) => Promise<z.infer<typeof fairPrice>>
  /** Newest first, one page. */
  readonly settledFunding: (symbol: string) => Promise<readonly z.infer<typeof settledFunding>[]>
  /** Rows left out of lists and replies that could not be read, by reason. */
  readonly rejected: () => Readonly<Record<string, number>>
}

export function createMarketApi(rest: MexcRest): MarketApi {
  const rejected: Record<string, number> = {}

  /** Rows one by one. */
  const sift = <Row extends z.ZodType>(name: string, row: Row, rows: readonly unknown[]): z.infer<Row>[] => {
    const good: z.infer<Row>[] = []
    for (const one of rows) {
      const parsed = row.safeParse(one)
      if (parsed.success) good.push(parsed.data)
      else count(rejected, `${name}: ${parsed.error.issues[0]?.path.join('.') ?? 'row'}`)
    }
    return good
  }

  return {
    rejected: () => ({ ...rest.rejected, ...rejected }),
    details: async () =>
      sift('detail', contractDetail, await rest.open({ path: '/detail', limit: 'detail', schema: anyRows, lane })),
    fundingRates: async () =>
      sift(
        'funding_rate',
        fundingRate,
        await rest.open({ path: '/funding_rate', limit: 'public', schema: anyRows, lane }),
      ),
    tickers: async () =>
      sift('ticker', ticker, await rest.open({ path: '/ticker', limit: 'book', schema: anyRows, lane })),
    depth: (symbol, limit) => rest.open({ path: `/depth/${symbol}`, limit: 'book', schema: depth, query: { limit } }),
    depthCommits: (symbol) =>
      rest.open({ path: `/depth_commits/${symbol}/1000`, limit: 'public', schema: depthCommits }),
    deals: (symbol, limit) => rest.open({ path: `/deals/${symbol}`, limit: 'public', schema: deals, query: { limit } }),
    klines: (symbol, interval, start, end) =>
      rest.open({ path: `/kline/${symbol}`, limit: 'public', schema: klines, query: { interval, start, end } }),
    fairPrice: (symbol) => rest.open({ path: `/fair_price/${symbol}`, limit: 'public', schema: fairPrice }),
    settledFunding: (symbol) =>
      rest.open({
        path: '/funding_rate/history',
        limit: 'public',
        schema: rowsOf(settledFunding),
        query: { symbol, page_num: 1, page_size: 100 },
      }),
  }
}

/** Milliseconds of the venue's bars by their names; a month is not a length. */
export const klineIntervals: ReadonlyMap<number, string> = new Map([
  [60_000, 'Min1'],
  [300_000, 'Min5'],
  [900_000, 'Min15'],
  [1_800_000, 'Min30'],
  [3_600_000, 'Min60'],
  [14_400_000, 'Hour4'],
  [28_800_000, 'Hour8'],
  [86_400_000, 'Day1'],
  [604_800_000, 'Week1'],
])

/** Whole seconds, as klines want them. */
export const seconds = (time: UnixMs): number => Math.floor(time / 1_000)

const anyRows = oneOrMany(z.unknown())
/** Without the size of a contract not even an exit can be said. */
const lane = 'urgent'
