import type { UnixMs } from '#model/ids.ts'
import { z } from 'zod'
import type { Lane } from '../link/weight-budget.ts'
import { VenueError } from '#model/venue.ts'
import { nothingToCancel } from './errors.ts'
import { mexc } from './instruments.ts'
import type { MexcRest } from './rest.ts'
import {
  asset,
  type Asset,
  fundingRecord,
  leverageRow,
  position,
  positionMode,
  riskLimits,
  type RiskLimitRow,
  tieredFeeRate,
  type WirePosition,
  type WirePositionMode,
} from './wire/account.ts'
import { rowsOf } from './wire/envelope.ts'
import {
  cancelItems,
  type CreateOrder,
  createdOrder,
  fill,
  order,
  placedPlanOrder,
  type PlacePlanOrder,
  planOrder,
  type WireFill,
  type WireOrder,
  type WirePlanOrder,
} from './wire/orders.ts'

export interface Sending {
  readonly lane: Lane
  readonly deadline?: UnixMs | undefined
}

type CancelItem = z.infer<typeof cancelItems>[number]

/** Private endpoints, checked. All throw `VenueError`. */
export interface AccountApi {
  readonly create: (request: CreateOrder, sending: Sending) => Promise<z.infer<typeof createdOrder>>
  readonly placePlan: (request: PlacePlanOrder, sending: Sending) => Promise<string>
  /** What became of the only item. */
  readonly cancel: (orderId: string) => Promise<CancelItem | null>
  readonly cancelExternal: (symbol: string, externalOid: string) => Promise<CancelItem | null>
  readonly cancelPlan: (symbol: string, orderId: string) => Promise<CancelItem | null>
  readonly cancelAll: (symbol: string | undefined) => Promise<void>
  readonly cancelAllPlans: (symbol: string | undefined) => Promise<void>
  /** Stop loss and take profit that hang on a position. */
  readonly cancelAllStops: (symbol: string | undefined) => Promise<void>
  /** Null where the venue does not know the id now. */
  readonly external: (symbol: string, externalOid: string) => Promise<WireOrder | null>
  readonly order: (orderId: string) => Promise<WireOrder | null>
  readonly openOrders: (symbol?: string) => Promise<readonly WireOrder[]>
  readonly historyOrders: (symbol: string, from: UnixMs, to: UnixMs) => Promise<readonly WireOrder[]>
  /** Created within the range; waiting ones only where asked. */
  readonly plans: (range: PlanRange) => Promise<readonly WirePlanOrder[]>
  readonly fillsOf: (symbol: string, orderId: string) => Promise<readonly WireFill[]>
  /** `[from, to]`, every page, in no certain order. */
  readonly fills: (symbol: string, from: UnixMs, to: UnixMs) => Promise<readonly WireFill[]>
  readonly positions: () => Promise<readonly WirePosition[]>
  readonly assets: () => Promise<readonly Asset[]>
  readonly positionMode: () => Promise<WirePositionMode>
  readonly leverage: (symbol: string) => Promise<readonly z.infer<typeof leverageRow>[]>
  readonly changeLeverage: (change: LeverageChange) => Promise<void>
  readonly feeRate: (symbol: string) => Promise<z.infer<typeof tieredFeeRate>>
  readonly riskLimit: (symbol: string) => Promise<readonly RiskLimitRow[]>
  readonly fundingRecords: (
    symbol: string,
    from: UnixMs,
    to: UnixMs,
  ) => Promise<readonly z.infer<typeof fundingRecord>[]>
  /** An order of no contracts: refused with 2011 where key and permission are good. */
  readonly createNothing: (symbol: string) => Promise<void>
}

export interface PlanRange {
  readonly symbol?: string | undefined
  readonly from: UnixMs
  readonly to: UnixMs
  readonly waitingOnly: boolean
}

/** By position where there is one, else by side. */
export type LeverageChange =
  | { readonly positionId: string; readonly leverage: number }
  | {
      readonly symbol: string
      readonly openType: 1 | 2
      readonly positionType: 1 | 2
      readonly leverage: number
    }

export function createAccountApi({ signed }: MexcRest): AccountApi {
  const cancelCall = async (path: string, body: readonly unknown[]): Promise<CancelItem | null> => {
    const items = await signed({ path, limit: 'cancel', schema: cancelled, body, ...cancelling })
    return items[0] ?? null
  }
  const cancelAllCall = async (path: string, symbol: string | undefined): Promise<void> => {
    await signed({
      path,
      limit: 'cancel',
      schema: z.unknown(),
      body: symbol === undefined ? {} : { symbol },
      ...cancelling,
    })
  }

  /** Pages until one is not full. */
  const pages = async <Row>(page: (number: number) => Promise<readonly Row[]>): Promise<readonly Row[]> => {
    const rows: Row[] = []
    for (let number = 1; number <= maxPages; number++) {
      const more = await page(number)
      rows.push(...more)
      if (more.length < pageSize) return rows
    }
    throw new VenueError(mexc, 'refused', 'tooMany', `more than ${maxPages * pageSize} rows in one range`)
  }

  return {
    create: (body, { lane, deadline }) =>
      signed({
        path: '/order/create',
        limit: 'create',
        schema: createdOrder,
        body,
        lane,
        timeoutMs: 5_000,
        ...until(deadline),
      }),
    placePlan: (body, { lane, deadline }) =>
      signed({
        path: '/planorder/place/v2',
        limit: 'plan',
        schema: placedPlanOrder,
        body,
        lane,
        timeoutMs: 5_000,
        ...until(deadline),
      }),
    cancel: (orderId) => cancelCall('/order/cancel', [orderId]),
    cancelExternal: (symbol, externalOid) => cancelCall('/order/batch_cancel_with_external', [{ symbol, externalOid }]),
    cancelPlan: (symbol, orderId) => cancelCall('/planorder/cancel', [{ symbol, orderId }]),
    cancelAll: (symbol) => cancelAllCall('/order/cancel_all', symbol),
    cancelAllPlans: (symbol) => cancelAllCall('/planorder/cancel_all', symbol),
    cancelAllStops: (symbol) => cancelAllCall('/stoporder/cancel_all', symbol),
    external: async (symbol, externalOid) =>
      (await signed({
        path: `/order/external/${symbol}/${externalOid}`,
        limit: 'private',
        schema: order.nullish(),
        lane: 'urgent',
      })) ?? null,
    order: async (orderId) => {
      try {
        const call = {
          path: `/order/get/${orderId}`,
          limit: 'private',
          schema: order.nullish(),
          lane: 'urgent',
        } as const
        return (await signed(call)) ?? null
      } catch (error) {
        // whether an unknown id is a failure or an empty success is told differently of different look-ups
        if (error instanceof VenueError && nothingToCancel.has(Number(error.code))) return null
        throw error
      }
    },
    openOrders: (symbol) =>
      pages((page_num) =>
        signed({
          path: '/order/list/open_orders',
          limit: 'private',
          schema: rowsOf(order),
          query: { symbol, page_num, page_size: pageSize },
          lane: 'urgent',
        }),
      ),
    historyOrders: (symbol, start_time, end_time) =>
      pages((page_num) =>
        signed({
          path: '/order/list/history_orders',
          limit: 'private',
          schema: rowsOf(order),
          query: { symbol, start_time, end_time, page_num, page_size: pageSize },
          lane: 'urgent',
        }),
      ),
    plans: ({ symbol, from, to, waitingOnly }) =>
      pages((page_num) =>
        signed({
          path: '/planorder/list/orders',
          limit: 'private',
          schema: rowsOf(planOrder),
          query: {
            symbol,
            states: waitingOnly ? 1 : null,
            start_time: from,
            end_time: to,
            page_num,
            page_size: pageSize,
          },
          lane: 'urgent',
        }),
      ),
    fillsOf: (symbol, orderId) =>
      signed({
        path: `/order/deal_details/${orderId}`,
        limit: 'private',
        schema: rowsOf(fill),
        query: { symbol },
        lane: 'urgent',
      }),
    fills: (symbol, start_time, end_time) =>
      pages((page_num) =>
        signed({
          path: '/order/list/order_deals/v3',
          limit: 'private',
          schema: rowsOf(fill),
          query: { symbol, start_time, end_time, page_num, page_size: pageSize },
          lane: 'urgent',
        }),
      ),
    positions: () =>
      signed({ path: '/position/open_positions', limit: 'private', schema: rowsOf(position), lane: 'urgent' }),
    assets: () => signed({ path: '/account/assets', limit: 'private', schema: z.array(asset) }),
    positionMode: () =>
      signed({ path: '/position/position_mode', limit: 'private', schema: positionMode, lane: 'urgent' }),
    leverage: (symbol) =>
      signed({ path: '/position/leverage', limit: 'private', schema: z.array(leverageRow), query: { symbol } }),
    changeLeverage: async (body) => {
      await signed({ path: '/position/change_leverage', limit: 'leverage', schema: z.unknown(), body })
    },
    feeRate: (symbol) =>
      signed({ path: '/account/tiered_fee_rate/v2', limit: 'private', schema: tieredFeeRate, query: { symbol } }),
    riskLimit: (symbol) =>
      signed({ path: '/account/risk_limit', limit: 'private', schema: riskLimits, query: { symbol } }),
    fundingRecords: (symbol, start_time, end_time) =>
      pages((page_num) =>
        signed({
          path: '/position/funding_records',
          limit: 'private',
          schema: rowsOf(fundingRecord),
          query: { symbol, start_time, end_time, page_num, page_size: pageSize },
        }),
      ),
    createNothing: async (symbol) => {
      const body = { symbol, side: 1, type: 5, openType: 1, vol: 0, price: 0, leverage: 1 }
      await signed({ path: '/order/create', limit: 'create', schema: z.unknown(), body })
    },
  }
}

const pageSize = 100
const maxPages = 500

/** Cancels may be repeated, but the one who asks decides on that. */
const cancelling = { kind: 'order', lane: 'urgent', timeoutMs: 5_000 } as const

/** Items, or nothing at all, which is success as well. */
const cancelled = cancelItems.nullish().transform((items) => items ?? [])

const until = (deadline: UnixMs | undefined): { readonly deadline?: UnixMs } =>
  deadline === undefined ? {} : { deadline }
