import type { InstrumentId, OrderId, UnixMs } from '#model/ids.ts'
import type { Money } from '#model/money.ts'
import type { VenueEvent } from '#model/order.ts'
import type { Lane } from './lane.ts'
import { Outbox } from './outbox.ts'
import { Schedule } from './schedule.ts'
import type { MatchingSettings } from './settings.ts'

/** What all instruments of one venue share. */
export interface Desk {
  readonly settings: MatchingSettings
  readonly schedule: Schedule
  readonly outbox: Outbox
  readonly lanes: ReadonlyMap<InstrumentId, Lane>
  /** Lanes with orders or a position; the only ones whose market is played. */
  active: Lane[]
  /** Lane of every order that is not done. */
  readonly orders: Map<OrderId, Lane>
  /** Wallet: start balance plus realised profit, less fees and funding. Margin is set aside inside it. */
  cash: Money
  /** Latest time the engine is known to have reached. */
  now: UnixMs
  /** Time of the last `take`; answers found later arrive no earlier. */
  taken: UnixMs
  /** Nothing can happen before this time as long as nothing is sent or loaded. */
  quietBefore: UnixMs
  /** Answers produced so far. */
  reported: number
  /** Counter of the venue's own order ids. */
  accepted: number
}

export function createDesk(settings: MatchingSettings, lanes: ReadonlyMap<InstrumentId, Lane>): Desk {
  return {
    settings,
    schedule: new Schedule(),
    outbox: new Outbox(),
    lanes,
    active: [],
    orders: new Map(),
    cash: settings.balance,
    now: -Infinity,
    taken: -Infinity,
    quietBefore: -Infinity,
    reported: 0,
    accepted: 0,
  }
}

/** Sends an answer: `event.time` is when it happened and becomes when it reaches us, at once where the recording has ended. */
export function report(desk: Desk, lane: Lane, event: VenueEvent): void {
  const time = Math.max(desk.taken, lane.ended ? event.time : event.time + desk.settings.reportLatencyMs)
  desk.reported++
  desk.outbox.push(lane.instrument.id, { ...event, time })
}
