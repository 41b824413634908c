import { snapPrice, snapQuantity } from '#model/instrument.ts'
import type { OrderId, UnixMs } from '#model/ids.ts'
import { liquidationPrice } from '#model/liquidation.ts'
import type { ExitReason, Order, Position } from '#model/order.ts'
import type { Dealer } from './dealer.ts'
import type { Entry } from './entry.ts'
import type { Levels } from './levels.ts'
import type { Moment } from './room.ts'
import { Protection } from './strategy/strategy.ts'

/** How long the stop resting at the venue may lag behind its trigger, or behind its last fill, before the engine exits by itself. */
const stopGraceMs = 2_000
/** Before a stop that the venue refused is tried again. */
const retryMs = 1_000
/** A stop refused this often means: out at market. */
const stopTries = 3

type StopMove = 'entry' | 'trailing' | 'command' | 'resized'

/** The orders that rest at the venue around an open position: the stop, which is always there, and the take-profit. */
export class Bracket {
  takeProfitOrderId: OrderId | null = null
  readonly #dealer: Dealer
  readonly #levels: Levels
  readonly #entry: Entry
  #protection: Protection | null = null
  #stopOrderId: OrderId | null = null
  /** Not before it a stop is tried again. */
  #stopRetryAt = -Infinity
  #stopFailures = 0

  constructor(dealer: Dealer, levels: Levels, entry: Entry) {
    this.#dealer = dealer
    this.#levels = levels
    this.#entry = entry
  }

  /** The stop has followed the price: what it closes is a trailing stop. */
  get trailing(): boolean {
    return this.#protection?.trailing ?? false
  }

  /** Something is filled: levels from the average price so far, and a stop for all there may be. */
  open(position: Position, moment: Moment): void {
    const { entryPrice } = position
    this.#protection = this.#protectionOf(position, this.#levels.stop(entryPrice, moment), moment)
    this.#placeStop('entry', null, moment)
  }

  /** The entry is over: levels are set from the average price really paid. */
  settle(moment: Moment): void {
    const { position } = this.#dealer
    const before = this.#protection
    if (!position || !before) return
    const wanted = this.#levels.stop(position.entryPrice, moment)
    // a stop that was already tightened stays
    const stays = before.tightened && (before.stopPrice - wanted) * before.direction > 0
    const settled = this.#protectionOf(position, stays ? before.stopPrice : wanted, moment)
    settled.trailing = before.trailing
    settled.tightened = before.tightened
    settled.follow(before.best)
    this.#protection = settled
    if (settled.stopPrice !== before.stopPrice) this.#placeStop('resized', before.stopPrice, moment)
    const price = settled.takeProfitPrice
    if (!Number.isFinite(price)) return
    const draft = this.#dealer.exitDraft('takeProfit', moment)
    this.takeProfitOrderId = this.#dealer.submit({ ...draft, type: 'limit', price, decisionPrice: price })
  }

  /** Moves the stop by command; `false` when that would not tighten it. */
  tighten(stopPrice: number, moment: Moment): boolean {
    const protection = this.#protection
    const snapped = snapPrice(this.#dealer.instrument, stopPrice)
    if (!protection || !((snapped - protection.stopPrice) * protection.direction > 0)) return false
    this.#moveStop(protection, snapped, 'command', moment)
    return true
  }

  /** What the protective levels ask for, once the orders at the venue have had their chance; the stop is trailed on the way. */
  guard(moment: Moment): ExitReason | undefined {
    const protection = this.#protection
    if (!protection || !this.#dealer.position) return undefined
    const reason = protection.check(moment.price, moment.mark, moment.time)
    if (reason === undefined) {
      this.#trail(protection, moment)
      return undefined
    }
    if (reason === 'stopLoss' || reason === 'trailingStop') {
      const resting = this.#dealer.order(this.#stopOrderId)
      if (resting && resting.status !== 'submitted' && moment.time - protection.breachedAt < stopGraceMs)
        return undefined
    }
    return reason === 'takeProfit' && this.takeProfitOrderId !== null ? undefined : reason
  }

  /** Sends a stop again when there is none for all there is; `false` when the venue has refused it too often. */
  tend(moment: Moment): boolean {
    if (!this.#protection || this.#isCovered()) return true
    if (this.#stopFailures >= stopTries) return false
    if (moment.time >= this.#stopRetryAt) this.#placeStop('resized', this.#protection.stopPrice, moment)
    return true
  }

  /** The stop at the venue has begun to close the position, and is not stuck. */
  isClosing(time: UnixMs): boolean {
    const stop = this.#dealer.order(this.#stopOrderId)
    return stop !== undefined && stop.filledQuantity > 0 && time - stop.updatedAt < stopGraceMs
  }

  // what the venue said

  /** The newest stop is there: those before it go. */
  onAccepted({ orderId }: Order, time: UnixMs): void {
    if (orderId !== this.#stopOrderId) return
    this.#stopFailures = 0
    for (const stop of this.#liveStops())
      if (stop.orderId !== orderId) this.#dealer.cancel(stop.orderId, 'replaced', time)
  }

  onEnded(order: Order, moment: Moment): void {
    if (order.orderId === this.takeProfitOrderId) this.takeProfitOrderId = null
    else if (order.orderId === this.#stopOrderId) this.#stopLost(order, moment)
  }

  /** No position is left. */
  drop(): void {
    this.#protection = null
  }

  reset(): void {
    this.#protection = null
    this.#stopOrderId = this.takeProfitOrderId = null
    this.#stopFailures = 0
    this.#stopRetryAt = -Infinity
  }

  /** Grids and minimums changed. */
  regrid(): void {
    if (this.#protection) this.#protection = this.#protectionFrom(this.#protection.snapshot())
  }

  snapshot(): unknown {
    return {
      orders: [this.#stopOrderId, this.takeProfitOrderId],
      protection: this.#protection?.snapshot() ?? null,
      stopRetryAt: this.#stopRetryAt,
      stopFailures: this.#stopFailures,
    }
  }

  restore(state: unknown): void {
    const saved = state as {
      orders: [OrderId | null, OrderId | null]
      protection: unknown
      stopRetryAt: number
      stopFailures: number
    }
    ;[this.#stopOrderId, this.takeProfitOrderId] = saved.orders
    this.#protection = saved.protection === null ? null : this.#protectionFrom(saved.protection)
    this.#stopRetryAt = saved.stopRetryAt
    this.#stopFailures = saved.stopFailures
  }

  // the stop

  /** A new stop for all there is; those before stay until the venue has accepted it. */
  #placeStop(why: StopMove, from: number | null, moment: Moment): void {
    const protection = this.#protection
    if (!protection) return
    const { stopPrice, trigger } = protection
    const dealer = this.#dealer
    this.#stopOrderId = dealer.submit({
      ...dealer.exitDraft('stopLoss', moment),
      type: 'stopMarket',
      stopPrice,
      trigger,
      quantity: snapQuantity(dealer.instrument, this.#exposed()),
      decisionPrice: stopPrice,
    })
    dealer.emit({
      ...dealer.fact(moment),
      type: 'stopMoved',
      signalId: dealer.signalId,
      from,
      to: stopPrice,
      why,
    })
  }

  #moveStop(protection: Protection, stopPrice: number, why: 'trailing' | 'command', moment: Moment): void {
    if (!this.#dealer.position) return
    const from = protection.stopPrice
    protection.stopPrice = stopPrice
    protection.tightened = true
    if (why === 'trailing') protection.trailing = true
    this.#placeStop(why, from, moment)
  }

  #trail(protection: Protection, moment: Moment): void {
    const inFlight = this.#dealer.order(this.#stopOrderId)?.status === 'submitted'
    const trailed = protection.trail(moment.price)
    if (trailed === trailed && !inFlight && this.#dealer.instance.phase !== 'exiting')
      this.#moveStop(protection, trailed, 'trailing', moment)
  }

  /** What may have to be closed: the position, and what the entry may still fill. */
  #exposed(): number {
    return Math.abs(this.#dealer.position?.quantity ?? 0) + this.#entry.rest()
  }

  /** A stop is there, and it is for all there is. */
  #isCovered(): boolean {
    const stop = this.#dealer.order(this.#stopOrderId)
    return stop !== undefined && stop.quantity > this.#exposed() - this.#dealer.instrument.lotSize / 2
  }

  #liveStops(): readonly Order[] {
    const { room, instance } = this.#dealer
    return room.orders.working(instance.id).filter(({ purpose }) => purpose === 'stopLoss')
  }

  /** The one before it, if that still rests, goes on in its place. */
  #stopLost(order: Order, moment: Moment): void {
    const dealer = this.#dealer
    const { position } = dealer
    this.#stopOrderId = this.#liveStops().findLast(({ cancelRequested }) => !cancelRequested)?.orderId ?? null
    if (!position || order.status === 'filled' || this.#isCovered()) return
    if (dealer.instance.phase !== 'exiting') {
      this.#stopFailures++
      this.#stopRetryAt = moment.time + retryMs
    }
    dealer.emit({
      ...dealer.fact(moment),
      type: 'unprotected',
      signalId: dealer.signalId,
      since: moment.time,
      quantity: position.quantity,
    })
  }

  #protectionOf(position: Position, stopPrice: number, moment: Moment): Protection {
    const { instrument, direction, instance } = this.#dealer
    const { entryPrice, openedAt, quantity, leverage } = position
    return new Protection({
      instrument,
      direction,
      entryPrice,
      openedAt,
      stopPrice,
      takeProfitPrice: this.#levels.takeProfit(entryPrice, moment),
      liquidationPrice: liquidationPrice({ instrument, entryPrice, quantity, leverage }),
      rules: instance.strategy.document.protection,
    })
  }

  #protectionFrom(snapshot: unknown): Protection {
    const { instrument, instance } = this.#dealer
    return Protection.restore(snapshot, instrument, instance.strategy.document.protection)
  }
}
