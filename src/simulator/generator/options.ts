import type { UnixMs } from '#model/ids.ts'
import type { DecoyKind } from './labels.ts'
import type { PumpProfile } from './shapes.ts'

export type Liquidity = 'liquid' | 'mid' | 'thin'

/** Everything that shapes a generated market; what is left out takes `defaultOptions`. */
export interface GeneratorOptions {
  /** Any integer; its low 32 bits decide everything random. */
  readonly seed: number
  readonly instruments: number
  readonly days: number
  /** A UTC midnight. */
  readonly startTime: UnixMs
  /** Ordinary trades (rows) a day, without what pumps and decoys add. */
  readonly tradesPerDay: Readonly<Record<Liquidity, number>>
  /** Mean over the market; thin and mid instruments get more of them than liquid ones. */
  readonly pumpsPerInstrumentDay: number
  /** Per instrument and day; `thinJump` only falls on thin instruments. */
  readonly decoysPerInstrumentDay: Readonly<Record<DecoyKind, number>>
  /** Percent of the price before, drawn log-uniformly. */
  readonly pumpRisePct: readonly [min: number, max: number]
  /** How often pumps rise in which way, relative to each other. */
  readonly pumpProfiles: Readonly<Record<PumpProfile, number>>
  readonly markPriceEveryMs: number
}

/** Eight instruments, three days, 300 000 to 400 000 trades, some 18 pumps. */
export const defaultOptions: GeneratorOptions = {
  seed: 1,
  instruments: 8,
  days: 3,
  startTime: Date.UTC(2026, 0, 5),
  tradesPerDay: { liquid: 26_000, mid: 11_000, thin: 3_000 },
  pumpsPerInstrumentDay: 0.75,
  decoysPerInstrumentDay: {
    newsRamp: 0.2,
    liquidationCascade: 0.15,
    shortSqueeze: 0.35,
    fatFinger: 0.2,
    thinJump: 0.4,
    volumeBurst: 0.25,
  },
  pumpRisePct: [7, 60],
  pumpProfiles: { instant: 0.2, fast: 0.4, slow: 0.3, stepped: 0.1 },
  markPriceEveryMs: 60_000,
}
