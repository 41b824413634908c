import { generateMarket } from './generator.ts'
import { type DecoyKind, decoyKinds } from './labels.ts'
import type { Liquidity } from './options.ts'
import type { RecordedTrades } from './plant.ts'

/** For tests: so many of each decoy an instrument and day. */
export const decoysPerDay = (perDay: number): Record<DecoyKind, number> =>
  Object.fromEntries(decoyKinds.map((kind) => [kind, perDay])) as Record<DecoyKind, number>

const index: Readonly<Record<Liquidity, number>> = { liquid: 0, mid: 1, thin: 2 }

/** For tests: a recording in which nothing happens. */
export function quietRecording(liquidity: Liquidity, days = 1, tradesPerDay?: number, seed = 1): RecordedTrades {
  const rate = tradesPerDay ?? 8_000
  const { series } = generateMarket({
    seed,
    instruments: 3,
    days,
    tradesPerDay: { liquid: rate, mid: rate, thin: rate },
    pumpsPerInstrumentDay: 0,
    decoysPerInstrumentDay: decoysPerDay(0),
  })
  return series[index[liquidity]]
}
