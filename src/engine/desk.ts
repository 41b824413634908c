import type { AbandonCode } from '#model/codes.ts'
import type { Evidence } from '#model/events.ts'
import type { Instrument } from '#model/instrument.ts'
import type { UnixMs } from '#model/ids.ts'
import type { ExitReason, Order, OrderFilled, Position, RoundTrip } from '#model/order.ts'
import { Bracket } from './bracket.ts'
import { Dealer } from './dealer.ts'
import { Entry } from './entry.ts'
import { Exit } from './exit.ts'
import type { ReadingSlot } from './indicators/indicators.ts'
import { Levels } from './levels.ts'
import { isTerminal } from './orders/orders.ts'
import type { Moment, TradingRoom } from './room.ts'
import { Signaling } from './signaling.ts'
import type { StrategyInstance } from './strategy/strategy.ts'

/** Carries out what one strategy instance decides, phase by phase, and what the venue answers; never leaves a position without a stop. */
export class InstanceDesk {
  readonly instance: StrategyInstance
  readonly #dealer: Dealer
  readonly #signaling: Signaling
  readonly #entry: Entry
  readonly #bracket: Bracket
  readonly #exit: Exit
  /** A position was open since the signal. */
  #held = false

  constructor(
    instance: StrategyInstance,
    instrument: Instrument,
    readings: ReadonlyMap<string, ReadingSlot>,
    room: TradingRoom,
  ) {
    const dealer = new Dealer(instance, instrument, readings, room)
    const levels = new Levels(dealer)
    this.instance = instance
    this.#dealer = dealer
    this.#signaling = new Signaling(dealer)
    this.#entry = new Entry(dealer, levels)
    this.#bracket = new Bracket(dealer, levels, this.#entry)
    this.#exit = new Exit(dealer, levels, this.#entry, this.#bracket)
  }

  // the market

  /** At one moment: protective exits, then the groups of the phase. */
  evaluate(moment: Moment): void {
    const { instance } = this
    this.#dealer.repeatCancels(moment.time)
    switch (instance.phase) {
      case 'cooling':
        if (moment.time >= instance.until) this.#dealer.move('watching', moment, { cause: 'cooldownOver' })
        else if (instance.found) this.#signal(moment)
        return
      case 'watching':
        if (instance.found) this.#signal(moment)
        return
      case 'signaled':
        instance.follow(moment.price)
        this.#decideEntry(moment)
        return
      case 'entering':
      case 'holding':
      case 'exiting':
        instance.follow(moment.price)
        this.#guard(moment)
        this.#decideExit(moment)
        this.#tend(moment)
    }
  }

  /** What it reads, whether or not a condition asks. */
  readings(moment: Moment): readonly Evidence[] {
    return [...this.instance.strategy.readings.keys()].map((name) => this.#dealer.evidence(name, moment))
  }

  // the operator, and the end of data

  /** Out of whatever there is; `false` when there is nothing to get out of. */
  close(reason: ExitReason, cause: AbandonCode, moment: Moment): boolean {
    if (!this.instance.busy) return false
    if (this.instance.phase === 'signaled') this.#entry.abandon(moment, { cause })
    else this.#exit.leave(reason, moment)
    return true
  }

  /** A setup that lost its data, or that the operator withdrew. */
  withdraw(cause: AbandonCode, moment: Moment): void {
    if (this.instance.phase === 'signaled') this.#entry.abandon(moment, { cause })
  }

  /** The operator cancels a working order; `false` when it is finished, or asked about already. */
  cancel({ orderId, purpose }: Order, time: UnixMs): boolean {
    if (!this.#dealer.cancel(orderId, 'command', time)) return false
    if (purpose === 'entry') this.#entry.withdraw()
    return true
  }

  /** Entry by command: no groups are asked, every risk check is. */
  enterManually(moment: Moment): boolean {
    if (this.instance.phase !== 'watching') return false
    this.#signaling.open(moment, [])
    this.#entry.enter(moment, { cause: 'noEntryGroup' })
    return true
  }

  /** Only tightens; a looser stop is refused. */
  adjustStop(stopPrice: number, moment: Moment): boolean {
    return this.#bracket.tighten(stopPrice, moment)
  }

  /** What is sent from now on keeps to the new grids and minimums. */
  changeInstrument(instrument: Instrument): void {
    this.#dealer.instrument = instrument
    this.#bracket.regrid()
  }

  // what the venue said

  onOrder(order: Order, fill: OrderFilled | undefined, moment: Moment): void {
    if (fill) this.#onFill(order, fill, moment)
    if (order.status === 'accepted') this.#bracket.onAccepted(order, moment.time)
    if (order.status === 'accepted' || fill) this.#exit.onTaken(order)
    if (isTerminal(order.status)) this.#onEnded(order, moment)
    else if (!fill) return
    this.#tend(moment)
  }

  /** The venue took a part of the position by force. */
  onReduced(): void {
    this.#dealer.showPosition()
  }

  /** The venue closed the whole position by force. */
  onLiquidated(closed: RoundTrip, moment: Moment): void {
    if (this.instance.phase === 'exiting') this.#exit.reason = 'liquidated'
    else this.#exit.begin('liquidated', moment)
    this.#dealer.showPosition()
    this.#flat(closed, moment)
  }

  snapshot(): unknown {
    return {
      instance: this.instance.snapshot(),
      dealer: this.#dealer.snapshot(),
      signaling: this.#signaling.snapshot(),
      entry: this.#entry.snapshot(),
      bracket: this.#bracket.snapshot(),
      exit: this.#exit.snapshot(),
      held: this.#held,
    }
  }

  restore(state: unknown): void {
    const saved = state as Record<'instance' | 'dealer' | 'signaling' | 'entry' | 'bracket' | 'exit', unknown> & {
      held: boolean
    }
    this.instance.restore(saved.instance)
    this.#dealer.restore(saved.dealer)
    this.#signaling.restore(saved.signaling)
    this.#entry.restore(saved.entry)
    this.#bracket.restore(saved.bracket)
    this.#exit.restore(saved.exit)
    this.#held = saved.held
  }

  // S1, O1, Z1

  #signal(moment: Moment): void {
    if (this.#signaling.take(moment)) this.#entry.decide(moment)
  }

  /** O1 and Z1, then S1 once more where it may renew the signal. */
  #decideEntry(moment: Moment): void {
    const { instance } = this
    const again = instance.asksAgain(moment.stretch, moment.at)
    this.#entry.decide(moment)
    if (again && instance.phase === 'signaled') this.#signaling.take(moment)
  }

  // protection, E1, ZE1

  /** Stop loss, take profit, trailing, time limit, liquidation distance: before any group. */
  #guard(moment: Moment): void {
    const reason = this.#bracket.guard(moment)
    if (reason !== undefined) this.#exit.leave(reason, moment)
  }

  #decideExit(moment: Moment): void {
    const { instance } = this
    const { stretch, at } = moment
    if (instance.phase !== 'entering' && instance.phase !== 'holding' && instance.phase !== 'exiting') return
    if (instance.asks('emergency', stretch, at)) this.#exit.leave('emergency', moment, 'emergency')
    else if (instance.phase === 'holding' && instance.asks('exit', stretch, at))
      this.#exit.leave('exitSignal', moment, 'exit')
  }

  /** Keeps what must work working: overdue orders go, missing exits and stops come again. */
  #tend(moment: Moment): void {
    const { phase } = this.instance
    if (phase !== 'entering' && phase !== 'holding' && phase !== 'exiting') return
    if (phase === 'entering') this.#entry.stopChasing(moment)
    this.#exit.cancelOverdue(moment.time)
    if (!this.#dealer.position) {
      if (phase === 'exiting' && this.#entry.orderId === null) this.#finish(moment)
    } else if (phase === 'exiting') this.#exit.tend(moment)
    else if (!this.#bracket.tend(moment)) this.#exit.leave('emergency', moment)
  }

  // fills and ends

  #onFill(order: Order, fill: OrderFilled, moment: Moment): void {
    const { instance } = this
    const dealer = this.#dealer
    const exitReason = this.#reasonOf(order)
    if (order.purpose === 'stopLoss' && (instance.phase === 'holding' || instance.phase === 'entering')) {
      this.#exit.begin(exitReason, moment)
      dealer.cancel(this.#entry.orderId, 'stopLoss', moment.time)
    }
    const strategy = instance.strategy.document.name
    const result = dealer.room.portfolio.applyFill(order, fill, { exitReason, strategy })
    const { postings, opened, updated, closed, anomaly } = result
    for (const posting of postings) dealer.emit({ type: 'posted', posting })
    if (anomaly) dealer.emit({ type: 'orderAnomaly', time: fill.time, orderId: order.orderId, ...anomaly })
    if (updated) dealer.emit({ ...dealer.fact(moment), type: 'positionUpdated', position: updated })
    this.#dealer.showPosition()
    if (closed) {
      if (instance.phase === 'entering') this.#exit.begin(exitReason, moment)
      this.#exit.reason ??= exitReason
      this.#flat(closed, moment)
    }
    if (opened) this.#onOpened(opened, order, moment)
  }

  /** What closes a position is what its last fill was for. */
  #reasonOf({ purpose }: Order): ExitReason {
    if (purpose === 'takeProfit') return 'takeProfit'
    if (purpose === 'stopLoss') return this.#bracket.trailing ? 'trailingStop' : 'stopLoss'
    return this.#exit.reason ?? 'manual'
  }

  #onOpened(position: Position, order: Order, moment: Moment): void {
    const { instance } = this
    const { direction } = this.#dealer
    this.#dealer.emit({ ...this.#dealer.fact(moment), type: 'positionOpened', position })
    this.#held = true
    instance.signalId ??= order.signalId
    // the wrong way round, an exit filled for more than we knew of: there is nothing to protect, only to get out of
    if (Math.sign(position.quantity) === direction) this.#bracket.open(position, moment)
    if (instance.phase !== 'entering' && instance.phase !== 'exiting') this.#exit.leave('emergency', moment)
  }

  #onEnded(order: Order, moment: Moment): void {
    this.#dealer.onEnded(order.orderId)
    if (order.orderId === this.#entry.orderId) this.#onEntryEnded(order, moment)
    else {
      this.#exit.onEnded(order, moment)
      this.#bracket.onEnded(order, moment)
    }
  }

  #onEntryEnded(order: Order, moment: Moment): void {
    const { instance } = this
    const { position } = this.#dealer
    const cause = this.#entry.end(order)
    if (instance.phase === 'entering' && position) {
      this.#dealer.move('holding', moment, { cause: 'entryFilled' })
      this.#bracket.settle(moment)
    } else if (instance.phase === 'entering') {
      this.#entry.abandon(moment, { cause })
    } else if (instance.phase === 'exiting' && !position) {
      if (!this.#held) this.#dealer.tellAbandoned(abandonCodeOf(this.#exit.reason), moment)
      this.#finish(moment)
    }
  }

  #flat(closed: RoundTrip, moment: Moment): void {
    const dealer = this.#dealer
    const { positionId } = closed
    dealer.emit({ ...dealer.fact(moment), type: 'positionClosed', positionId, roundTrip: closed })
    for (const { orderId } of dealer.room.orders.working(this.instance.id)) dealer.cancel(orderId, 'flat', moment.time)
    this.#bracket.drop()
    if (this.#entry.orderId === null && !dealer.position) this.#finish(moment)
  }

  /** Flat after a late entry fill was closed, or the entry never filled. */
  #finish(moment: Moment): void {
    const { emergency, exit } = this.instance.strategy.document
    const { reason } = this.#exit
    const { cooldownMs } = reason === 'emergency' || reason === 'killSwitch' ? emergency : exit
    this.#dealer.cool(cooldownMs, moment, { cause: 'exitFilled' })
    this.#held = false
    this.#entry.orderId = null
    this.#bracket.reset()
    this.#exit.reset()
  }
}

const abandonCodeOf = (reason: ExitReason | null): AbandonCode =>
  reason === 'emergency' ? 'emergency' : reason === 'endOfData' ? 'endOfData' : 'command'
