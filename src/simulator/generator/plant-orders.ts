import { lowerBound } from '#model/block.ts'
import type { UnixMs } from '#model/ids.ts'
import { TradeWriter } from './columns.ts'
import { type GridTrades, medianOf } from './ordinary.ts'
import type { Path } from './path.ts'
import type { PlacedEvent } from './place-events.ts'
import { buyersAt, heatAt, ordersAt, rowsOf, spanOf, stepAt } from './shapes.ts'
import { orderSize } from './tape.ts'

/** Recorded trades whose median is where the market stands. */
const anchorRows = 9
/** Seconds in which a passing order is forgotten. */
const resilience = 4

/**
 * Writes the orders of one event, prices in ticks and quantities in lots: the forced ones at their milliseconds, between them
 * a Poisson stream with the event's rate.
 */
export function plantOrders(recorded: GridTrades, event: PlacedEvent, path: Path, planted: TradeWriter): void {
  const { shape, random } = event
  const flow = new PlantedFlow(recorded, event, path)
  const span = spanOf(shape)
  const end = Math.min(shape.onset + shape.lengthMs, recorded.time[recorded.time.length - 1])
  let next = 0
  let time: number = span.from
  while (time < end) {
    const force = shape.forced[next]
    const forceAt = force ? shape.onset + force.afterMs : Infinity
    if (force && time >= forceAt) {
      flow.take(forceAt, force.buy, force.rows, force.sizes, true)
      next++
      continue
    }
    const rate = ordersAt(shape, time)
    const limit = Math.min(end, forceAt, time + stepAt(shape, time))
    const arrival = rate > 0 ? time + (1_000 * random.exponential()) / rate : Infinity
    const stamp = Math.max(Math.floor(arrival), flow.lastTime + 1)
    time = Math.min(limit, Math.max(arrival, stamp))
    if (arrival >= limit || stamp >= limit) continue
    const buy = random.chance(buyersAt(shape, time))
    const rush = rowsOf(shape, time, buy, random)
    const rows = rush > 1 ? rush : random.chance(0.1) ? 2 + Math.floor(random.exponential()) : 1
    flow.take(stamp, buy, rows, rush, false)
  }
  flow.finish(planted)
}

class PlantedFlow {
  lastTime: UnixMs = -Infinity
  readonly #recorded: GridTrades
  readonly #event: PlacedEvent
  readonly #path: Path
  readonly #written = new TradeWriter(1_024)
  /** Planned price of the extreme. */
  readonly #top: number
  #pressure = 0
  #lastPrice = 0

  constructor(recorded: GridTrades, event: PlacedEvent, path: Path) {
    this.#recorded = recorded
    this.#event = event
    this.#path = path
    const { onset, rise } = event.shape
    this.#top = Math.round(this.#anchorAt(onset) * Math.exp(path.at(spanOf(event.shape).from - 1) + rise))
  }

  /**
   * One order of `sizes` drawn sizes in about `rows` prints; it walks on from the last price when that is behind. A forced one
   * ends on the path itself.
   */
  take(time: UnixMs, buy: boolean, rows: number, sizes: number, forced: boolean): void {
    const { shape, ordinary, random } = this.#event
    const { time: times, price } = this.#recorded
    const here = lowerBound(times, time + 1)
    const moved = this.#path.at(time)
    const heat = heatAt(shape, time)
    const keep = Math.exp(-(time - this.lastTime) / 1_000 / resilience)
    const noise = 0.05 * Math.abs(shape.rise) * heat * Math.sqrt(1 - keep * keep)
    this.#pressure = this.#pressure * keep + noise * random.normal()
    const sign = buy ? 1 : -1
    const away = forced ? 0 : this.#pressure + sign * ordinary.halfSpread * (1 + 5 * heat)
    const goal = this.#capped(Math.max(1, Math.round(this.#anchorAt(time) * Math.exp(moved + away))), time)
    const seen = here > 0 && times[here - 1] > this.lastTime ? price[here - 1] * Math.exp(moved) : this.#lastPrice
    const from = (goal - seen) * sign > 1 ? Math.round(seen) : goal
    const prints = rows > 1 || from === goal || random.chance(0.7) ? rows : 2
    const notional = ordinary.notional * orderSize({ orderNotional: 1 }, random) * sizes * shape.sizeFactor
    for (let print = 1; print <= prints; print++) {
      const ticks = Math.max(1, Math.round(from + ((goal - from) * print) / prints))
      this.#written.push(time, ticks, ((notional / prints) * random.between(0.6, 1.4)) / ticks, sign)
    }
    this.lastTime = time
    this.#lastPrice = goal
  }

  /** Hands the orders over in whole lots, scaled to the volume that the plan asks of the first 10 s. */
  finish(planted: TradeWriter): void {
    const { time, price, quantity, side } = this.#written.finish()
    const { shape, notional10s } = this.#event
    let early = 0
    for (let row = lowerBound(time, shape.onset); row < lowerBound(time, shape.onset + 10_000); row++) {
      early += price[row] * quantity[row]
    }
    const scale = notional10s === undefined ? 1 : notional10s / early
    for (let row = 0; row < time.length; row++) {
      planted.push(time[row], price[row], Math.max(1, Math.round(quantity[row] * scale)), side[row] > 0 ? 1 : -1)
    }
  }

  /** Only the order at the extreme itself reaches the planned price. */
  #capped(goal: number, time: UnixMs): number {
    const { shape } = this.#event
    const since = time - shape.onset
    if (since < 0 || shape.kind !== 'pump') return goal
    return since === shape.peakMs ? this.#top : Math.min(goal, this.#top - 1)
  }

  /** Where the market stands without the event. */
  #anchorAt(time: UnixMs): number {
    const { time: times, price } = this.#recorded
    const here = lowerBound(times, time + 1)
    return medianOf(price.slice(Math.max(0, here - anchorRows), here))
  }
}
