import type { FalseAlert } from './score.ts'
import type { Tape } from './tape.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

/** A false alert with what it was and what came of it, told by the tape; null where nothing traded that could tell. */
export interface FalseAlertFacts extends FalseAlert {
  /** Price at the alert above the median of the trades from 60 to 5 minutes before. */
  readonly risePct: number | null
  /** Turnover of the five minutes before the alert ÷ what five minutes of the day before those had. */
  readonly volumeRatio: number | null
  /** Highest price of the 15 minutes after, above that of the alert. */
  readonly furtherRisePct: number | null
  /** Price half an hour after against that of the alert; negative = it fell back. */
  readonly afterHalfHourPct: number | null
}

export function describeFalseAlert(alert: FalseAlert, tape: Tape): FalseAlertFacts {
  const { time, price } = alert
  const percent = (other: number | null | undefined, base: number | null): number | null =>
    other === null || other === undefined || base === null ? null : (other / base - 1) * 100
  const highest = tape.highest(time, time + 15 * minuteMs)
  return {
    ...alert,
    risePct: percent(price, tape.medianPrice(time - 60 * minuteMs, time - 5 * minuteMs)),
    volumeRatio: volumeRatioAt(time, tape),
    furtherRisePct: percent(highest?.price, price),
    afterHalfHourPct: time + 30 * minuteMs > tape.to ? null : percent(tape.priceAt(time + 30 * minuteMs), price),
  }
}

function volumeRatioAt(time: number, tape: Tape): number | null {
  const start = time - 5 * minuteMs
  const since = Math.max(tape.from, start - dayMs)
  const usual = (tape.turnover(since, start - 1) / (start - since)) * 5 * minuteMs
  return start > since && usual > 0 ? tape.turnover(start, time) / usual : null
}
