import type { UnixMs } from '#model/ids.ts'
import type { SideCode } from '#model/market.ts'
import type { Desk } from './desk.ts'
import { eventAt, type Lane } from './lane.ts'
import { onBar } from './on-bar.ts'
import { onEvent } from './on-event.ts'
import { onPrint } from './on-print.ts'

/** Plays a lane's market rows with `time < before`, up to and including the first one that produces an answer. */
export function play(desk: Desk, lane: Lane, before: UnixMs): void {
  const { reported } = desk
  while (desk.reported === reported && lane.nextTime() < before) {
    const eventTime = lane.events.time()
    // At equal times trades and bars come before events, which describe the state after them.
    if (lane.recording.onlyBars ? lane.bars.time() <= eventTime : lane.trades.time() <= eventTime) {
      if (lane.recording.onlyBars) playBar(desk, lane)
      else playPrints(desk, lane, Math.min(before, eventTime + 0.5))
    } else playEvent(desk, lane)
    sweep(lane)
  }
}

/** Prices that matter: rows strictly inside the band cannot fill, trigger or liquidate anything. */
interface Band {
  low: number
  high: number
}

const band: Band = { low: 0, high: 0 }

function playPrints(desk: Desk, lane: Lane, before: UnixMs): void {
  const { reported } = desk
  const cursor = lane.trades
  findBand(lane)
  for (let chunk = cursor.chunk(); chunk !== undefined; chunk = cursor.chunk()) {
    const { first, length } = chunk
    const { time, price, quantity, side } = chunk.columns
    const { low, high } = band
    let at = cursor.row - first
    while (at < length && time[at] < before && price[at] > low && price[at] < high) at++
    cursor.row = first + at
    if (at === length) continue
    if (time[at] >= before) return
    onPrint(desk, lane, {
      row: cursor.row,
      time: time[at],
      price: price[at],
      quantity: quantity[at],
      side: side[at] as SideCode,
    })
    cursor.row++
    if (desk.reported !== reported) return
    findBand(lane)
  }
}

/** Rows looked at ahead of time, at most. */
const lookAhead = 1024

/** Time before which no row loaded for the lane can matter: its next event, the next print outside the band, or as far as was looked. */
export function quietBefore(lane: Lane): UnixMs {
  const rows = lane.recording.onlyBars ? lane.bars : lane.trades
  const chunk = lane.trades.chunk()
  const next = Math.min(rows.time(), lane.nextTime())
  if (next === Infinity) return -Infinity
  if (lane.recording.onlyBars || chunk === undefined) return next
  const { time, price } = chunk.columns
  const end = Math.min(chunk.length, lane.trades.row - chunk.first + lookAhead)
  const eventTime = lane.events.time()
  findBand(lane)
  const { low, high } = band
  let at = lane.trades.row - chunk.first
  while (at < end - 1 && time[at] < eventTime && price[at] > low && price[at] < high) at++
  return Math.min(time[at], eventTime)
}

function findBand(lane: Lane): void {
  band.low = lane.position.quantity > 0 && !Number.isNaN(lane.liquidationPrice) ? lane.liquidationPrice : -Infinity
  band.high = lane.position.quantity < 0 && !Number.isNaN(lane.liquidationPrice) ? lane.liquidationPrice : Infinity
  if (lane.liquidating) band.low = Infinity
  for (const { mode, order } of lane.orders) {
    if (mode === 'taking') band.low = Infinity
    if (mode !== 'resting') continue
    const price = (order.type === 'limit' ? order.price : order.stopPrice) as number
    const below = order.type === 'limit' ? order.side === 'buy' : order.side === 'sell'
    if (below) band.low = Math.max(band.low, price)
    else band.high = Math.min(band.high, price)
  }
}

function playBar(desk: Desk, lane: Lane): void {
  const { bars } = lane
  const chunk = bars.chunk()
  if (chunk === undefined) return
  const { row } = bars
  const { intervalMs, time, open, high, low, volume } = chunk.columns
  const at = row - chunk.first
  onBar(desk, lane, {
    row,
    time: time[at],
    openTime: time[at] - intervalMs,
    open: open[at],
    high: high[at],
    low: low[at],
    volume: volume[at],
  })
  bars.row++
}

function playEvent(desk: Desk, lane: Lane): void {
  const { events, recording } = lane
  const row = events.chunk() === undefined ? -1 : events.row
  const event = eventAt(recording, row)
  events.row++
  lane.eventsRead = Math.max(lane.eventsRead, events.row)
  if (event !== undefined) onEvent(desk, lane, event)
}

/** Removes orders that are done. */
export function sweep(lane: Lane): void {
  const { orders } = lane
  let kept = 0
  for (const order of orders) if (order.mode !== 'done') orders[kept++] = order
  orders.length = kept
}
