import type { UnixMs } from '#model/ids.ts'
import type { EventKind } from './labels.ts'

/**
 * The course of one planted event: a path of the logarithm of the price and a rate of extra orders, both functions of
 * time alone. Rise: `first` of it at the onset, the rest along `1 − (1 − u)^curve`; after the peak the shares `fast`
 * and `middle` are given back exponentially, the remainder over `slowMs`.
 */
export interface EventShape {
  readonly kind: EventKind
  readonly onset: UnixMs
  readonly riseMs: number
  /** Onset until the extra orders stop. */
  readonly lengthMs: number
  /** Logarithm of peak over price before, the drift included; negative for a cascade. */
  readonly rise: number
  readonly first: number
  /** 0 makes a step: nothing more until the peak, then all of it. */
  readonly curve: number
  readonly fast: number
  readonly fastMs: number
  readonly middle: number
  readonly middleMs: number
  readonly slowMs: number
  /** Accumulation before the onset, as a logarithm and over this long; 0 when there is none. */
  readonly drift: number
  readonly driftMs: number
  /** Second leg: begins so long after the peak, adds `leg` within `legMs`; 0 when there is none. */
  readonly leg: number
  readonly legAfterMs: number
  readonly legMs: number
  /** Extra orders a second at the onset; they thin out as `(1 + t / thinMs)^−thinPower`. */
  readonly orders: number
  readonly thinMs: number
  readonly thinPower: number
  /** Share of buyers among takers until and after the peak. */
  readonly buyersRising: number
  readonly buyersAfter: number
  /** Median order against the ordinary one, at the onset. */
  readonly sizeFactor: number
  /** Disorder of price and spread while it rises, 0 none to 1 full. */
  readonly heat: number
  /** Rows of the first order, and the chance that a later one is a rush order while it rises. */
  readonly rushRows: number
  readonly rushChance: number
}

/** Logarithm of what the event multiplies the price by at `time`. */
export function pathAt(shape: EventShape, time: UnixMs): number {
  const since = time - shape.onset
  if (since < 0) {
    return since <= -shape.driftMs ? 0 : shape.drift * (1 + since / shape.driftMs)
  }
  if (since < shape.riseMs) {
    const u = since / shape.riseMs
    const done = shape.first + (1 - shape.first) * (1 - (1 - u) ** shape.curve)
    return shape.drift + (shape.rise - shape.drift) * done
  }
  const after = since - shape.riseMs
  const slow = 1 - shape.fast - shape.middle
  const kept =
    shape.fast * Math.exp(-after / shape.fastMs) +
    shape.middle * Math.exp(-after / shape.middleMs) +
    slow * Math.exp(-after / shape.slowMs)
  return shape.rise * kept + legAt(shape, after)
}

/** Extra orders a second at `time`. */
export function ordersAt(shape: EventShape, time: UnixMs): number {
  const since = time - shape.onset
  if (since < 0 || since >= shape.lengthMs) return 0
  const ordinary = shape.orders * (1 + since / shape.thinMs) ** -shape.thinPower
  const intoLeg = since - shape.riseMs - shape.legAfterMs
  return shape.leg === 0 || intoLeg < 0 ? ordinary : ordinary + 0.3 * shape.orders * Math.exp(-intoLeg / 60_000)
}

/** Disorder at `time`: whole while rising, gone some minutes after the peak. */
export function heatAt(shape: EventShape, time: UnixMs): number {
  const since = time - shape.onset
  if (since < 0) return 0
  return since < shape.riseMs ? shape.heat : shape.heat * Math.exp(-(since - shape.riseMs) / 90_000)
}

/** Share of buyers among takers at `time`. */
export function buyersAt(shape: EventShape, time: UnixMs): number {
  const after = time - shape.onset - shape.riseMs
  if (after < 0) return shape.buyersRising
  const inLeg = shape.leg !== 0 && after >= shape.legAfterMs && after < shape.legAfterMs + shape.legMs
  return inLeg ? shape.buyersRising : shape.buyersAfter
}

/** Longest step in which the rate of orders may be taken as constant. */
export function stepAt(shape: EventShape, time: UnixMs): number {
  const since = time - shape.onset
  return since < 120_000 ? 500 : since < 600_000 ? 2_000 : 10_000
}

function legAt(shape: EventShape, after: number): number {
  if (shape.leg === 0) return 0
  const since = after - shape.legAfterMs
  if (since < 0) return 0
  if (since < shape.legMs) return (shape.leg * since) / shape.legMs
  return shape.leg * Math.exp(-(since - shape.legMs) / 180_000)
}
