import type { EngineOutput } from '#model/events.ts'
import type { OrderId } from '#model/ids.ts'
import type { Money } from '#model/money.ts'
import type { Order, Slippage } from '#model/order.ts'
import type { FillView } from '../metrics/plausibility.ts'
import type { ReportRun } from './report-run.ts'

/** One execution of one of our orders; fee and slippage where the run recorded the venue's own fill. */
export interface ReportFill extends FillView {
  readonly orderId: OrderId
  readonly liquidity?: 'maker' | 'taker'
  readonly fee?: Money
  readonly slippage?: Slippage
}

/** Last known state of each order, in order of first appearance. */
export function ordersOf(decisions: readonly EngineOutput[]): ReadonlyMap<OrderId, Order> {
  const orders = new Map<OrderId, Order>()
  for (const fact of decisions) {
    if (fact.type === 'submitOrder' || fact.type === 'orderUpdated') orders.set(fact.order.orderId, fact.order)
  }
  return orders
}

/** Executions of a run: the recorded ones, or what successive order updates differ by. */
export function fillsOf(run: Pick<ReportRun, 'decisions' | 'fills'>): readonly ReportFill[] {
  return run.fills === undefined || run.fills.length === 0 ? fromUpdates(run.decisions) : fromVenue(run)
}

function fromVenue(run: Pick<ReportRun, 'decisions' | 'fills'>): readonly ReportFill[] {
  const orders = ordersOf(run.decisions)
  const fills: ReportFill[] = []
  const seen = new Set<string>()
  for (const fill of run.fills ?? []) {
    const order = orders.get(fill.orderId)
    const key = `${fill.orderId} ${fill.tradeId}`
    if (order === undefined || seen.has(key)) continue
    seen.add(key)
    fills.push({
      orderId: fill.orderId,
      instrumentId: order.instrumentId,
      time: fill.time,
      side: order.side,
      price: fill.price,
      quantity: fill.quantity,
      liquidity: fill.liquidity,
      fee: fill.fee,
      ...(fill.slippage === undefined ? {} : { slippage: fill.slippage }),
    })
  }
  return fills
}

function fromUpdates(decisions: readonly EngineOutput[]): readonly ReportFill[] {
  const before = new Map<OrderId, Order>()
  const fills: ReportFill[] = []
  for (const fact of decisions) {
    if (fact.type !== 'orderUpdated') continue
    const { order } = fact
    const known = before.get(order.orderId)
    before.set(order.orderId, order)
    const filled = known?.filledQuantity ?? 0
    if (order.averagePrice === null || order.filledQuantity <= filled) continue
    const quantity = Number((order.filledQuantity - filled).toPrecision(12))
    const paid = order.averagePrice * order.filledQuantity - (known?.averagePrice ?? 0) * filled
    const price = filled === 0 ? order.averagePrice : Number((paid / quantity).toPrecision(12))
    fills.push({
      orderId: order.orderId,
      instrumentId: order.instrumentId,
      time: order.updatedAt,
      side: order.side,
      price,
      quantity,
    })
  }
  return fills
}
