import type { SkipCode } from '#model/codes.ts'
import type { EngineOutput } from '#model/events.ts'
import { type InstanceId, type InstrumentId, type SignalId, signalId, type UnixMs } from '#model/ids.ts'
import type { RiskLimits, TradingState } from '#model/limits.ts'
import { Confluence } from './confluence.ts'
import type { InstanceDesk } from './desk.ts'
import { exposureOf } from './exposure.ts'
import type { InstrumentDesk } from './instrument-desk.ts'
import { createOrders, type Orders } from './orders/orders.ts'
import { createPortfolio, type Portfolio } from './portfolio/portfolio.ts'
import { type ExposureView, TradingStates } from './risk/risk.ts'
import { type EngineSetup, instanceName } from './setup.ts'
import type { ResolvedStrategy, StrategyInstance } from './strategy/strategy.ts'

const minuteMs = 60_000

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

/** What all desks of one engine share: account, orders, limits, clock, and what they say. */
export class TradingRoom {
  readonly orders: Orders
  readonly portfolio: Portfolio
  readonly desks: InstanceDesk[] = []
  limits: RiskLimits
  now: UnixMs = -Infinity
  /** Entries are paused by command. */
  paused = false
  /** Instruments whose loaded market is used up. */
  dry = 0
  readonly #setup: EngineSetup
  readonly #markets = new Map<InstrumentId, InstrumentDesk>()
  readonly #byInstance = new Map<InstanceId, InstanceDesk>()
  readonly #siblings = new Map<ResolvedStrategy, ReadonlySet<InstanceId>>()
  readonly #confluence: Confluence
  readonly #states = new TradingStates()
  #outputs: EngineOutput[] = []
  #signals = 0
  /** The deposit has been told. */
  #funded = false
  #entryTimes: UnixMs[] = []

  constructor(setup: EngineSetup) {
    this.#setup = setup
    this.limits = setup.limits
    this.#confluence = new Confluence(setup.confluenceWindowMs ?? minuteMs)
    this.orders = createOrders({
      sessionId: setup.sessionId,
      lotSizeOf: (id) => this.market(id).instrument.lotSize,
    })
    this.portfolio = createPortfolio({
      sessionId: setup.sessionId,
      currency: setup.currency,
      balance: setup.balance,
      instruments: (id) => this.market(id).instrument,
    })
    for (const strategy of setup.strategies)
      this.#siblings.set(strategy, new Set(setup.instruments.map(({ id }) => instanceName(strategy, id))))
  }

  /** Takes an instrument in, with its desks. Throws when two of them have one name. */
  add(market: InstrumentDesk): void {
    this.#markets.set(market.id, market)
    if (market.dry) this.dry++
    for (const desk of market.desks) {
      const { id } = desk.instance
      if (this.#byInstance.has(id)) throw new Error(`two strategies are ${id}`)
      this.#byInstance.set(id, desk)
      this.desks.push(desk)
    }
  }

  market(id: InstrumentId): InstrumentDesk {
    const market = this.#markets.get(id)
    if (!market) throw new Error(`unknown instrument ${id}`)
    return market
  }

  desk(id: InstanceId): InstanceDesk | undefined {
    return this.#byInstance.get(id)
  }

  // what is said

  emit(output: EngineOutput): void {
    this.#outputs.push(output)
  }

  take(): readonly EngineOutput[] {
    const outputs = this.#outputs
    if (outputs.length > 0) this.#outputs = []
    return outputs
  }

  // time

  /** Something happens at this time. */
  tick(time: UnixMs): void {
    if (!this.#funded) this.emit({ type: 'posted', posting: this.portfolio.deposit(time) })
    this.#funded = true
    this.setClock(time)
  }

  setClock(time: UnixMs): void {
    if (time <= this.now) return
    this.now = time
    this.portfolio.advance(time)
  }

  get tradingState(): TradingState {
    return this.#states.state
  }

  /** The operator sets the state; losses may demand a stricter one. */
  changeState(to: TradingState, time: UnixMs, cause: string): void {
    this.#states.command(to)
    this.followLosses(time, cause)
  }

  changeLimits(limits: RiskLimits, state: TradingState, time: UnixMs): void {
    this.limits = limits
    this.#states.forget()
    this.changeState(state, time, 'limitsChanged')
  }

  /** Equity may have changed: losses beyond a limit change the trading state. `cause` when somebody else did. */
  followLosses(time: UnixMs, cause?: string): void {
    const from = this.tradingState
    const why = this.#states.follow(time, this.portfolio.valuation(), this.limits)
    if (why === undefined) return
    this.emit({ type: 'tradingStateChanged', time, from, to: this.tradingState, cause: cause ?? why })
  }

  // what a desk asks

  nextSignalId(): SignalId {
    return signalId(`${this.#setup.sessionId}-s${++this.#signals}`)
  }

  /** Why a met signal cannot be taken now; empty = it can. */
  skipReasons(instance: StrategyInstance): readonly SkipCode[] {
    const reasons: SkipCode[] = []
    const market = this.market(instance.instrumentId)
    if (this.tradingState === 'halted') reasons.push('killed')
    if (this.paused || instance.stopped) reasons.push('paused')
    if (this.now < (this.#setup.entriesFrom ?? -Infinity)) reasons.push('warmingUp')
    if (market.stale) reasons.push('staleData')
    if (market.desks.some((other) => other.instance !== instance && other.instance.busy))
      reasons.push('instrumentLocked')
    const inFlight = this.desks.filter(
      (other) =>
        other.instance !== instance && (other.instance.phase === 'signaled' || other.instance.phase === 'entering'),
    ).length
    if (inFlight >= this.limits.maxConcurrentSignals) reasons.push('noSlot')
    return reasons
  }

  /** S1 was met: `signalId` null when the signal was not taken. */
  tellConfluence(instance: StrategyInstance, { time, price }: Moment, signalId: SignalId | null): void {
    const { instrumentId } = instance
    const { name: strategy, direction } = instance.strategy.document
    const signals = this.#confluence.join(instrumentId, direction, { signalId, strategy, time, price })
    if (signals) this.emit({ type: 'confluenceDetected', time, instrumentId, direction, signals })
  }

  /** What an entry would be added to; `maxChase` as a fraction of the signal's price, null = no limit. */
  exposureOf(instance: StrategyInstance, moment: Moment, maxChase: number | null): ExposureView {
    const market = this.market(instance.instrumentId)
    return exposureOf({
      now: moment.time,
      instrument: market.instrument,
      instancesOfStrategy: this.#siblings.get(instance.strategy) ?? new Set(),
      orders: this.orders,
      portfolio: this.portfolio,
      priceOf: (id) => this.market(id).lastPrice(),
      market: market.view,
      at: moment.at,
      stale: market.stale,
      lastPrice: moment.price,
      signalPrice: instance.view.signalPrice,
      maxChase,
      entriesLastMinute: this.#entryTimes.filter((time) => time > moment.time - minuteMs).length,
      tradingState: this.tradingState,
    })
  }

  countEntry(time: UnixMs): void {
    this.#entryTimes = this.#entryTimes.filter((earlier) => earlier > time - minuteMs)
    this.#entryTimes.push(time)
  }

  snapshot() {
    return {
      now: this.now,
      funded: this.#funded,
      signals: this.#signals,
      states: this.#states.snapshot(),
      paused: this.paused,
      entryTimes: [...this.#entryTimes],
      limits: this.limits,
      orders: this.orders.snapshot(),
      portfolio: this.portfolio.snapshot(),
      confluence: this.#confluence.snapshot(),
    }
  }

  restore(saved: ReturnType<TradingRoom['snapshot']>): void {
    this.now = saved.now
    this.#funded = saved.funded
    this.#signals = saved.signals
    this.#states.restore(saved.states)
    this.paused = saved.paused
    this.#entryTimes = [...saved.entryTimes]
    this.limits = saved.limits
    this.orders.restore(saved.orders)
    this.portfolio.restore(saved.portfolio)
    this.#confluence.restore(saved.confluence)
  }
}
