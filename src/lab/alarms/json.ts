import type { AlarmReport, MarketAlarms } from './alarms.ts'
import type { AlarmRate } from './rate.ts'
import { classText, grainText, inLife } from './words.ts'

const iso = (time: number): string => new Date(time).toISOString()

/** The alarm load for programs; times are ISO 8601, shares 0–1, what is undefined is null. */
export function alarmsJson({ spec, detectors, classes, markets, tooShort }: AlarmReport) {
  return {
    classes: classes.map(({ instruments, rate, medianRisePct, ...named }) => ({
      name: classText(named),
      instruments,
      ...rateJson(rate),
      perDayAt300Coins: inLife(rate.perCoinDay),
      medianRisePct,
    })),
    instruments: markets.map(({ rate, measures, medianRisePct, ...market }) => ({
      ...nameJson(market),
      ...rateJson(rate),
      medianRisePct,
      ...measures,
    })),
    alarms: markets.flatMap((market) =>
      market.alarms.map(({ time, ...alarm }) => ({ ...nameJson(market), time: iso(time), ...alarm })),
    ),
    detectors,
    tooShort,
    warmUpMs: spec.warmUpMs,
    refractoryMs: spec.refractoryMs,
    seed: spec.seed,
  }
}

const nameJson = ({ instrument, grain, liquidity }: Pick<MarketAlarms, 'instrument' | 'grain' | 'liquidity'>) => ({
  instrument: instrument.id,
  venue: instrument.venue,
  data: grainText(grain),
  class: classText({ kind: instrument.kind, liquidity, grain: null }),
})

const rateJson = ({ coinDays, alarms, perCoinDay, interval }: AlarmRate) => ({ coinDays, alarms, perCoinDay, interval })
