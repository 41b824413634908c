import type { OrderId } from '#model/ids.ts'
import type { Money } from '#model/money.ts'
import type { Order, OrderFilled, Slippage } from '#model/order.ts'
import type { FillView } from './plausibility.ts'

/** One execution of one of our orders; slippage where the venue was ours. */
export interface ReportFill extends FillView {
  readonly orderId: OrderId
  readonly liquidity: 'maker' | 'taker'
  readonly fee: Money
  readonly slippage: Slippage | null
}

/** Executions with what their orders know; each venue trade once, fills of unknown orders left out. */
export function fillsOf(fills: readonly OrderFilled[], orders: readonly Order[]): readonly ReportFill[] {
  const byId = new Map(orders.map((order) => [order.orderId, order]))
  const seen = new Set<string>()
  const result: ReportFill[] = []
  for (const { orderId, tradeId, time, price, quantity, liquidity, fee, slippage } of fills) {
    const order = byId.get(orderId)
    const key = `${orderId} ${tradeId}`
    if (order === undefined || seen.has(key)) continue
    seen.add(key)
    const { instrumentId, side } = order
    result.push({ orderId, instrumentId, side, time, price, quantity, liquidity, fee, slippage: slippage ?? null })
  }
  return result
}
