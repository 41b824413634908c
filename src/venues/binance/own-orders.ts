import type { InstrumentId, OrderId, UnixMs } from '#model/ids.ts'
import type { Liquidated, OrderFilled, VenueEvent } from '#model/order.ts'
import type { OrderRef } from '#model/venue.ts'
import { createRecentSet } from '../link/recent-set.ts'
import type { Contract } from './instruments.ts'
import { clientIdOf, expiryOf, forcedBy } from './order-mapper.ts'
import type {
  AlgoStatus,
  AlgoUpdate,
  OrderUpdate,
  WireAlgo,
  WireOrder,
  WireOrderStatus,
  WireTrade,
} from './wire/orders.ts'

/** One order of ours as the venue has told of it so far. */
export interface OwnOrder {
  readonly orderId: OrderId
  readonly instrumentId: InstrumentId
  readonly symbol: string
  /** Under the endpoints of conditional orders, with ids of their own. */
  readonly conditional: boolean
  /** The venue's time, when it was registered. */
  readonly since: UnixMs
  /** Of the order, or of the conditional one. */
  venueOrderId: string | null
  /** Of the order a conditional one became. */
  childId: string | null
  state: 'sent' | 'uncertain' | 'accepted' | 'ended'
  /** It was told to be absent only because nobody had seen it. */
  presumedAbsent: boolean
  /** The venue has told of it by a record, not only by an acknowledgement. */
  recorded: boolean
  /** Base units of the fills told on. */
  filled: number
  /** Base units that a record says are filled; an end waits until the fills are here. */
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
  /** A conditional order became an order, or says that it is done. */
  readonly onTriggered: (own: OwnOrder) => void
}

/** What the venue says of our orders, in whatever order and as often as it says it, made into events without repeats. */
export interface OwnOrders {
  readonly register: (
    ref: Pick<OrderRef, 'orderId' | 'instrumentId' | 'type' | 'venueOrderId'>,
    symbol: string,
  ) => OwnOrder
  readonly get: (id: OrderId) => OwnOrder | undefined
  readonly ofOrder: (venueOrderId: string) => OwnOrder | undefined
  readonly live: () => readonly OwnOrder[]
  readonly accepted: (own: OwnOrder, venueOrderId: string, time: UnixMs) => void
  readonly rejected: (own: OwnOrder, code: string, message: string) => void
  /** Nobody has seen it, and it cannot be accepted any more. */
  readonly absent: (own: OwnOrder) => void
  readonly expired: (own: OwnOrder, code: string) => void
  readonly uncertain: (own: OwnOrder, code: string) => void
  readonly onOrder: (record: WireOrder) => void
  readonly onAlgo: (record: WireAlgo) => void
  readonly onOrderUpdate: (update: OrderUpdate, time: UnixMs) => void
  readonly onAlgoUpdate: (update: AlgoUpdate, time: UnixMs) => void
  /** True for a fill that was not known yet. `forced` = the venue made the order. */
  readonly onTrade: (trade: WireTrade, forced: boolean) => boolean
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
  const trades = createRecentSet(50_000)
  /** Fills of orders that nobody has claimed yet: of a conditional one that triggered, or from before a restart. */
  const orphans = new Map<string, Fill[]>()
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

  /** Orders are known by their id; conditional ones count their own and are known by ours. */
  const link = (own: OwnOrder, venueOrderId: string): void => {
    own.venueOrderId ??= venueOrderId
    if (own.conditional && venueOrderId !== own.childId) return
    byVenueId.set(venueOrderId, own)
  }

  /** Fills that came before it was known whose they are; after the acceptance was told. */
  const claim = (own: OwnOrder): void => {
    for (const id of [own.venueOrderId, own.childId]) {
      if (id === null || byVenueId.get(id) !== own) continue
      const waiting = orphans.get(id)
      orphans.delete(id)
      for (const fill of waiting ?? []) book(own, fill)
    }
  }

  const adopt = (own: OwnOrder, childId: string): void => {
    if (own.childId === childId) return
    own.childId = childId
    link(own, childId)
    if (own.state === 'accepted' || own.state === 'ended') claim(own)
  }

  const accepted: OwnOrders['accepted'] = (own, venueOrderId, time) => {
    link(own, venueOrderId)
    if (own.state === 'accepted' || (own.state === 'ended' && !own.presumedAbsent)) {
      claim(own)
      return
    }
    const ghost = own.presumedAbsent
    own.presumedAbsent = false
    own.state = 'accepted'
    emit({ type: 'orderAccepted', orderId: own.orderId, venueOrderId, time })
    claim(own)
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
    if (isWhole(own)) finish()
    else ends.set(own, finish)
  }

  const forget = (id: OrderId | undefined): void => {
    const own = id === undefined ? undefined : orders.get(id)
    if (own === undefined || own.state !== 'ended') return
    orders.delete(own.orderId)
    for (const venueId of [own.venueOrderId, own.childId]) if (venueId !== null) byVenueId.delete(venueId)
  }

  /** By the venue's id, else by ours; a triggered order may carry the id of the conditional one it was. */
  const find = (venueOrderId: string, clientOrderId: string): OwnOrder | undefined => {
    const linked = byVenueId.get(venueOrderId)
    if (linked !== undefined) return linked
    const id = clientIdOf(clientOrderId)
    const own = id === null ? undefined : orders.get(id)
    if (own === undefined) return undefined
    if (own.conditional) adopt(own, venueOrderId)
    else link(own, venueOrderId)
    return own
  }

  const book = (own: OwnOrder, fill: Fill): boolean => {
    if (!trades.add(`${own.symbol}/${fill.tradeId}`)) return false
    const { tradeId, time, price, quantity, liquidity } = fill
    own.filled += quantity
    emit({ type: 'orderFilled', orderId: own.orderId, tradeId, time, price, quantity, liquidity, ...feeOf(own, fill) })
    if (isWhole(own)) ends.get(own)?.()
    return true
  }

  /** Fees in another coin stay in it: what they are worth is not for us to say. */
  const feeOf = (own: OwnOrder, { fee, feeCurrency }: Fill): Pick<OrderFilled, 'fee' | 'feeElsewhere'> =>
    feeCurrency === null || feeCurrency === contract(own.symbol)?.instrument.quote || fee === 0n
      ? { fee }
      : { fee: 0n, feeElsewhere: { currency: feeCurrency, amount: fee } }

  /** What a record or an update says of how an order stands. */
  const take = (own: OwnOrder, news: OrderNews): void => {
    const { venueOrderId, status, filled, time } = news
    const { orderId } = own
    own.recorded = true
    if (status !== 'REJECTED') accepted(own, venueOrderId, time)
    own.dealt = Math.max(own.dealt, filled)
    if (!isWhole(own)) options.onMissingFills(own)
    if (status === 'FILLED') end(own, null)
    if (status === 'CANCELED') end(own, { type: 'orderCanceled', orderId, code: 'byUser', time })
    if (status === 'EXPIRED' || status === 'EXPIRED_IN_MATCH')
      end(own, { type: 'orderExpired', orderId, code: news.expiry, time })
    if (status === 'REJECTED')
      end(own, { type: 'orderRejected', orderId, code: 'venueRejected', message: 'the venue ended it', time })
  }

  const takeAlgo = (
    own: OwnOrder,
    algoId: string,
    status: AlgoStatus,
    child: string | null,
    why: string,
    time: UnixMs,
  ): void => {
    const { orderId } = own
    own.recorded = true
    accepted(own, algoId, time)
    if (child !== null) {
      const isNew = own.childId !== child
      adopt(own, child)
      // done does not prove what became of the order
      if ((isNew || status === 'FINISHED') && own.state !== 'ended') options.onTriggered(own)
      return
    }
    if (own.childId !== null) return
    if (status === 'CANCELED') end(own, { type: 'orderCanceled', orderId, code: 'byUser', time })
    if (status === 'EXPIRED') end(own, { type: 'orderExpired', orderId, code: why === '' ? 'expired' : why, time })
    if (status === 'REJECTED')
      end(own, {
        type: 'orderRejected',
        orderId,
        code: 'triggerRejected',
        message: `it triggered and failed: ${why}`,
        time,
      })
  }

  /** The venue closed our position by force. */
  const force = (symbol: string, fill: Fill): boolean => {
    const known = contract(symbol)
    if (known === undefined || !trades.add(`${symbol}/${fill.tradeId}`)) return false
    const { tradeId, time, price, quantity, fee } = fill
    const told: Liquidated = {
      type: 'liquidated',
      instrumentId: known.instrument.id,
      tradeId,
      time,
      price,
      quantity,
      fee,
    }
    emit(told)
    return true
  }

  const fill = (venueOrderId: string, own: OwnOrder | undefined, news: Fill): boolean => {
    if (own !== undefined) return book(own, news)
    const waiting = orphans.get(venueOrderId) ?? []
    if (waiting.some(({ tradeId }) => tradeId === news.tradeId)) return false
    orphans.set(venueOrderId, [...waiting, news])
    if (orphans.size > maxOrphans) orphans.delete(orphans.keys().next().value ?? '')
    return false
  }

  return {
    register,
    accepted,
    get: (id) => orders.get(id),
    ofOrder: (id) => byVenueId.get(id),
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
    onOrder(record) {
      const own = find(record.orderId, record.clientOrderId)
      if (own === undefined) return
      take(own, {
        venueOrderId: record.orderId,
        status: record.status,
        filled: record.executedQty,
        expiry: expiryOf(record.status, record.type, record.timeInForce),
        time: record.updateTime,
      })
    },
    onAlgo(record) {
      const own = orders.get(record.clientAlgoId as OrderId)
      if (own?.conditional !== true) return
      takeAlgo(own, record.algoId, record.algoStatus, record.actualOrderId, '', record.updateTime)
    },
    onOrderUpdate(update, time) {
      const { l, L, t, T, m, n, N } = update
      const news: Fill = {
        // a liquidation may carry no trade id
        tradeId: t > 0 ? String(t) : `${update.i}-${T}`,
        time: T,
        price: L,
        quantity: l,
        liquidity: m ? 'maker' : 'taker',
        fee: n ?? 0n,
        feeCurrency: N ?? null,
      }
      const traded = l > 0 && L > 0 && (update.x === 'TRADE' || update.x === 'CALCULATED')
      if (forcedBy(update.c) !== null || update.x === 'CALCULATED') {
        if (traded) force(update.s, news)
        return
      }
      const own = find(update.i, update.c)
      if (own !== undefined && update.X !== 'REJECTED') accepted(own, update.i, time)
      if (traded) fill(update.i, own, news)
      if (own === undefined) return
      const reason = update.er === null || update.er === undefined ? null : String(update.er)
      take(own, {
        venueOrderId: update.i,
        status: update.X,
        filled: update.z,
        expiry: expiryOf(update.X, update.o, update.f, reason),
        time,
      })
    },
    onAlgoUpdate({ caid, aid, X, ai, rm }, time) {
      const own = orders.get(caid as OrderId)
      if (own?.conditional === true) takeAlgo(own, aid, X, ai, rm ?? '', time)
    },
    onTrade({ id, orderId, symbol, price, qty, commission, commissionAsset, maker, time }, forced) {
      const liquidity = maker ? 'maker' : 'taker'
      const news: Fill = {
        tradeId: id,
        time,
        price,
        quantity: qty,
        liquidity,
        fee: commission,
        feeCurrency: commissionAsset,
      }
      return forced ? force(symbol, news) : fill(orderId, byVenueId.get(orderId), news)
    },
    endAnyway: (own) => ends.get(own)?.(),
  }
}

/** Sums of fills may be off by less than any lot. */
export const isWhole = ({ dealt, filled }: OwnOrder): boolean => dealt <= filled + 1e-9

interface OrderNews {
  readonly venueOrderId: string
  readonly status: WireOrderStatus
  readonly filled: number
  /** Code of its end where it expired. */
  readonly expiry: string
  readonly time: UnixMs
}

interface Fill extends Pick<OrderFilled, 'tradeId' | 'time' | 'price' | 'quantity' | 'liquidity' | 'fee'> {
  /** Null where the event does not say: then in quote. */
  readonly feeCurrency: string | null
}
