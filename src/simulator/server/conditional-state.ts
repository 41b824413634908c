import type { Account } from './account.ts'
import { type Core, now } from './core.ts'
import type { ConditionalStatus, ExchangeOrder, OrderReason } from './types.ts'
import { conditionalSnapshotOf, type WorkingConditional } from './working-conditional.ts'

/** Moves a conditional order on and tells. */
export function changeConditional(
  core: Core,
  account: Account,
  order: WorkingConditional,
  status: ConditionalStatus,
  reason: OrderReason | null = null,
): void {
  order.status = status
  order.reason = reason
  order.updatedAt = now(core)
  order.version++
  core.tell({ type: 'conditional', accountId: account.id, order: conditionalSnapshotOf(order) })
}

/** Ends one that is open (or triggered) for good. */
export function endConditional(
  core: Core,
  account: Account,
  order: WorkingConditional,
  status: 'finished' | 'canceled' | 'expired' | 'rejected',
  reason: OrderReason | null,
): void {
  order.unplan?.()
  order.unplan = null
  account.conditionals.delete(order.conditionalId)
  changeConditional(core, account, order, status, reason)
  account.finishedConditionals.push(conditionalSnapshotOf(order))
}

/** The order that came from a conditional one has ended. */
export function finishConditional(core: Core, account: Account, order: ExchangeOrder): void {
  if (order.conditionalId === null) return
  const conditional = account.conditionals.get(order.conditionalId)
  if (conditional?.status !== 'triggered') return
  conditional.orderId ??= order.orderId
  endConditional(core, account, conditional, 'finished', null)
}
