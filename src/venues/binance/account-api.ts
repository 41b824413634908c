import type { UnixMs } from '#model/ids.ts'
import { VenueError } from '#model/venue.ts'
import { z } from 'zod'
import type { Params } from '../link/rest.ts'
import type { Lane } from '../link/weight-budget.ts'
import { unknownOrder } from './errors.ts'
import type { BinanceRest } from './rest.ts'
import {
  accountConfig,
  balance,
  type Bracket,
  commissionRate,
  changedLeverage,
  income,
  leverageBrackets,
  listenKey,
  positionMode,
  positionRisk,
  type PositionRisk,
  type SymbolConfig,
  symbolConfig,
  type WireBalance,
  type WireIncome,
  type WireMarginType,
} from './wire/account.ts'
import {
  acknowledgement,
  algoOrder,
  type CreateAlgo,
  type CreateOrder,
  forceOrder,
  order,
  userTrade,
  type WireAlgo,
  type WireOrder,
  type WireTrade,
} from './wire/orders.ts'

export interface Sending {
  readonly lane: Lane
  readonly deadline?: UnixMs | undefined
}

/** By the venue's id where it is known, else by ours. */
export type OrderKey = { readonly orderId: string } | { readonly origClientOrderId: string }
export type TradesFrom = { readonly fromId: string } | { readonly startTime: UnixMs; readonly endTime: UnixMs }

/** Signed endpoints, checked. All throw `VenueError`. */
export interface AccountApi {
  readonly create: (request: CreateOrder, sending: Sending) => Promise<WireOrder>
  readonly createAlgo: (request: CreateAlgo, sending: Sending) => Promise<WireAlgo>
  /** Checks an order as the venue would, and places nothing. */
  readonly test: (params: Params) => Promise<void>
  /** As the order stands after it. */
  readonly cancel: (symbol: string, key: OrderKey) => Promise<WireOrder>
  readonly cancelAlgo: (clientAlgoId: string) => Promise<void>
  readonly cancelAll: (symbol: string) => Promise<void>
  readonly cancelAllAlgos: (symbol: string) => Promise<void>
  /** Null where the venue does not know it now, which is no proof that it never did. */
  readonly order: (symbol: string, key: OrderKey) => Promise<WireOrder | null>
  readonly algo: (clientAlgoId: string) => Promise<WireAlgo | null>
  readonly openOrders: (symbol?: string) => Promise<readonly WireOrder[]>
  readonly openAlgos: (symbol?: string) => Promise<readonly WireAlgo[]>
  /** Created since a time, open ones too; the newest 1 000. */
  readonly allOrders: (symbol: string, startTime: UnixMs) => Promise<readonly WireOrder[]>
  readonly allAlgos: (symbol: string, startTime: UnixMs) => Promise<readonly WireAlgo[]>
  /** Ascending, at most 1 000. */
  readonly trades: (symbol: string, from: TradesFrom) => Promise<readonly WireTrade[]>
  /** Orders by which the venue closed positions by force within a range of at most seven days. */
  readonly forced: (
    symbol: string,
    startTime: UnixMs,
    endTime: UnixMs,
  ) => Promise<readonly z.infer<typeof forceOrder>[]>
  readonly positions: () => Promise<readonly PositionRisk[]>
  readonly symbolConfigs: (symbol?: string) => Promise<readonly SymbolConfig[]>
  readonly balances: () => Promise<readonly WireBalance[]>
  readonly changeLeverage: (symbol: string, leverage: number) => Promise<number>
  readonly changeMarginType: (symbol: string, marginType: WireMarginType) => Promise<void>
  readonly isHedge: () => Promise<boolean>
  readonly config: () => Promise<z.infer<typeof accountConfig>>
  readonly commission: (symbol: string) => Promise<z.infer<typeof commissionRate>>
  readonly brackets: (symbol: string) => Promise<readonly Bracket[]>
  /** Funding paid and received since a time, ascending. */
  readonly funding: (symbol: string | undefined, startTime: UnixMs) => Promise<readonly WireIncome[]>
  /** The key of the user data stream: the present one, extended, or a new one. */
  readonly openListenKey: () => Promise<string>
  /** Refused with −1125 when there is none. */
  readonly keepListenKey: () => Promise<void>
}

const root = '/fapi/v1'
const pageSize = 1_000
/** Of whatever proves how our orders stand. */
const witness = { lane: 'urgent' } as const
/** Cancels may be repeated, but the one who asks decides on that. */
const cancelling = { method: 'DELETE', lane: 'urgent', timeoutMs: 5_000 } as const
const perSymbol = (symbol: string | undefined): number => (symbol === undefined ? 40 : 1)

export function createAccountApi({ open, signed }: BinanceRest): AccountApi {
  const orNull = async <T>(ask: Promise<T>): Promise<T | null> => {
    try {
      return await ask
    } catch (error) {
      if (error instanceof VenueError && unknownOrder.has(error.code)) return null
      throw error
    }
  }
  const placing = { method: 'POST', weight: 0, orders: 1, timeoutMs: 5_000 } as const

  return {
    create: (request, sending) =>
      signed({ path: `${root}/order`, schema: order, params: { ...request }, ...placing, ...sending }),
    createAlgo: (request, sending) =>
      signed({ path: `${root}/algoOrder`, schema: algoOrder, params: { ...request }, ...placing, ...sending }),
    test: async (params) => {
      await signed({ path: `${root}/order/test`, schema: z.unknown(), method: 'POST', kind: 'read', params })
    },
    cancel: (symbol, key) =>
      signed({ path: `${root}/order`, schema: order, params: { symbol, ...key }, ...cancelling }),
    cancelAlgo: async (clientAlgoId) => {
      await signed({ path: `${root}/algoOrder`, schema: acknowledgement, params: { clientAlgoId }, ...cancelling })
    },
    cancelAll: async (symbol) => {
      await signed({ path: `${root}/allOpenOrders`, schema: acknowledgement, params: { symbol }, ...cancelling })
    },
    cancelAllAlgos: async (symbol) => {
      await signed({ path: `${root}/algoOpenOrders`, schema: acknowledgement, params: { symbol }, ...cancelling })
    },
    order: (symbol, key) =>
      orNull(signed({ path: `${root}/order`, schema: order, params: { symbol, ...key }, ...witness })),
    algo: (clientAlgoId) =>
      orNull(signed({ path: `${root}/algoOrder`, schema: algoOrder, params: { clientAlgoId }, ...witness })),
    openOrders: (symbol) =>
      signed({
        path: `${root}/openOrders`,
        schema: z.array(order),
        params: { symbol },
        weight: perSymbol(symbol),
        ...witness,
      }),
    openAlgos: (symbol) =>
      signed({
        path: `${root}/openAlgoOrders`,
        schema: z.array(algoOrder),
        params: { symbol },
        weight: perSymbol(symbol),
        ...witness,
      }),
    allOrders: (symbol, startTime) =>
      signed({
        path: `${root}/allOrders`,
        schema: z.array(order),
        params: { symbol, startTime, limit: pageSize },
        weight: 5,
        ...witness,
      }),
    allAlgos: (symbol, startTime) =>
      signed({
        path: `${root}/allAlgoOrders`,
        schema: z.array(algoOrder),
        params: { symbol, startTime, limit: pageSize },
        weight: 5,
        ...witness,
      }),
    trades: (symbol, from) =>
      signed({
        path: `${root}/userTrades`,
        schema: z.array(userTrade),
        params: { symbol, ...from, limit: pageSize },
        weight: 5,
        ...witness,
      }),
    forced: (symbol, startTime, endTime) =>
      signed({
        path: `${root}/forceOrders`,
        schema: z.array(forceOrder),
        params: { symbol, startTime, endTime, limit: 100 },
        weight: 20,
        ...witness,
      }),
    positions: () => signed({ path: '/fapi/v3/positionRisk', schema: z.array(positionRisk), weight: 5, ...witness }),
    symbolConfigs: (symbol) =>
      signed({
        path: `${root}/symbolConfig`,
        schema: z.array(symbolConfig),
        params: { symbol },
        weight: 5,
        ...witness,
      }),
    balances: () => signed({ path: '/fapi/v3/balance', schema: z.array(balance), weight: 5 }),
    changeLeverage: async (symbol, leverage) =>
      (
        await signed({
          path: `${root}/leverage`,
          schema: changedLeverage,
          method: 'POST',
          // saying it twice changes nothing
          kind: 'read',
          params: { symbol, leverage },
        })
      ).leverage,
    changeMarginType: async (symbol, marginType) => {
      await signed({
        path: `${root}/marginType`,
        schema: acknowledgement,
        method: 'POST',
        kind: 'read',
        params: { symbol, marginType },
      })
    },
    isHedge: async () =>
      (await signed({ path: `${root}/positionSide/dual`, schema: positionMode, weight: 30, ...witness }))
        .dualSidePosition,
    config: () => signed({ path: `${root}/accountConfig`, schema: accountConfig, weight: 5 }),
    commission: (symbol) =>
      signed({ path: `${root}/commissionRate`, schema: commissionRate, params: { symbol }, weight: 20 }),
    brackets: async (symbol) => {
      const rows = await signed({ path: `${root}/leverageBracket`, schema: leverageBrackets, params: { symbol } })
      return rows.find((row) => row.symbol === symbol)?.brackets ?? []
    },
    async funding(symbol, startTime) {
      const rows: WireIncome[] = []
      for (let from = startTime; ;) {
        const page = await signed({
          path: `${root}/income`,
          schema: z.array(income),
          params: { symbol, incomeType: 'FUNDING_FEE', startTime: from, limit: pageSize },
          weight: 30,
        })
        rows.push(...page)
        const newest = page.at(-1)?.time
        // a full page may end within one settlement, which is read again from its beginning
        if (newest === undefined || page.length < pageSize || newest <= from) break
        from = newest
      }
      const unique = new Map(rows.map((row) => [`${row.tranId}/${row.symbol}`, row]))
      return [...unique.values()].sort((a, b) => a.time - b.time)
    },
    openListenKey: async () =>
      (await open({ path: `${root}/listenKey`, schema: listenKey, method: 'POST', kind: 'read', ...witness }))
        .listenKey,
    keepListenKey: async () => {
      await open({ path: `${root}/listenKey`, schema: z.unknown(), method: 'PUT', kind: 'read', ...witness })
    },
  }
}
