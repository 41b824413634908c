import { floorQuantity, snapQuantity } from '#model/instrument.ts'
import { type Money, product, share, toNumber } from '#model/money.ts'
import type { Account, HeldPosition } from './account.ts'
import { endConditional, finishConditional } from './conditional-state.ts'
import { type Core, now, post } from './core.ts'
import { balanceRow, isClosing, positionRow } from './margin.ts'
import type { ServedMarket } from './market.ts'
import type { AccountEvent, ExchangeOrder, Fill, OrderReason, OrderStatus } from './types.ts'
import { isOpen, remainingOf, snapshotOf, type WorkingOrder } from './working-order.ts'

interface Execution {
  readonly price: number
  readonly quantity: number
  readonly liquidity: Fill['liquidity']
  readonly tradeId: string
  /** Fee rate other than the account's: liquidations pay more, ADL nothing. */
  readonly feeRate?: number
}

/** Books one execution of an order: fill, fee, profit, position, order; then tells order and account. */
export function bookFill(
  core: Core,
  market: ServedMarket,
  account: Account,
  order: WorkingOrder,
  execution: Execution,
): void {
  const { instrument } = market
  const { price, quantity, liquidity, tradeId } = execution
  const time = now(core)
  const notional = product(price, quantity)
  const feeRate = execution.feeRate ?? account.feesOf(instrument)[liquidity]
  const fee = share(notional, feeRate)
  const { position, realized } = move(core, market, account, order, price, quantity)
  const shared = { currency: instrument.quote, instrumentId: instrument.id, tradeId, positionSide: order.positionSide }
  if (realized !== 0n) post(core, account, { kind: 'realizedProfit', amount: realized, ...shared })
  if (fee !== 0n)
    post(core, account, { kind: order.origin === 'liquidation' ? 'liquidationFee' : 'fee', amount: -fee, ...shared })
  position.fees += fee
  order.filledQuantity = snapQuantity(instrument, order.filledQuantity + quantity)
  order.filledNotional += notional
  order.averagePrice = Number((toNumber(order.filledNotional) / order.filledQuantity).toPrecision(15))
  order.fee += fee
  order.realizedProfit += realized
  const filled = remainingOf(instrument, order) <= 0
  changeOrder(core, order, filled ? 'filled' : 'partiallyFilled')
  const fill: Fill = {
    fillId: core.nextId(),
    tradeId,
    orderId: order.orderId,
    clientId: order.clientId,
    accountId: account.id,
    instrumentId: instrument.id,
    side: order.side,
    positionSide: order.positionSide,
    price,
    quantity,
    liquidity,
    fee,
    feeCurrency: instrument.quote,
    realizedProfit: realized,
    origin: order.origin,
    reduceOnly: order.reduceOnly,
    time,
  }
  account.fills.push(fill)
  if (filled) retire(market, account, order)
  else market.depth.touched(order)
  core.tell({ type: 'order', accountId: account.id, change: 'trade', order: snapshotOf(order), fill })
  tellAccount(core, account, reasonOf(order), position)
  if (filled) finishConditional(core, account, order)
  if (position.held.quantity === 0) flattened(core, market, account, position)
}

/** Changes an order's status without telling. */
export function changeOrder(
  core: Core,
  order: WorkingOrder,
  status: OrderStatus,
  reason: OrderReason | null = null,
): void {
  order.status = status
  order.reason = reason
  order.updatedAt = now(core)
  order.version++
}

/** Ends an open order unfilled (or the rest of it) and tells. */
export function endOrder(
  core: Core,
  market: ServedMarket,
  account: Account,
  order: WorkingOrder,
  status: 'canceled' | 'expired' | 'rejected',
  reason: OrderReason,
): void {
  if (!isOpen(order)) return
  changeOrder(core, order, status, reason)
  retire(market, account, order)
  core.tell({ type: 'order', accountId: account.id, change: status, order: snapshotOf(order), fill: null })
  finishConditional(core, account, order)
}

/** Only rows that changed: the instrument's currency, and the position. */
export function tellAccount(
  core: Core,
  account: Account,
  reason: AccountEvent['reason'],
  position: HeldPosition | null,
  more: { readonly currency?: string; readonly funding?: AccountEvent['funding'] } = {},
): void {
  const market = position === null ? undefined : core.markets.get(position.instrumentId)
  const currency = more.currency ?? market?.instrument.quote
  core.tell({
    type: 'account',
    accountId: account.id,
    reason,
    balances: currency === undefined ? [] : [balanceRow(core, account, currency)],
    positions: position === null ? [] : [positionRow(core, account, position)],
    ...(more.funding === undefined ? {} : { funding: more.funding }),
  })
}

/** Base units an order may still trade: a closing one no more than there is to close. */
export function fillableOf(market: ServedMarket, account: Account, order: ExchangeOrder): number {
  const remaining = remainingOf(market.instrument, order)
  if (!isClosing(order)) return remaining
  return Math.min(remaining, closableOf(market, account, order))
}

/** What the order's side could close of its position. */
export function closableOf(
  market: ServedMarket,
  account: Account,
  order: Pick<ExchangeOrder, 'positionSide' | 'side'>,
): number {
  const held = account.position(market.instrument.id, order.positionSide)?.held.quantity ?? 0
  return floorQuantity(market.instrument, Math.max(0, order.side === 'buy' ? -held : held))
}

/** Opens, grows, shrinks, closes or flips the position. */
function move(
  core: Core,
  market: ServedMarket,
  account: Account,
  order: WorkingOrder,
  price: number,
  quantity: number,
): { position: HeldPosition; realized: Money } {
  const { instrument } = market
  const time = now(core)
  const position = account.slot(instrument.id, order.positionSide, () => ({ id: core.nextId(), time }))
  const { held } = position
  const before = held.quantity
  const opens = before === 0 || Math.sign(before) === (order.side === 'buy' ? 1 : -1)
  const closing = opens ? 0 : Math.min(quantity, Math.abs(before))
  if (before === 0) begin(core, position, order)
  let realized = 0n
  if (closing > 0) {
    realized = held.fill(instrument, order.side, price, closing, position.leverage)
    position.closedQuantity = snapQuantity(instrument, position.closedQuantity + closing)
    position.closedNotional += product(price, closing)
    position.realized += realized
  }
  const opening = snapQuantity(instrument, quantity - closing)
  if (opening > 0) {
    if (closing > 0) {
      account.closed.push(positionRow(core, account, position))
      begin(core, position, order)
    }
    held.fill(instrument, order.side, price, opening, position.leverage)
  }
  position.updatedAt = time
  return { position, realized }
}

/** A new position takes the place of the flat one. */
function begin(core: Core, position: HeldPosition, order: WorkingOrder): void {
  position.positionId = core.nextId()
  position.leverage = order.leverage
  position.marginMode = order.marginMode
  position.realized = position.fees = position.funding = position.closedNotional = 0n
  position.closedQuantity = 0
  position.openedAt = now(core)
  position.warned = false
}

/** Closing orders have nothing left to close, closing conditional orders neither. */
function flattened(core: Core, market: ServedMarket, account: Account, position: HeldPosition): void {
  account.closed.push(positionRow(core, account, position))
  for (const order of account.open.values()) {
    const own = order.instrumentId === position.instrumentId && order.positionSide === position.positionSide
    if (own && order.resting && isClosing(order)) endOrder(core, market, account, order, 'canceled', 'positionGone')
  }
  for (const order of account.conditionals.values()) {
    const own = order.instrumentId === position.instrumentId && order.positionSide === position.positionSide
    if (own && order.closePosition && order.status === 'new')
      endConditional(core, account, order, 'expired', 'positionGone')
  }
}

/** Out of the book and the open orders, into the history. */
function retire(market: ServedMarket, account: Account, order: WorkingOrder): void {
  market.depth.unrest(order)
  order.unplan?.()
  order.unplan = null
  account.open.delete(order.orderId)
  account.finished.push(snapshotOf(order))
}

function reasonOf(order: WorkingOrder): AccountEvent['reason'] {
  if (order.origin === 'liquidation' || order.origin === 'adl' || order.origin === 'settlement') return order.origin
  return 'order'
}
