import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { SideCode, TradeColumns } from '#model/market.ts'
import { TradeWriter } from './columns.ts'
import { drawShape } from './draw-shape.ts'
import { gridOf, stepsOf, valueOf } from './grid.ts'
import type { EventKind, MarketLabel } from './labels.ts'
import { measureLabels } from './measure.ts'
import { plantOrders } from './plant-orders.ts'
import { Random } from './random.ts'
import { pathAt } from './shapes.ts'
import type { EventShape } from './shapes.ts'

/** One event to plant; what is left out takes the middle of what the recorded pumps show. */
export interface PlantedEvent {
  readonly kind: EventKind
  /** Time of the first planted order. */
  readonly onset: UnixMs
  /** Percent of the price before; negative for a cascade; ignored for a volume burst. */
  readonly risePct?: number
  /** Onset to peak. */
  readonly riseMs?: number
  /** Planted orders a second at the onset; they thin out from there. */
  readonly ordersPerSecond?: number
  /** Median size of a planted order against the recorded median. */
  readonly sizeFactor?: number
  /** Share of the rise (in logarithms) given back half an hour after the peak. */
  readonly giveBack?: number
}

export interface PlantPlan {
  readonly instrumentId: InstrumentId
  readonly seed: number
  /** Planted and moved prices are put on this grid; left as computed when absent. */
  readonly tickSize?: number
  /** Base units; planted quantities are put on this grid, left as computed when absent. */
  readonly lotSize?: number
  /** Ascending by onset. */
  readonly events: readonly PlantedEvent[]
}

export interface PlantedTape {
  readonly trades: TradeColumns
  readonly labels: readonly MarketLabel[]
}

/**
 * Plants events on a recorded stretch: every recorded row is kept with its price multiplied by the planted path, and
 * planted orders are merged in by time, recorded rows first at equal times. Throws `RangeError` when an event lies
 * outside the recording or begins before the one before it is over.
 */
export function plantPumps(recorded: TradeColumns, plan: PlantPlan): PlantedTape {
  const shapes = plan.events.map((event, index) =>
    drawShape(event.kind, event.onset, new Random(plan.seed, 2 * index), event),
  )
  checkShapes(shapes, recorded)
  const priceGrid = plan.tickSize === undefined ? undefined : gridOf(plan.tickSize)
  const snap = (price: number) => (priceGrid ? valueOf(priceGrid, stepsOf(priceGrid, price)) : price)
  const moved = recorded.price.map((price, row) => {
    const log = pathOf(shapes, recorded.time[row])
    return log === 0 ? price : snap(price * Math.exp(log))
  })
  const planted = new TradeWriter(1_024 * shapes.length)
  const lots = plan.lotSize === undefined ? undefined : gridOf(plan.lotSize)
  for (const [index, shape] of shapes.entries()) {
    const random = new Random(plan.seed, 2 * index + 1)
    const offset = (time: UnixMs) => pathOf(shapes, time)
    plantOrders({ shape, recorded, moved, offset, tickSize: plan.tickSize, snap, lots, random, planted })
  }
  const trades = merge({ ...recorded, price: moved }, planted.finish())
  return { trades, labels: measureLabels(plan.instrumentId, trades, shapes) }
}

function checkShapes(shapes: readonly EventShape[], recorded: TradeColumns): void {
  let free = recorded.time[0] ?? Infinity
  const end = recorded.time.at(-1) ?? -Infinity
  for (const { kind, onset, lengthMs } of shapes) {
    if (onset <= free || onset > end) {
      throw new RangeError(
        `${kind} at ${new Date(onset).toISOString()} is outside the recording or the event before it`,
      )
    }
    free = onset + lengthMs
  }
}

function pathOf(shapes: readonly EventShape[], time: UnixMs): number {
  let log = 0
  for (const shape of shapes) {
    if (time < shape.onset - shape.driftMs) break
    log += pathAt(shape, time)
  }
  return log
}

function merge(recorded: TradeColumns, planted: TradeColumns): TradeColumns {
  const merged = new TradeWriter(recorded.time.length + planted.time.length)
  let next = 0
  const copy = (from: TradeColumns, row: number) =>
    merged.push(from.time[row], from.price[row], from.quantity[row], from.side[row] as SideCode)
  for (let row = 0; row < recorded.time.length; row++) {
    while (next < planted.time.length && planted.time[next] < recorded.time[row]) copy(planted, next++)
    copy(recorded, row)
  }
  while (next < planted.time.length) copy(planted, next++)
  return merged.finish()
}
