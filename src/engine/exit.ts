import type { GroupName } from '#model/events.ts'
import type { OrderId, UnixMs } from '#model/ids.ts'
import type { ExitReason, Order } from '#model/order.ts'
import type { Bracket } from './bracket.ts'
import type { Dealer } from './dealer.ts'
import type { Entry } from './entry.ts'
import type { Levels } from './levels.ts'
import type { Moment } from './room.ts'

/** Before an exit that did not work is tried again; doubled with each refusal in a row, up to `maxPauseMs`. */
const firstPauseMs = 1_000
const maxPauseMs = 30_000

/** The way out of a position: planned and patient, or at market until it is gone. */
export class Exit {
  reason: ExitReason | null = null
  readonly #dealer: Dealer
  readonly #levels: Levels
  readonly #entry: Entry
  readonly #bracket: Bracket
  #orderId: OrderId | null = null
  /** Not before it an exit is tried again. */
  #retryAt = -Infinity
  /** In a row. */
  #refusals = 0

  constructor(dealer: Dealer, levels: Levels, entry: Entry, bracket: Bracket) {
    this.#dealer = dealer
    this.#levels = levels
    this.#entry = entry
    this.#bracket = bracket
  }

  /** Out of whatever there is: what the entry has not filled is canceled, the position closed. */
  leave(reason: ExitReason, moment: Moment, group?: GroupName): void {
    if (this.#dealer.instance.phase === 'exiting') {
      this.escalate(reason, moment)
      return
    }
    this.begin(reason, moment, group)
    this.#dealer.cancel(this.#entry.orderId, reason, moment.time)
    if (this.#dealer.position) this.#send(reason, moment)
  }

  begin(reason: ExitReason, moment: Moment, group?: GroupName): void {
    const { instance } = this.#dealer
    this.reason = reason
    this.#dealer.move('exiting', moment, {
      cause: reason,
      ...(group === undefined ? {} : { group, verdicts: instance.verdicts(moment.at, group) }),
    })
  }

  /** Whatever works patiently goes; what is left goes at market. */
  escalate(reason: ExitReason, moment: Moment): void {
    const working = this.#dealer.order(this.#orderId)
    if (working ? working.type === 'market' : moment.time < this.#retryAt) return
    this.reason = reason
    this.#dealer.cancel(this.#orderId, reason, moment.time)
    this.#orderId = null
    if (this.#dealer.position) this.#sendAtMarket(moment)
  }

  /** Sends an exit again when none works and the stop at the venue does not do it. */
  tend(moment: Moment): void {
    if (this.#orderId !== null || this.#bracket.isClosing(moment.time) || moment.time < this.#retryAt) return
    this.#sendAtMarket(moment)
  }

  cancelOverdue(time: UnixMs): void {
    this.#dealer.cancelOverdue(this.#entry.orderId, time)
    this.#dealer.cancelOverdue(this.#orderId, time)
  }

  /** The venue has taken the order, or some of it. */
  onTaken({ orderId }: Order): void {
    if (orderId === this.#orderId) this.#refusals = 0
  }

  onEnded(order: Order, moment: Moment): void {
    if (order.orderId !== this.#orderId) return
    this.#orderId = null
    if (order.status === 'rejected') this.#onRefused(order, moment)
  }

  reset(): void {
    this.#orderId = null
    this.reason = null
    this.#retryAt = -Infinity
    this.#refusals = 0
  }

  snapshot(): unknown {
    return { orderId: this.#orderId, reason: this.reason, retryAt: this.#retryAt, refusals: this.#refusals }
  }

  restore(state: unknown): void {
    const saved = state as { orderId: OrderId | null; reason: ExitReason | null; retryAt: number; refusals: number }
    this.#orderId = saved.orderId
    this.reason = saved.reason
    this.#retryAt = saved.retryAt
    this.#refusals = saved.refusals
  }

  #send(reason: ExitReason, moment: Moment): void {
    const dealer = this.#dealer
    const { order } = dealer.instance.strategy.document.exit
    const draft = dealer.exitDraft('exit', moment)
    if (reason !== 'exitSignal' || order.type === 'market') {
      this.#orderId = dealer.submit(draft)
      return
    }
    const price = this.#levels.exit(order, moment)
    dealer.cancel(this.#bracket.takeProfitOrderId, 'replaced', moment.time)
    this.#orderId = dealer.submit({ ...draft, type: 'limit', price, expiresAt: moment.time + order.timeoutMs })
  }

  #onRefused({ orderId, code = 'rejected' }: Order, moment: Moment): void {
    const dealer = this.#dealer
    this.#refusals++
    this.#retryAt = moment.time + Math.min(maxPauseMs, firstPauseMs * 2 ** (this.#refusals - 1))
    dealer.emit({
      ...dealer.fact(moment),
      type: 'exitRefused',
      signalId: dealer.signalId,
      orderId,
      code,
      attempt: this.#refusals,
      againAt: this.#retryAt,
    })
  }

  #sendAtMarket(moment: Moment): void {
    this.#retryAt = moment.time + firstPauseMs
    this.#orderId = this.#dealer.submit(this.#dealer.exitDraft('exit', moment))
  }
}
