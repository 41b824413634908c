import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { VenueEvent } from '#model/order.ts'

/** An answer on its way to us; `event.time` is when it arrives. */
export interface Report {
  readonly instrumentId: InstrumentId
  readonly event: VenueEvent
}

/** Answers in the order they arrive; equal times keep the order in which they happened. */
export class Outbox {
  reports: Report[] = []

  /** Arrival of the next answer; Infinity when none is on its way. */
  get nextTime(): UnixMs {
    return this.reports[0]?.event.time ?? Infinity
  }

  push(instrumentId: InstrumentId, event: VenueEvent): void {
    const { reports } = this
    let at = reports.length
    while (at > 0 && reports[at - 1].event.time > event.time) at--
    reports.splice(at, 0, { instrumentId, event })
  }

  /** Answers about an instrument that were due after `time` arrive at `time`: its recording ends there. */
  bringForward(instrumentId: InstrumentId, time: UnixMs): void {
    const late = this.reports.filter((report) => report.instrumentId === instrumentId && report.event.time > time)
    if (late.length === 0) return
    this.reports = this.reports.filter((report) => !late.includes(report))
    for (const report of late) this.push(instrumentId, { ...report.event, time })
  }

  take(time: UnixMs): readonly VenueEvent[] {
    const { reports } = this
    let due = 0
    while (due < reports.length && reports[due].event.time <= time) due++
    return due === 0 ? none : reports.splice(0, due).map((report) => report.event)
  }
}

const none: readonly VenueEvent[] = []
