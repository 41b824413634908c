import type { UnixMs } from '#model/ids.ts'
import type { Order } from '#model/order.ts'
import { type Timers, VenueError } from '#model/venue.ts'
import { createBackoff } from '../link/backoff.ts'
import { wait } from '../link/timers.ts'
import type { AccountApi } from './account-api.ts'
import type { Catalog } from './catalog.ts'
import { type OrderTerms, toCreateOrder, toPlanOrder } from './mapper.ts'
import type { OwnOrder, OwnOrders } from './own-orders.ts'
import type { PlacePlanOrder, WirePlanOrder } from './wire/orders.ts'

export interface SubmitOptions {
  readonly api: AccountApi
  readonly catalog: Catalog
  readonly own: OwnOrders
  readonly timers: Timers
  /** The venue's time. */
  readonly now: () => UnixMs
  readonly terms: (order: Order) => Promise<OrderTerms>
  readonly closing: AbortSignal
}

export interface Submitter {
  readonly submit: (order: Order) => Promise<void>
  /** Asks the venue for the order, wherever it may be, and takes in what it says. False = not known there now. Throws `VenueError`. */
  readonly lookUp: (own: OwnOrder) => Promise<boolean>
}

/**
 * A request stays acceptable so long on both sides of its time; nothing else is proof that it will not come. The margin is for a venue that
 * took it in time and carries it out late.
 */
const acceptanceMs = 10_000
const marginMs = 25_000
const sightingsNeeded = 3

export function createSubmitter({ api, catalog, own, timers, now, terms, closing }: SubmitOptions): Submitter {
  /** Sends under one client id; repeats only what provably was not done. */
  const submit = async (order: Order): Promise<void> => {
    const { orderId, instrumentId, type } = order
    const tracked = own.register({ orderId, instrumentId, type }, instrumentId)
    let send: (() => Promise<void>) | undefined
    try {
      send = await prepare(order, tracked)
    } catch (error) {
      // nothing was sent yet: what its contract or the account's mode is could not be learned
      own.rejected(tracked, codeOf(error), error instanceof Error ? error.message : 'not prepared')
    }
    if (send === undefined) return
    for (let attempt = 1; ; attempt++) {
      try {
        await send()
        return
      } catch (error) {
        const failure = error instanceof VenueError ? error : null
        const fate = failure?.fate ?? 'unknown'
        const code = codeOf(error)
        if (fate === 'unknown') {
          own.uncertain(tracked, code)
          void resolve(tracked, order)
          return
        }
        const again = fate === 'retry' && attempt < attempts && !closing.aborted
        if (!again) {
          if (code === 'expired') own.expired(tracked, 'deadline')
          else own.rejected(tracked, code, failure?.message ?? code)
          return
        }
        await wait(timers, retryMs * attempt, closing)
      }
    }
  }

  /** Undefined when it was refused here. */
  const prepare = async (order: Order, tracked: OwnOrder): Promise<(() => Promise<void>) | undefined> => {
    const [contract, conditions] = await Promise.all([catalog.contract(order.instrumentId), terms(order)])
    const urgent = order.purpose !== 'entry' || order.reduceOnly
    const sending = { lane: urgent ? 'urgent' : 'normal', deadline: order.expiresAt } as const
    if (order.type === 'stopMarket') {
      const made = toPlanOrder(order, contract, conditions)
      if (!('request' in made)) return refuse(tracked, made)
      tracked.plan = made.request
      return async () => own.accepted(tracked, await api.placePlan(made.request, sending), now())
    }
    const made = toCreateOrder(order, contract, conditions)
    if (!('request' in made)) return refuse(tracked, made)
    return async () => {
      const { orderId, ts } = await api.create(made.request, sending)
      own.accepted(tracked, orderId, ts ?? now())
      // an acknowledgement is no result: refusals come later, by a push that may be lost
      timers.after(proofMs, () => void confirm(tracked))
    }
  }

  const refuse = (tracked: OwnOrder, { code, message }: { code: string; message: string }): undefined => {
    own.rejected(tracked, code, message)
  }

  const confirm = async (tracked: OwnOrder): Promise<void> => {
    if (tracked.recorded || tracked.state === 'ended' || closing.aborted) return
    // not readable yet is no news; the next reconciliation asks again
    await lookUp(tracked).catch(() => false)
  }

  /** Looks the order up until the venue shows it, or until it cannot come any more and was missed three times and in the lists. */
  const resolve = async (tracked: OwnOrder, order: Order): Promise<void> => {
    const windowEnd = timers.now() + acceptanceMs + marginMs
    const backoff = createBackoff({ baseMs: 250, maxMs: 2_000 })
    let missed = 0
    while (!closing.aborted && tracked.state === 'uncertain') {
      await wait(timers, backoff.next(), closing)
      const askedAt = timers.now()
      try {
        if (await lookUp(tracked)) return
        missed += 1
        if (askedAt < windowEnd || missed < sightingsNeeded) continue
        if (order.type === 'stopMarket' || !(await isListed(tracked))) {
          // a push may have told of it meanwhile
          if (isOpen(tracked)) own.absent(tracked)
          return
        }
      } catch {
        // the venue does not answer: that is no sighting
      }
    }
  }

  const lookUp = async (tracked: OwnOrder): Promise<boolean> => {
    if (tracked.conditional && tracked.childId === null) return lookUpPlan(tracked)
    const id = tracked.childId ?? tracked.venueOrderId
    const record =
      id === null || !tracked.conditional ? await api.external(tracked.symbol, tracked.orderId) : await api.order(id)
    if (record === null) return false
    own.onOrder(record)
    return true
  }

  /** Plans have no client id: one of ours is known by its id, or by being what we sent when we sent it. */
  const lookUpPlan = async (tracked: OwnOrder): Promise<boolean> => {
    const from = tracked.since - planLifeMs
    const range = {
      symbol: tracked.symbol,
      from: tracked.venueOrderId === null ? tracked.since - 15_000 : from,
      to: now() + 1_000,
    }
    const rows = await api.plans({ ...range, waitingOnly: false })
    const found = rows.find((row) =>
      tracked.venueOrderId === null
        ? own.ofPlan(row.id) === undefined && tracked.plan !== null && isSamePlan(row, tracked.plan)
        : row.id === tracked.venueOrderId,
    )
    if (found === undefined) return false
    own.accepted(tracked, found.id, found.createTime)
    own.onPlan(found)
    return true
  }

  /** The second witness: the lists of open and of finished orders. */
  const isListed = async (tracked: OwnOrder): Promise<boolean> => {
    const { symbol, orderId, since } = tracked
    const [open, past] = await Promise.all([
      api.openOrders(symbol),
      api.historyOrders(symbol, since - 60_000, now() + 1_000),
    ])
    const record = [...open, ...past].find(({ externalOid }) => externalOid === orderId)
    if (record !== undefined) own.onOrder(record)
    return record !== undefined
  }

  return { submit, lookUp }
}

const attempts = 3
const retryMs = 500
const proofMs = 2_000
const planLifeMs = 8 * 86_400_000

const codeOf = (error: unknown): string => (error instanceof VenueError ? error.code : 'internal')
const isOpen = ({ state }: OwnOrder): boolean => state === 'uncertain'

export function isSamePlan(row: WirePlanOrder, sent: PlacePlanOrder): boolean {
  return (
    row.symbol === sent.symbol &&
    row.side === sent.side &&
    row.vol === sent.vol &&
    row.triggerPrice === sent.triggerPrice &&
    row.triggerType === sent.triggerType &&
    row.trend === sent.trend
  )
}
