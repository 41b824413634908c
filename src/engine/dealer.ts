import type { AbandonCode } from '#model/codes.ts'
import type { EngineOutput, Evidence, GroupName, Phase, TransitionCause, VerdictRecord } from '#model/events.ts'
import type { Instrument } from '#model/instrument.ts'
import { type InstanceId, type InstrumentId, type OrderId, type SignalId, signalId, type UnixMs } from '#model/ids.ts'
import type { Side } from '#model/market.ts'
import { approve, type Order, type OrderDraft, type OrderPurpose, type Position } from '#model/order.ts'
import { Cancels } from './cancels.ts'
import { evidenceAt } from './detection.ts'
import type { ReadingSlot } from './indicators/indicators.ts'
import type { Moment, TradingRoom } from './room.ts'
import type { StrategyInstance } from './strategy/strategy.ts'

/** Why a phase changes; `group` and `verdicts` when conditions decided. */
export interface Why {
  readonly cause: TransitionCause
  readonly group?: GroupName
  readonly verdicts?: readonly VerdictRecord[]
}

/** What all parts of one desk do: send and cancel orders, move the phase, read, and tell each of it. */
export class Dealer {
  readonly instance: StrategyInstance
  readonly room: TradingRoom
  /** Of the entry. */
  readonly side: Side
  /** +1 long, −1 short. */
  readonly direction: 1 | -1
  instrument: Instrument
  readonly #readings: ReadonlyMap<string, ReadingSlot>
  readonly #cancels = new Cancels()

  constructor(
    instance: StrategyInstance,
    instrument: Instrument,
    readings: ReadonlyMap<string, ReadingSlot>,
    room: TradingRoom,
  ) {
    const isLong = instance.strategy.document.direction === 'long'
    this.instance = instance
    this.instrument = instrument
    this.room = room
    this.side = isLong ? 'buy' : 'sell'
    this.direction = isLong ? 1 : -1
    this.#readings = readings
  }

  get position(): Position | undefined {
    return this.room.portfolio.position(this.instance.id)
  }

  get signalId(): SignalId {
    return this.instance.signalId ?? signalId('')
  }

  /** A reading of the strategy, computed at this moment. */
  reading(name: string, { stretch, at }: Moment): ReadingSlot {
    const slot = this.#readings.get(name)
    if (!slot) throw new Error(`unknown reading ${name}`)
    slot.ensure(stretch)
    slot.read(at, this.instance.view)
    return slot
  }

  /** Its value; NaN while pending, and where none is named. */
  valueOf(name: string | undefined, moment: Moment): number {
    return name === undefined ? Number.NaN : this.reading(name, moment).values[moment.at]
  }

  /** The reading as it is told. */
  evidence(name: string, moment: Moment): Evidence {
    return evidenceAt(name, this.reading(name, moment), moment.at)
  }

  /** The position as the strategy's own readings see it. */
  showPosition(): void {
    const { position, instrument } = this
    const { view } = this.instance
    view.quantity = position?.quantity ?? 0
    view.entryPrice = position?.entryPrice ?? Number.NaN
    view.leverage = position?.leverage ?? Number.NaN
    view.openedAt = position?.openedAt ?? Number.NaN
    view.feeFraction = position ? instrument.takerFeeRate * 2 : Number.NaN
  }

  order(id: OrderId | null): Order | undefined {
    return id === null ? undefined : this.room.orders.get(id)
  }

  submit(draft: OrderDraft): OrderId {
    const order = this.room.orders.open(approve(draft), draft.decidedAt)
    this.emit({ type: 'submitOrder', time: draft.decidedAt, order })
    return order.orderId
  }

  /** Asks the venue to cancel, and again while it does not answer; `false` when the order is finished or was asked about before. */
  cancel(id: OrderId | null, reason: string, time: UnixMs): boolean {
    if (id === null || !this.room.orders.requestCancel(id, time)) return false
    this.emit({ type: 'cancelOrder', time, orderId: id, instrumentId: this.instrument.id, reason })
    this.#cancels.ask(id, reason, time)
    this.instance.wakeAt = this.#cancels.nextAt
    return true
  }

  cancelOverdue(id: OrderId | null, time: UnixMs): void {
    const expiresAt = this.order(id)?.expiresAt
    if (expiresAt !== undefined && expiresAt <= time) this.cancel(id, 'timeout', time)
  }

  /** Cancels without an answer that are due are asked again. */
  repeatCancels(time: UnixMs): void {
    if (time < this.#cancels.nextAt) return
    for (const { orderId, reason, attempts: attempt, isLast } of this.#cancels.due(time)) {
      if (!isLast) this.emit({ type: 'cancelOrder', time, orderId, instrumentId: this.instrument.id, reason, attempt })
      else {
        const detail = `asked ${attempt} times to cancel (${reason})`
        this.emit({ type: 'orderAnomaly', time, orderId, code: 'cancelUnanswered', detail })
      }
    }
    this.instance.wakeAt = this.#cancels.nextAt
  }

  /** The venue has said how the order ended. */
  onEnded(orderId: OrderId): void {
    this.#cancels.answered(orderId)
    this.instance.wakeAt = this.#cancels.nextAt
  }

  /** An order at market for all of the position, reduce-only. */
  exitDraft(purpose: Exclude<OrderPurpose, 'entry'>, moment: Moment): OrderDraft {
    const { position } = this
    const quantity = position?.quantity ?? 0
    return {
      instanceId: this.instance.id,
      instrumentId: this.instrument.id,
      signalId: this.signalId,
      purpose,
      side: quantity > 0 ? 'sell' : 'buy',
      type: 'market',
      timeInForce: 'gtc',
      quantity: Math.abs(quantity),
      reduceOnly: true,
      leverage: position?.leverage ?? 1,
      decisionPrice: moment.price,
      decidedAt: moment.time,
    }
  }

  move(to: Phase, moment: Moment, { cause, group, verdicts = [] }: Why, renewable = false): void {
    const { instance } = this
    const { phase: from, signalId: id } = instance
    instance.move(to, moment.time, renewable)
    this.emit({
      ...this.fact(moment),
      type: 'transitioned',
      signalId: id,
      from,
      to,
      cause,
      group: group ?? null,
      price: moment.price,
      verdicts,
    })
  }

  cool(cooldownMs: number, moment: Moment, why: Why, renewable = false): void {
    this.instance.until = moment.time + cooldownMs
    this.move('cooling', moment, why, renewable)
  }

  /** The signal ended without a position. */
  tellAbandoned(code: AbandonCode, moment: Moment): void {
    this.emit({ ...this.fact(moment), type: 'entryAbandoned', signalId: this.signalId, code, price: moment.price })
  }

  snapshot(): unknown {
    return this.#cancels.snapshot()
  }

  restore(state: unknown): void {
    this.#cancels.restore(state)
    this.instance.wakeAt = this.#cancels.nextAt
  }

  emit(output: EngineOutput): void {
    this.room.emit(output)
  }

  fact({ time }: Moment): { time: UnixMs; instanceId: InstanceId; instrumentId: InstrumentId } {
    return { time, instanceId: this.instance.id, instrumentId: this.instrument.id }
  }
}
