import type { UnixMs } from '#model/ids.ts'
import { type Curve, directionAt, valueAt } from './curves.ts'
import type { EventKind } from './labels.ts'
import type { Random } from './random.ts'

/** How a pump rises: `instant` within 3 s, `fast` within half a minute, `slow` over minutes, `stepped` fast, after a twitch. */
export const pumpProfiles = ['instant', 'fast', 'slow', 'stepped'] as const
export type PumpProfile = (typeof pumpProfiles)[number]

/**
 * The course of one planted event, all of it drawn before the first order: what it does to the price, how many orders it
 * draws, and who they come from. Curves are over milliseconds since the onset.
 */
export interface EventShape {
  readonly kind: EventKind
  /** Of pumps. */
  readonly profile?: PumpProfile
  readonly onset: UnixMs
  /** Of a stepped pump: the first print of the twitch before the onset. */
  readonly twitch?: UnixMs
  /** Onset to planned extreme, and until the extra orders stop. */
  readonly peakMs: number
  readonly lengthMs: number
  /** Logarithm of extreme over price before, drift and twitch included; negative for a fall. */
  readonly rise: number
  /** Logarithm of what it multiplies the price by; begins at 0. */
  readonly path: Curve
  /** Extra orders a second at the onset, and the share of them at other times. */
  readonly orders: number
  readonly flow: Curve
  /** Median order against the ordinary one. */
  readonly sizeFactor: number
  /** Share of buyers among takers: `rising` and `falling` until the extreme, `up` and `down` after it. */
  readonly buyers: { readonly rising: number; readonly falling: number; readonly up: number; readonly down: number }
  /** Disorder of price and spread until the extreme, 0 none to 1 full. */
  readonly heat: number
  /** Chance that an order in the event's direction is a rush order, before the extreme. */
  readonly rushChance: number
  /** Orders that come in any case, ascending; the first of them is the event's first. */
  readonly forced: readonly ForcedOrder[]
}

export interface ForcedOrder {
  /** After the onset; before it when negative. */
  readonly afterMs: number
  readonly buy: boolean
  /** Prints sharing its millisecond. */
  readonly rows: number
  /** Its size in ordinary orders. */
  readonly sizes: number
}

/** Logarithm of what the event multiplies the price by at `time`. */
export const pathAt = (shape: EventShape, time: UnixMs): number => valueAt(shape.path, time - shape.onset)

/** Extra orders a second at `time`. */
export function ordersAt(shape: EventShape, time: UnixMs): number {
  return time >= shape.onset + shape.lengthMs ? 0 : shape.orders * valueAt(shape.flow, time - shape.onset)
}

/** Disorder at `time`: a third of it before the onset, whole until the extreme, gone some minutes later. */
export function heatAt(shape: EventShape, time: UnixMs): number {
  const since = time - shape.onset
  if (since < 0) return since < shape.path.at[0] ? 0 : shape.heat / 3
  return since < shape.peakMs ? shape.heat : shape.heat * Math.exp(-(since - shape.peakMs) / 90_000)
}

/** Share of buyers among takers at `time`. */
export function buyersAt(shape: EventShape, time: UnixMs): number {
  const { rising, falling, up, down } = shape.buyers
  const direction = directionAt(shape.path, time - shape.onset)
  if (time < shape.onset + shape.peakMs) return direction < 0 ? falling : rising
  return direction > 0 ? up : down
}

/** Prints of an order of the event: many in one millisecond when it is a rush order, else 1. */
export function rowsOf(shape: EventShape, time: UnixMs, buy: boolean, random: Random): number {
  const early = time < shape.onset + shape.peakMs && buy === shape.rise > 0
  return early && random.chance(shape.rushChance) ? Math.min(50, 4 + Math.floor(7 * random.exponential())) : 1
}

/** First and last time at which the event says anything about the price or the flow of orders. */
export function spanOf({ onset, path, flow, lengthMs }: EventShape): { readonly from: UnixMs; readonly to: UnixMs } {
  return { from: onset + Math.min(path.at[0], flow.at[0], 0), to: onset + Math.max(path.at.at(-1) ?? 0, lengthMs) }
}

/** Longest step in which the rate of orders may be taken as constant. */
export function stepAt(shape: EventShape, time: UnixMs): number {
  const since = time - shape.onset
  return since < 120_000 ? 500 : since < 600_000 ? 2_000 : 10_000
}
