import { type CancelOutcome, type OrderRef, type Timers, VenueError } from '#model/venue.ts'
import { createBackoff } from '../link/backoff.ts'
import { wait } from '../link/timers.ts'
import type { AccountApi } from './account-api.ts'
import { unknownOrder } from './errors.ts'
import { isWhole, type OwnOrder, type OwnOrders } from './own-orders.ts'
import { keyOf } from './submit.ts'

export interface CancelOptions {
  readonly api: AccountApi
  readonly own: OwnOrders
  readonly timers: Timers
  /** False = the venue does not know it now. Throws `VenueError`. */
  readonly lookUp: (own: OwnOrder) => Promise<boolean>
  readonly closing: AbortSignal
}

const tries = 5

/** Asks up to five times, with growing pauses, and ends with a look-up: a cancel may be repeated, and "unknown order" may mean filled. */
export function createCanceler({
  api,
  own,
  timers,
  lookUp,
  closing,
}: CancelOptions): (ref: OrderRef, symbol: string) => Promise<CancelOutcome> {
  const ask = async (order: OwnOrder): Promise<void> => {
    // one that triggered is an order like any other
    if (order.conditional && order.childId === null) await api.cancelAlgo(order.orderId)
    else own.onOrder(await api.cancel(order.symbol, keyOf(order)))
  }

  /** What the venue says of it after a cancel found nothing. */
  const verdict = async (order: OwnOrder): Promise<CancelOutcome | 'alive'> => {
    try {
      const known = await lookUp(order)
      if (order.state === 'ended') return 'gone'
      if (known) return isWhole(order) ? 'alive' : 'gone'
      return order.state === 'uncertain' || order.state === 'sent' ? 'uncertain' : 'gone'
    } catch {
      return 'uncertain'
    }
  }

  return async (ref, symbol) => {
    const order = own.register(ref, symbol)
    if (order.state === 'ended' && !order.presumedAbsent) return 'gone'
    const backoff = createBackoff({ baseMs: 250, maxMs: 4_000 })
    for (let attempt = 1; attempt <= tries && !closing.aborted; attempt++) {
      if (attempt > 1) await wait(timers, backoff.next(), closing)
      try {
        await ask(order)
        // the event that tells of it may be lost
        timers.after(2_000, () => void (order.state === 'ended' || closing.aborted || lookUp(order).catch(() => false)))
        return 'requested'
      } catch (error) {
        if (!(error instanceof VenueError) || !unknownOrder.has(error.code)) continue
      }
      const said = await verdict(order)
      if (said !== 'alive') return said
    }
    return 'uncertain'
  }
}
