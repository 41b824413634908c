import { UserError } from '#model/failure.ts'
import type { Instrument } from '#model/instrument.ts'
import type { SideCode, TradeColumns } from '#model/market.ts'
import { TradeWriter } from './columns.ts'
import { type Grid, gridOf, stepsOf, valueOf } from './grid.ts'
import type { MarketLabel } from './labels.ts'
import { measureLabels } from './measure.ts'
import type { GridTrades } from './ordinary.ts'
import { Path } from './path.ts'
import { placeEvents } from './place-events.ts'
import type { Nowhere } from './places.ts'
import { checkPlan, type PlantPlan } from './plan.ts'
import { plantOrders } from './plant-orders.ts'

/** Recorded trades of one instrument; their prices and quantities are on its grid. */
export interface RecordedTrades {
  readonly instrument: Instrument
  readonly trades: TradeColumns
}

export interface PlantedTrades {
  readonly trades: TradeColumns
  /** For each row of `trades`: 1 planted, 0 recorded. */
  readonly planted: Uint8Array
  /** Pumps and decoys, ascending by onset, measured on the finished tape. */
  readonly events: readonly MarketLabel[]
  /** Stretches of an `everyMs` in which no moment would do. */
  readonly skipped: number
  /** Of a plan to be planted `partly`. */
  readonly nowhere: readonly Nowhere[]
}

/**
 * Plants events on a recording. Every recorded trade stays, in its order, with its time, quantity and side; its price is
 * multiplied by the path of the event in course, which ends at 1 again (a news ramp's stays), and put back on the grid. Planted
 * trades are merged in by time, recorded ones first within a millisecond. Equal seeds give equal tapes; scales of price and
 * quantity do not matter. Throws `UserError` for what cannot be planted.
 */
export function plantOn({ instrument, trades }: RecordedTrades, plan: PlantPlan, seed: number): PlantedTrades {
  checkPlan(plan)
  if (trades.time.length === 0) {
    throw new UserError({
      code: 'noTrades',
      message: 'there are no trades to plant on',
      where: instrument.id,
      remedy: 'name a recording of trades; candles cannot be planted on',
    })
  }
  const prices = gridOf(instrument.tickSize)
  const lots = gridOf(instrument.lotSize)
  const recorded: GridTrades = {
    time: trades.time,
    price: trades.price.map((price) => stepsOf(prices, price)),
    quantity: trades.quantity.map((quantity) => stepsOf(lots, quantity)),
    side: trades.side,
  }
  const { events, skipped, nowhere } = placeEvents(recorded, plan, seedOf(instrument.id, seed))
  const path = new Path(events.map(({ shape }) => shape))
  const planted = new TradeWriter(4_096 * events.length)
  for (const event of events) plantOrders(recorded, event, path, planted)
  const merged = merge(
    trades,
    movedPrices(recorded, trades.price, path, prices),
    onGrid(planted.finish(), prices, lots),
  )
  const labels = measureLabels(
    instrument.id,
    merged.trades,
    events.map(({ shape }) => shape),
  )
  return { ...merged, events: labels.filter(({ kind }) => kind !== 'dump'), skipped, nowhere }
}

/** Where no path is, the recorded price itself. */
function movedPrices({ time, price }: GridTrades, recorded: Float64Array, path: Path, grid: Grid): Float64Array {
  return recorded.map((own, row) => {
    const log = path.at(time[row])
    return log === 0 ? own : valueOf(grid, Math.max(1, Math.round(price[row] * Math.exp(log))))
  })
}

function onGrid({ time, price, quantity, side }: GridTrades, prices: Grid, lots: Grid): TradeColumns {
  return {
    time,
    price: price.map((ticks) => valueOf(prices, ticks)),
    quantity: quantity.map((count) => valueOf(lots, count)),
    side,
  }
}

function merge(recorded: TradeColumns, price: Float64Array, planted: TradeColumns) {
  const moved = { ...recorded, price }
  const rows = recorded.time.length + planted.time.length
  const writer = new TradeWriter(rows)
  const marks = new Uint8Array(rows)
  let next = 0
  const copy = (from: TradeColumns, row: number): void =>
    writer.push(from.time[row], from.price[row], from.quantity[row], from.side[row] as SideCode)
  const copyPlanted = (): void => {
    marks[writer.length] = 1
    copy(planted, next++)
  }
  for (let row = 0; row < recorded.time.length; row++) {
    while (next < planted.time.length && planted.time[next] < recorded.time[row]) copyPlanted()
    copy(moved, row)
  }
  while (next < planted.time.length) copyPlanted()
  return { trades: writer.finish(), planted: marks }
}

/** Two instruments planted with one seed are two different tapes (FNV-1a of the id). */
function seedOf(id: string, seed: number): number {
  let hash = 0x811c9dc5
  for (const char of id) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193)
  return hash ^ seed
}
