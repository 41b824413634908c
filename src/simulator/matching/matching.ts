import type { InstrumentId, OrderId, UnixMs } from '#model/ids.ts'
import type { MarketBlock } from '#model/market.ts'
import type { Order, VenueEvent } from '#model/order.ts'
import { arrive } from './arrival.ts'
import { createDesk, type Desk } from './desk.ts'
import { cancelOrder, expire } from './fills.ts'
import { assumeFunding, planFunding } from './funding.ts'
import { Lane } from './lane.ts'
import { play, quietBefore, sweep } from './play.ts'
import { type Task, rowsBefore } from './schedule.ts'
import type { MatchingSettings } from './settings.ts'
import { restoreDesk, snapshotDesk } from './state.ts'
import { createWorkingOrder } from './working-order.ts'

/** The venue behind its doors: latency is already in the arrival times. Pure, synchronous, no clock and no chance. */
export interface Matching {
  load(block: MarketBlock): void
  /** `now` is when it was decided, `arrivesAt ≥ now` when the venue gets it. */
  submit(order: Order, now: UnixMs, arrivesAt: UnixMs): void
  cancel(orderId: OrderId, arrivesAt: UnixMs): void
  nextTime(limit: UnixMs): UnixMs
  take(time: UnixMs): readonly VenueEvent[]
  snapshot(): unknown
  restore(state: unknown): void
}

export function createMatching(settings: MatchingSettings): Matching {
  const lanes = new Map<InstrumentId, Lane>()
  for (const instrument of settings.instruments) {
    lanes.set(instrument.id, new Lane(instrument, settings.fundingFeeds?.includes(instrument.id) ?? false))
  }
  const desk = createDesk(settings, lanes)
  /** The engine has been told that nothing comes up to here, so the next question proves that it got here. */
  let quietUntil = -Infinity

  return {
    load(block) {
      const lane = lanes.get(block.instrumentId)
      if (lane === undefined) return
      desk.quietBefore = -Infinity
      lane.load(block, desk.now)
      const planned = desk.schedule.tasks.some(
        (task) => task.type === 'fund' && task.instrumentId === block.instrumentId,
      )
      if (lane.position.quantity !== 0 && !planned)
        planFunding(desk, lane, Math.max(desk.now, lane.recordings.at(-1)?.startsAt ?? 0))
    },
    submit(order, now, arrivesAt) {
      quietUntil = -Infinity
      desk.quietBefore = -Infinity
      desk.now = Math.max(desk.now, now)
      submit(desk, order, now, arrivesAt)
    },
    cancel(orderId, arrivesAt) {
      quietUntil = -Infinity
      desk.quietBefore = -Infinity
      const lane = desk.orders.get(orderId)
      const order = lane?.orders.find((working) => working.order.orderId === orderId)
      if (lane === undefined || order === undefined) return
      const time = Math.max(arrivesAt, order.arrivesAt)
      desk.schedule.add({ type: 'cancel', instrumentId: lane.instrument.id, orderId, time })
    },
    nextTime(limit) {
      if (limit > quietUntil) desk.now = Math.max(desk.now, quietUntil)
      const time = nextTime(desk, limit)
      quietUntil = time === Infinity && limit < Infinity ? limit : -Infinity
      return time
    },
    take(time) {
      while (step(desk, horizon(desk, time) + 0.5)) continue
      desk.quietBefore = -Infinity
      desk.now = Math.max(desk.now, time === Infinity ? desk.now : time)
      desk.taken = desk.now
      return desk.outbox.take(time)
    },
    snapshot: () => ({ quietUntil, desk: snapshotDesk(desk) }),
    restore(state) {
      const saved = state as { quietUntil: UnixMs; desk: unknown }
      quietUntil = saved.quietUntil
      restoreDesk(desk, saved.desk)
      desk.quietBefore = -Infinity
    },
  }
}

function submit(desk: Desk, order: Order, now: UnixMs, arrivesAt: UnixMs): void {
  const { orderId, instrumentId } = order
  if (desk.orders.has(orderId)) return
  const lane = desk.lanes.get(instrumentId)
  if (lane === undefined) {
    const time = arrivesAt + desk.settings.reportLatencyMs
    desk.reported++
    desk.outbox.push(instrumentId, {
      type: 'orderRejected',
      orderId,
      code: 'unknownInstrument',
      message: `${instrumentId} is not traded here`,
      time,
    })
    return
  }
  if (!lane.active || lane.ended) lane.seek(now)
  if (!desk.active.includes(lane)) desk.active.push(lane)
  const working = createWorkingOrder(order, now, lane.ended ? now : arrivesAt)
  lane.orders.push(working)
  desk.orders.set(orderId, lane)
  if (!lane.ended) desk.schedule.add({ type: 'arrive', instrumentId, orderId, time: arrivesAt })
  else {
    arrive(desk, lane, working, now)
    settleLane(desk, lane)
  }
}

/** Plays until the next answer is known or nothing can come by `limit`. */
function nextTime(desk: Desk, limit: UnixMs): UnixMs {
  if (desk.active.length > 0 && limit >= desk.quietBefore) {
    while (step(desk, horizon(desk, Math.min(limit, desk.outbox.nextTime)) + 0.5)) continue
    desk.quietBefore = desk.schedule.next?.time ?? Infinity
    for (const lane of desk.active) desk.quietBefore = Math.min(desk.quietBefore, quietBefore(lane))
  }
  const time = desk.outbox.nextTime
  return time <= limit ? time : Infinity
}

/** Latest market time whose answers are due by `time`: one report latency before it, or the end of a recording until then. */
function horizon(desk: Desk, time: UnixMs): UnixMs {
  let latest = time - desk.settings.reportLatencyMs
  for (const lane of desk.active) {
    const end = lane.recording.endsAt
    if (!lane.ended && end > latest && end <= time) latest = end
  }
  return latest
}

/** Plays the earliest thing before `before`: a lane's rows up to its first answer, or one task. False when there is none. */
function step(desk: Desk, before: UnixMs): boolean {
  const task = desk.schedule.next
  const taskBound = task === undefined ? Infinity : rowsBefore(task)
  let lane: Lane | undefined
  let first = Infinity
  let second = Infinity
  for (const candidate of desk.active) {
    const time = candidate.nextTime()
    if (time < first) {
      second = first
      first = time
      lane = candidate
    } else if (time < second) second = time
  }
  if (lane !== undefined && first < before && first < taskBound) {
    play(desk, lane, Math.min(before, taskBound, Math.max(second, first + 0.5)))
    settleLane(desk, lane)
    return true
  }
  if (task === undefined || task.time >= before) return false
  desk.schedule.shift()
  run(desk, task, before)
  return true
}

function run(desk: Desk, task: Task, before: UnixMs): void {
  const lane = desk.lanes.get(task.instrumentId)
  if (lane === undefined) return
  if (task.type === 'fund') {
    // Where the data has ended nothing is charged any more; it is planned anew when more is loaded.
    if (!lane.ended && !(before === Infinity && task.time > lane.recording.lastTime))
      assumeFunding(desk, lane, task.time)
    return
  }
  const order = lane.orders.find((working) => working.order.orderId === task.orderId)
  if (order === undefined) return
  if (task.type === 'arrive') arrive(desk, lane, order, task.time)
  else if (task.type === 'cancel') cancelOrder(desk, lane, order, task.time, 'requested')
  else expire(desk, lane, order, task.time, task.code)
  settleLane(desk, lane)
}

/** Sweeps finished orders; a lane without orders and position rests. */
function settleLane(desk: Desk, lane: Lane): void {
  sweep(lane)
  if (!lane.active) desk.active = desk.active.filter((other) => other !== lane)
}
