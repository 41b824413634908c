import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { PumpEvent, TimedPrice } from '../pumps/score.ts'
import type { Tape } from '../pumps/tape.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** What came after the peak of a pump, as the tape has it; prices in quote units. */
export interface Fall {
  readonly eventId: string
  readonly file: string
  readonly instrumentId: InstrumentId
  readonly onset: UnixMs
  readonly peak: TimedPrice
  /** Middle of the trades from 25 to 35 minutes after the peak; null where nothing traded then. */
  readonly after: number | null
  /** From the peak down to `after`; null where that is unknown or not below the peak. */
  readonly depth: number | null
  /** Highest trade of the hour after the peak above the peak, percent; 0 = it was the top. */
  readonly higherLaterPct: number
}

/** The fall after a pump; undefined where nothing traded that could be its peak. */
export function fallOf(
  { eventId, onset, peakTime, peakPrice }: PumpEvent,
  { file, instrumentId, tape }: { readonly file: string; readonly instrumentId: InstrumentId; readonly tape: Tape },
): Fall | undefined {
  if (peakTime === null || peakPrice === null) return undefined
  const after = tape.medianPrice(peakTime + 25 * minuteMs, peakTime + 35 * minuteMs)
  const later = tape.highest(peakTime, peakTime + hourMs)?.price ?? peakPrice
  return {
    eventId,
    file,
    instrumentId,
    onset,
    peak: { time: peakTime, price: peakPrice },
    after,
    depth: after !== null && after < peakPrice ? peakPrice - after : null,
    higherLaterPct: Math.max(0, (later / peakPrice - 1) * 100),
  }
}
