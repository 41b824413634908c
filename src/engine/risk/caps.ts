import type { Instrument } from '#model/instrument.ts'
import type { RiskLimits } from '#model/limits.ts'
import type { ExposureView } from './exposure.ts'

/** An upper bound on the notional of a new position, quote units; 0 leaves no room. */
export interface Cap {
  readonly name: 'maxNotional' | 'maxPositionSize' | 'freeMargin' | 'leverage' | 'volumeShare' | 'volumeUnknown'
  readonly notional: number
}

export interface CapInput {
  readonly instrument: Instrument
  readonly leverage: number
  readonly exposure: ExposureView
  readonly limits: RiskLimits
  /** Quote units. */
  readonly maxNotional?: number | undefined
  /** Fraction of the quote volume of the last minute. */
  readonly maxVolumeShare?: number | undefined
}

/** Every cap that applies, in a fixed order, whether or not it binds. */
export function capsOf({
  instrument,
  leverage,
  exposure,
  limits,
  maxNotional,
  maxVolumeShare,
}: CapInput): readonly Cap[] {
  const free = limits.maxMarginUse * exposure.equity - exposure.marginUsed
  const caps: Cap[] = []
  if (maxNotional !== undefined) caps.push({ name: 'maxNotional', notional: maxNotional })
  caps.push({ name: 'maxPositionSize', notional: limits.maxPositionSize * exposure.equity * leverage })
  // the entry fee is paid from the same money as the margin
  caps.push({ name: 'freeMargin', notional: Math.max(0, free / (1 / leverage + instrument.takerFeeRate)) })
  caps.push({ name: 'leverage', notional: capOfLeverage(instrument, leverage) })
  if (maxVolumeShare !== undefined) caps.push(capOfVolume(exposure.lastMinuteQuoteVolume, maxVolumeShare))
  return caps
}

/** Largest notional the venue lets this leverage have. */
function capOfLeverage(instrument: Instrument, leverage: number): number {
  if (leverage > instrument.maxLeverage) return 0
  if (instrument.marginTiers.length === 0) return Number.POSITIVE_INFINITY
  return instrument.marginTiers.reduce(
    (cap, tier) => (leverage <= tier.maxLeverage ? Math.max(cap, tier.notionalCap) : cap),
    0,
  )
}

function capOfVolume(volume: number, share: number): Cap {
  return Number.isNaN(volume)
    ? { name: 'volumeUnknown', notional: 0 }
    : { name: 'volumeShare', notional: volume * share }
}
