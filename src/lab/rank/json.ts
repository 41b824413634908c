import { grainText } from '../alarms/words.ts'
import type { RankReport } from './rank.ts'

const iso = (time: number): string => new Date(time).toISOString()

/** The ranking for programs; the first `top` of it. */
export function rankJson({ spec, by, ranked, notRanked, elsewhere }: RankReport, top: number) {
  return {
    at: iso(spec.at),
    by: { indicator: by.id, unit: by.unit },
    ranking: ranked.slice(0, top).map(({ instrument, grain, value, parts, price, lastDataAt }, index) => ({
      rank: index + 1,
      instrument: instrument.id,
      venue: instrument.venue,
      data: grainText(grain),
      value,
      parts: Object.fromEntries(parts),
      price,
      lastDataAt: iso(lastDataAt),
    })),
    ranked: ranked.length,
    notRanked: notRanked.map(({ instrument, grain, reason }) => ({
      instrument: instrument.id,
      venue: instrument.venue,
      data: grainText(grain),
      reason,
    })),
    withoutDataThen: elsewhere,
  }
}
