import { drawClimate, drawWeather } from './weather.ts'
import type { Climate } from './weather.ts'
import { listingAt } from './instruments.ts'
import type { MarketLabel } from './labels.ts'
import { marksOf } from './marks.ts'
import { measureLabels } from './measure.ts'
import { defaultOptions } from './options.ts'
import type { GeneratorOptions } from './options.ts'
import { profiles } from './profiles.ts'
import { Random } from './random.ts'
import { scheduleEvents } from './schedule.ts'
import { segmentsOf } from './segments.ts'
import type { GeneratedMarket, GeneratedSeries } from './series.ts'
import { writeTape } from './tape.ts'

export { decoyKinds, decoysToCsv, labelsToCsv } from './labels.ts'
export type { MarketLabel } from './labels.ts'
export { defaultOptions } from './options.ts'
export type { GeneratorOptions } from './options.ts'
export { plantOn } from './plant.ts'
export type { PlantedTrades } from './plant.ts'
export type { DecoyRequest, PlantPlan, PumpRequest } from './plan.ts'
export { pumpProfiles } from './shapes.ts'
export { segmentsOf } from './segments.ts'
export type { GeneratedMarket, GeneratedSeries } from './series.ts'

const dayMs = 86_400_000

/**
 * A market out of a seed: the same options give the same bytes on the same build of V8. `Math.exp`, `log` and `pow`
 * are not specified to the last bit, so another engine or version may differ in it. An instrument's tape does not
 * depend on how many others there are. Throws `RangeError` when more events are asked for than fit the days.
 */
export function generateMarket(given: Partial<GeneratorOptions> = {}): GeneratedMarket {
  const options: GeneratorOptions = { ...defaultOptions, ...given }
  const from = options.startTime
  const to = from + options.days * dayMs
  const climate = drawClimate(options.days * 1_440, new Random(options.seed, 0))
  const series: GeneratedSeries[] = []
  const labels: MarketLabel[] = []
  for (let index = 0; index < options.instruments; index++) {
    const made = makeSeries(options, index, climate)
    series.push(made.series)
    labels.push(...made.labels)
  }
  labels.sort((a, b) => a.onset - b.onset)
  const segments = [...segmentsOf({ series, from, to })]
  return { options, from, to, instruments: series.map(({ instrument }) => instrument), segments, series, labels }
}

function makeSeries(options: GeneratorOptions, index: number, climate: Climate) {
  const from = options.startTime
  const to = from + options.days * dayMs
  const stream = (part: number) => new Random(options.seed, 1 + index * 4 + part)
  const listing = listingAt(index)
  const { instrument, liquidity } = listing
  const profile = profiles[liquidity]
  const tradesPerDay = options.tradesPerDay[liquidity]
  const shapes = scheduleEvents(options, liquidity, stream(0))
  const weather = drawWeather(profile, tradesPerDay, climate, stream(1))
  const rows = 1_024 + 1.3 * tradesPerDay * options.days
  const tape = writeTape({ listing, profile, weather, shapes, from, to, random: stream(2), rows })
  const events = marksOf(instrument, tape.quotes, from, to, options.markPriceEveryMs, stream(3))
  const series: GeneratedSeries = { instrument, liquidity, trades: tape.trades, quotes: tape.quotes, events }
  return { series, labels: measureLabels(instrument.id, tape.trades, shapes) }
}
