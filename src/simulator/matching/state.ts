import type { InstrumentId } from '#model/ids.ts'
import type { Desk } from './desk.ts'
import type { Lane } from './lane.ts'
import { Recording } from './recording.ts'
import { type Chunk, type Columns, Cursor, type Tape } from './tape.ts'
import { Touch } from './touch.ts'

const deskFields = ['cash', 'now', 'taken', 'reported', 'accepted'] as const
const laneFields = [
  'instrument',
  'eventsRead',
  'liquidationPrice',
  'liquidating',
  'mark',
  'markTime',
  'ended',
  'credit',
  'creditRow',
  'creditAsk',
  'creditBid',
  'fundingFed',
  'fundedAt',
  'entryBar',
] as const

interface TapeState {
  readonly end: number
  readonly chunks: readonly Chunk<Columns>[]
}
interface LaneState {
  readonly fields: Record<string, unknown>
  readonly recordings: readonly (Record<string, unknown> & { readonly tapes: readonly TapeState[] })[]
  readonly rows: readonly [trades: number, bars: number, events: number]
  readonly orders: readonly unknown[]
  readonly position: object
  readonly book: object
}
interface DeskState {
  readonly fields: Record<string, unknown>
  readonly active: readonly InstrumentId[]
  readonly reports: readonly unknown[]
  readonly tasks: readonly unknown[]
  readonly lanes: readonly (readonly [InstrumentId, LaneState])[]
}

/** Everything that decides what the venue says next, as plain data (bigint and typed arrays included); large columns by reference. */
export function snapshotDesk(desk: Desk): unknown {
  const state: DeskState = {
    fields: pick(desk, deskFields),
    active: desk.active.map((lane) => lane.instrument.id),
    reports: [...desk.outbox.reports],
    tasks: [...desk.schedule.tasks],
    lanes: [...desk.lanes].map(([id, lane]) => [id, snapshotLane(lane)]),
  }
  return state
}

/** Puts a desk over the same instruments into that state. */
export function restoreDesk(desk: Desk, saved: unknown): void {
  const state = saved as DeskState
  Object.assign(desk, state.fields)
  desk.outbox.reports = [...state.reports] as typeof desk.outbox.reports
  desk.schedule.tasks = [...state.tasks] as typeof desk.schedule.tasks
  desk.orders.clear()
  for (const [id, laneState] of state.lanes) {
    const lane = desk.lanes.get(id)
    if (lane === undefined) throw new Error(`snapshot of other instruments: ${id}`)
    restoreLane(lane, laneState)
    for (const { order } of lane.orders) desk.orders.set(order.orderId, lane)
  }
  desk.active = state.active.flatMap((id) => desk.lanes.get(id) ?? [])
}

function snapshotLane(lane: Lane): LaneState {
  const { quantity, cost, margin } = lane.position
  return {
    fields: pick(lane, laneFields),
    recordings: lane.recordings.map((recording) => ({
      startsAt: recording.startsAt,
      endsAt: recording.endsAt,
      tapes: [
        snapshotTape(recording.trades),
        snapshotTape(recording.quotes),
        snapshotTape(recording.bars),
        snapshotTape(recording.events),
      ],
    })),
    rows: [lane.trades.row, lane.bars.row, lane.events.row],
    orders: lane.orders.map((order) => ({ ...order })),
    position: { quantity, cost, margin },
    book: copyBook(lane.book),
  }
}

function restoreLane(lane: Lane, state: LaneState): void {
  lane.recordings = state.recordings.map(({ tapes, startsAt, endsAt }) => {
    const recording = Object.assign(new Recording(), { startsAt, endsAt })
    restoreTape(recording.trades, tapes[0])
    restoreTape(recording.quotes, tapes[1])
    restoreTape(recording.bars, tapes[2])
    restoreTape(recording.events, tapes[3])
    return recording
  })
  const { recording } = lane
  lane.trades = new Cursor(recording.trades, state.rows[0])
  lane.bars = new Cursor(recording.bars, state.rows[1])
  lane.events = new Cursor(recording.events, state.rows[2])
  lane.touch = new Touch(recording)
  Object.assign(lane, state.fields)
  Object.assign(lane.position, state.position)
  Object.assign(lane.book, copyBook(state.book as Lane['book']))
  lane.orders = state.orders.map((order) => ({ ...(order as object) })) as Lane['orders']
}

function copyBook(book: Lane['book']): object {
  const { updatedAt, complete, bids, asks } = book
  return { updatedAt, complete, bids: bids.map((level) => ({ ...level })), asks: asks.map((level) => ({ ...level })) }
}

/** Owned chunks are still written to, so they are copied; the others never change. */
function snapshotTape<C extends Columns>(tape: Tape<C>): TapeState {
  return { end: tape.end, chunks: tape.chunks.map(copyChunk) }
}

function restoreTape<C extends Columns>(tape: Tape<C>, state: TapeState): void {
  tape.end = state.end
  tape.chunks = state.chunks.map((chunk) => copyChunk(chunk as Chunk<C>))
}

function copyChunk<C extends Columns>(chunk: Chunk<C>): Chunk<C> {
  if (!chunk.owned) return { ...chunk }
  const columns = Object.entries(chunk.columns).map(([name, column]) => [name, copyColumn(column)])
  return { ...chunk, columns: Object.fromEntries(columns) }
}

function copyColumn(column: unknown): unknown {
  return column instanceof Float64Array || column instanceof Int8Array || Array.isArray(column)
    ? column.slice()
    : column
}

function pick(from: object, names: readonly string[]): Record<string, unknown> {
  const source = from as Record<string, unknown>
  return Object.fromEntries(names.map((name) => [name, source[name]]))
}
