import type { MarginTier } from '#model/instrument.ts'
import type { Account } from './account.ts'
import {
  amendConditional,
  cancelConditional,
  cancelConditionals,
  findConditional,
  placeConditional,
} from './conditionals.ts'
import { configOf } from './configure.ts'
import { accountOf } from './core.ts'
import type { Exchange } from './exchange.ts'
import { select } from './history.ts'
import { balanceRows, positionRow } from './margin.ts'
import { amendOrder, cancelOrder, cancelOrders, findOrder, placeOrder, testOrder } from './orders.ts'
import type { AccountId, ExchangeOrder } from './types.ts'
import { conditionalSnapshotOf } from './working-conditional.ts'
import { snapshotOf, type WorkingOrder } from './working-order.ts'
import { createWorld, type ExchangeConfig } from './world.ts'

/** An exchange that has not started yet. Throws `UserError` on a fault plan it cannot read. */
export function createExchange(config: ExchangeConfig): Exchange {
  const world = createWorld(config)
  const { core, control, connections } = world
  const doing = <T>(request: () => T): T => world.doing(request)
  const account = (accountId: AccountId): Account => accountOf(core, accountId)
  const configOfAccount = (accountId: AccountId) => configOf(core, account(accountId))

  return {
    venue: config.venue,
    rules: config.rules,
    faults: core.faults,
    control,
    connections,
    now: () => world.now(),
    after: (delayMs, callback) => world.after(delayMs, callback),
    subscribe: (listener) => world.subscribe(listener),
    start: () => world.start(),
    close: () => world.close(),
    instruments: () =>
      [...core.markets.values()].filter(({ state }) => state !== 'delisted').map(({ instrument }) => instrument),
    market: (instrumentId) => doing(() => core.markets.get(instrumentId)),
    key: (apiKey) => core.keys.get(apiKey),
    positionMode: (accountId) => account(accountId).mode,
    setPositionMode: (accountId, mode) => doing(() => configOfAccount(accountId).setPositionMode(mode)),
    settings: (accountId, instrumentId) => configOfAccount(accountId).settings(instrumentId),
    setLeverage: (accountId, instrumentId, leverage, side) =>
      doing(() => configOfAccount(accountId).setLeverage(instrumentId, leverage, side)),
    setMarginMode: (accountId, instrumentId, mode) =>
      doing(() => configOfAccount(accountId).setMarginMode(instrumentId, mode)),
    addMargin: (accountId, instrumentId, side, amount) =>
      doing(() => configOfAccount(accountId).addMargin(instrumentId, side, amount)),
    balances: (accountId) => doing(() => balanceRows(core, accountId)),
    positions: (accountId, instrumentId) =>
      doing(() =>
        [...account(accountId).positions.values()]
          .filter(
            ({ held, instrumentId: of }) => held.quantity !== 0 && (instrumentId === undefined || of === instrumentId),
          )
          .map((position) => positionRow(core, account(accountId), position)),
      ),
    closedPositions: (accountId, query = {}) =>
      select(account(accountId).closed.items, query, (row) => ({
        id: row.positionId,
        time: row.updatedAt,
        instrumentId: row.instrumentId,
      })),
    fees(accountId, instrumentId) {
      const market = core.markets.get(instrumentId)
      if (market === undefined) throw new RangeError(`no instrument ${instrumentId}`)
      return account(accountId).feesOf(market.instrument)
    },
    tiers: (instrumentId): readonly MarginTier[] => core.markets.get(instrumentId)?.instrument.marginTiers ?? [],
    income: (accountId, query = {}) =>
      doing(() =>
        select(account(accountId).income.items, query, (row) => ({
          id: row.incomeId,
          time: row.time,
          instrumentId: row.instrumentId,
        })),
      ),
    place: (accountId, request) => doing(() => placeOrder(core, accountId, request)),
    test: (accountId, request) => doing(() => testOrder(core, accountId, request)),
    amend: (accountId, ref, change) => doing(() => amendOrder(core, accountId, ref, change)),
    cancel: (accountId, ref) => doing(() => cancelOrder(core, accountId, ref)),
    cancelAll: (accountId, instrumentId) =>
      doing(() =>
        cancelOrders(
          core,
          account(accountId),
          (order) => instrumentId === undefined || order.instrumentId === instrumentId,
        ),
      ),
    countdown(accountId, instrumentId, delayMs) {
      const countdowns = account(accountId).countdowns
      countdowns.get(instrumentId)?.()
      countdowns.delete(instrumentId)
      if (delayMs <= 0) return
      const drop = world.after(delayMs, () => {
        countdowns.delete(instrumentId)
        cancelOrders(core, account(accountId), (order) => order.instrumentId === instrumentId, 'countdown')
      })
      countdowns.set(instrumentId, drop)
    },
    order: (accountId, ref) => doing(() => shown(account(accountId), findOrder(account(accountId), ref))),
    openOrders: (accountId, instrumentId) =>
      doing(() =>
        openOrdersOf(account(accountId)).filter(
          (order) => instrumentId === undefined || order.instrumentId === instrumentId,
        ),
      ),
    orders: (accountId, query = {}) =>
      doing(() => {
        const { finished, hidden } = account(accountId)
        const ended = finished.items.filter(({ orderId }) => !hidden.has(orderId))
        const all = [...ended, ...openOrdersOf(account(accountId))].toSorted(byOrderId)
        return select(all, query, (order) => ({
          id: order.orderId,
          time: order.createdAt,
          instrumentId: order.instrumentId,
        }))
      }),
    fills: (accountId, query = {}) =>
      doing(() =>
        select(account(accountId).fills.items, query, (fill) => ({
          id: fill.fillId,
          time: fill.time,
          instrumentId: fill.instrumentId,
        })),
      ),
    placeConditional: (accountId, request) => doing(() => placeConditional(core, accountId, request)),
    amendConditional: (accountId, ref, change) => doing(() => amendConditional(core, accountId, ref, change)),
    cancelConditional: (accountId, ref) => doing(() => cancelConditional(core, accountId, ref)),
    cancelAllConditional: (accountId, instrumentId) =>
      doing(() =>
        cancelConditionals(
          core,
          account(accountId),
          (order) => instrumentId === undefined || order.instrumentId === instrumentId,
        ),
      ),
    conditional: (accountId, ref) => doing(() => findConditional(account(accountId), ref)),
    openConditionals: (accountId, instrumentId) =>
      doing(() =>
        [...account(accountId).conditionals.values()]
          .filter(
            (order) => order.status === 'new' && (instrumentId === undefined || order.instrumentId === instrumentId),
          )
          .map(conditionalSnapshotOf),
      ),
    conditionals: (accountId, query = {}) =>
      doing(() => {
        const open = [...account(accountId).conditionals.values()].map(conditionalSnapshotOf)
        const all = [...account(accountId).finishedConditionals.items, ...open].toSorted((a, b) =>
          Number(BigInt(a.conditionalId) - BigInt(b.conditionalId)),
        )
        return select(all, query, (order) => ({
          id: order.conditionalId,
          time: order.createdAt,
          instrumentId: order.instrumentId,
        }))
      }),
  }
}

function openOrdersOf(account: Account): readonly ExchangeOrder[] {
  const open = [...account.open.values()].filter(({ orderId }) => !account.hidden.has(orderId))
  return open.map(snapshotOf).toSorted(byOrderId)
}

/** Open ones are worked on: only a snapshot leaves, and nothing of what is hidden. */
function shown(account: Account, order: ExchangeOrder | undefined): ExchangeOrder | undefined {
  if (order !== undefined && account.hidden.has(order.orderId)) return undefined
  return order === undefined || !('queueAhead' in order) ? order : snapshotOf(order as WorkingOrder)
}

function byOrderId(a: ExchangeOrder, b: ExchangeOrder): number {
  return a.orderId.length - b.orderId.length || (a.orderId < b.orderId ? -1 : 1)
}
