import type { UnixMs } from '#model/ids.ts'
import type { Exchange } from '../exchange.ts'
import type {
  AccountId,
  ConditionalOrder,
  ConditionalRequest,
  ExchangeEvent,
  ExchangeOrder,
  PositionRow,
} from '../types.ts'
import { type Listing, type Listings, positionTypeOf } from './listings.ts'
import { trendOf } from './order-rows.ts'
import type { Attached } from './place.ts'
import { worded } from './refusals.ts'
import { WireError } from './wire-error.ts'

/** Take-profit and stop-loss of a position: at most one of the two happens. */
interface StopOrder {
  readonly id: string
  readonly accountId: AccountId
  readonly listing: Listing
  readonly positionId: string
  readonly positionType: 1 | 2
  readonly orderId: string
  readonly leverage: number
  readonly openType: 1 | 2
  /** Base units; 0 = the whole position. */
  readonly quantity: number
  readonly createTime: UnixMs
  stopLossPrice: number
  takeProfitPrice: number
  lossTrend: 1 | 2 | 3
  profitTrend: 1 | 2 | 3
  loss: ConditionalOrder | null
  profit: ConditionalOrder | null
  /** 1 waiting, 2 canceled, 3 executed, 4 expired, 5 failed. */
  state: 1 | 2 | 3 | 4 | 5
  /** 0 none, 1 take-profit, 2 stop-loss. */
  triggerSide: 0 | 1 | 2
  realityVol: number
  placeOrderId: string
  errorCode: number
  updateTime: UnixMs
  version: number
}

const kept = 10_000
const states = { new: 1, triggered: 3, finished: 3, canceled: 2, expired: 4, rejected: 5 } as const

export type StopOrderRow = ReturnType<typeof stopOrderRow>

/** The position's stops of every account; each is one or two conditional orders of the core. */
export class StopOrders {
  readonly #exchange: Exchange
  readonly #listings: Listings
  readonly #tell: (accountId: AccountId, row: StopOrderRow) => void
  readonly #rows = new Map<string, StopOrder>()
  readonly #byConditional = new Map<string, StopOrder>()
  /** What orders have attached to them, by order. */
  readonly #attached = new Map<string, Attached>()
  #expected: Attached | undefined
  #nextId = 372_000_001n

  constructor(exchange: Exchange, listings: Listings, tell: (accountId: AccountId, row: StopOrderRow) => void) {
    this.#exchange = exchange
    this.#listings = listings
    this.#tell = tell
  }

  /** The order about to be placed brings these with it. */
  expect(attached: Attached | undefined): void {
    this.#expected = attached
  }

  /** What became of it; one that has ended by now gets its stops at once. */
  placed(accountId: AccountId, order: ExchangeOrder | null): void {
    const attached = this.#expected
    this.#expected = undefined
    if (attached === undefined || order === null) return
    this.#attached.set(order.orderId, attached)
    this.#settle(accountId, this.#exchange.order(accountId, { orderId: order.orderId }) ?? order)
  }

  /** Throws 2009, 5001–5003, and what the core refuses. */
  place(
    accountId: AccountId,
    asked: {
      readonly position: PositionRow
      readonly vol: number | undefined
      readonly attached: Attached
      readonly orderId?: string
    },
  ): StopOrderRow {
    const { position, vol, attached, orderId = '0' } = asked
    const listing = this.#listings.of(position.instrumentId)
    const now = this.#exchange.now()
    const stop: StopOrder = {
      id: String(this.#nextId++),
      accountId,
      listing,
      positionId: position.positionId,
      positionType: positionTypeOf(position.positionSide, position.quantity),
      orderId,
      leverage: position.leverage,
      openType: position.marginMode === 'isolated' ? 1 : 2,
      quantity: vol === undefined ? 0 : listing.base(vol),
      createTime: now,
      stopLossPrice: attached.stopLossPrice ?? 0,
      takeProfitPrice: attached.takeProfitPrice ?? 0,
      lossTrend: attached.lossTrend,
      profitTrend: attached.profitTrend,
      loss: null,
      profit: null,
      state: 1,
      triggerSide: 0,
      realityVol: 0,
      placeOrderId: '0',
      errorCode: 0,
      updateTime: now,
      version: 1,
    }
    stop.loss = this.#wait(stop, position, 'loss')
    try {
      stop.profit = this.#wait(stop, position, 'profit')
    } catch (error) {
      if (stop.loss !== null) this.#exchange.cancelConditional(accountId, { orderId: stop.loss.conditionalId })
      throw error
    }
    this.#rows.set(stop.id, stop)
    for (const conditional of [stop.loss, stop.profit]) {
      if (conditional !== null) this.#byConditional.set(conditional.conditionalId, stop)
    }
    if (this.#rows.size > kept) this.#drop()
    this.#tell(accountId, stopOrderRow(stop))
    return stopOrderRow(stop)
  }

  /** Ascending by creation. */
  rows(accountId: AccountId): readonly StopOrderRow[] {
    return [...this.#rows.values()].filter((stop) => stop.accountId === accountId).map(stopOrderRow)
  }

  /** Whether a conditional order is a leg of a stop, and no plan order. */
  owns(conditionalId: string): boolean {
    return this.#byConditional.has(conditionalId)
  }

  /** Throws 2040, 2041. */
  cancel(accountId: AccountId, id: string): void {
    const stop = this.#find(accountId, id)
    if (stop.state !== 1) throw new WireError(2041, 'order state cannot be cancelled')
    for (const leg of [stop.loss, stop.profit])
      if (leg !== null) this.#exchange.cancelConditional(accountId, { orderId: leg.conditionalId })
  }

  /** Moves the legs that are waiting; a leg that was not there cannot be moved. Throws 2040, 2041, 5003. */
  change(accountId: AccountId, id: string, attached: Attached): void {
    const stop = this.#find(accountId, id)
    if (stop.state !== 1) throw new WireError(2041, 'order state cannot be cancelled')
    const legs = [
      [stop.loss, attached.stopLossPrice, attached.lossTrend],
      [stop.profit, attached.takeProfitPrice, attached.profitTrend],
    ] as const
    for (const [leg, price, trend] of legs) {
      if (price === undefined) continue
      if (leg === null) throw new WireError(5003, 'The stop order has no such price')
      const change = { triggerPrice: price, trigger: trendOf[trend] }
      const outcome = this.#exchange.amendConditional(accountId, { orderId: leg.conditionalId }, change)
      if (!outcome.ok) throw worded(outcome.refusal)
    }
    stop.stopLossPrice = attached.stopLossPrice ?? stop.stopLossPrice
    stop.takeProfitPrice = attached.takeProfitPrice ?? stop.takeProfitPrice
    this.#changed(stop)
  }

  take(event: ExchangeEvent): void {
    if (event.type === 'conditional') this.#leg(event.order)
    if (event.type === 'order') this.#settle(event.accountId, event.order)
  }

  /** An order with stops attached has ended: what it filled is protected. */
  #settle(accountId: AccountId, order: ExchangeOrder): void {
    const attached = this.#attached.get(order.orderId)
    if (attached === undefined || order.status === 'new' || order.status === 'partiallyFilled') return
    this.#attached.delete(order.orderId)
    if (order.filledQuantity === 0) return
    // the position is told after the order, so it is looked up when both are known
    queueMicrotask(() => {
      const position = this.#exchange
        .positions(accountId, order.instrumentId)
        .find(({ positionSide }) => positionSide === order.positionSide)
      if (position === undefined) return
      const vol = this.#listings.of(order.instrumentId).vol(order.filledQuantity)
      try {
        this.place(accountId, { position, vol, attached, orderId: order.orderId })
      } catch (error) {
        // refused prices leave the position without stops, as at the venue
        if (!(error instanceof WireError)) throw error
      }
    })
  }

  #leg(order: ConditionalOrder): void {
    const stop = this.#byConditional.get(order.conditionalId)
    if (stop === undefined) return
    const side = order.conditionalId === stop.loss?.conditionalId ? 'loss' : 'profit'
    stop[side] = order
    const own = side === 'profit' ? 1 : 2
    // the first leg that ends decides; later it tells which order it became, or that there was none
    const decides = stop.state === 1 || (stop.state === 3 && stop.triggerSide === own)
    if (order.status === 'new' || !decides) return
    stop.state = states[order.status]
    if (stop.state === 3 || stop.state === 5) {
      stop.triggerSide = own
      stop.placeOrderId = order.orderId ?? '0'
      stop.realityVol = stop.state === 3 ? stop.listing.vol(this.#closed(order)) : 0
      stop.errorCode = stop.state === 5 ? 4 : 0
    }
    const other = side === 'loss' ? stop.profit : stop.loss
    if (other !== null && other.status === 'new')
      this.#exchange.cancelConditional(stop.accountId, { orderId: other.conditionalId })
    this.#changed(stop)
  }

  /** Base units a leg closes; of a whole position, what its order took. */
  #closed({ accountId, orderId, quantity }: ConditionalOrder): number {
    if (quantity > 0 || orderId === null) return quantity
    return this.#exchange.order(accountId, { orderId })?.quantity ?? 0
  }

  #wait(stop: StopOrder, position: PositionRow, side: 'loss' | 'profit'): ConditionalOrder | null {
    const triggerPrice = side === 'loss' ? stop.stopLossPrice : stop.takeProfitPrice
    if (triggerPrice === 0) return null
    const long = position.quantity > 0
    const request: ConditionalRequest = {
      instrumentId: position.instrumentId,
      side: long ? 'sell' : 'buy',
      positionSide: position.positionSide,
      kind: side === 'loss' ? 'stopMarket' : 'takeProfitMarket',
      triggerPrice,
      trigger: trendOf[side === 'loss' ? stop.lossTrend : stop.profitTrend],
      reduceOnly: position.positionSide === 'net' && stop.quantity > 0,
      ...(stop.quantity > 0 ? { quantity: stop.quantity } : { closePosition: true }),
    }
    const outcome = this.#exchange.placeConditional(stop.accountId, request)
    if (!outcome.ok) throw worded(outcome.refusal)
    return outcome.value
  }

  #changed(stop: StopOrder): void {
    stop.version++
    stop.updateTime = this.#exchange.now()
    this.#tell(stop.accountId, stopOrderRow(stop))
  }

  #find(accountId: AccountId, id: string): StopOrder {
    const stop = this.#rows.get(id)
    if (stop === undefined || stop.accountId !== accountId) throw new WireError(2040, 'order not exist')
    return stop
  }

  /** The oldest that has ended makes room. */
  #drop(): void {
    for (const stop of this.#rows.values()) {
      if (stop.state === 1) continue
      this.#rows.delete(stop.id)
      for (const leg of [stop.loss, stop.profit]) if (leg !== null) this.#byConditional.delete(leg.conditionalId)
      return
    }
  }
}

function stopOrderRow(stop: StopOrder) {
  const { listing } = stop
  return {
    id: Number(stop.id),
    orderId: stop.orderId,
    symbol: listing.symbol,
    positionId: Number(stop.positionId),
    lossTrend: stop.lossTrend,
    profitTrend: stop.profitTrend,
    stopLossPrice: stop.stopLossPrice,
    takeProfitPrice: stop.takeProfitPrice,
    state: stop.state,
    triggerSide: stop.triggerSide,
    positionType: stop.positionType,
    vol: listing.vol(stop.quantity),
    realityVol: stop.realityVol,
    placeOrderId: stop.placeOrderId,
    errorCode: stop.errorCode,
    version: stop.version,
    isFinished: stop.state === 1 ? 0 : 1,
    priceProtect: 0,
    profitLossVolType: 'SAME',
    takeProfitVol: stop.takeProfitPrice > 0 ? listing.vol(stop.quantity) : 0,
    stopLossVol: stop.stopLossPrice > 0 ? listing.vol(stop.quantity) : 0,
    volType: stop.quantity > 0 ? 1 : 2,
    createTime: stop.createTime,
    updateTime: stop.updateTime,
    leverage: stop.leverage,
    openType: stop.openType,
  }
}
