import { floorQuantity, snapQuantity } from '#model/instrument.ts'
import type { Account } from './account.ts'
import { completed, marketLimit, malformed, refusalOf, type Asked } from './checks.ts'
import { accountOf, type Core, now, refuse } from './core.ts'
import type { FaultContext } from './faults.ts'
import type { ServedMarket } from './market.ts'
import { isClosing } from './margin.ts'
import { bookFill, changeOrder, closableOf, endOrder, fillableOf } from './settle.ts'
import type { AccountId, ExchangeOrder, OrderOrigin, OrderRequest, Outcome, Ref, Refusal } from './types.ts'
import { isOpen, snapshotOf, type WorkingOrder } from './working-order.ts'

/** Takes an order in, trades it with the book, and rests what is left. */
export function placeOrder(
  core: Core,
  accountId: AccountId,
  request: OrderRequest,
  made: { readonly origin: OrderOrigin; readonly conditionalId?: string } = { origin: 'client' },
): Outcome<ExchangeOrder> {
  const account = accountOf(core, accountId)
  const asked = completed(account, request)
  const market = core.markets.get(asked.instrumentId)
  const fault =
    made.origin === 'client'
      ? core.faults.decide('order', contextOf(account, market, 'create'), ['reject', 'partial'])
      : null
  const injected = fault?.kind === 'reject' ? refuse('injected', 'rejected by the fault plan') : null
  const refusal = injected ?? refusalOf(core, account, market, asked)
  if (market === undefined || (refusal !== null && !isAcknowledged(core, refusal))) {
    return { ok: false, refusal: refusal ?? refuse('unknownInstrument', asked.instrumentId) }
  }
  const order = createOrder(core, account, trimmed(core, account, market, asked), made)
  account.open.set(order.orderId, order)
  hide(core, market, account, order)
  if (order.clientId !== null && core.rules.clientIds === 'ever') account.remember(order.clientId)
  if (refusal !== null) {
    const killed = refusal.code === 'postOnlyWouldTake' || refusal.code === 'fokUnfilled'
    endOrder(core, market, account, order, killed ? 'canceled' : 'rejected', refusal.code)
    return { ok: true, value: snapshotOf(order) }
  }
  core.tell({ type: 'order', accountId, change: 'new', order: snapshotOf(order), fill: null })
  enter(core, market, account, order, request.expiresAt, fault?.kind === 'partial' ? (fault.value ?? 0.5) : 1)
  market.settle()
  return { ok: true, value: snapshotOf(order) }
}

/** Where the venue reduces closing orders, a market order is no larger than what there is to close. */
function trimmed(core: Core, account: Account, market: ServedMarket, asked: Asked): Asked {
  if (core.rules.closingOrders !== 'reduce' || asked.type !== 'market' || !isClosing(asked)) return asked
  const closable = closableOf(market, account, asked)
  return closable > 0 && closable < asked.quantity ? { ...asked, quantity: closable } : asked
}

/** What `placeOrder` would say. */
export function testOrder(core: Core, accountId: AccountId, request: OrderRequest): Outcome<null> {
  const account = accountOf(core, accountId)
  const asked = completed(account, request)
  const refusal = refusalOf(core, account, core.markets.get(asked.instrumentId), asked)
  return refusal === null || isAcknowledged(core, refusal) ? { ok: true, value: null } : { ok: false, refusal }
}

/** Changes price and size of a resting order, which goes to the end of its queue. */
export function amendOrder(
  core: Core,
  accountId: AccountId,
  ref: Ref,
  change: { readonly price?: number; readonly quantity?: number },
): Outcome<ExchangeOrder> {
  const account = accountOf(core, accountId)
  const found = openOrder(account, ref)
  if (!found.ok) return found
  const order = found.value
  const market = core.markets.get(order.instrumentId) as ServedMarket
  const price = change.price ?? order.price ?? undefined
  const quantity = change.quantity ?? order.quantity
  if (price === order.price && quantity === order.quantity)
    return { ok: false, refusal: refuse('noChange', 'nothing changes') }
  const refusal = amendRefusal(core, account, market, order, price, quantity)
  if (refusal?.code === 'postOnlyWouldTake' || quantity <= order.filledQuantity) {
    endOrder(core, market, account, order, 'canceled', refusal?.code ?? 'amended')
    return { ok: true, value: snapshotOf(order) }
  }
  if (refusal !== null) return { ok: false, refusal }
  if (core.rules.amendGivesNewId) return replace(core, market, account, order, price, quantity)
  market.depth.unrest(order)
  order.price = price ?? null
  order.quantity = quantity
  changeOrder(core, order, order.status)
  core.tell({ type: 'order', accountId, change: 'amended', order: snapshotOf(order), fill: null })
  enter(core, market, account, order, undefined, 1)
  market.settle()
  return { ok: true, value: snapshotOf(order) }
}

export function cancelOrder(core: Core, accountId: AccountId, ref: Ref): Outcome<ExchangeOrder> {
  const account = accountOf(core, accountId)
  const found = openOrder(account, ref)
  if (!found.ok) return found
  const market = core.markets.get(found.value.instrumentId) as ServedMarket
  endOrder(core, market, account, found.value, 'canceled', 'requested')
  market.settle()
  return { ok: true, value: snapshotOf(found.value) }
}

export function cancelOrders(
  core: Core,
  account: Account,
  fits: (order: WorkingOrder) => boolean,
  reason: NonNullable<ExchangeOrder['reason']> = 'requested',
): readonly ExchangeOrder[] {
  const canceled: ExchangeOrder[] = []
  for (const order of account.open.values()) {
    if (!fits(order)) continue
    const market = core.markets.get(order.instrumentId) as ServedMarket
    endOrder(core, market, account, order, 'canceled', reason)
    market.settle()
    canceled.push(snapshotOf(order))
  }
  return canceled
}

/** By id, else by client id: the open one, else the newest finished one. */
export function findOrder(account: Account, ref: Ref): ExchangeOrder | undefined {
  const fits = (order: ExchangeOrder): boolean =>
    (ref.orderId === undefined ? order.clientId === ref.clientId : order.orderId === ref.orderId) &&
    (ref.instrumentId === undefined || order.instrumentId === ref.instrumentId)
  if (ref.orderId === undefined && ref.clientId === undefined) return undefined
  for (const order of account.open.values()) if (fits(order)) return order
  return account.finished.items.findLast(fits)
}

/** Queries may not show a new order for some time, where the fault plan says so. */
function hide(core: Core, market: ServedMarket, account: Account, { orderId, origin }: WorkingOrder): void {
  if (origin !== 'client') return
  const fault = core.faults.decide('order', contextOf(account, market, 'create'), ['invisible'])
  if (fault === null) return
  const delayMs = fault.delayMs || 5_000
  account.hidden.add(orderId)
  core.clock.plan(core.clock.at + delayMs, () => void account.hidden.delete(orderId))
}

/** What an order tells the fault plan. */
export function contextOf(account: Account, market: ServedMarket | undefined, action: string): FaultContext {
  return { account: account.id, action, ...(market === undefined ? {} : { symbol: market.instrument.symbol }) }
}

/** An order of this account that has not traded yet, not in the book. */
export function createOrder(
  core: Core,
  account: Account,
  asked: Asked,
  made: { readonly origin: OrderOrigin; readonly conditionalId?: string },
): WorkingOrder {
  const time = now(core)
  return {
    orderId: core.nextOrderId(),
    clientId: asked.clientId ?? null,
    accountId: account.id,
    instrumentId: asked.instrumentId,
    side: asked.side,
    positionSide: asked.positionSide,
    type: asked.type,
    timeInForce: asked.timeInForce,
    quantity: asked.quantity,
    filledQuantity: 0,
    price: asked.type === 'market' ? null : (asked.price ?? null),
    averagePrice: null,
    filledNotional: 0n,
    reduceOnly: asked.reduceOnly,
    status: 'new',
    reason: null,
    origin: made.origin,
    leverage: asked.leverage,
    marginMode: asked.marginMode,
    fee: 0n,
    realizedProfit: 0n,
    conditionalId: made.conditionalId ?? null,
    createdAt: time,
    updatedAt: time,
    version: 1,
    queueAhead: 0,
    resting: false,
    unplan: null,
    selfTrade: asked.selfTrade ?? core.rules.selfTrade,
  }
}

/** Trades what it can, then rests or ends; `share` < 1 stops after that part and cancels the rest. */
function enter(
  core: Core,
  market: ServedMarket,
  account: Account,
  order: WorkingOrder,
  expiresAt: number | undefined,
  share: number,
): void {
  const limit = order.price ?? marketLimit(core, market, order.side)
  const most =
    share < 1 ? Math.max(market.instrument.lotSize, floorQuantity(market.instrument, order.quantity * share)) : Infinity
  sweep(core, market, account, order, limit, most)
  if (!isOpen(order)) return
  if (share < 1) endOrder(core, market, account, order, 'canceled', 'system')
  else if (fillableOf(market, account, order) <= 0) endOrder(core, market, account, order, 'canceled', 'positionGone')
  else if (order.timeInForce === 'ioc' || order.timeInForce === 'fok')
    endOrder(core, market, account, order, 'expired', 'remainder')
  else {
    market.depth.rest(order)
    if (expiresAt !== undefined) {
      const due = expiresAt - core.clock.skew
      order.unplan = core.clock.plan(due, () => endOrder(core, market, account, order, 'expired', 'expired'))
    }
  }
}

/** Walks the other side in price and time, up to `limit` and `most` base units. */
function sweep(
  core: Core,
  market: ServedMarket,
  account: Account,
  order: WorkingOrder,
  limit: number,
  most: number,
): void {
  const { instrument, depth } = market
  const sign = order.side === 'buy' ? 1 : -1
  let left = most
  while (isOpen(order) && left > 0) {
    const wanted = Math.min(left, fillableOf(market, account, order))
    const level = depth.best(order.side === 'buy' ? 'ask' : 'bid')
    if (wanted <= 0 || level === undefined || sign * (level.price - limit) > 0) return
    const [maker] = level.orders
    const ahead = maker === undefined ? level.background : Math.min(level.background, maker.queueAhead)
    if (ahead > 0) {
      const quantity = Math.min(wanted, ahead)
      depth.takeBackground(level, quantity, core.clock.now())
      const trade = market.record(level.price, quantity, order.side)
      bookFill(core, market, account, order, {
        price: level.price,
        quantity,
        liquidity: 'taker',
        tradeId: trade.tradeId,
      })
      left = snapQuantity(instrument, left - quantity)
      continue
    }
    const other = accountOf(core, maker.accountId)
    if (other === account && order.selfTrade !== 'allow') {
      if (order.selfTrade === 'expireTaker') return endOrder(core, market, account, order, 'expired', 'selfTrade')
      endOrder(core, market, other, maker, 'expired', 'selfTrade')
      continue
    }
    const quantity = Math.min(wanted, fillableOf(market, other, maker))
    if (quantity <= 0) {
      endOrder(core, market, other, maker, 'canceled', 'positionGone')
      continue
    }
    const trade = market.record(level.price, quantity, order.side)
    bookFill(core, market, other, maker, { price: level.price, quantity, liquidity: 'maker', tradeId: trade.tradeId })
    bookFill(core, market, account, order, { price: level.price, quantity, liquidity: 'taker', tradeId: trade.tradeId })
    left = snapQuantity(instrument, left - quantity)
  }
}

/** The amended order under a new id; the old one ends as `amended`. */
function replace(
  core: Core,
  market: ServedMarket,
  account: Account,
  order: WorkingOrder,
  price: number | undefined,
  quantity: number,
): Outcome<ExchangeOrder> {
  const rest = snapQuantity(market.instrument, quantity - order.filledQuantity)
  endOrder(core, market, account, order, 'canceled', 'amended')
  const asked = completed(account, {
    instrumentId: order.instrumentId,
    side: order.side,
    positionSide: order.positionSide,
    type: order.type,
    timeInForce: order.timeInForce,
    quantity: rest,
    reduceOnly: order.reduceOnly,
    leverage: order.leverage,
    marginMode: order.marginMode,
    selfTrade: order.selfTrade,
    ...(price === undefined ? {} : { price }),
    ...(order.clientId === null ? {} : { clientId: order.clientId }),
  })
  const next = createOrder(core, account, asked, { origin: order.origin })
  account.open.set(next.orderId, next)
  core.tell({ type: 'order', accountId: account.id, change: 'new', order: snapshotOf(next), fill: null })
  enter(core, market, account, next, undefined, 1)
  market.settle()
  return { ok: true, value: snapshotOf(next) }
}

function amendRefusal(
  core: Core,
  account: Account,
  market: ServedMarket,
  order: WorkingOrder,
  price: number | undefined,
  quantity: number,
): Refusal | null {
  const asked: Asked = {
    instrumentId: order.instrumentId,
    side: order.side,
    positionSide: order.positionSide,
    type: order.type,
    timeInForce: order.timeInForce,
    quantity,
    reduceOnly: order.reduceOnly,
    leverage: order.leverage,
    marginMode: order.marginMode,
    ...(price === undefined ? {} : { price }),
  }
  const wrong = malformed(market.instrument, asked)
  if (wrong !== null) return wrong
  // as if it were not there: its own margin and its own place do not count against it
  account.open.delete(order.orderId)
  const rest = Math.max(market.instrument.lotSize, snapQuantity(market.instrument, quantity - order.filledQuantity))
  const refusal = refusalOf(core, account, market, { ...asked, quantity: rest })
  account.open.set(order.orderId, order)
  return refusal
}

function openOrder(account: Account, ref: Ref): Outcome<WorkingOrder> {
  const order = findOrder(account, ref)
  if (order === undefined) return { ok: false, refusal: refuse('unknownOrder', 'no such order') }
  const open = account.open.get(order.orderId)
  return open === undefined
    ? { ok: false, refusal: refuse('notOpen', `it is ${order.status}`), order }
    : { ok: true, value: open }
}

function isAcknowledged(core: Core, { code }: Refusal): boolean {
  return core.rules.acknowledgedRefusals.includes(code)
}
