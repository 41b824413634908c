import type { Evidence } from '#model/events.ts'
import type { InstanceId, InstrumentId, UnixMs } from '#model/ids.ts'
import type { MarketView } from '#model/indicator.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketBlock, MarketEvent } from '#model/market.ts'
import { unreachable } from '#model/unreachable.ts'
import { InstanceDesk } from './desk.ts'
import { ReadingSlot } from './indicators/indicators.ts'
import { createMarket, type ControlEvent, instantKinds, type Market } from './market/market.ts'
import type { Moment, TradingRoom } from './room.ts'
import { type EngineSetup, instanceName, slotKey } from './setup.ts'
import { StrategyInstance } from './strategy/strategy.ts'

const baselineFromMs = 600_000
const baselineToMs = 60_000

/** One instrument with everything that looks at it: finds the next moment at which something can be decided, and goes through it. */
export class InstrumentDesk {
  readonly id: InstrumentId
  readonly desks: readonly InstanceDesk[]
  instrument: Instrument
  stale = false
  /** Time of the next moment at which something can be decided; Infinity = nothing left. */
  next: UnixMs = Infinity
  /** It is a point of the grid: events of the same time come first, on whatever instrument. */
  onGrid = false
  /** Nothing more comes until something is loaded. */
  dry = true
  /** Gone through, for speed figures. */
  instants = 0
  readonly #room: TradingRoom
  readonly #market: Market
  readonly #slots: readonly ReadingSlot[]
  readonly #maxInstants: number
  #stretch = 0
  /** Next instant of the stretch. */
  #at = 1
  #control: ControlEvent | undefined
  /** How far the market was allowed to run: what is loaded, or the live clock. */
  #until: UnixMs = -Infinity

  constructor(instrument: Instrument, setup: EngineSetup, room: TradingRoom) {
    this.id = instrument.id
    this.instrument = instrument
    this.#room = room
    this.#maxInstants = setup.stretch ?? 2_048
    this.#market = createMarket({
      instrument,
      gridMs: setup.gridMs ?? 1_000,
      ...(setup.stretch === undefined ? {} : { capacity: setup.stretch }),
    })
    this.#market.keep(baselineFromMs)
    const slots = new Map<string, ReadingSlot>()
    this.desks = setup.strategies.map((strategy) => {
      this.#market.keep(strategy.lookbackMs)
      const id = instanceName(strategy, instrument.id)
      const readings = new Map<string, ReadingSlot>()
      for (const { name, definition, parameters } of strategy.readings.values()) {
        const key = slotKey(definition, parameters)
        const slot = slots.get(key) ?? new ReadingSlot(definition, parameters, this.#market.view)
        // what depends on the position is nobody else's
        slots.set(slot.kind === 'state' ? `${key} ${name} ${id}` : key, slot)
        readings.set(name, slot)
      }
      const instance = new StrategyInstance(id, instrument.id, strategy, this.#market.view, readings)
      return new InstanceDesk(instance, instrument, readings, room)
    })
    this.#slots = [...slots.values()]
  }

  // time

  load(block: MarketBlock): void {
    this.#market.load(block)
    if (this.next === Infinity) this.seek(this.loadedUntil())
  }

  push(event: MarketEvent): void {
    this.#market.push(event)
  }

  loadedUntil(): UnixMs {
    return this.#market.loadedUntil()
  }

  /** Time of the last instant; −Infinity before the first. */
  time(): UnixMs {
    return this.#market.now()
  }

  /** Finds the next moment at which something can be decided, computing columns on the way. */
  seek(until: UnixMs): void {
    const { desks } = this
    const slots = this.#slots
    const market = this.#market
    const { timeline } = market.view
    this.#until = until
    for (;;) {
      let next = timeline.length
      for (const { instance } of desks) {
        if (instance.hit < this.#at) instance.hit = instance.scan(this.#stretch, this.#at)
        if (instance.hit < next) next = instance.hit
      }
      for (const slot of slots) next = Math.min(next, slot.failedFrom(this.#at))
      this.instants += next - this.#at
      this.#at = next
      if (next < timeline.length) {
        this.next = timeline.time[next]
        this.#setDry(false)
        this.onGrid = market.kind[next] === instantKinds.grid
        return
      }
      for (const { instance } of desks) instance.settle()
      if (market.advance(this.#maxInstants, until) === 0) break
      this.#begin()
    }
    this.#control = market.control(until)
    this.next = this.#control?.time ?? Infinity
    this.onGrid = false
    this.#setDry(this.#control === undefined)
  }

  /** A phase changed outside the market's own moments: what can be decided next may be elsewhere, also at instants passed over. */
  seekAgain(): void {
    if (this.#control) return
    const at = this.#lastAt() + 1
    this.instants -= this.#at - at
    this.#at = at
    this.seek(this.#until)
  }

  /** Goes through the moment at `next`, and finds the one after it. */
  run(until: UnixMs): void {
    if (this.#control) this.#decide(this.#control)
    else this.#instant()
    this.seek(until)
  }

  // views

  get view(): MarketView {
    return this.#market.view
  }

  /** The last instant before an event that is not of the market, at the time of that. */
  present(time: UnixMs): Moment {
    return { ...this.#momentAt(this.#lastAt()), time }
  }

  /** Every reading of every strategy at the last instant. */
  readings(): ReadonlyMap<InstanceId, readonly Evidence[]> {
    const moment = this.#momentAt(this.#lastAt())
    return new Map(this.desks.map((desk) => [desk.instance.id, desk.readings(moment)]))
  }

  lastPrice(): number {
    return this.#momentAt(this.#lastAt()).price
  }

  /** Time-weighted price of the ten minutes that ended one minute ago; NaN while not covered. */
  baselineAt(at: number): number {
    const column = this.#market.view.twpa(baselineFromMs, baselineToMs)
    column.ensure()
    return column.values[at]
  }

  changeInstrument(instrument: Instrument): void {
    this.instrument = instrument
    for (const desk of this.desks) desk.changeInstrument(instrument)
  }

  snapshot(): unknown {
    return {
      instrument: this.instrument,
      market: this.#market.snapshot(),
      slots: this.#slots.map((slot) => slot.snapshot()),
      desks: this.desks.map((desk) => desk.snapshot()),
      stale: this.stale,
      until: this.#until,
      instants: this.instants,
    }
  }

  /** Throws on the snapshot of another instrument. */
  restore(state: unknown): void {
    const saved = state as {
      instrument: Instrument
      market: unknown
      slots: unknown[]
      desks: unknown[]
      stale: boolean
      until: number
      instants: number
    }
    if (saved.instrument.id !== this.id) throw new Error('the snapshot has other instruments than the setup')
    this.changeInstrument(saved.instrument)
    this.#market.restore(saved.market)
    this.#slots.forEach((slot, at) => slot.restore(saved.slots[at]))
    this.desks.forEach((desk, at) => desk.restore(saved.desks[at]))
    this.stale = saved.stale
    this.#until = saved.until
    this.instants = saved.instants
  }

  // one moment

  #instant(): void {
    const at = this.#at
    const moment = this.#momentAt(at)
    this.#room.tick(moment.time)
    this.#room.portfolio.mark(this.id, moment.price, moment.time)
    this.#room.followLosses(moment.time)
    for (const desk of this.desks) {
      if (desk.instance.hit !== at) continue
      desk.instance.hit = -1
      desk.evaluate(moment)
    }
    for (const slot of this.#slots) {
      const failure = slot.takeFailure(at)
      if (failure) this.#room.emit({ type: 'indicatorFailed', time: moment.time, instrumentId: this.id, ...failure })
    }
    this.#at++
    this.instants++
  }

  #decide(event: ControlEvent): void {
    this.#room.tick(event.time)
    const moment = { ...this.#momentAt(this.#market.view.timeline.length - 1), time: event.time }
    this.#market.takeControl()
    this.#control = undefined
    switch (event.type) {
      case 'feedStale':
        this.stale = event.stale
        break
      case 'instrumentChanged':
        this.changeInstrument(event.instrument)
        break
      case 'feedGap':
        for (const desk of this.desks) desk.withdraw('dataGap', moment)
        this.#restart()
        break
      case 'feedEnded':
        for (const desk of this.desks) desk.close('endOfData', 'endOfData', moment)
        this.#restart()
        break
      default:
        unreachable(event)
    }
  }

  /** What was before says nothing about what comes. */
  #restart(): void {
    for (const slot of this.#slots) slot.restart()
    for (const { instance } of this.desks) instance.restart()
    this.#begin()
  }

  /** A new stretch is there. */
  #begin(): void {
    this.#stretch++
    this.#at = 1
    for (const { instance } of this.desks) instance.hit = -1
    for (const slot of this.#slots) if (slot.stateful) slot.ensure(this.#stretch)
  }

  #momentAt(at: number): Moment {
    const { timeline, trades } = this.#market.view
    const row = timeline.trades[at] - 1
    return {
      stretch: this.#stretch,
      at,
      time: timeline.time[at],
      price: row < trades.start ? Number.NaN : trades.price[row - trades.offset],
      mark: this.#market.mark[at],
    }
  }

  /** The last instant that has happened: a replay may have passed over more. */
  #lastAt(): number {
    const { time } = this.#market.view.timeline
    let at = this.#at - 1
    while (at > 0 && time[at] > this.#room.now) at--
    return at
  }

  #setDry(dry: boolean): void {
    if (this.dry !== dry) this.#room.dry += dry ? 1 : -1
    this.dry = dry
  }
}
