import type { AbandonCode, SkipCode } from '#model/codes.ts'
import type { EngineOutput, GroupName, TransitionCause, VerdictRecord } from '#model/events.ts'
import type { Instrument } from '#model/instrument.ts'
import { snapPrice, snapPriceAdverse, snapQuantity } from '#model/instrument.ts'
import { type OrderId, type SignalId, signalId, type UnixMs } from '#model/ids.ts'
import { liquidationPrice } from '#model/liquidation.ts'
import type { Side } from '#model/market.ts'
import {
  approve,
  type ExitReason,
  type Order,
  type OrderDraft,
  type OrderFilled,
  type Position,
  type RoundTrip,
} from '#model/order.ts'
import type { Scaling } from '#model/strategy.ts'
import { isTerminal } from './orders/orders.ts'
import { detectionOf } from './detection.ts'
import type { TradingRoom } from './room.ts'
import { checkEntry, interpolate, sizeEntry } from './risk/risk.ts'
import { Protection, type StrategyInstance } from './strategy/strategy.ts'

/** How long the stop resting at the venue may lag behind its trigger, or behind its last fill, before the engine exits by itself. */
const stopGraceMs = 2_000
/** Between two tries of an exit or a stop that the venue refused. */
const retryMs = 1_000
/** A stop refused this often means: out at market. */
const stopTries = 3
/** The same skip is reported once per this long. */
const skipRepeatMs = 60_000
/** A signal not taken for one of these says nothing about the market. */
const doubtful: readonly SkipCode[] = ['staleData', 'warmingUp']
/** After these ends of a signal its instance may be signaled again before the cooldown is over, if the strategy says how. */
const renewableAfter: readonly AbandonCode[] = [
  'canceledByGroup',
  'signalTimeout',
  'entryTimeout',
  'maxChase',
  'denied',
]

/** Where an instance stands in the market: the moment at which it is evaluated. */
export interface Moment {
  readonly stretch: number
  readonly at: number
  readonly time: UnixMs
  /** Last trade. */
  readonly price: number
  /** NaN when the source has none. */
  readonly mark: number
}

/** Carries out what one strategy instance decides: sizes, asks risk, opens and replaces orders, and never leaves a position without a stop. */
export class InstanceDesk {
  readonly instance: StrategyInstance
  instrument: Instrument
  /** Instant of the stretch at which the instance wants to be evaluated; −1 = must be looked for. */
  hit = -1
  entryOrderId: OrderId | null = null
  readonly #room: TradingRoom
  readonly #side: Side
  #exitOrderId: OrderId | null = null
  #stopOrderId: OrderId | null = null
  #takeProfitOrderId: OrderId | null = null
  #protection: Protection | null = null
  #exitReason: ExitReason | null = null
  #abandon: AbandonCode = 'entryTimeout'
  /** Not before it a stop, and an exit, are tried again. */
  #stopRetryAt = -Infinity
  #exitRetryAt = -Infinity
  #stopFailures = 0
  #skipKey = ''
  #skipAt = -Infinity
  /** A position was open since the signal. */
  #held = false

  constructor(instance: StrategyInstance, instrument: Instrument, room: TradingRoom) {
    this.instance = instance
    this.instrument = instrument
    this.#room = room
    this.#side = instance.strategy.document.direction === 'long' ? 'buy' : 'sell'
  }

  get position(): Position | undefined {
    return this.#room.portfolio.position(this.instance.id)
  }

  /** Holds the instrument's lock: from the signal until flat. */
  get busy(): boolean {
    return this.instance.phase !== 'watching' && this.instance.phase !== 'cooling'
  }

  evaluate(moment: Moment): void {
    const { instance } = this
    if (instance.phase === 'cooling') {
      if (moment.time >= instance.until) this.#move('watching', 'cooldownOver', null, moment, [])
      else this.#signal(moment)
      return
    }
    if (instance.phase === 'watching') {
      this.#signal(moment)
      return
    }
    instance.follow(moment.price)
    if (instance.phase === 'signaled') {
      const again = instance.asksAgain(moment.stretch, moment.at)
      this.#decideEntry(moment)
      if (again && instance.phase === 'signaled') this.#signal(moment)
      return
    }
    this.#guard(moment)
    if (instance.phase === 'entering' || instance.phase === 'holding' || instance.phase === 'exiting')
      this.#decideExit(moment)
    this.#tend(moment)
  }

  /** The recording ends, or the operator wants out; `false` when there is nothing to get out of. */
  close(reason: ExitReason, code: AbandonCode, moment: Moment): boolean {
    if (!this.busy) return false
    if (this.instance.phase === 'signaled') this.#abandonSignal(code, moment, null, [])
    else if (this.instance.phase === 'exiting') this.#escalate(reason, moment)
    else this.#exit(reason, null, moment, [])
    return true
  }

  /** The operator canceled the working entry. */
  withdrawEntry(): void {
    this.#abandon = 'command'
  }

  /** Grids and minimums changed: what is sent from now on keeps to the new ones. */
  changeInstrument(instrument: Instrument): void {
    this.instrument = instrument
    const { protection } = this.instance.strategy.document
    if (this.#protection) this.#protection = Protection.restore(this.#protection.snapshot(), instrument, protection)
  }

  /** A setup that lost its data, or that the operator withdrew. */
  withdraw(code: AbandonCode, moment: Moment): void {
    if (this.instance.phase === 'signaled') this.#abandonSignal(code, moment, null, [])
  }

  /** Entry by command: no groups are asked, every risk check is. */
  enterManually(moment: Moment): boolean {
    if (this.instance.phase !== 'watching') return false
    this.#open(moment, [])
    this.#enter(moment, null, [])
    return true
  }

  /** Only tightens; a looser stop is refused. */
  adjustStop(stopPrice: number, moment: Moment): boolean {
    const protection = this.#protection
    const snapped = snapPrice(this.instrument, stopPrice)
    if (!protection || !((snapped - protection.stopPrice) * protection.direction > 0)) return false
    this.#moveStop(snapped, 'command', moment)
    return true
  }

  // what the venue said

  onOrder(order: Order, fill: OrderFilled | undefined, moment: Moment): void {
    if (fill) this.#onFill(order, fill, moment)
    if (order.orderId === this.#stopOrderId && order.status === 'accepted') this.#retireOldStops(moment.time)
    if (isTerminal(order.status)) {
      if (order.orderId === this.entryOrderId) this.#entryDone(order, moment)
      else if (order.orderId === this.#exitOrderId) this.#exitOrderId = null
      else if (order.orderId === this.#takeProfitOrderId) this.#takeProfitOrderId = null
      else if (order.orderId === this.#stopOrderId) this.#stopLost(order, moment)
    } else if (!fill) return
    this.#tend(moment)
  }

  /** The venue took a part of the position by force. */
  onReduced(): void {
    this.#showPosition()
  }

  /** The venue closed the whole position by force. */
  onLiquidated(closed: RoundTrip, moment: Moment): void {
    if (this.instance.phase !== 'exiting') this.#move('exiting', 'liquidated', null, moment, [])
    this.#exitReason = 'liquidated'
    this.#showPosition()
    this.#flat(closed, moment)
  }

  snapshot(): unknown {
    return {
      instance: this.instance.snapshot(),
      orders: [this.entryOrderId, this.#exitOrderId, this.#stopOrderId, this.#takeProfitOrderId],
      protection: this.#protection?.snapshot() ?? null,
      exitReason: this.#exitReason,
      abandon: this.#abandon,
      retryAt: [this.#stopRetryAt, this.#exitRetryAt],
      stopFailures: this.#stopFailures,
      skip: [this.#skipKey, this.#skipAt],
      held: this.#held,
    }
  }

  restore(state: unknown): void {
    const saved = state as {
      instance: unknown
      orders: (OrderId | null)[]
      protection: unknown
      exitReason: ExitReason | null
      abandon: AbandonCode
      retryAt: [number, number]
      stopFailures: number
      skip: [string, number]
      held: boolean
    }
    this.instance.restore(saved.instance)
    ;[this.entryOrderId = null, this.#exitOrderId = null, this.#stopOrderId = null, this.#takeProfitOrderId = null] =
      saved.orders
    this.#protection =
      saved.protection === null
        ? null
        : Protection.restore(saved.protection, this.instrument, this.instance.strategy.document.protection)
    this.#exitReason = saved.exitReason
    this.#abandon = saved.abandon
    ;[this.#stopRetryAt, this.#exitRetryAt] = saved.retryAt
    this.#stopFailures = saved.stopFailures
    ;[this.#skipKey, this.#skipAt] = saved.skip
    this.#held = saved.held
  }

  // S1

  #signal(moment: Moment): void {
    const reasons = this.#room.skipReasons(this)
    const verdicts = (): VerdictRecord[] => this.instance.verdicts(moment.at, 'signal')
    if (reasons.length > 0) {
      this.#skip(reasons, moment, verdicts)
      if (!reasons.some((reason) => doubtful.includes(reason))) this.#room.tellConfluence(this, moment, null)
      return
    }
    const isRenewed = this.instance.phase === 'signaled'
    if (isRenewed) this.#tellAbandoned('renewed', moment)
    this.#open(moment, verdicts())
    this.#room.tellConfluence(this, moment, this.#signalId)
    if (!isRenewed) this.#decideEntry(moment)
  }

  #skip(reasons: readonly SkipCode[], moment: Moment, verdicts: () => VerdictRecord[]): void {
    const key = reasons.join()
    if (key === this.#skipKey && moment.time - this.#skipAt < skipRepeatMs) return
    this.#skipKey = key
    this.#skipAt = moment.time
    this.#emit({ ...this.#fact(moment), type: 'signalSkipped', strategy: this.#name, reasons, verdicts: verdicts() })
  }

  #open(moment: Moment, verdicts: readonly VerdictRecord[]): void {
    const { instance } = this
    const id = this.#room.nextSignalId()
    const { view } = instance
    const renews = instance.signalId
    instance.signalId = id
    view.signalTime = moment.time
    view.signalPrice = view.peakPrice = view.troughPrice = moment.price
    view.baselinePrice = this.#room.baselineOf(this.instrument.id, moment.at)
    const signal = {
      ...this.#fact(moment),
      type: 'signalDetected',
      signalId: id,
      strategy: this.#name,
      price: moment.price,
      verdicts,
      ...(renews === null ? {} : { renews }),
    } as const
    this.#emit(signal)
    // an operator's own entry detects nothing
    const detection =
      verdicts.length > 0 &&
      detectionOf(signal, instance.strategy.document, view.baselinePrice, (reading) =>
        this.#room.evidenceOf(this, reading, moment.at),
      )
    if (detection) this.#emit(detection)
    this.#move('signaled', 'signal', 'signal', moment, verdicts)
  }

  // O1, Z1

  #decideEntry(moment: Moment): void {
    const { instance } = this
    const { cancel, entry } = instance.strategy.document
    if (instance.asks('cancel', moment.stretch, moment.at)) {
      this.#abandonSignal('canceledByGroup', moment, 'cancel', instance.verdicts(moment.at, 'cancel'))
      return
    }
    if (moment.time - instance.view.signalTime >= cancel.timeoutMs) {
      // asked for the record: what it lacked at the end
      instance.asks('entry', moment.stretch, moment.at)
      this.#abandonSignal('signalTimeout', moment, null, instance.verdicts(moment.at, 'cancel', 'entry'))
      return
    }
    if (!entry.when) this.#enter(moment, null, [])
    else if (instance.asks('entry', moment.stretch, moment.at))
      this.#enter(moment, 'entry', instance.verdicts(moment.at, 'entry'))
  }

  #abandonSignal(code: AbandonCode, moment: Moment, group: GroupName | null, verdicts: readonly VerdictRecord[]): void {
    this.#tellAbandoned(code, moment)
    const { cooldownMs } = this.instance.strategy.document.cancel
    this.#cool(cooldownMs, code, group, moment, verdicts, renewableAfter.includes(code))
  }

  #tellAbandoned(code: AbandonCode, moment: Moment): void {
    this.#emit({ ...this.#fact(moment), type: 'entryAbandoned', signalId: this.#signalId, code, price: moment.price })
  }

  #enter(moment: Moment, group: GroupName | null, verdicts: readonly VerdictRecord[]): void {
    const { document } = this.instance.strategy
    const { entry } = document
    const entryPrice = this.#entryPrice(moment)
    const stopPrice = this.#stopPrice(entryPrice, moment.at)
    const scale = this.#scale(entry.size.scaling, moment.at)
    const exposure = this.#room.exposureOf(
      this,
      moment,
      entry.maxChasePct === undefined ? null : entry.maxChasePct / 100,
    )
    const { record, quantity } = sizeEntry({
      instrument: this.instrument,
      direction: document.direction,
      entryPrice,
      stopPrice,
      size: entry.size,
      scale,
      ...(entry.maxNotional === undefined ? {} : { maxNotional: entry.maxNotional }),
      ...(entry.maxVolumeSharePct === undefined ? {} : { maxVolumeShare: entry.maxVolumeSharePct / 100 }),
      leverage: entry.leverage,
      exposure,
      limits: this.#room.limits,
    })
    const draft: OrderDraft = {
      instanceId: this.instance.id,
      instrumentId: this.instrument.id,
      signalId: this.#signalId,
      purpose: 'entry',
      side: this.#side,
      type: entry.order.type,
      timeInForce: 'gtc',
      quantity,
      ...(entry.order.type === 'limit' ? { price: entryPrice } : {}),
      reduceOnly: false,
      leverage: entry.leverage,
      decisionPrice: moment.price,
      decidedAt: moment.time,
      expiresAt: moment.time + entry.timeoutMs,
    }
    const checks = checkEntry(draft, this.instrument, stopPrice, exposure, this.#room.limits)
    const denied = checks.filter(({ ok }) => !ok)
    this.#emit({
      ...this.#fact(moment),
      type: 'riskDecided',
      signalId: this.#signalId,
      ok: denied.length === 0,
      sizing: record,
      draft,
      checks,
    })
    if (denied.length > 0) {
      this.#emit({
        ...this.#fact(moment),
        type: 'orderDenied',
        signalId: this.#signalId,
        purpose: 'entry',
        reasons: denied,
      })
      this.#abandonSignal('denied', moment, group, verdicts)
      return
    }
    this.#abandon = 'entryTimeout'
    this.#move('entering', group ?? 'noEntryGroup', group, moment, verdicts)
    this.entryOrderId = this.#submit(draft)
    this.#room.countEntry(moment.time)
  }

  #entryPrice(moment: Moment): number {
    const { order } = this.instance.strategy.document.entry
    if (order.type === 'market') return moment.price
    const base =
      order.priceReading === undefined ? moment.price : this.#room.readingOf(this, order.priceReading, moment.at)
    const direction = this.#side === 'buy' ? 1 : -1
    return snapPriceAdverse(
      this.instrument,
      (Number.isNaN(base) ? moment.price : base) * (1 + (direction * order.offsetPct) / 100),
      this.#side,
    )
  }

  /** By the reading where there is one on the losing side of the entry, else by the distance; NaN when neither is known. */
  #stopPrice(entryPrice: number, at: number): number {
    const { distancePct, priceReading, scaling } = this.instance.strategy.document.protection.stopLoss
    const direction = this.#side === 'buy' ? 1 : -1
    const read = priceReading === undefined ? Number.NaN : this.#room.readingOf(this, priceReading, at)
    const distance = (distancePct ?? Number.NaN) / 100
    const base = (entryPrice - read) * direction > 0 ? Math.abs(entryPrice - read) : entryPrice * distance
    return this.#snapExit(entryPrice - direction * base * this.#scale(scaling, at).value)
  }

  #takeProfitPrice(entryPrice: number, at: number): number {
    const rule = this.instance.strategy.document.protection.takeProfit
    const direction = this.#side === 'buy' ? 1 : -1
    if (!rule) return direction * Infinity
    const read = rule.priceReading === undefined ? Number.NaN : this.#room.readingOf(this, rule.priceReading, at)
    const distance = (rule.distancePct ?? Number.NaN) / 100
    const base = (read - entryPrice) * direction > 0 ? Math.abs(read - entryPrice) : entryPrice * distance
    const price = this.#snapExit(entryPrice + direction * base * this.#scale(rule.scaling, at).value)
    return Number.isNaN(price) ? direction * Infinity : Math.max(price, this.instrument.tickSize)
  }

  /** Exit prices never round in our favor. */
  #snapExit(price: number): number {
    return snapPriceAdverse(this.instrument, price, this.#side === 'buy' ? 'buy' : 'sell')
  }

  /** Pending risk reading ⇒ the most conservative scale. */
  #scale(scaling: Scaling | undefined, at: number): { value: number; assumed: boolean } {
    return scaling
      ? interpolate(scaling.points, this.#room.readingOf(this, scaling.reading, at))
      : { value: 1, assumed: false }
  }

  // fills

  #onFill(order: Order, fill: OrderFilled, moment: Moment): void {
    const { instance } = this
    const reason = this.#reasonOf(order)
    if (order.purpose === 'stopLoss' && (instance.phase === 'holding' || instance.phase === 'entering')) {
      this.#beginExit(reason, null, moment, [])
      this.#cancel(this.entryOrderId, 'stopLoss', moment.time)
    }
    const { postings, opened, updated, closed, anomaly } = this.#room.portfolio.applyFill(order, fill, {
      exitReason: reason,
      strategy: this.#name,
    })
    for (const posting of postings) this.#emit({ type: 'posted', posting })
    if (anomaly) this.#emit({ type: 'orderAnomaly', time: fill.time, orderId: order.orderId, ...anomaly })
    if (updated) this.#emit({ ...this.#fact(moment), type: 'positionUpdated', position: updated })
    this.#showPosition()
    if (closed) {
      if (instance.phase === 'entering') this.#beginExit(reason, null, moment, [])
      this.#exitReason ??= reason
      this.#flat(closed, moment)
    }
    if (opened) this.#onOpened(opened, order, moment)
  }

  /** What closes a position is what its last fill was for. */
  #reasonOf({ purpose }: Order): ExitReason {
    if (purpose === 'takeProfit') return 'takeProfit'
    if (purpose === 'stopLoss') return this.#protection?.trailing ? 'trailingStop' : 'stopLoss'
    return this.#exitReason ?? 'manual'
  }

  #onOpened(position: Position, order: Order, moment: Moment): void {
    const { instance } = this
    this.#emit({ ...this.#fact(moment), type: 'positionOpened', position })
    this.#held = true
    instance.signalId ??= order.signalId
    // the wrong way round, an exit filled for more than we knew of: there is nothing to protect, only to get out of
    if (Math.sign(position.quantity) === (this.#side === 'buy' ? 1 : -1)) this.#protect(moment)
    if (instance.phase !== 'entering' && instance.phase !== 'exiting') this.#exit('emergency', null, moment, [])
  }

  #entryDone(order: Order, moment: Moment): void {
    this.entryOrderId = null
    if (order.status === 'rejected') this.#abandon = 'rejected'
    if (this.instance.phase === 'entering') {
      if (this.position) {
        this.#move('holding', 'entryFilled', null, moment, [])
        this.#settleProtection(moment)
      } else {
        this.#abandonSignal(this.#abandon, moment, null, [])
      }
    } else if (this.instance.phase === 'exiting' && !this.position) {
      if (!this.#held) this.#tellAbandoned(abandonCodeOf(this.#exitReason), moment)
      this.#finish(moment)
    }
  }

  #flat(closed: RoundTrip, moment: Moment): void {
    this.#emit({ ...this.#fact(moment), type: 'positionClosed', positionId: closed.positionId, roundTrip: closed })
    for (const { orderId } of this.#room.orders.working(this.instance.id)) this.#cancel(orderId, 'flat', moment.time)
    this.#protection = null
    if (this.entryOrderId === null && !this.position) this.#finish(moment)
  }

  #reset(): void {
    this.#held = false
    this.#exitOrderId = this.#stopOrderId = this.#takeProfitOrderId = this.entryOrderId = null
    this.#protection = null
    this.#exitReason = null
    this.#stopFailures = 0
    this.#stopRetryAt = this.#exitRetryAt = -Infinity
  }

  // protection

  #protect(moment: Moment): void {
    const { position } = this
    if (!position) return
    const direction = this.#side === 'buy' ? 1 : -1
    this.#protection = new Protection({
      instrument: this.instrument,
      direction,
      entryPrice: position.entryPrice,
      openedAt: position.openedAt,
      stopPrice: this.#stopPrice(position.entryPrice, moment.at),
      takeProfitPrice: this.#takeProfitPrice(position.entryPrice, moment.at),
      liquidationPrice: this.#liquidationPrice(position),
      rules: this.instance.strategy.document.protection,
    })
    this.#placeStop('entry', null, moment)
  }

  /** The entry is over: levels are set from the average price really paid. */
  #settleProtection(moment: Moment): void {
    const { position } = this
    const protection = this.#protection
    if (!position || !protection) return
    const before = protection.stopPrice
    const wanted = this.#stopPrice(position.entryPrice, moment.at)
    // a stop that was already tightened stays
    const stopPrice = protection.tightened && (before - wanted) * protection.direction > 0 ? before : wanted
    const settled = new Protection({
      instrument: this.instrument,
      direction: protection.direction,
      entryPrice: position.entryPrice,
      openedAt: position.openedAt,
      stopPrice,
      takeProfitPrice: this.#takeProfitPrice(position.entryPrice, moment.at),
      liquidationPrice: this.#liquidationPrice(position),
      rules: this.instance.strategy.document.protection,
    })
    settled.trailing = protection.trailing
    settled.tightened = protection.tightened
    settled.follow(protection.best)
    this.#protection = settled
    if (stopPrice !== before) this.#placeStop('resized', before, moment)
    const target = this.#protection.takeProfitPrice
    if (Number.isFinite(target)) {
      this.#takeProfitOrderId = this.#submit({
        ...this.#exitDraft('takeProfit', moment),
        type: 'limit',
        price: target,
        decisionPrice: target,
      })
    }
  }

  /** A new stop for all there is; those before stay until the venue has accepted it. */
  #placeStop(why: 'entry' | 'trailing' | 'command' | 'resized', from: number | null, moment: Moment): void {
    const protection = this.#protection
    if (!protection) return
    this.#stopOrderId = this.#submit({
      ...this.#exitDraft('stopLoss', moment),
      type: 'stopMarket',
      stopPrice: protection.stopPrice,
      trigger: protection.trigger,
      quantity: snapQuantity(this.instrument, this.#exposed()),
      decisionPrice: protection.stopPrice,
    })
    this.#emit({
      ...this.#fact(moment),
      type: 'stopMoved',
      signalId: this.#signalId,
      from,
      to: protection.stopPrice,
      why,
    })
  }

  #moveStop(stopPrice: number, why: 'trailing' | 'command', moment: Moment): void {
    const protection = this.#protection
    const { position } = this
    if (!protection || !position) return
    const from = protection.stopPrice
    protection.stopPrice = stopPrice
    protection.tightened = true
    if (why === 'trailing') protection.trailing = true
    this.#placeStop(why, from, moment)
  }

  /** What may have to be closed: the position, and what the entry may still fill. */
  #exposed(): number {
    const entry = this.entryOrderId === null ? undefined : this.#room.orders.get(this.entryOrderId)
    const rest = entry && !isTerminal(entry.status) ? entry.quantity - entry.filledQuantity : 0
    return Math.abs(this.position?.quantity ?? 0) + rest
  }

  /** A stop is there, and it is for all there is. */
  #isCovered(): boolean {
    const stop = this.#stopOrderId === null ? undefined : this.#room.orders.get(this.#stopOrderId)
    return stop !== undefined && stop.quantity > this.#exposed() - this.instrument.lotSize / 2
  }

  #liveStops(): readonly Order[] {
    return this.#room.orders.working(this.instance.id).filter(({ purpose }) => purpose === 'stopLoss')
  }

  #retireOldStops(time: UnixMs): void {
    this.#stopFailures = 0
    for (const { orderId } of this.#liveStops())
      if (orderId !== this.#stopOrderId) this.#cancel(orderId, 'replaced', time)
  }

  /** The one before it, if that still rests, goes on in its place. */
  #stopLost(order: Order, moment: Moment): void {
    const { position } = this
    this.#stopOrderId = this.#liveStops().findLast(({ cancelRequested }) => !cancelRequested)?.orderId ?? null
    if (!position || order.status === 'filled' || this.#isCovered()) return
    if (this.instance.phase !== 'exiting') {
      this.#stopFailures++
      this.#stopRetryAt = moment.time + retryMs
    }
    this.#emit({
      ...this.#fact(moment),
      type: 'unprotected',
      signalId: this.#signalId,
      since: moment.time,
      quantity: position.quantity,
    })
  }

  /** Stop loss, take profit, trailing, time limit, liquidation distance: before any group. */
  #guard(moment: Moment): void {
    const protection = this.#protection
    if (!protection || !this.position) return
    const reason = protection.check(moment.price, moment.mark, moment.time)
    if (reason === undefined) {
      const inFlight = this.#stopOrderId !== null && this.#room.orders.get(this.#stopOrderId)?.status === 'submitted'
      const trailed = protection.trail(moment.price)
      if (trailed === trailed && !inFlight && this.instance.phase !== 'exiting')
        this.#moveStop(trailed, 'trailing', moment)
      return
    }
    if (reason === 'stopLoss' || reason === 'trailingStop') {
      const resting = this.#stopOrderId === null ? undefined : this.#room.orders.get(this.#stopOrderId)
      if (resting && resting.status !== 'submitted' && moment.time - protection.breachedAt < stopGraceMs) return
    }
    if (reason === 'takeProfit' && this.#takeProfitOrderId !== null) return
    if (this.instance.phase === 'exiting') this.#escalate(reason, moment)
    else this.#exit(reason, null, moment, [])
  }

  // E1, ZE1

  #decideExit(moment: Moment): void {
    const { instance } = this
    if (instance.asks('emergency', moment.stretch, moment.at)) {
      if (instance.phase === 'exiting') this.#escalate('emergency', moment)
      else this.#exit('emergency', 'emergency', moment, instance.verdicts(moment.at, 'emergency'))
      return
    }
    if (instance.phase === 'holding' && instance.asks('exit', moment.stretch, moment.at)) {
      this.#exit('exitSignal', 'exit', moment, instance.verdicts(moment.at, 'exit'))
    }
  }

  #exit(reason: ExitReason, group: GroupName | null, moment: Moment, verdicts: readonly VerdictRecord[]): void {
    this.#beginExit(reason, group, moment, verdicts)
    this.#cancel(this.entryOrderId, reason, moment.time)
    if (this.position) this.#submitExit(reason, moment)
  }

  #beginExit(reason: ExitReason, group: GroupName | null, moment: Moment, verdicts: readonly VerdictRecord[]): void {
    this.#exitReason = reason
    this.#move('exiting', reason, group, moment, verdicts)
  }

  #submitExit(reason: ExitReason, moment: Moment): void {
    const { order } = this.instance.strategy.document.exit
    const draft = this.#exitDraft('exit', moment)
    if (reason !== 'exitSignal' || order.type === 'market') {
      this.#exitOrderId = this.#submit(draft)
      return
    }
    const direction = this.#side === 'buy' ? 1 : -1
    const read =
      order.priceReading === undefined ? moment.price : this.#room.readingOf(this, order.priceReading, moment.at)
    const adjust = (order.adjustPct / 100) * this.#scale(order.scaling, moment.at).value
    const price = snapPrice(this.instrument, (Number.isNaN(read) ? moment.price : read) * (1 + direction * adjust))
    this.#cancel(this.#takeProfitOrderId, 'replaced', moment.time)
    this.#exitOrderId = this.#submit({ ...draft, type: 'limit', price, expiresAt: moment.time + order.timeoutMs })
  }

  /** Whatever works patiently goes; what is left goes at market. */
  #escalate(reason: ExitReason, moment: Moment): void {
    const working = this.#exitOrderId === null ? undefined : this.#room.orders.get(this.#exitOrderId)
    if (working ? working.type === 'market' : moment.time < this.#exitRetryAt) return
    this.#exitReason = reason
    this.#cancel(this.#exitOrderId, reason, moment.time)
    this.#exitOrderId = null
    if (!this.position) return
    this.#exitRetryAt = moment.time + retryMs
    this.#exitOrderId = this.#submit(this.#exitDraft('exit', moment))
  }

  /** Keeps what must work working: overdue orders go, missing exits and stops come again. */
  #tend(moment: Moment): void {
    const { phase } = this.instance
    if (phase !== 'entering' && phase !== 'holding' && phase !== 'exiting') return
    if (phase === 'entering') this.#stopChasing(moment)
    for (const id of [this.entryOrderId, this.#exitOrderId]) {
      const order = id === null ? undefined : this.#room.orders.get(id)
      if (order?.expiresAt !== undefined && order.expiresAt <= moment.time) this.#cancel(id, 'timeout', moment.time)
    }
    if (!this.position) {
      if (phase === 'exiting' && this.entryOrderId === null) this.#finish(moment)
      return
    }
    if (phase === 'exiting') {
      const stop = this.#stopOrderId === null ? undefined : this.#room.orders.get(this.#stopOrderId)
      const stopWorks = stop !== undefined && stop.filledQuantity > 0 && moment.time - stop.updatedAt < stopGraceMs
      if (this.#exitOrderId === null && !stopWorks && moment.time >= this.#exitRetryAt) {
        this.#exitRetryAt = moment.time + retryMs
        this.#exitOrderId = this.#submit(this.#exitDraft('exit', moment))
      }
      return
    }
    if (!this.#protection || this.#isCovered()) return
    if (this.#stopFailures >= stopTries) this.#exit('emergency', null, moment, [])
    else if (moment.time >= this.#stopRetryAt) this.#placeStop('resized', this.#protection.stopPrice, moment)
  }

  /** What is still unfilled of an entry is not bought beyond the strategy's distance from the signal. */
  #stopChasing(moment: Moment): void {
    const { maxChasePct = Infinity } = this.instance.strategy.document.entry
    const { signalPrice } = this.instance.view
    const run = ((moment.price - signalPrice) / signalPrice) * 100 * (this.#side === 'buy' ? 1 : -1)
    const entry = this.entryOrderId === null ? undefined : this.#room.orders.get(this.entryOrderId)
    if (!(run > maxChasePct) || !entry || entry.cancelRequested) return
    this.#abandon = 'maxChase'
    this.#cancel(entry.orderId, 'maxChase', moment.time)
  }

  /** Flat after a late entry fill was closed, or the entry never filled. */
  #finish(moment: Moment): void {
    const { document } = this.instance.strategy
    const emergency = this.#exitReason === 'emergency' || this.#exitReason === 'killSwitch'
    this.#cool(emergency ? document.emergency.cooldownMs : document.exit.cooldownMs, 'exitFilled', null, moment, [])
    this.#reset()
  }

  #exitDraft(purpose: 'exit' | 'stopLoss' | 'takeProfit', moment: Moment): OrderDraft {
    const position = this.position
    return {
      instanceId: this.instance.id,
      instrumentId: this.instrument.id,
      signalId: this.#signalId,
      purpose,
      side: (position?.quantity ?? 0) > 0 ? 'sell' : 'buy',
      type: 'market',
      timeInForce: 'gtc',
      quantity: Math.abs(position?.quantity ?? 0),
      reduceOnly: true,
      leverage: position?.leverage ?? 1,
      decisionPrice: moment.price,
      decidedAt: moment.time,
    }
  }

  #liquidationPrice(position: Position): number | null {
    return liquidationPrice({
      instrument: this.instrument,
      entryPrice: position.entryPrice,
      quantity: position.quantity,
      leverage: position.leverage,
    })
  }

  #showPosition(): void {
    const { view } = this.instance
    const { position } = this
    view.quantity = position?.quantity ?? 0
    view.entryPrice = position?.entryPrice ?? Number.NaN
    view.leverage = position?.leverage ?? Number.NaN
    view.openedAt = position?.openedAt ?? Number.NaN
    view.feeFraction = position ? this.instrument.takerFeeRate * 2 : Number.NaN
  }

  #submit(draft: OrderDraft): OrderId {
    const order = this.#room.orders.open(approve(draft), draft.decidedAt)
    this.#emit({ type: 'submitOrder', time: draft.decidedAt, order })
    return order.orderId
  }

  #cancel(id: OrderId | null, reason: string, time: UnixMs): void {
    if (id === null || !this.#room.orders.requestCancel(id, time)) return
    this.#emit({ type: 'cancelOrder', time, orderId: id, instrumentId: this.instrument.id, reason })
  }

  #cool(
    cooldownMs: number,
    cause: TransitionCause,
    group: GroupName | null,
    moment: Moment,
    verdicts: readonly VerdictRecord[],
    renewable = false,
  ): void {
    this.instance.until = moment.time + cooldownMs
    this.#move('cooling', cause, group, moment, verdicts, renewable)
  }

  #move(
    to: StrategyInstance['phase'],
    cause: TransitionCause,
    group: GroupName | null,
    moment: Moment,
    verdicts: readonly VerdictRecord[],
    renewable = false,
  ): void {
    const { instance } = this
    const from = instance.phase
    const id = instance.signalId
    instance.move(to, moment.time, renewable)
    this.hit = -1
    this.#emit({
      ...this.#fact(moment),
      type: 'transitioned',
      signalId: id,
      from,
      to,
      cause,
      group,
      price: moment.price,
      verdicts,
    })
  }

  #emit(output: EngineOutput): void {
    this.#room.emit(output)
  }

  #fact(moment: Moment): { time: UnixMs; instanceId: StrategyInstance['id']; instrumentId: Instrument['id'] } {
    return { time: moment.time, instanceId: this.instance.id, instrumentId: this.instrument.id }
  }

  get #name(): string {
    return this.instance.strategy.document.name
  }

  get #signalId(): SignalId {
    return this.instance.signalId ?? signalId('')
  }
}

const abandonCodeOf = (reason: ExitReason | null): AbandonCode =>
  reason === 'emergency' ? 'emergency' : reason === 'endOfData' ? 'endOfData' : 'command'
