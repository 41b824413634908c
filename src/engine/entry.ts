import type { AbandonCode } from '#model/codes.ts'
import type { OrderId } from '#model/ids.ts'
import type { Order, OrderDraft } from '#model/order.ts'
import type { Dealer, Why } from './dealer.ts'
import type { Levels } from './levels.ts'
import { isTerminal } from './orders/orders.ts'
import { checkEntry, sizeEntry } from './risk/risk.ts'
import type { Moment } from './room.ts'

/** After these ends of a signal its instance may be signaled again before the cooldown is over, if the strategy says how. */
const renewableAfter: readonly AbandonCode[] = [
  'canceledByGroup',
  'signalTimeout',
  'entryTimeout',
  'maxChase',
  'denied',
]

/** From a signal to the position: O1, Z1, sizing, risk, and the entry order while it works. */
export class Entry {
  orderId: OrderId | null = null
  readonly #dealer: Dealer
  readonly #levels: Levels
  /** What it will have been when the order ends unfilled. */
  #abandon: AbandonCode = 'entryTimeout'

  constructor(dealer: Dealer, levels: Levels) {
    this.#dealer = dealer
    this.#levels = levels
  }

  /** O1, the signal's time, Z1. */
  decide(moment: Moment): void {
    const { instance } = this.#dealer
    const { stretch, at } = moment
    const { cancel, entry } = instance.strategy.document
    if (instance.asks('cancel', stretch, at)) {
      const verdicts = instance.verdicts(at, 'cancel')
      this.abandon(moment, { cause: 'canceledByGroup', group: 'cancel', verdicts })
    } else if (moment.time - instance.view.signalTime >= cancel.timeoutMs) {
      // asked for the record: what it lacked at the end
      instance.asks('entry', stretch, at)
      this.abandon(moment, { cause: 'signalTimeout', verdicts: instance.verdicts(at, 'cancel', 'entry') })
    } else if (!entry.when) this.enter(moment, { cause: 'noEntryGroup' })
    else if (instance.asks('entry', stretch, at))
      this.enter(moment, { cause: 'entry', group: 'entry', verdicts: instance.verdicts(at, 'entry') })
  }

  /** Sizes, asks risk, and sends the order; every step is told. */
  enter(moment: Moment, why: Why): void {
    const dealer = this.#dealer
    const { instance, instrument, room } = dealer
    const { document } = instance.strategy
    const { entry } = document
    const entryPrice = this.#levels.entry(moment)
    const stopPrice = this.#levels.stop(entryPrice, moment)
    const scale = this.#levels.scale(entry.size.scaling, moment)
    const maxChase = entry.maxChasePct === undefined ? null : entry.maxChasePct / 100
    const exposure = room.exposureOf(instance, moment, maxChase)
    const { record, quantity } = sizeEntry({
      instrument,
      direction: document.direction,
      entryPrice,
      stopPrice,
      size: entry.size,
      scale,
      ...(entry.maxNotional === undefined ? {} : { maxNotional: entry.maxNotional }),
      ...(entry.maxVolumeSharePct === undefined ? {} : { maxVolumeShare: entry.maxVolumeSharePct / 100 }),
      leverage: entry.leverage,
      exposure,
      limits: room.limits,
    })
    const draft = this.#draft(quantity, entryPrice, moment)
    const checks = checkEntry(draft, instrument, stopPrice, exposure, room.limits)
    const denied = checks.filter(({ ok }) => !ok)
    const fact = { ...dealer.fact(moment), signalId: dealer.signalId }
    dealer.emit({ ...fact, type: 'riskDecided', ok: denied.length === 0, sizing: record, draft, checks })
    if (denied.length > 0) {
      dealer.emit({ ...fact, type: 'orderDenied', purpose: 'entry', reasons: denied })
      this.abandon(moment, { ...why, cause: 'denied' })
      return
    }
    this.#abandon = 'entryTimeout'
    dealer.move('entering', moment, why)
    this.orderId = dealer.submit(draft)
    room.countEntry(moment.time)
  }

  /** The signal ends here. */
  abandon(moment: Moment, why: Why & { readonly cause: AbandonCode }): void {
    const { cancel } = this.#dealer.instance.strategy.document
    this.#dealer.tellAbandoned(why.cause, moment)
    this.#dealer.cool(cancel.cooldownMs, moment, why, renewableAfter.includes(why.cause))
  }

  /** The operator canceled the working order. */
  withdraw(): void {
    this.#abandon = 'command'
  }

  /** The order has ended; tells what the signal ends as when it left no position. */
  end(order: Order): AbandonCode {
    this.orderId = null
    if (order.status === 'rejected') this.#abandon = 'rejected'
    return this.#abandon
  }

  /** What the order may still fill, base units. */
  rest(): number {
    const order = this.#dealer.order(this.orderId)
    return order && !isTerminal(order.status) ? order.quantity - order.filledQuantity : 0
  }

  /** What is still unfilled is not bought beyond the strategy's distance from the signal. */
  stopChasing(moment: Moment): void {
    const { instance, direction } = this.#dealer
    const { maxChasePct = Infinity } = instance.strategy.document.entry
    const { signalPrice } = instance.view
    const run = ((moment.price - signalPrice) / signalPrice) * 100 * direction
    const order = this.#dealer.order(this.orderId)
    if (!(run > maxChasePct) || !order || order.cancelRequested) return
    this.#abandon = 'maxChase'
    this.#dealer.cancel(order.orderId, 'maxChase', moment.time)
  }

  snapshot(): unknown {
    return { orderId: this.orderId, abandon: this.#abandon }
  }

  restore(state: unknown): void {
    const saved = state as { orderId: OrderId | null; abandon: AbandonCode }
    this.orderId = saved.orderId
    this.#abandon = saved.abandon
  }

  #draft(quantity: number, price: number, { price: decisionPrice, time }: Moment): OrderDraft {
    const { instance, instrument, side, signalId } = this.#dealer
    const { entry } = instance.strategy.document
    return {
      instanceId: instance.id,
      instrumentId: instrument.id,
      signalId,
      purpose: 'entry',
      side,
      type: entry.order.type,
      timeInForce: 'gtc',
      quantity,
      ...(entry.order.type === 'limit' ? { price } : {}),
      reduceOnly: false,
      leverage: entry.leverage,
      decisionPrice,
      decidedAt: time,
      expiresAt: time + entry.timeoutMs,
    }
  }
}
