import type { PositionId, UnixMs } from '#model/ids.ts'
import { type Instrument, snapQuantity } from '#model/instrument.ts'
import { type Money, portion } from '#model/money.ts'
import type { ExitReason, Order, OrderFilled } from '#model/order.ts'
import { bookFill, type Books, type PostingContext } from './books.ts'
import { addCosts, type Held, increase, reduce, toHeld } from './held.ts'
import type { Holdings } from './holdings.ts'
import type { FillContext, FillResult } from './results.ts'
import { toRoundTrip } from './round-trip.ts'

/** What fills and settlements change. */
export interface Stock {
  readonly books: Books
  readonly holdings: Holdings
  readonly nextPositionId: () => PositionId
}

/** One execution of one of our orders. */
export interface Execution {
  readonly order: Order
  readonly fill: OrderFilled
  readonly context: FillContext
  readonly instrument: Instrument
}

/** Opens, adds to, reduces or closes the instance's position; crossing zero closes it and opens the rest. */
export function applyExecution(stock: Stock, execution: Execution): FillResult {
  const { order, fill } = execution
  const held = stock.holdings.of(order.instanceId)
  const quantity = order.side === 'buy' ? fill.quantity : -fill.quantity
  if (held === undefined) {
    const result = grow(stock, execution, start(stock, execution), quantity, fill.fee)
    return order.reduceOnly ? { ...result, anomaly: { code: 'openedByExit', detail: describe(execution) } } : result
  }
  return Math.sign(held.quantity) === Math.sign(quantity)
    ? grow(stock, execution, held, quantity, fill.fee)
    : shrink(stock, execution, held, quantity)
}

/** Where the postings of a position belong. */
export function toContext(held: Held, time: UnixMs, order?: Order): PostingContext {
  const context = { time, instrumentId: held.instrumentId, positionId: held.positionId }
  return order === undefined ? context : { ...context, orderId: order.orderId }
}

function start(stock: Stock, { order, fill, context }: Execution): Held {
  const positionId = stock.nextPositionId()
  return toHeld({ positionId, order, strategy: context.strategy, time: fill.time, price: fill.price })
}

function grow(
  stock: Stock,
  { instrument, order, fill }: Execution,
  held: Held,
  quantity: number,
  fee: Money,
): FillResult {
  const isNew = held.quantity === 0
  const booking = increase(held, instrument, quantity, fill.price)
  addCosts(held, fee, Math.abs(quantity), fill.slippage)
  if (isNew) stock.holdings.add(held)
  const postings = bookFill(stock.books, toContext(held, fill.time, order), booking, 'fee', fee)
  return isNew ? { postings, opened: held.view } : { postings, updated: held.view }
}

function shrink(stock: Stock, execution: Execution, held: Held, quantity: number): FillResult {
  const { instrument, order, fill, context } = execution
  const size = Math.min(Math.abs(quantity), Math.abs(held.quantity))
  const beyond = snapQuantity(instrument, Math.abs(quantity) - size)
  const fee = beyond === 0 ? fill.fee : portion(fill.fee, size, Math.abs(quantity))
  const booking = reduce(held, instrument, Math.sign(quantity) * size, fill.price)
  addCosts(held, fee, size, fill.slippage)
  const postings = bookFill(stock.books, toContext(held, fill.time, order), booking, 'fee', fee)
  if (held.quantity !== 0) return { postings, updated: held.view }
  stock.holdings.remove(held)
  const closed = toRoundTrip(held, fill.time, context.exitReason ?? reasonOf(order))
  if (beyond === 0) return { postings, closed }
  const rest = grow(stock, execution, start(stock, execution), Math.sign(quantity) * beyond, fill.fee - fee)
  const anomaly = { code: 'flipped', detail: `${describe(execution)}, ${beyond} beyond flat` } as const
  return { ...rest, postings: [...postings, ...rest.postings], closed, anomaly }
}

function reasonOf(order: Order): ExitReason {
  return order.purpose === 'stopLoss' || order.purpose === 'takeProfit' ? order.purpose : 'manual'
}

function describe({ order, fill }: Execution): string {
  return `${order.orderId} ${order.purpose} ${order.side} trade ${fill.tradeId}: ${fill.quantity} at ${fill.price}`
}
