import type { InstrumentId } from '#model/ids.ts'
import type { Account } from './account.ts'
import { clientIdTaken, completed, malformed, offGrid } from './checks.ts'
import { changeConditional, endConditional } from './conditional-state.ts'
import { accountOf, type Core, now, refuse } from './core.ts'
import { markOf } from './margin.ts'
import type { ServedMarket } from './market.ts'
import { contextOf, placeOrder } from './orders.ts'
import { closableOf } from './settle.ts'
import type { AccountId, ConditionalOrder, ConditionalRequest, Outcome, Ref, Refusal } from './types.ts'
import { conditionalSnapshotOf, type WorkingConditional } from './working-conditional.ts'

/** Takes in an order that waits for a price. Margin is looked at when it triggers, as at both venues. */
export function placeConditional(
  core: Core,
  accountId: AccountId,
  request: ConditionalRequest,
): Outcome<ConditionalOrder> {
  const account = accountOf(core, accountId)
  const market = core.markets.get(request.instrumentId)
  const fault = core.faults.decide('order', contextOf(account, market, 'conditional'), ['reject'])
  if (fault?.kind === 'reject') return { ok: false, refusal: refuse('injected', 'rejected by the fault plan') }
  const order = market === undefined ? null : workingOf(core, account, request)
  const refusal = conditionalRefusal(core, account, market, request, order)
  if (refusal !== null || market === undefined || order === null) {
    return { ok: false, refusal: refusal ?? refuse('unknownInstrument', request.instrumentId) }
  }
  const reached = isReached(market, order)
  if (reached && request.refuseReached === true)
    return { ok: false, refusal: refuse('wouldTrigger', 'it would trigger at once') }
  account.conditionals.set(order.conditionalId, order)
  if (order.clientId !== null && core.rules.clientIds === 'ever') account.remember(order.clientId)
  if (order.expiresAt !== null) {
    const due = order.expiresAt - core.clock.skew
    order.unplan = core.clock.plan(due, () => endConditional(core, account, order, 'expired', 'expired'))
  }
  core.tell({ type: 'conditional', accountId, order: conditionalSnapshotOf(order) })
  if (reached) core.moved.add(order.instrumentId)
  return { ok: true, value: conditionalSnapshotOf(order) }
}

export function amendConditional(
  core: Core,
  accountId: AccountId,
  ref: Ref,
  change: { readonly triggerPrice?: number; readonly price?: number; readonly trigger?: 'last' | 'mark' | 'index' },
): Outcome<ConditionalOrder> {
  const account = accountOf(core, accountId)
  const found = openConditional(account, ref)
  if (!found.ok) return found
  const order = found.value
  const market = core.markets.get(order.instrumentId) as ServedMarket
  for (const price of [change.triggerPrice, change.price]) {
    if (price === undefined) continue
    if (!(price > 0)) return { ok: false, refusal: refuse('invalidPrice', `price ${price}`) }
    if (offGrid(price, market.instrument.tickSize)) return { ok: false, refusal: refuse('tickSize', `price ${price}`) }
  }
  order.triggerPrice = change.triggerPrice ?? order.triggerPrice
  order.price = change.price ?? order.price
  order.trigger = change.trigger ?? order.trigger
  changeConditional(core, account, order, 'new')
  core.moved.add(order.instrumentId)
  return { ok: true, value: conditionalSnapshotOf(order) }
}

export function cancelConditional(core: Core, accountId: AccountId, ref: Ref): Outcome<ConditionalOrder> {
  const account = accountOf(core, accountId)
  const found = openConditional(account, ref)
  if (!found.ok) return found
  endConditional(core, account, found.value, 'canceled', 'requested')
  return { ok: true, value: conditionalSnapshotOf(found.value) }
}

export function cancelConditionals(
  core: Core,
  account: Account,
  fits: (order: WorkingConditional) => boolean,
  reason: NonNullable<ConditionalOrder['reason']> = 'requested',
): readonly ConditionalOrder[] {
  const canceled: ConditionalOrder[] = []
  for (const order of account.conditionals.values()) {
    if (order.status !== 'new' || !fits(order)) continue
    endConditional(core, account, order, 'canceled', reason)
    canceled.push(conditionalSnapshotOf(order))
  }
  return canceled
}

export function findConditional(account: Account, ref: Ref): ConditionalOrder | undefined {
  if (ref.orderId === undefined && ref.clientId === undefined) return undefined
  const fits = (order: ConditionalOrder): boolean =>
    (ref.orderId === undefined ? order.clientId === ref.clientId : order.conditionalId === ref.orderId) &&
    (ref.instrumentId === undefined || order.instrumentId === ref.instrumentId)
  for (const order of account.conditionals.values()) if (fits(order)) return conditionalSnapshotOf(order)
  return account.finishedConditionals.items.findLast(fits)
}

/** Sends the orders whose price has come, oldest first. */
export function triggerReached(core: Core, instrumentId: InstrumentId): void {
  const market = core.markets.get(instrumentId)
  if (market?.state !== 'trading') return
  for (const account of core.accounts.values()) {
    for (const order of account.conditionals.values()) {
      if (order.instrumentId === instrumentId && order.status === 'new' && isReached(market, order)) {
        trigger(core, market, account, order)
      }
    }
  }
}

function trigger(core: Core, market: ServedMarket, account: Account, order: WorkingConditional): void {
  order.triggeredAt = now(core)
  const quantity = order.closePosition ? closableOf(market, account, order) : order.quantity
  if (order.closePosition && quantity <= 0) return endConditional(core, account, order, 'expired', 'positionGone')
  order.unplan?.()
  order.unplan = null
  changeConditional(core, account, order, 'triggered')
  const limit = order.kind === 'stopLimit' || order.kind === 'takeProfitLimit'
  const outcome = placeOrder(
    core,
    account.id,
    {
      instrumentId: order.instrumentId,
      side: order.side,
      positionSide: order.positionSide,
      type: limit ? 'limit' : 'market',
      timeInForce: order.timeInForce,
      quantity,
      reduceOnly: (order.reduceOnly || order.closePosition) && order.positionSide === 'net',
      leverage: order.leverage,
      marginMode: order.marginMode,
      ...(order.price === null ? {} : { price: order.price }),
    },
    { origin: 'conditional', conditionalId: order.conditionalId },
  )
  if (!outcome.ok) return endConditional(core, account, order, 'rejected', outcome.refusal.code)
  order.orderId = outcome.value.orderId
  // a market order has ended by now, and with it this
  if (account.conditionals.has(order.conditionalId)) changeConditional(core, account, order, 'triggered')
}

function isReached(market: ServedMarket, order: ConditionalOrder): boolean {
  const price =
    order.trigger === 'mark'
      ? markOf(market)
      : order.trigger === 'index'
        ? market.fair.index
        : (market.last()?.price ?? NaN)
  return order.direction === 'above' ? price >= order.triggerPrice : price <= order.triggerPrice
}

function conditionalRefusal(
  core: Core,
  account: Account,
  market: ServedMarket | undefined,
  request: ConditionalRequest,
  order: WorkingConditional | null,
): Refusal | null {
  if (market === undefined || order === null)
    return refuse('unknownInstrument', `${request.instrumentId} is not listed`)
  if (market.state === 'delisted') return refuse('delisted', `${request.instrumentId} is delisted`)
  const { instrument } = market
  const { triggerPrice, price, positionSide } = order
  const fits = account.mode === 'hedge' ? positionSide !== 'net' : positionSide === 'net'
  if (!fits) return refuse('positionSideMismatch', `${positionSide} in ${account.mode} mode`)
  if (!(triggerPrice > 0)) return refuse('invalidPrice', `trigger at ${triggerPrice}`)
  if (offGrid(triggerPrice, instrument.tickSize)) return refuse('tickSize', `trigger at ${triggerPrice}`)
  const limit = order.kind === 'stopLimit' || order.kind === 'takeProfitLimit'
  const quantity = order.closePosition ? instrument.minQuantity : order.quantity
  const wrong = malformed(instrument, {
    quantity,
    type: limit ? 'limit' : 'market',
    reduceOnly: order.reduceOnly,
    ...(price === null ? {} : { price }),
  })
  if (wrong !== null) return wrong
  if (order.clientId !== null && conditionalIdTaken(core, account, order.clientId))
    return refuse('duplicateClientId', `${order.clientId} exists`)
  return account.conditionals.size >= core.rules.maxConditionalOrders
    ? refuse('tooManyConditionals', `${account.conditionals.size} conditional orders`)
    : null
}

function conditionalIdTaken(core: Core, account: Account, clientId: string): boolean {
  for (const order of account.conditionals.values()) if (order.clientId === clientId) return true
  return core.rules.clientIds === 'ever' && clientIdTaken(core, account, clientId)
}

function workingOf(core: Core, account: Account, request: ConditionalRequest): WorkingConditional {
  const time = now(core)
  const { kind, side, quantity = 0 } = request
  const asked = completed(account, { ...request, type: 'market', quantity })
  const takesProfit = kind === 'takeProfitMarket' || kind === 'takeProfitLimit'
  return {
    conditionalId: core.nextConditionalId(),
    clientId: request.clientId ?? null,
    accountId: account.id,
    instrumentId: request.instrumentId,
    side,
    positionSide: asked.positionSide,
    kind,
    triggerPrice: request.triggerPrice,
    trigger: request.trigger ?? 'last',
    direction: request.direction ?? ((side === 'buy') === takesProfit ? 'below' : 'above'),
    quantity,
    closePosition: request.closePosition ?? false,
    reduceOnly: request.reduceOnly ?? false,
    price: request.price ?? null,
    timeInForce: request.timeInForce ?? 'gtc',
    leverage: asked.leverage,
    marginMode: asked.marginMode,
    expiresAt: request.expiresAt ?? null,
    status: 'new',
    reason: null,
    orderId: null,
    createdAt: time,
    triggeredAt: null,
    updatedAt: time,
    version: 1,
    unplan: null,
  }
}

function openConditional(account: Account, ref: Ref): Outcome<WorkingConditional> {
  const found = findConditional(account, ref)
  if (found === undefined) return { ok: false, refusal: refuse('unknownOrder', 'no such conditional order') }
  const open = account.conditionals.get(found.conditionalId)
  return open?.status === 'new'
    ? { ok: true, value: open }
    : { ok: false, refusal: refuse('notOpen', `it is ${found.status}`) }
}
