import type {
  AccountView,
  Command,
  EngineEvent,
  EngineOutput,
  Evidence,
  LimitsChanged,
  NearMiss,
} from '#model/events.ts'
import type { InstanceId, InstrumentId, UnixMs } from '#model/ids.ts'
import type { MarketBlock, MarketEvent } from '#model/market.ts'
import type { FundingSettled, Liquidated, Position, VenueEvent } from '#model/order.ts'
import { unreachable } from '#model/unreachable.ts'
import { carryOut } from './commands.ts'
import { InstrumentDesk } from './instrument-desk.ts'
import type { OrderEvent } from './orders/orders.ts'
import type { SettlementResult } from './portfolio/portfolio.ts'
import { TradingRoom } from './room.ts'
import type { EngineSetup } from './setup.ts'

export { catalog, findIndicator, nearest } from './indicators/indicators.ts'
export { resolveStrategy, type StrategyProblem } from './resolve.ts'
export type { EngineSetup } from './setup.ts'
export type { ResolvedStrategy } from './strategy/strategy.ts'

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
  /** What the strategies on an instrument read at its last instant. */
  readings(instrumentId: InstrumentId): ReadonlyMap<InstanceId, readonly Evidence[]>
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

const none: readonly InstrumentId[] = []

class EngineCore implements Engine {
  readonly #room: TradingRoom
  readonly #markets: readonly InstrumentDesk[]
  readonly #gridMs: number
  /** Up to here the timer grid of every instrument has been gone through (live). */
  #ranUntil: UnixMs = -Infinity

  constructor(setup: EngineSetup) {
    this.#gridMs = setup.gridMs ?? 1_000
    this.#room = new TradingRoom(setup)
    this.#markets = setup.instruments.map((instrument) => new InstrumentDesk(instrument, setup, this.#room))
    for (const market of this.#markets) this.#room.add(market)
  }

  // replay

  load(block: MarketBlock): void {
    this.#room.market(block.instrumentId).load(block)
  }

  nextTime(): UnixMs {
    let earliest = Infinity
    for (const { next } of this.#markets) if (next < earliest) earliest = next
    return earliest
  }

  step(): readonly EngineOutput[] {
    const first = this.#first(Infinity)
    first?.run(first.loadedUntil())
    return this.#room.take()
  }

  hungry(): readonly InstrumentId[] {
    if (this.#room.dry === 0) return none
    return this.#markets.filter(({ dry }) => dry).map(({ id }) => id)
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
        this.#changeLimits(event)
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
    return this.#room.take()
  }

  // views

  account(): AccountView {
    return this.#room.portfolio.account(this.#room.now)
  }

  positions(): readonly Position[] {
    return this.#room.portfolio.positions()
  }

  nearMisses(): readonly NearMiss[] {
    return this.#room.desks.flatMap(({ instance }) => instance.nearMisses())
  }

  readings(instrumentId: InstrumentId): ReadonlyMap<InstanceId, readonly Evidence[]> {
    return this.#room.market(instrumentId).readings()
  }

  forgetNearMisses(): void {
    for (const { instance } of this.#room.desks) instance.forgetNearMisses()
  }

  instants(): number {
    return this.#markets.reduce((sum, { instants }) => sum + instants, 0)
  }

  snapshot(): unknown {
    if (this.nextTime() !== Infinity) throw new Error('a snapshot is taken when all loaded market has happened')
    return {
      ranUntil: this.#ranUntil,
      room: this.#room.snapshot(),
      markets: this.#markets.map((market) => market.snapshot()),
    }
  }

  restore(state: unknown): void {
    const saved = state as { ranUntil: number; room: ReturnType<TradingRoom['snapshot']>; markets: unknown[] }
    if (saved.markets.length !== this.#markets.length)
      throw new Error('the snapshot has other instruments than the setup')
    this.#ranUntil = saved.ranUntil
    this.#room.restore(saved.room)
    this.#markets.forEach((market, index) => market.restore(saved.markets[index]))
  }

  // the loop

  /** Where something can be decided first, not later than `until`. */
  #first(until: UnixMs): InstrumentDesk | undefined {
    let first: InstrumentDesk | undefined
    for (const market of this.#markets) {
      if (market.next === Infinity || market.next > until) continue
      if (!first || market.next < first.next || (market.next === first.next && first.onGrid && !market.onGrid))
        first = market
    }
    return first
  }

  #market(event: MarketEvent, id: InstrumentId): void {
    const market = this.#room.market(id)
    this.#runAllBefore(event.time)
    market.push(event)
    // a late event happens at the market's last instant
    const until = Math.max(event.time, market.time())
    if (market.next === Infinity) market.seek(until)
    while (market.next <= until) market.run(until)
    this.#room.setClock(until)
  }

  /** Live clock: the timer grid of every instrument up to but not including `time`. */
  #runAllBefore(time: UnixMs): void {
    const until = time - 1
    if (Math.floor(until / this.#gridMs) * this.#gridMs <= this.#ranUntil) return
    this.#ranUntil = until
    for (const market of this.#markets) if (market.next === Infinity) market.seek(until)
    for (let first = this.#first(until); first; first = this.#first(until)) first.run(until)
    this.#room.setClock(until)
  }

  #changeLimits({ time, limits, tradingState }: LimitsChanged): void {
    this.#runAllBefore(time)
    this.#room.tick(time)
    this.#room.changeLimits(limits, tradingState, time)
  }

  #command(command: Command): void {
    this.#runAllBefore(command.time)
    this.#room.tick(command.time)
    carryOut(command, this.#room)
    for (const market of this.#markets) market.seekAgain()
  }

  // the venue

  #venue(event: VenueEvent): void {
    this.#room.tick(event.time)
    switch (event.type) {
      case 'fundingSettled':
        this.#settle(this.#room.portfolio.applyFunding(event), event)
        break
      case 'liquidated':
        this.#settle(this.#room.portfolio.applyLiquidation(event), event)
        this.#room.market(event.instrumentId).seekAgain()
        break
      case 'positionReported':
      case 'balanceReported':
        break
      default:
        this.#order(event)
    }
    this.#room.followLosses(event.time)
  }

  #order(event: OrderEvent): void {
    const room = this.#room
    const { order, fill, anomaly } = room.orders.apply(event)
    if (anomaly) room.emit({ type: 'orderAnomaly', time: event.time, orderId: event.orderId, ...anomaly })
    if (!order) return
    room.emit({ type: 'orderUpdated', time: event.time, order })
    const market = room.market(order.instrumentId)
    room.desk(order.instanceId)?.onOrder(order, fill, market.present(event.time))
    market.seekAgain()
  }

  #settle({ postings, updated, closed, anomaly }: SettlementResult, event: Liquidated | FundingSettled): void {
    const room = this.#room
    const moment = room.market(event.instrumentId).present(event.time)
    for (const posting of postings) room.emit({ type: 'posted', posting })
    if (anomaly) room.emit({ type: 'orderAnomaly', time: event.time, orderId: null, ...anomaly })
    for (const position of updated) {
      const { instanceId, instrumentId } = position
      room.emit({ type: 'positionUpdated', time: event.time, instanceId, instrumentId, position })
      room.desk(instanceId)?.onReduced()
    }
    for (const roundTrip of closed) room.desk(roundTrip.instanceId)?.onLiquidated(roundTrip, moment)
  }
}
