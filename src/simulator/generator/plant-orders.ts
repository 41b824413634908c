import type { UnixMs } from '#model/ids.ts'
import type { TradeColumns } from '#model/market.ts'
import { rowAt } from './columns.ts'
import type { TradeWriter } from './columns.ts'
import { stepsOf, valueOf } from './grid.ts'
import type { Grid } from './grid.ts'
import type { Random } from './random.ts'
import { buyersAt, heatAt, ordersAt, stepAt } from './shapes.ts'
import type { EventShape } from './shapes.ts'
import { orderSize, sizeAt } from './tape.ts'

/** Half the spread a planted taker pays in quiet, as a fraction of the price. */
const halfSpread = 0.0005
/** Seconds in which a passing order is forgotten. */
const resilience = 4
/** Recorded rows before the onset whose median size is the ordinary one. */
const sizeRows = 2_000

export interface PlantParts {
  readonly shape: EventShape
  readonly recorded: TradeColumns
  /** Recorded prices after the path. */
  readonly moved: Float64Array
  /** Logarithm of what all planted events multiply the price by. */
  readonly offset: (time: UnixMs) => number
  readonly tickSize: number | undefined
  readonly snap: (price: number) => number
  readonly lots: Grid | undefined
  readonly random: Random
  readonly planted: TradeWriter
}

/** Writes the orders of one event, the first at its onset, as a Poisson stream with the event's rate. */
export function plantOrders(parts: PlantParts): void {
  const { shape, random } = parts
  const flow = new PlantedFlow(parts)
  const forced = shape.kind === 'thinJump' ? [shape.onset, shape.onset + shape.riseMs] : [shape.onset]
  const end = Math.min(shape.onset + shape.lengthMs, parts.recorded.time[parts.recorded.time.length - 1])
  let nextForced = 0
  let time: number = shape.onset
  while (time < end) {
    const forceAt = forced[nextForced] ?? Infinity
    if (time >= forceAt) {
      flow.take(forceAt, shape.rise >= 0, shape.rushRows, shape.rushRows * random.between(0.6, 1.6))
      nextForced++
      continue
    }
    const rate = ordersAt(shape, time)
    const limit = Math.min(end, forceAt, time + stepAt(shape, time))
    const next = rate > 0 ? time + (1_000 * random.exponential()) / rate : Infinity
    const stamp = Math.max(Math.floor(next), flow.lastTime + 1)
    time = Math.min(limit, Math.max(next, stamp))
    if (next >= limit || stamp >= limit) continue
    const buy = random.uniform() < buyersAt(shape, time)
    const rush = stamp < shape.onset + shape.riseMs && buy === shape.rise > 0 && random.uniform() < shape.rushChance
    flow.take(stamp, buy, rush ? Math.min(40, 3 + Math.floor(6 * random.exponential())) : 1, rush ? 3 : 1)
  }
}

class PlantedFlow {
  lastTime: UnixMs = -Infinity
  readonly #parts: PlantParts
  readonly #median: number
  #pressure = 0
  #lastPrice = 0

  constructor(parts: PlantParts) {
    this.#parts = parts
    const { time, quantity } = parts.recorded
    const first = rowAt(time, parts.shape.onset)
    const sizes = quantity.slice(Math.max(0, first - sizeRows), first).sort()
    this.#median = sizes[sizes.length >> 1]
  }

  /** One order of `sizes` drawn sizes in about `rows` prints; it walks from the last price when that is behind. */
  take(time: UnixMs, buy: boolean, rows: number, sizes: number): void {
    const { shape, recorded, moved, offset, snap, random, planted } = this.#parts
    const row = rowAt(recorded.time, time + 1) - 1
    const seen = row >= 0 && recorded.time[row] > this.lastTime ? moved[row] : this.#lastPrice
    const keep = Math.exp(-(time - this.lastTime) / 1_000 / resilience)
    const heat = heatAt(shape, time)
    const noise = 0.035 * Math.abs(shape.rise) * heat * Math.sqrt(1 - keep * keep)
    this.#pressure = this.#pressure * keep + (time === shape.onset ? 0 : noise * random.normal())
    const sign = buy ? 1 : -1
    const fair = recorded.price[Math.max(0, row)] * Math.exp(offset(time) + this.#pressure)
    const goal = snap(fair * (1 + sign * halfSpread * (1 + 3 * heat)))
    const walks = (goal - seen) * sign > 0
    const from = walks ? seen : goal
    const ticks = Math.round(Math.abs(goal - from) / (this.#parts.tickSize ?? goal * 1e-5))
    const prints = Math.max(1, Math.min(ticks, Math.max(rows, walks ? random.integer(1, 3) : 1)))
    const size = this.#median * (orderSize({ orderNotional: 1 }, random) * sizes * sizeAt(shape, time))
    for (let print = 1; print <= prints; print++) {
      const price = snap(from + ((goal - from) * print) / prints)
      planted.push(time, price, this.#quantity((size / prints) * random.between(0.6, 1.4)), sign)
    }
    this.lastTime = time
    this.#lastPrice = goal
  }

  #quantity(quantity: number): number {
    const { lots } = this.#parts
    return lots ? valueOf(lots, stepsOf(lots, quantity)) : quantity
  }
}
