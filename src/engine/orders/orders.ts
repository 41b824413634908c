import { type InstanceId, type InstrumentId, type OrderId, orderId, type UnixMs } from '#model/ids.ts'
import type { ApprovedOrder, Order, OrderFilled } from '#model/order.ts'
import { applyTo, type OrderEvent, type OrderRecord, toRecord } from './record.ts'
import { type AnomalyCode, isTerminal } from './transitions.ts'

export type { OrderEvent } from './record.ts'
export { type AnomalyCode, isTerminal } from './transitions.ts'

/** What one venue event did. */
export interface OrderChange {
  /** The order after the event; absent when nothing about it changed. */
  readonly order?: Order
  /** A trade not seen before, to be booked, whatever the order's status. */
  readonly fill?: OrderFilled
  readonly anomaly?: { readonly code: AnomalyCode; readonly detail: string }
}

export interface OrderCounters {
  readonly opened: number
  /** Fills dropped because their trade was booked already. */
  readonly repeatedFills: number
  readonly anomalies: number
}

/** Plain data for `restore`; survives a structured clone. */
export interface OrdersSnapshot {
  readonly counters: OrderCounters
  readonly live: readonly OrderRecord[]
  readonly finished: readonly OrderRecord[]
}

export interface Orders {
  /** Takes an approved order in as `submitted`, with the next id. */
  readonly open: (approved: ApprovedOrder, now: UnixMs) => Order
  /** Marks that we want it canceled; undefined when it is finished, unknown, or marked already. */
  readonly requestCancel: (id: OrderId, now: UnixMs) => Order | undefined
  readonly apply: (event: OrderEvent) => OrderChange
  /** Live orders of one instance, oldest first; `uncertain` is live. */
  readonly working: (instance: InstanceId) => readonly Order[]
  /** undefined for ids never opened and for finished orders long gone. */
  readonly get: (id: OrderId) => Order | undefined
  /** Live entry orders of all instances, oldest first: they count as exposure. */
  readonly liveEntries: () => readonly Order[]
  /** Live orders past `expiresAt` whose cancel has not been requested. */
  readonly overdue: (now: UnixMs) => readonly Order[]
  /** When the next order becomes overdue; Infinity when none will. */
  readonly nextExpiry: () => UnixMs
  readonly counters: () => OrderCounters
  readonly snapshot: () => OrdersSnapshot
  readonly restore: (snapshot: OrdersSnapshot) => void
}

export interface OrdersOptions {
  readonly sessionId: string
  readonly lotSizeOf: (instrument: InstrumentId) => number
  /** Finished orders kept for late events; the oldest goes first. */
  readonly keepFinished?: number
}

const none: readonly Order[] = []

/** Every order of a session from its submission to a terminal status. */
export function createOrders({ sessionId, lotSizeOf, keepFinished = 10_000 }: OrdersOptions): Orders {
  const live = new Map<OrderId, OrderRecord>()
  const finished = new Map<OrderId, OrderRecord>()
  let counters = { opened: 0, repeatedFills: 0, anomalies: 0 }
  let nextExpiry = Number.POSITIVE_INFINITY

  function open(approved: ApprovedOrder, now: UnixMs): Order {
    counters.opened += 1
    const order: Order = {
      ...approved,
      orderId: orderId(`${sessionId}-o${counters.opened}`),
      status: 'submitted',
      filledQuantity: 0,
      averagePrice: null,
      submittedAt: now,
      updatedAt: now,
      cancelRequested: false,
    }
    live.set(order.orderId, toRecord(order))
    nextExpiry = Math.min(nextExpiry, expiryOf(order))
    return order
  }

  function requestCancel(id: OrderId, now: UnixMs): Order | undefined {
    const record = live.get(id)
    if (record === undefined || record.order.cancelRequested) return undefined
    record.order = { ...record.order, cancelRequested: true, updatedAt: Math.max(record.order.updatedAt, now) }
    nextExpiry = earliestExpiry()
    return record.order
  }

  function apply(event: OrderEvent): OrderChange {
    const record = live.get(event.orderId) ?? finished.get(event.orderId)
    if (record === undefined) return withAnomaly({}, 'unknownOrder', event)
    if (event.type === 'orderFilled' && record.tradeIds.has(event.tradeId)) {
      counters.repeatedFills += 1
      return {}
    }
    const before = record.order
    const code = applyTo(record, event, lotSizeOf(before.instrumentId))
    if (live.has(event.orderId) && isTerminal(record.order.status)) finish(event.orderId, record)
    const change = toChange(before, record, event)
    return code === undefined ? change : withAnomaly(change, code, event)
  }

  function finish(id: OrderId, record: OrderRecord): void {
    live.delete(id)
    finished.set(id, record)
    nextExpiry = earliestExpiry()
    if (finished.size <= keepFinished) return
    for (const oldest of finished.keys()) {
      finished.delete(oldest)
      return
    }
  }

  function withAnomaly(change: OrderChange, code: AnomalyCode, event: OrderEvent): OrderChange {
    counters.anomalies += 1
    const known = change.order ?? get(event.orderId)
    const trade = event.type === 'orderFilled' ? ` trade ${event.tradeId}: ${event.quantity} at ${event.price}` : ''
    const detail = `${event.type} for ${event.orderId}${trade}, ${known === undefined ? 'no such order here' : `now ${known.status}, ${known.filledQuantity} of ${known.quantity} filled`}`
    return { ...change, anomaly: { code, detail } }
  }

  function get(id: OrderId): Order | undefined {
    return (live.get(id) ?? finished.get(id))?.order
  }

  function earliestExpiry(): UnixMs {
    let earliest = Number.POSITIVE_INFINITY
    for (const { order } of live.values()) earliest = Math.min(earliest, expiryOf(order))
    return earliest
  }

  function select(wanted: (order: Order) => boolean): readonly Order[] {
    if (live.size === 0) return none
    const selected: Order[] = []
    for (const { order } of live.values()) if (wanted(order)) selected.push(order)
    return selected
  }

  return {
    open,
    requestCancel,
    apply,
    working: (instance) => select((order) => order.instanceId === instance),
    get,
    liveEntries: () => select((order) => order.purpose === 'entry'),
    overdue: (now) => (now < nextExpiry ? none : select((order) => expiryOf(order) <= now)),
    nextExpiry: () => nextExpiry,
    counters: () => ({ ...counters }),
    snapshot: () => ({ counters: { ...counters }, live: copies(live), finished: copies(finished) }),
    restore: (snapshot) => {
      counters = { ...snapshot.counters }
      refill(live, snapshot.live)
      refill(finished, snapshot.finished)
      nextExpiry = earliestExpiry()
    },
  }
}

function expiryOf(order: Order): UnixMs {
  return order.cancelRequested || order.expiresAt === undefined ? Number.POSITIVE_INFINITY : order.expiresAt
}

/** News is passed on; what only repeats is undone, so that nothing but a change touches `updatedAt`. */
function toChange(before: Order, record: OrderRecord, event: OrderEvent): OrderChange {
  if (event.type === 'orderFilled') return { order: record.order, fill: event }
  const isNews = before.status !== record.order.status || before.venueOrderId !== record.order.venueOrderId
  if (!isNews) record.order = before
  return isNews ? { order: record.order } : {}
}

function copies(records: ReadonlyMap<OrderId, OrderRecord>): readonly OrderRecord[] {
  return Array.from(records.values(), copy)
}

function refill(records: Map<OrderId, OrderRecord>, saved: readonly OrderRecord[]): void {
  records.clear()
  for (const record of saved) records.set(record.order.orderId, copy(record))
}

function copy(record: OrderRecord): OrderRecord {
  return { ...record, tradeIds: new Set(record.tradeIds) }
}
