import { type CancelOutcome, type OrderRef, type Timers, VenueError } from '#model/venue.ts'
import { createBackoff } from '../link/backoff.ts'
import { wait } from '../link/timers.ts'
import type { AccountApi } from './account-api.ts'
import { nothingToCancel } from './errors.ts'
import type { OwnOrder, OwnOrders } from './own-orders.ts'

export interface CancelOptions {
  readonly api: AccountApi
  readonly own: OwnOrders
  readonly timers: Timers
  /** False = the venue does not know it now. Throws `VenueError`. */
  readonly lookUp: (own: OwnOrder) => Promise<boolean>
  readonly closing: AbortSignal
}

const tries = 5

/** Asks up to five times, with growing pauses, and ends with a look-up: a cancel may be repeated, and "not found" may mean filled. */
export function createCanceler({
  api,
  own,
  timers,
  lookUp,
  closing,
}: CancelOptions): (ref: OrderRef) => Promise<CancelOutcome> {
  const ask = async (order: OwnOrder): Promise<number> => {
    const { symbol, orderId, conditional, childId, venueOrderId } = order
    const id = conditional ? childId : venueOrderId
    if (id !== null) return (await api.cancel(id))?.errorCode ?? 0
    if (!conditional) return (await api.cancelExternal(symbol, orderId))?.errorCode ?? 0
    // a plan whose placing is still unknown: without its id nothing can be asked
    if (venueOrderId === null && !(await lookUp(order))) return notThere
    return (await api.cancelPlan(symbol, order.venueOrderId ?? ''))?.errorCode ?? 0
  }

  /** What the venue says of it after a cancel found nothing. */
  const verdict = async (order: OwnOrder): Promise<CancelOutcome | 'alive'> => {
    try {
      const known = await lookUp(order)
      if (order.state === 'ended') return 'gone'
      if (known) return order.dealt > order.filled ? 'gone' : 'alive'
      return order.state === 'uncertain' || order.state === 'sent' ? 'uncertain' : 'gone'
    } catch {
      return 'uncertain'
    }
  }

  return async (ref) => {
    const order = own.register(ref, ref.instrumentId)
    if (order.state === 'ended' && !order.presumedAbsent) return 'gone'
    const backoff = createBackoff({ baseMs: 250, maxMs: 4_000 })
    for (let attempt = 1; attempt <= tries && !closing.aborted; attempt++) {
      if (attempt > 1) await wait(timers, backoff.next(), closing)
      let code: number
      try {
        code = await ask(order)
      } catch (error) {
        const known = error instanceof VenueError ? Number(error.code) : Number.NaN
        if (!nothingToCancel.has(known)) continue
        code = known
      }
      if (code === 0) {
        // the push that tells of it may be lost
        timers.after(2_000, () => void (order.state === 'ended' || closing.aborted || lookUp(order).catch(() => false)))
        return 'requested'
      }
      const said = await verdict(order)
      if (said !== 'alive') return said
    }
    return 'uncertain'
  }
}

const notThere = 2040
