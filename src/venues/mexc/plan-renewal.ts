import type { UnixMs } from '#model/ids.ts'
import { type Timers, VenueError } from '#model/venue.ts'
import type { AccountApi } from './account-api.ts'
import type { OwnOrder, OwnOrders } from './own-orders.ts'
import { isSamePlan } from './submit.ts'

export interface PlanRenewalOptions {
  readonly api: AccountApi
  readonly own: OwnOrders
  readonly timers: Timers
  /** The venue's time. */
  readonly now: () => UnixMs
  readonly closing: AbortSignal
}

/** Plan orders end after a week: half a day before, a new one is placed and only then the old one is canceled. */
export function createPlanRenewal({ api, own, timers, now, closing }: PlanRenewalOptions): (order: OwnOrder) => void {
  const isWaiting = (order: OwnOrder): boolean => order.state === 'accepted' && order.childId === null

  const renew = async (order: OwnOrder): Promise<void> => {
    const { plan, venueOrderId: old } = order
    if (closing.aborted || !isWaiting(order) || plan === null || old === null) return
    const askedAt = now()
    try {
      const next = await place(order, askedAt)
      if (next === null) {
        retry(order)
        return
      }
      own.renewed(order, next)
      schedule(order)
      await api.cancelPlan(order.symbol, old)
    } catch {
      // not placed: the old one still stands; not canceled: it reduces only, and ends by itself in half a day
      if (order.venueOrderId === old) retry(order)
    }
  }

  /** Id of the new plan; null when it is not known whether there is one. */
  const place = async ({ plan, symbol }: OwnOrder, askedAt: UnixMs): Promise<string | null> => {
    if (plan === null) return null
    const range = { symbol, from: askedAt - retryMs - 60_000, waitingOnly: true }
    // one of an earlier try whose answer was lost
    const there = (await api.plans({ ...range, to: now() + 1_000 })).find(
      (row) => own.ofPlan(row.id) === undefined && isSamePlan(row, plan),
    )
    if (there !== undefined) return there.id
    try {
      return await api.placePlan(plan, { lane: 'urgent' })
    } catch (error) {
      if (error instanceof VenueError) return null
      throw error
    }
  }

  const retry = (order: OwnOrder): void => void timers.after(retryMs, () => void renew(order))
  const schedule = (order: OwnOrder): void => void timers.after(renewAfterMs, () => void renew(order))
  return schedule
}

const renewAfterMs = 6.5 * 86_400_000
const retryMs = 10 * 60_000
