import type { SkipCode } from '#model/codes.ts'
import type { AccountView, Command, EngineEvent, EngineOutput, Evidence, NearMiss } from '#model/events.ts'
import type { Instrument } from '#model/instrument.ts'
import { type InstanceId, type InstrumentId, type OrderId, type SignalId, signalId, type UnixMs } from '#model/ids.ts'
import type { RiskLimits, TradingState } from '#model/limits.ts'
import type { MarketBlock, MarketEvent } from '#model/market.ts'
import type { FundingSettled, Liquidated, Position, VenueEvent } from '#model/order.ts'
import { unreachable } from '#model/unreachable.ts'
import { Confluence } from './confluence.ts'
import { InstanceDesk, type Moment } from './desk.ts'
import { evidenceAt } from './detection.ts'
import { exposureOf } from './exposure.ts'
import { ReadingSlot } from './indicators/indicators.ts'
import { createMarket, type ControlEvent, instantKinds, type Market } from './market/market.ts'
import { createOrders, type Orders } from './orders/orders.ts'
import { createPortfolio, type Portfolio, type SettlementResult } from './portfolio/portfolio.ts'
import type { ExposureView } from './risk/risk.ts'
import type { TradingRoom } from './room.ts'
import { type EngineSetup, instanceName, slotKey } from './setup.ts'
import { type ResolvedStrategy, StrategyInstance } from './strategy/strategy.ts'

export { catalog, findIndicator, nearest } from './indicators/indicators.ts'
export { resolveStrategy, type StrategyProblem } from './resolve.ts'
export type { EngineSetup } from './setup.ts'
export type { ResolvedStrategy } from './strategy/strategy.ts'

const baselineFromMs = 600_000
const baselineToMs = 60_000

/**
 * The one engine of backtest, paper and live: events in, requests and facts out. Pure and synchronous.
 * Live, each event goes through `process`. A replay loads recorded blocks and steps through the moments at which something can
 * be decided; instants at which nothing can are computed in columns. Both give the same outputs.
 */
export interface Engine {
  process(event: EngineEvent): readonly EngineOutput[]
  /** Recorded market ahead of time; times within an instrument must not go back. */
  load(block: MarketBlock): void
  /** Time of the next loaded moment at which something can be decided; Infinity when more must be loaded. */
  nextTime(): UnixMs
  /** Goes through the moment `nextTime` tells. */
  step(): readonly EngineOutput[]
  /** Instruments whose loaded market is used up, so that others must not run past it. */
  hungry(): readonly InstrumentId[]
  account(): AccountView
  positions(): readonly Position[]
  nearMisses(): readonly NearMiss[]
  /** Near misses are booked anew from here, for the account of a stretch; nothing is decided by them. */
  forgetNearMisses(): void
  /** Instants gone through, for speed figures. */
  instants(): number
  /** Plain data from which `createEngine` continues identically. Throws while loaded market waits. */
  snapshot(): unknown
}

export function createEngine(setup: EngineSetup, snapshot?: unknown): Engine {
  const engine = new EngineCore(setup)
  if (snapshot !== undefined) engine.restore(snapshot)
  return engine
}

/** One instrument with everything that looks at it. */
interface InstrumentDesk {
  readonly id: InstrumentId
  readonly market: Market
  readonly slots: readonly ReadingSlot[]
  readonly desks: InstanceDesk[]
  readonly readings: ReadonlyMap<InstanceDesk, ReadonlyMap<string, ReadingSlot>>
  stretch: number
  /** Next instant of the stretch. */
  at: number
  /** Its time when something can be decided there; Infinity = nothing left. */
  next: UnixMs
  /** It is a point of the grid: events of the same time come first, on whatever instrument. */
  onGrid: boolean
  control: ControlEvent | undefined
  stale: boolean
  /** How far the market was allowed to run: what is loaded, or the live clock. */
  until: UnixMs
  /** Nothing more comes until something is loaded. */
  dry: boolean
}

const none: readonly InstrumentId[] = []

class EngineCore implements Engine, TradingRoom {
  readonly orders: Orders
  readonly portfolio: Portfolio
  limits: RiskLimits
  readonly #setup: EngineSetup
  readonly #gridMs: number
  readonly #instruments: InstrumentDesk[]
  readonly #byId = new Map<InstrumentId, InstrumentDesk>()
  readonly #desks: InstanceDesk[] = []
  /** As they are now. */
  readonly #current: Map<InstrumentId, Instrument>
  readonly #byInstance = new Map<InstanceId, InstanceDesk>()
  readonly #confluence: Confluence
  readonly #siblings = new Map<ResolvedStrategy, ReadonlySet<InstanceId>>()
  /** Instruments whose loaded market is used up. */
  #dry: number
  #outputs: EngineOutput[] = []
  #now: UnixMs = -Infinity
  /** The deposit has been told. */
  #funded = false
  #signals = 0
  #instants = 0
  #tradingState: TradingState = 'active'
  #paused = false
  #entryTimes: UnixMs[] = []
  /** Up to here the timer grid of every instrument has been gone through (live). */
  #ranUntil: UnixMs = -Infinity

  constructor(setup: EngineSetup) {
    this.#setup = setup
    this.#gridMs = setup.gridMs ?? 1_000
    this.limits = setup.limits
    this.#confluence = new Confluence(setup.confluenceWindowMs ?? 60_000)
    this.#current = new Map(setup.instruments.map((instrument) => [instrument.id, instrument]))
    const instrumentOf = (id: InstrumentId): Instrument => {
      const instrument = this.#current.get(id)
      if (!instrument) throw new Error(`unknown instrument ${id}`)
      return instrument
    }
    this.orders = createOrders({ sessionId: setup.sessionId, lotSizeOf: (id) => instrumentOf(id).lotSize })
    this.portfolio = createPortfolio({
      sessionId: setup.sessionId,
      currency: setup.currency,
      balance: setup.balance,
      instruments: instrumentOf,
    })
    this.#instruments = setup.instruments.map((instrument) => this.#createInstrument(instrument))
    this.#dry = this.#instruments.length
    for (const strategy of setup.strategies) {
      this.#siblings.set(strategy, new Set(setup.instruments.map(({ id }) => instanceName(strategy, id))))
    }
  }

  // replay

  load(block: MarketBlock): void {
    const desk = this.#find(block.instrumentId)
    desk.market.load(block)
    if (desk.next === Infinity) this.#seek(desk, desk.market.loadedUntil())
  }

  nextTime(): UnixMs {
    let earliest = Infinity
    for (const desk of this.#instruments) if (desk.next < earliest) earliest = desk.next
    return earliest
  }

  step(): readonly EngineOutput[] {
    const first = this.#first(Infinity)
    if (first) this.#run(first, first.market.loadedUntil())
    return this.#take()
  }

  hungry(): readonly InstrumentId[] {
    if (this.#dry === 0) return none
    return this.#instruments.filter(({ dry }) => dry).map(({ id }) => id)
  }

  // live

  process(event: EngineEvent): readonly EngineOutput[] {
    switch (event.type) {
      case 'trade':
      case 'quote':
      case 'bookUpdate':
      case 'bar':
      case 'markPrice':
      case 'funding':
      case 'feedGap':
      case 'feedStale':
      case 'feedEnded':
        this.#market(event, event.instrumentId)
        break
      case 'instrumentChanged':
        this.#market(event, event.instrument.id)
        break
      case 'timer':
        this.#runAllBefore(event.time + 1)
        break
      case 'limitsChanged':
        this.#runAllBefore(event.time)
        this.#tick(event.time)
        this.#changeState(event.tradingState, event.time, 'limitsChanged')
        this.limits = event.limits
        break
      case 'command':
        this.#command(event)
        break
      case 'orderAccepted':
      case 'orderRejected':
      case 'orderUncertain':
      case 'orderFilled':
      case 'orderCanceled':
      case 'orderExpired':
      case 'positionReported':
      case 'balanceReported':
      case 'liquidated':
      case 'fundingSettled':
        this.#venue(event)
        break
      default:
        unreachable(event)
    }
    return this.#take()
  }

  // views

  account(): AccountView {
    return this.portfolio.account(this.#now)
  }

  positions(): readonly Position[] {
    return this.portfolio.positions()
  }

  nearMisses(): readonly NearMiss[] {
    return this.#desks.flatMap(({ instance }) => instance.nearMisses())
  }

  forgetNearMisses(): void {
    for (const { instance } of this.#desks) instance.forgetNearMisses()
  }

  instants(): number {
    return this.#instants
  }

  snapshot(): unknown {
    if (this.#instruments.some((desk) => desk.next !== Infinity))
      throw new Error('a snapshot is taken when all loaded market has happened')
    return {
      now: this.#now,
      funded: this.#funded,
      signals: this.#signals,
      instants: this.#instants,
      tradingState: this.#tradingState,
      paused: this.#paused,
      entryTimes: [...this.#entryTimes],
      ranUntil: this.#ranUntil,
      limits: this.limits,
      orders: this.orders.snapshot(),
      portfolio: this.portfolio.snapshot(),
      confluence: this.#confluence.snapshot(),
      instruments: this.#instruments.map((desk) => ({
        instrument: this.#current.get(desk.id),
        market: desk.market.snapshot(),
        slots: desk.slots.map((slot) => slot.snapshot()),
        desks: desk.desks.map((instance) => instance.snapshot()),
        stale: desk.stale,
        until: desk.until,
      })),
    }
  }

  restore(state: unknown): void {
    const saved = state as {
      now: number
      funded: boolean
      signals: number
      instants: number
      tradingState: TradingState
      paused: boolean
      entryTimes: number[]
      ranUntil: number
      limits: RiskLimits
      orders: ReturnType<Orders['snapshot']>
      portfolio: ReturnType<Portfolio['snapshot']>
      confluence: unknown
      instruments: {
        instrument: Instrument
        market: unknown
        slots: unknown[]
        desks: unknown[]
        stale: boolean
        until: number
      }[]
    }
    this.#now = saved.now
    this.#funded = saved.funded
    this.#signals = saved.signals
    this.#instants = saved.instants
    this.#tradingState = saved.tradingState
    this.#paused = saved.paused
    this.#entryTimes = [...saved.entryTimes]
    this.#ranUntil = saved.ranUntil
    this.limits = saved.limits
    this.orders.restore(saved.orders)
    this.portfolio.restore(saved.portfolio)
    this.#confluence.restore(saved.confluence)
    const ids = saved.instruments.map(({ instrument }) => instrument.id)
    if (ids.join() !== this.#instruments.map(({ id }) => id).join())
      throw new Error('the snapshot has other instruments than the setup')
    saved.instruments.forEach((part, index) => {
      const desk = this.#instruments[index]
      this.#changeInstrument(desk, part.instrument)
      desk.market.restore(part.market)
      desk.slots.forEach((slot, at) => slot.restore(part.slots[at]))
      desk.desks.forEach((instance, at) => instance.restore(part.desks[at]))
      desk.stale = part.stale
      desk.until = part.until
    })
  }

  // what desks share

  readonly emit = (output: EngineOutput): void => {
    this.#outputs.push(output)
  }

  readonly nextSignalId = () => signalId(`${this.#setup.sessionId}-s${++this.#signals}`)

  readonly skipReasons = (desk: InstanceDesk): readonly SkipCode[] => {
    const reasons: SkipCode[] = []
    const market = this.#find(desk.instrument.id)
    if (this.#tradingState === 'halted') reasons.push('killed')
    if (this.#paused || desk.instance.stopped) reasons.push('paused')
    if (this.#now < (this.#setup.entriesFrom ?? -Infinity)) reasons.push('warmingUp')
    if (market.stale) reasons.push('staleData')
    if (market.desks.some((other) => other !== desk && other.busy)) reasons.push('instrumentLocked')
    const inFlight = this.#desks.filter(
      (other) => other !== desk && (other.instance.phase === 'signaled' || other.instance.phase === 'entering'),
    ).length
    if (inFlight >= this.limits.maxConcurrentSignals) reasons.push('noSlot')
    return reasons
  }

  readonly exposureOf = (desk: InstanceDesk, moment: Moment, maxChase: number | null): ExposureView => {
    const market = this.#find(desk.instrument.id)
    return exposureOf({
      now: moment.time,
      instrument: desk.instrument,
      instancesOfStrategy: this.#siblings.get(desk.instance.strategy) ?? new Set(),
      orders: this.orders,
      portfolio: this.portfolio,
      priceOf: (id) => this.#priceOf(this.#find(id)),
      lastDataTime: market.stale ? Number.NaN : lastDataAt(market.market, moment.at),
      lastPrice: moment.price,
      lastMinuteQuoteVolume: this.#lastMinuteVolume(market, moment.at),
      signalPrice: desk.instance.view.signalPrice,
      maxChase,
      entriesLastMinute: this.#entryTimes.filter((time) => time > moment.time - 60_000).length,
      tradingState: this.#tradingState,
    })
  }

  readonly readingOf = (desk: InstanceDesk, name: string, at: number): number => this.#slotAt(desk, name, at).values[at]

  readonly evidenceOf = (desk: InstanceDesk, name: string, at: number): Evidence =>
    evidenceAt(name, this.#slotAt(desk, name, at), at)

  readonly tellConfluence = (desk: InstanceDesk, { time, price }: Moment, signalId: SignalId | null): void => {
    const instrumentId = desk.instrument.id
    const { name: strategy, direction } = desk.instance.strategy.document
    const signals = this.#confluence.join(instrumentId, direction, { signalId, strategy, time, price })
    if (signals) this.emit({ type: 'confluenceDetected', time, instrumentId, direction, signals })
  }

  readonly baselineOf = (id: InstrumentId, at: number): number => {
    const column = this.#find(id).market.view.twpa(baselineFromMs, baselineToMs)
    column.ensure()
    return column.values[at]
  }

  readonly countEntry = (time: UnixMs): void => {
    this.#entryTimes = this.#entryTimes.filter((earlier) => earlier > time - 60_000)
    this.#entryTimes.push(time)
  }

  // the loop

  /** Finds the next moment of this instrument at which something can be decided, computing columns on the way. */
  #seek(desk: InstrumentDesk, until: UnixMs): void {
    const { market, desks } = desk
    const { timeline } = market.view
    desk.until = until
    for (;;) {
      let next = timeline.length
      for (const instance of desks) {
        if (instance.hit < desk.at) instance.hit = instance.instance.scan(desk.stretch, desk.at)
        if (instance.hit < next) next = instance.hit
      }
      for (const slot of desk.slots) next = Math.min(next, slot.failedFrom(desk.at))
      this.#instants += next - desk.at
      desk.at = next
      if (next < timeline.length) {
        desk.next = timeline.time[next]
        this.#setDry(desk, false)
        desk.onGrid = market.kind[next] === instantKinds.grid
        return
      }
      for (const { instance } of desks) instance.settle()
      if (market.advance(this.#setup.stretch ?? 2_048, until) === 0) break
      desk.stretch++
      desk.at = 1
      for (const instance of desks) instance.hit = -1
      for (const slot of desk.slots) if (slot.stateful) slot.ensure(desk.stretch)
    }
    desk.control = market.control(until)
    desk.next = desk.control?.time ?? Infinity
    desk.onGrid = false
    this.#setDry(desk, desk.control === undefined)
  }

  #setDry(desk: InstrumentDesk, dry: boolean): void {
    if (desk.dry !== dry) this.#dry += dry ? 1 : -1
    desk.dry = dry
  }

  /** A phase changed outside the market's own moments: what can be decided next may be elsewhere, also at instants passed over. */
  #seekAgain(desk: InstrumentDesk): void {
    if (desk.control) return
    const at = this.#lastAt(desk) + 1
    this.#instants -= desk.at - at
    desk.at = at
    this.#seek(desk, desk.until)
  }

  /** Where something can be decided first, not later than `until`. */
  #first(until: UnixMs): InstrumentDesk | undefined {
    let first: InstrumentDesk | undefined
    for (const desk of this.#instruments) {
      if (desk.next === Infinity || desk.next > until) continue
      if (!first || desk.next < first.next || (desk.next === first.next && first.onGrid && !desk.onGrid)) first = desk
    }
    return first
  }

  #run(desk: InstrumentDesk, until: UnixMs): void {
    if (desk.control) this.#control(desk, desk.control)
    else this.#instant(desk)
    this.#seek(desk, until)
  }

  #instant(desk: InstrumentDesk): void {
    const moment = this.#momentAt(desk, desk.at)
    this.#tick(moment.time)
    this.portfolio.mark(desk.id, moment.price, moment.time)
    for (const instance of desk.desks) {
      if (instance.hit !== desk.at) continue
      instance.hit = -1
      instance.evaluate(moment)
    }
    this.#reportFailures(desk, moment)
    desk.at++
    this.#instants++
  }

  #control(desk: InstrumentDesk, event: ControlEvent): void {
    this.#tick(event.time)
    const moment = this.#momentAt(desk, desk.market.view.timeline.length - 1)
    desk.market.takeControl()
    desk.control = undefined
    switch (event.type) {
      case 'feedStale':
        desk.stale = event.stale
        break
      case 'instrumentChanged':
        this.#changeInstrument(desk, event.instrument)
        break
      case 'feedGap':
        for (const instance of desk.desks) instance.withdraw('dataGap', { ...moment, time: event.time })
        this.#restart(desk)
        break
      case 'feedEnded':
        for (const instance of desk.desks) instance.close('endOfData', 'endOfData', { ...moment, time: event.time })
        this.#restart(desk)
        break
      default:
        unreachable(event)
    }
  }

  /** What was before says nothing about what comes. */
  #restart(desk: InstrumentDesk): void {
    desk.stretch++
    desk.at = 1
    for (const slot of desk.slots) {
      slot.restart()
      if (slot.stateful) slot.ensure(desk.stretch)
    }
    for (const strategyDesk of desk.desks) {
      strategyDesk.hit = -1
      strategyDesk.instance.restart()
    }
  }

  #changeInstrument(desk: InstrumentDesk, instrument: Instrument): void {
    this.#current.set(instrument.id, instrument)
    for (const instance of desk.desks) instance.changeInstrument(instrument)
  }

  #market(event: MarketEvent, id: InstrumentId): void {
    const desk = this.#find(id)
    this.#runAllBefore(event.time)
    desk.market.push(event)
    // a late event happens at the market's last instant
    const until = Math.max(event.time, desk.market.now())
    if (desk.next === Infinity) this.#seek(desk, until)
    while (desk.next <= until) this.#run(desk, until)
    this.#setClock(until)
  }

  /** Live clock: the timer grid of every instrument up to but not including `time`. */
  #runAllBefore(time: UnixMs): void {
    const until = time - 1
    if (Math.floor(until / this.#gridMs) * this.#gridMs <= this.#ranUntil) return
    this.#ranUntil = until
    for (const desk of this.#instruments) if (desk.next === Infinity) this.#seek(desk, until)
    for (let first = this.#first(until); first; first = this.#first(until)) this.#run(first, until)
    this.#setClock(until)
  }

  #venue(event: VenueEvent): void {
    this.#tick(event.time)
    switch (event.type) {
      case 'fundingSettled':
        this.#settle(this.portfolio.applyFunding(event), event)
        return
      case 'liquidated':
        this.#settle(this.portfolio.applyLiquidation(event), event)
        this.#seekAgain(this.#find(event.instrumentId))
        return
      case 'positionReported':
      case 'balanceReported':
        return
      default: {
        const { order, fill, anomaly } = this.orders.apply(event)
        if (anomaly) this.emit({ type: 'orderAnomaly', time: event.time, orderId: event.orderId, ...anomaly })
        if (!order) return
        this.emit({ type: 'orderUpdated', time: event.time, order })
        const market = this.#find(order.instrumentId)
        this.#byInstance.get(order.instanceId)?.onOrder(order, fill, this.#present(market, event.time))
        this.#seekAgain(market)
      }
    }
  }

  #settle({ postings, updated, closed, anomaly }: SettlementResult, event: Liquidated | FundingSettled): void {
    const moment = this.#present(this.#find(event.instrumentId), event.time)
    for (const posting of postings) this.emit({ type: 'posted', posting })
    if (anomaly) this.emit({ type: 'orderAnomaly', time: event.time, orderId: null, ...anomaly })
    for (const position of updated) {
      const { instanceId, instrumentId } = position
      this.emit({ type: 'positionUpdated', time: event.time, instanceId, instrumentId, position })
      this.#byInstance.get(instanceId)?.onReduced()
    }
    for (const roundTrip of closed) this.#byInstance.get(roundTrip.instanceId)?.onLiquidated(roundTrip, moment)
  }

  #command(command: Command): void {
    this.#runAllBefore(command.time)
    this.#tick(command.time)
    const on = (id: InstanceId, act: (desk: InstanceDesk, moment: Moment) => boolean | void): void => {
      const desk = this.#byInstance.get(id)
      const done = desk && act(desk, this.#present(this.#find(desk.instrument.id), command.time))
      if (!desk || done === false)
        this.emit({
          type: 'commandRefused',
          time: command.time,
          command,
          code: desk ? 'notPossibleNow' : 'unknownInstance',
        })
    }
    switch (command.command) {
      case 'pauseEntries':
        this.#paused = true
        break
      case 'resumeEntries':
        this.#paused = false
        break
      case 'startStrategy':
      case 'stopStrategy':
        on(command.instanceId, (desk) => {
          desk.instance.stopped = command.command === 'stopStrategy'
        })
        break
      case 'closePosition':
        on(command.instanceId, (desk, moment) => desk.close('manual', 'command', moment))
        break
      case 'closeAll':
        for (const desk of this.#desks)
          desk.close('manual', 'command', this.#present(this.#find(desk.instrument.id), command.time))
        break
      case 'emergencyStop':
        this.#changeState('halted', command.time, `emergencyStop by ${command.by}`)
        for (const desk of this.#desks)
          desk.close('killSwitch', 'command', this.#present(this.#find(desk.instrument.id), command.time))
        break
      case 'cancelOrder':
        this.#cancelOrder(command.orderId, command)
        break
      case 'adjustStop':
        on(command.instanceId, (desk, moment) => desk.adjustStop(command.stopPrice, moment))
        break
      case 'manualOrder':
        on(command.instanceId, (desk, moment) => this.skipReasons(desk).length === 0 && desk.enterManually(moment))
        break
      default:
        unreachable(command)
    }
    for (const desk of this.#instruments) this.#seekAgain(desk)
  }

  #cancelOrder(id: OrderId, command: Command): void {
    const order = this.orders.get(id)
    if (order && order.purpose !== 'stopLoss' && this.orders.requestCancel(id, command.time)) {
      if (order.purpose === 'entry') this.#byInstance.get(order.instanceId)?.withdrawEntry()
      this.emit({
        type: 'cancelOrder',
        time: command.time,
        orderId: id,
        instrumentId: order.instrumentId,
        reason: 'command',
      })
    } else {
      this.emit({
        type: 'commandRefused',
        time: command.time,
        command,
        code: order ? 'notPossibleNow' : 'unknownOrder',
      })
    }
  }

  #changeState(to: TradingState, time: UnixMs, cause: string): void {
    if (to === this.#tradingState) return
    this.emit({ type: 'tradingStateChanged', time, from: this.#tradingState, to, cause })
    this.#tradingState = to
  }

  #tick(time: UnixMs): void {
    if (!this.#funded) this.emit({ type: 'posted', posting: this.portfolio.deposit(time) })
    this.#funded = true
    this.#setClock(time)
  }

  #setClock(time: UnixMs): void {
    if (time <= this.#now) return
    this.#now = time
    this.portfolio.advance(time)
  }

  #momentAt(desk: InstrumentDesk, at: number): Moment {
    const { timeline, trades } = desk.market.view
    const row = timeline.trades[at] - 1
    return {
      stretch: desk.stretch,
      at,
      time: timeline.time[at],
      price: row < trades.start ? Number.NaN : trades.price[row - trades.offset],
      mark: desk.market.mark[at],
    }
  }

  /** The last instant before an event that is not of the market, at the time of that. */
  #present(desk: InstrumentDesk, time: UnixMs): Moment {
    return { ...this.#momentAt(desk, this.#lastAt(desk)), time }
  }

  /** The last instant that has happened: a replay may have passed over more. */
  #lastAt(desk: InstrumentDesk): number {
    const { timeline } = desk.market.view
    let at = desk.at - 1
    while (at > 0 && timeline.time[at] > this.#now) at--
    return at
  }

  #priceOf(desk: InstrumentDesk): number {
    return this.#momentAt(desk, this.#lastAt(desk)).price
  }

  #lastMinuteVolume(desk: InstrumentDesk, at: number): number {
    const edge = desk.market.view.tradeEdge(60_000)
    edge.ensure()
    const { quote, offset } = desk.market.view.trades
    const to = desk.market.view.timeline.trades[at]
    return quote[to - offset] - quote[edge.values[at] - offset]
  }

  /** The slot of a reading, computed at this instant. */
  #slotAt(desk: InstanceDesk, name: string, at: number): ReadingSlot {
    const market = this.#find(desk.instrument.id)
    const slot = market.readings.get(desk)?.get(name)
    if (!slot) throw new Error(`unknown reading ${name}`)
    slot.ensure(market.stretch)
    slot.read(at, desk.instance.view)
    return slot
  }

  #reportFailures(desk: InstrumentDesk, { at, time }: Moment): void {
    for (const slot of desk.slots) {
      const failure = slot.takeFailure(at)
      if (failure) this.emit({ type: 'indicatorFailed', time, instrumentId: desk.id, ...failure })
    }
  }

  #take(): readonly EngineOutput[] {
    const outputs = this.#outputs
    if (outputs.length > 0) this.#outputs = []
    return outputs
  }

  #find(id: InstrumentId): InstrumentDesk {
    const desk = this.#byId.get(id)
    if (!desk) throw new Error(`unknown instrument ${id}`)
    return desk
  }

  #createInstrument(instrument: Instrument): InstrumentDesk {
    const market = createMarket({
      instrument,
      gridMs: this.#gridMs,
      ...(this.#setup.stretch === undefined ? {} : { capacity: this.#setup.stretch }),
    })
    market.keep(baselineFromMs)
    const slots = new Map<string, ReadingSlot>()
    const readings = new Map<InstanceDesk, ReadonlyMap<string, ReadingSlot>>()
    const desks: InstanceDesk[] = []
    for (const strategy of this.#setup.strategies) {
      market.keep(strategy.lookbackMs)
      const named = new Map<string, ReadingSlot>()
      const id = instanceName(strategy, instrument.id)
      if (this.#byInstance.has(id)) throw new Error(`two strategies are ${id}`)
      for (const { name, definition, parameters } of strategy.readings.values()) {
        const key = slotKey(definition, parameters)
        const slot = slots.get(key) ?? new ReadingSlot(definition, parameters, market.view)
        // what depends on the position is nobody else's
        slots.set(slot.kind === 'state' ? `${key} ${name} ${id}` : key, slot)
        named.set(name, slot)
      }
      const reading = (name: string): ReadingSlot => {
        const slot = named.get(name)
        if (!slot) throw new Error(`unknown reading ${name}`)
        return slot
      }
      const instance = new StrategyInstance(id, instrument.id, strategy, market.view, {
        time: market.view.timeline.time,
        reading,
      })
      const desk = new InstanceDesk(instance, instrument, this)
      readings.set(desk, named)
      desks.push(desk)
      this.#desks.push(desk)
      this.#byInstance.set(id, desk)
    }
    const desk: InstrumentDesk = {
      id: instrument.id,
      market,
      slots: [...slots.values()],
      desks,
      readings,
      stretch: 0,
      at: 1,
      next: Infinity,
      onGrid: false,
      control: undefined,
      stale: false,
      until: -Infinity,
      dry: true,
    }
    this.#byId.set(instrument.id, desk)
    return desk
  }
}

/** Newest trade or quote seen at an instant. */
function lastDataAt(market: Market, at: number): UnixMs {
  const { timeline, trades, quotes } = market.view
  const trade = timeline.trades[at] - 1
  const quote = timeline.quotes[at] - 1
  return Math.max(
    trade >= trades.start ? trades.time[trade - trades.offset] : -Infinity,
    quote >= quotes.start ? quotes.time[quote - quotes.offset] : -Infinity,
  )
}
