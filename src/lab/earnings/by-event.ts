import { hitMs, neutralAfterMs, neutralBeforeMs } from '../pumps/score.ts'
import type { Episode } from './episodes.ts'
import { type EarningsFigures, figuresOf } from './figures.ts'
import type { LabelledPump } from './labelled-pumps.ts'

/** A signal from 120 s before the onset to this long after it belongs to the pump. */
export const pumpMs = 3_600_000

/**
 * What was earned where: `pumps`, signals of a labelled pump; `near`, the rest of the time from 1 h before to 4 h after an onset, in which
 * the protocol counts nothing as false; `elsewhere`, the false alarms.
 */
export interface EarningsByPlace {
  readonly pumps: EarningsFigures
  readonly near: EarningsFigures
  readonly elsewhere: EarningsFigures
  /** One for each labelled pump, in the order of their onsets. */
  readonly events: readonly EventEarnings[]
}

export interface EventEarnings extends LabelledPump {
  /** Time from the onset to the first signal, negative before it; null without one. */
  readonly signalDelayMs: number | null
  readonly figures: EarningsFigures
}

export function earningsByPlace(episodes: readonly Episode[], pumps: readonly LabelledPump[]): EarningsByPlace {
  const places = episodes.map((episode) => placeOf(episode, pumps))
  const at = (wanted: (place: Place) => boolean): readonly Episode[] =>
    episodes.filter((_, index) => wanted(places[index]))
  return {
    pumps: figuresOf(at((place) => typeof place === 'object')),
    near: figuresOf(at((place) => place === 'near')),
    elsewhere: figuresOf(at((place) => place === 'elsewhere')),
    events: pumps.map((pump) => {
      const own = at((place) => place === pump)
      const times = own.filter(({ outcome }) => outcome !== 'skipped').map(({ time }) => time)
      return {
        ...pump,
        signalDelayMs: times.length === 0 ? null : Math.min(...times) - pump.onset,
        figures: figuresOf(own),
      }
    }),
  }
}

type Place = LabelledPump | 'near' | 'elsewhere'

/** Where pumps overlap the one that began last counts. */
function placeOf({ instrumentId, time }: Episode, pumps: readonly LabelledPump[]): Place {
  const own = pumps.filter((pump) => pump.instrumentId === instrumentId)
  const pump = own.findLast(({ onset }) => time >= onset - hitMs && time <= onset + pumpMs)
  if (pump !== undefined) return pump
  const near = own.some(({ onset }) => time >= onset - neutralBeforeMs && time <= onset + neutralAfterMs)
  return near ? 'near' : 'elsewhere'
}
