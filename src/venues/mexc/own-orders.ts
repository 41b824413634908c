import type { InstrumentId, OrderId, UnixMs } from '#model/ids.ts'
import type { VenueEvent } from '#model/order.ts'
import { toMoney } from '#model/money.ts'
import type { OrderRef } from '#model/venue.ts'
import { endingOf } from './errors.ts'
import type { Contract } from './instruments.ts'
import { clientIdOf } from './mapper.ts'
import { notional } from './units.ts'
import type { PlacePlanOrder, WireFill, WireOrder, WirePlanOrder } from './wire/orders.ts'

/** One order of ours as the venue has told of it so far. */
export interface OwnOrder {
  readonly orderId: OrderId
  readonly instrumentId: InstrumentId
  readonly symbol: string
  /** A plan order: it has no client id at the venue, so ours is known only here. */
  readonly conditional: boolean
  /** Ours, when it was registered. */
  readonly since: UnixMs
  /** Of the order, or of the plan while it waits. */
  venueOrderId: string | null
  /** Of the order a plan became. */
  childId: string | null
  plan: PlacePlanOrder | null
  state: 'sent' | 'uncertain' | 'accepted' | 'ended'
  /** It was told to be absent only because nobody had seen it. */
  presumedAbsent: boolean
  /** The venue has told of it by a record, not only by an acknowledgement. */
  recorded: boolean
  /** Contracts of the fills told on. */
  filled: number
  /** Contracts that a record says are filled; an end waits until the fills are here. */
  dealt: number
}

export interface OwnOrdersOptions {
  readonly emit: (event: VenueEvent) => void
  readonly contract: (symbol: string) => Contract | undefined
  readonly now: () => UnixMs
  /** Fills are missing that a record speaks of. */
  readonly onMissingFills: (own: OwnOrder) => void
  /** It was told to be absent and exists all the same. */
  readonly onGhost: (own: OwnOrder) => void
  /** A close that is none of ours so far: told again with `unclaimed` once no plan of ours can still turn out to be it. */
  readonly onForeignClose: (record: WireFill) => void
  /** Dropped, because it cannot be true; what is true is fetched. */
  readonly onAbsurd: (reason: string) => void
  /** A plan became an order. */
  readonly onTriggered: (own: OwnOrder) => void
}

/** What the venue says of our orders, in whatever order and as often as it says it, made into events without repeats. */
export interface OwnOrders {
  readonly register: (
    ref: Pick<OrderRef, 'orderId' | 'instrumentId' | 'type' | 'venueOrderId'>,
    symbol: string,
  ) => OwnOrder
  readonly get: (id: OrderId) => OwnOrder | undefined
  /** Whose order that is, or of whose plan. */
  readonly ofOrder: (id: string) => OwnOrder | undefined
  /** Whose plan that is. */
  readonly ofPlan: (id: string) => OwnOrder | undefined
  readonly live: () => readonly OwnOrder[]
  readonly accepted: (own: OwnOrder, venueOrderId: string, time: UnixMs) => void
  readonly rejected: (own: OwnOrder, code: string, message: string) => void
  /** Nobody has seen it, and it cannot be accepted any more. */
  readonly absent: (own: OwnOrder) => void
  readonly expired: (own: OwnOrder, code: string) => void
  readonly uncertain: (own: OwnOrder, code: string) => void
  /** The plan goes on under another id. */
  readonly renewed: (own: OwnOrder, venueOrderId: string) => void
  readonly onOrder: (record: WireOrder) => void
  readonly onPlan: (record: WirePlanOrder) => void
  /** True for a fill that was not known yet. */
  readonly onFill: (record: WireFill) => boolean
  /** Orders whose fills nobody has claimed; not those of foreign closes, which are waited for. */
  readonly orphans: () => readonly string[]
  /** It is none of ours. */
  readonly disown: (orderId: string) => void
  /** Nobody came for it: the venue closed our position itself, as it does with a contract that ends. */
  readonly unclaimed: (record: WireFill) => void
  /** The missing fills cannot be had now: its end is told without them. */
  readonly endAnyway: (own: OwnOrder) => void
}

const maxFinished = 10_000
const maxOrphans = 1_000

export function createOwnOrders(options: OwnOrdersOptions): OwnOrders {
  const { emit, contract, now } = options
  const orders = new Map<OrderId, OwnOrder>()
  const finished: OrderId[] = []
  const byVenueId = new Map<string, OwnOrder>()
  /** Plans and orders count their ids apart. */
  const plans = new Map<string, OwnOrder>()
  const seen = new Map<string, { readonly version: number; readonly time: UnixMs }>()
  const trades = createRecentSet(50_000)
  /** Fills of orders whose plan is not known to have become them yet. */
  const orphans = new Map<string, WireFill[]>()
  const ends = new Map<OwnOrder, () => void>()

  const register: OwnOrders['register'] = ({ orderId, instrumentId, type, venueOrderId }, symbol) => {
    const known = orders.get(orderId)
    if (known !== undefined) return known
    const own: OwnOrder = {
      orderId,
      instrumentId,
      symbol,
      conditional: type === 'stopMarket',
      since: now(),
      venueOrderId: null,
      childId: null,
      plan: null,
      state: 'sent',
      presumedAbsent: false,
      recorded: false,
      filled: 0,
      dealt: 0,
    }
    orders.set(orderId, own)
    if (venueOrderId !== undefined) link(own, venueOrderId)
    return own
  }

  const link = (own: OwnOrder, venueOrderId: string): void => {
    own.venueOrderId ??= venueOrderId
    if (own.conditional && venueOrderId !== own.childId) {
      plans.set(venueOrderId, own)
      return
    }
    byVenueId.set(venueOrderId, own)
    const waiting = orphans.get(venueOrderId)
    orphans.delete(venueOrderId)
    for (const fill of waiting ?? []) book(own, fill)
  }

  const accepted: OwnOrders['accepted'] = (own, venueOrderId, time) => {
    link(own, venueOrderId)
    if (own.state === 'accepted' || (own.state === 'ended' && !own.presumedAbsent)) return
    const ghost = own.presumedAbsent
    own.presumedAbsent = false
    own.state = 'accepted'
    emit({ type: 'orderAccepted', orderId: own.orderId, venueOrderId, time })
    if (ghost) options.onGhost(own)
  }

  const end = (own: OwnOrder, event: VenueEvent | null): void => {
    if (own.state === 'ended') return
    const finish = (): void => {
      ends.delete(own)
      if (own.state === 'ended') return
      own.state = 'ended'
      finished.push(own.orderId)
      if (event !== null) emit(event)
      if (finished.length > maxFinished) forget(finished.shift())
    }
    if (own.dealt <= own.filled + 1e-9) finish()
    else ends.set(own, finish)
  }

  const forget = (id: OrderId | undefined): void => {
    const own = id === undefined ? undefined : orders.get(id)
    if (own === undefined || own.state !== 'ended') return
    orders.delete(own.orderId)
    for (const venueId of [own.venueOrderId, own.childId])
      if (venueId !== null) {
        byVenueId.delete(venueId)
        seen.delete(venueId)
        plans.delete(venueId)
        seen.delete(planKey(venueId))
      }
  }

  const find = (venueId: string, externalOid: string | null | undefined, symbol: string): OwnOrder | undefined => {
    const linked = byVenueId.get(venueId)
    if (linked !== undefined) return linked
    const orderId = clientIdOf(externalOid)
    const instrumentId = contract(symbol)?.instrument.id
    if (orderId === null || instrumentId === undefined) return undefined
    // ours from before a restart
    const own = register({ orderId, instrumentId, type: 'limit' }, symbol)
    link(own, venueId)
    return own
  }

  /** False for news older than what is known of the same object. */
  const isNews = (id: string, version: number | null | undefined, time: UnixMs): boolean => {
    const before = seen.get(id)
    const own = version ?? before?.version ?? 0
    if (before !== undefined && (own < before.version || (own === before.version && time < before.time))) return false
    seen.set(id, { version: own, time })
    return true
  }

  const book = (own: OwnOrder, fill: WireFill): boolean => {
    const scale = contract(fill.symbol)?.scale
    if (scale === undefined) return false
    if (Math.abs(fill.fee) > highestFee * notional(fill.price, scale.toBase(fill.vol))) {
      options.onAbsurd('order.deal: fee is no share of the notional')
      return false
    }
    if (!trades.add(`${fill.symbol}/${fill.id}`)) return false
    own.filled += fill.vol
    emit({
      type: 'orderFilled',
      orderId: own.orderId,
      tradeId: fill.id,
      time: fill.timestamp,
      price: fill.price,
      quantity: scale.toBase(fill.vol),
      liquidity: fill.taker ? 'taker' : 'maker',
      fee: toMoney(fill.fee),
    })
    if (own.dealt <= own.filled + 1e-9) ends.get(own)?.()
    return true
  }

  return {
    register,
    accepted,
    get: (id) => orders.get(id),
    ofOrder: (id) => byVenueId.get(id),
    ofPlan: (id) => plans.get(id),
    live: () => [...orders.values()].filter(({ state }) => state !== 'ended'),
    rejected(own, code, message) {
      end(own, { type: 'orderRejected', orderId: own.orderId, code, message, time: now() })
    },
    absent(own) {
      own.presumedAbsent = true
      const message = 'the venue does not know it, and it cannot be accepted any more'
      end(own, { type: 'orderRejected', orderId: own.orderId, code: 'neverAccepted', message, time: now() })
    },
    expired(own, code) {
      end(own, { type: 'orderExpired', orderId: own.orderId, code, time: now() })
    },
    uncertain(own, code) {
      if (own.state !== 'sent') return
      own.state = 'uncertain'
      emit({ type: 'orderUncertain', orderId: own.orderId, code, time: now() })
    },
    renewed(own, venueOrderId) {
      own.venueOrderId = venueOrderId
      plans.set(venueOrderId, own)
    },
    onOrder(record) {
      const own = find(record.orderId, record.externalOid, record.symbol)
      const time = record.updateTime ?? record.createTime
      if (own === undefined || !isNews(record.orderId, record.version, time)) return
      own.recorded = true
      const { orderId } = own
      if (record.state !== 5 || record.dealVol > 0) accepted(own, record.orderId, record.createTime)
      else link(own, record.orderId)
      own.dealt = Math.max(own.dealt, record.dealVol)
      if (own.dealt > own.filled + 1e-9) options.onMissingFills(own)
      if (record.state === 3) end(own, null)
      if (record.state !== 4 && record.state !== 5) return
      const code = endingOf(record.errorCode)
      if (record.state === 5 && record.dealVol === 0)
        end(own, { type: 'orderRejected', orderId, code, message: `the venue ended it: ${code}`, time })
      else if (remainders.has(record.errorCode ?? 0)) end(own, { type: 'orderExpired', orderId, code, time })
      else end(own, { type: 'orderCanceled', orderId, code, time })
    },
    onPlan(record) {
      const own = plans.get(record.id)
      const time = record.updateTime ?? record.createTime
      if (own === undefined || !isNews(planKey(record.id), null, time)) return
      own.recorded = true
      const { orderId } = own
      accepted(own, record.id, record.createTime)
      if (record.state === 3 && typeof record.orderId === 'string') {
        if (own.childId === record.orderId) return
        own.childId = record.orderId
        link(own, record.orderId)
        options.onTriggered(own)
        return
      }
      // of one that was renewed only its execution matters
      if (record.id !== own.venueOrderId || own.childId !== null) return
      if (record.state === 2) end(own, { type: 'orderCanceled', orderId, code: endingOf(record.errorCode), time })
      if (record.state === 4) end(own, { type: 'orderExpired', orderId, code: 'executeCycle', time })
      if (record.state === 5) {
        const code = endingOf(record.errorCode)
        end(own, { type: 'orderRejected', orderId, code, message: `it triggered and failed: ${code}`, time })
      }
    },
    onFill(record) {
      if (record.category === 2 || record.category === 4) return force(record)
      const own = find(record.orderId, record.externalOid, record.symbol)
      if (own === undefined) {
        const waiting = orphans.get(record.orderId) ?? []
        if (waiting.some(({ id }) => id === record.id)) return false
        orphans.set(record.orderId, [...waiting, record])
        if (orphans.size > maxOrphans) orphans.delete(orphans.keys().next().value ?? '')
        if (record.category === 3) options.onForeignClose(record)
        return false
      }
      return book(own, record)
    },
    orphans: () => [...orphans].filter(([, fills]) => fills.every(({ category }) => category !== 3)).map(([id]) => id),
    disown: (orderId) => void orphans.delete(orderId),
    unclaimed(record) {
      if (orphans.delete(record.orderId)) force(record)
    },
    endAnyway: (own) => ends.get(own)?.(),
  }

  /** The venue closed our position by force. */
  function force(fill: WireFill): boolean {
    const known = contract(fill.symbol)
    if (known === undefined || !trades.add(`${fill.symbol}/${fill.id}`)) return false
    emit({
      type: 'liquidated',
      instrumentId: known.instrument.id,
      tradeId: fill.id,
      time: fill.timestamp,
      price: fill.price,
      quantity: known.scale.toBase(fill.vol),
      fee: toMoney(fill.fee),
    })
    return true
  }
}

/** Of the notional; far above every fee of the venue. */
const highestFee = 0.05
const planKey = (id: string): string => `plan/${id}`

/** What is left of an order that does not rest: IOC, FOK, market. */
const remainders: ReadonlySet<number> = new Set([18, 19, 21])

/** Remembers the newest so many. */
function createRecentSet(capacity: number) {
  const values = new Set<string>()
  return {
    /** False when it was there. */
    add(value: string): boolean {
      if (values.has(value)) return false
      values.add(value)
      if (values.size > capacity) values.delete(values.values().next().value ?? '')
      return true
    },
  }
}
