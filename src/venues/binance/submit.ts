import type { InstrumentId } from '#model/ids.ts'
import type { Order } from '#model/order.ts'
import { type Timers, VenueError } from '#model/venue.ts'
import { createBackoff } from '../link/backoff.ts'
import { wait } from '../link/timers.ts'
import type { AccountApi, OrderKey } from './account-api.ts'
import type { AccountSettings } from './account-settings.ts'
import type { Catalog } from './catalog.ts'
import { toCreateAlgo, toCreateOrder } from './order-mapper.ts'
import type { OwnOrder, OwnOrders } from './own-orders.ts'
import { recvWindowMs } from './sign.ts'

export interface SubmitOptions {
  readonly api: AccountApi
  readonly catalog: Catalog
  readonly own: OwnOrders
  readonly settings: AccountSettings
  readonly timers: Timers
  readonly closing: AbortSignal
}

export interface Submitter {
  readonly submit: (order: Order) => Promise<void>
  /** Asks the venue for the order, wherever it may be, and takes in what it says. False = not known there now. Throws `VenueError`. */
  readonly lookUp: (own: OwnOrder) => Promise<boolean>
}

/** A request cannot be accepted later than this after its time, which may be ahead of the venue's by a second. */
const acceptanceMs = recvWindowMs + 1_000
const marginMs = 5_000
const sightingsNeeded = 3

export function createSubmitter({ api, catalog, own, settings, timers, closing }: SubmitOptions): Submitter {
  /** Sends under one client id; repeats only what provably was not done. */
  const submit = async (order: Order): Promise<void> => {
    const { orderId, instrumentId, type } = order
    const symbol = await symbolOf(instrumentId)
    const tracked = own.register({ orderId, instrumentId, type }, symbol)
    let send = await ready(order, tracked)
    if (send === undefined) return
    for (let attempt = 1; ; attempt++) {
      try {
        await send()
        return
      } catch (error) {
        const failure = error instanceof VenueError ? error : null
        const fate = failure?.fate ?? 'unknown'
        const code = codeOf(error)
        if (code === wrongSide && attempt === 1) {
          const anew = await again(order, tracked)
          if (anew === undefined) return
          send = anew
          continue
        }
        if (offGrid.has(code)) void catalog.load().catch(() => undefined)
        if (fate === 'unknown') {
          own.uncertain(tracked, code)
          void resolve(tracked)
          return
        }
        if (fate !== 'retry' || attempt >= attempts || closing.aborted) {
          if (code === 'expired') own.expired(tracked, 'deadline')
          else own.rejected(tracked, code, failure?.message ?? code)
          return
        }
        await wait(timers, retryMs * attempt, closing)
      }
    }
  }

  /** Where it cannot be learned, the order is refused in what follows, under our own name. */
  const symbolOf = async (id: InstrumentId): Promise<string> => {
    try {
      return (await catalog.contract(id)).instrument.symbol
    } catch {
      return id
    }
  }

  /** Undefined when it was refused here: nothing was sent, what its contract or the account's settings are could not be learned. */
  const ready = async (order: Order, tracked: OwnOrder): Promise<(() => Promise<void>) | undefined> => {
    try {
      return await prepare(order, tracked)
    } catch (error) {
      own.rejected(tracked, codeOf(error), error instanceof Error ? error.message : 'not prepared')
      return undefined
    }
  }

  /** Somebody changed the position mode, and the order was refused for it: provably not done. */
  const again = (order: Order, tracked: OwnOrder): Promise<(() => Promise<void>) | undefined> => {
    settings.forgetPositionMode()
    return ready(order, tracked)
  }

  /** Undefined when it was refused here. */
  const prepare = async (order: Order, tracked: OwnOrder): Promise<(() => Promise<void>) | undefined> => {
    const opens = order.purpose === 'entry' && !order.reduceOnly
    const [contract, mode] = await Promise.all([
      catalog.contract(order.instrumentId),
      settings.positionMode(),
      opens ? settings.prepare(tracked.symbol, order.leverage) : undefined,
    ])
    const sending = { lane: opens ? 'normal' : 'urgent', deadline: order.expiresAt } as const
    if (order.type === 'stopMarket') {
      const made = toCreateAlgo(order, contract, mode)
      if (!('request' in made)) return refuse(tracked, made)
      return async () => {
        const algo = await api.createAlgo(made.request, sending)
        own.onAlgo(algo)
        confirmLater(tracked)
      }
    }
    const made = toCreateOrder(order, contract, mode)
    if (!('request' in made)) return refuse(tracked, made)
    return async () => {
      const { orderId, updateTime } = await api.create(made.request, sending)
      own.accepted(tracked, orderId, updateTime)
      confirmLater(tracked)
    }
  }

  const refuse = (tracked: OwnOrder, { code, message }: { code: string; message: string }): undefined => {
    own.rejected(tracked, code, message)
  }

  /** An acknowledgement is no result, and the event that tells it may be lost. */
  const confirmLater = (tracked: OwnOrder): void =>
    void timers.after(proofMs, () => {
      if (tracked.recorded || tracked.state === 'ended' || closing.aborted) return
      // not readable yet is no news; the next comparison asks again
      void lookUp(tracked).catch(() => false)
    })

  /** Looks the order up until the venue shows it, or until it cannot come any more and was missed three times and in the lists. */
  const resolve = async (tracked: OwnOrder): Promise<void> => {
    const windowEnd = timers.now() + acceptanceMs + marginMs
    const backoff = createBackoff({ baseMs: 250, maxMs: 2_000 })
    let missed = 0
    while (!closing.aborted && tracked.state === 'uncertain') {
      await wait(timers, backoff.next(), closing)
      const askedAt = timers.now()
      try {
        if (await lookUp(tracked)) return
        missed += 1
        if (askedAt < windowEnd || missed < sightingsNeeded || (await isListed(tracked))) continue
        // an event may have told of it meanwhile
        if (isOpen(tracked)) own.absent(tracked)
        return
      } catch {
        // the venue does not answer: that is no sighting
      }
    }
  }

  const lookUp = async (tracked: OwnOrder): Promise<boolean> => {
    const { symbol, orderId } = tracked
    if (tracked.conditional && tracked.childId === null) {
      const algo = await api.algo(orderId)
      if (algo === null) return false
      own.onAlgo(algo)
      if (algo.actualOrderId === null) return true
    }
    const record = await api.order(symbol, keyOf(tracked))
    if (record !== null) own.onOrder(record)
    return record !== null || tracked.conditional
  }

  /** The second witness: the lists of open and of finished orders. */
  const isListed = async ({ symbol, orderId, conditional, since }: OwnOrder): Promise<boolean> => {
    const from = Math.floor(since) - 60_000
    if (conditional) {
      const algos = [...(await api.openAlgos(symbol)), ...(await api.allAlgos(symbol, from))]
      const record = algos.find(({ clientAlgoId }) => clientAlgoId === orderId)
      if (record !== undefined) own.onAlgo(record)
      return record !== undefined
    }
    const orders = [...(await api.openOrders(symbol)), ...(await api.allOrders(symbol, from))]
    const record = orders.find(({ clientOrderId }) => clientOrderId === orderId)
    if (record !== undefined) own.onOrder(record)
    return record !== undefined
  }

  return { submit, lookUp }
}

/** Client ids may be used again after an order is closed, so the venue's own id is the better key once it is known. */
export function keyOf({ conditional, childId, venueOrderId, orderId }: OwnOrder): OrderKey {
  const id = conditional ? childId : venueOrderId
  return id === null ? { origClientOrderId: orderId } : { orderId: id }
}

const attempts = 3
const retryMs = 500
const proofMs = 2_000
/** −4061: the position side does not fit the account's mode. */
const wrongSide = '-4061'
/** The grid or the limits are not what we read: the next order is made on what they are now. */
const offGrid: ReadonlySet<string> = new Set(['-1111', '-4004', '-4005', '-4013', '-4014', '-4023', '-4164'])

const codeOf = (error: unknown): string => (error instanceof VenueError ? error.code : 'internal')
const isOpen = ({ state }: OwnOrder): boolean => state === 'uncertain'
