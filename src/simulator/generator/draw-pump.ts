import type { UnixMs } from '#model/ids.ts'
import { type Curve, curveOf, sumOf, valueAt } from './curves.ts'
import type { Random } from './random.ts'
import type { EventShape, PumpProfile } from './shapes.ts'

type Range = readonly [min: number, max: number]

interface Manner {
  /** Onset to peak. */
  readonly durationMs: Range
  /** Share of the rise in the first print's millisecond. */
  readonly first: Range
  /** The rest follows `1 − (1 − u)^curve`. */
  readonly curve: Range
  readonly pullbacks: Range
}

const minute = 60_000
/** From the peak until the price is where it would have been without the pump. */
const recoveryMs = 120 * minute

/** Of the pumps recorded before 2021 half had made half their rise in 5 s, three quarters in 14 s, nine tenths in 30 s. */
export const manners: Readonly<Record<PumpProfile, Manner>> = {
  instant: { durationMs: [1_000, 3_000], first: [0.2, 0.45], curve: [1.2, 2], pullbacks: [0, 1] },
  fast: { durationMs: [10_000, 30_000], first: [0.06, 0.28], curve: [1.4, 2.6], pullbacks: [2, 4] },
  slow: { durationMs: [60_000, 120_000], first: [0.06, 0.22], curve: [2.2, 4.5], pullbacks: [3, 6] },
  stepped: { durationMs: [10_000, 30_000], first: [0.06, 0.28], curve: [1.4, 2.6], pullbacks: [2, 4] },
}

/** Share of what is given back by half an hour after the peak, that is gone so long after it. */
const givenBack: readonly (readonly [afterMs: number, share: number])[] = [
  [1_000, 0.14],
  [4_000, 0.23],
  [10_000, 0.31],
  [30_000, 0.43],
  [60_000, 0.48],
  [3 * minute, 0.63],
  [5 * minute, 0.71],
  [10 * minute, 0.78],
  [25 * minute, 1],
]

/** Orders a second after the peak against those at it. */
const thinning: readonly (readonly [afterMs: number, share: number])[] = [
  [10_000, 0.95],
  [35_000, 0.7],
  [80_000, 0.38],
  [190_000, 0.17],
  [440_000, 0.1],
  [20 * minute, 0.065],
  [30 * minute, 0.045],
  [60 * minute, 0],
]

/** What a caller may fix of a pump; the rest is drawn. */
export interface PumpWishes {
  readonly profile: PumpProfile
  /** Logarithm of peak over price before. */
  readonly rise: number
  readonly durationMs?: number
  /** Share of the rise's logarithm given back half an hour after the peak. */
  readonly giveBack?: number
  /** Logarithm of what was gained before the onset; drawn for a third of the pumps when absent. */
  readonly drift?: number
  /** A second at the onset. */
  readonly orders: number
}

/**
 * Draws a pump after the 17 recorded ones before 2021 (`docs/data.md` has the comparison): it rises in legs with pullbacks
 * of a tenth to a half of what it has gained, and gives back a third of it within half a minute of the peak.
 */
export function drawPump(onset: UnixMs, random: Random, wishes: PumpWishes): EventShape {
  const { profile, rise, orders } = wishes
  const manner = manners[profile]
  const peakMs = Math.round(wishes.durationMs ?? random.logBetween(...manner.durationMs))
  const drift = wishes.drift ?? (random.chance(0.35) ? Math.min(0.2 * rise, random.between(0.005, 0.025)) : 0)
  const driftMs = drift === 0 ? 0 : Math.round(random.between(8 * minute, 25 * minute))
  const twitch = profile === 'stepped' ? Math.min(0.5 * rise, Math.log(1 + random.between(0.03, 0.05))) : 0
  const twitchMs = twitch === 0 ? 0 : Math.round(random.between(20_000, 60_000))
  const before = curveBefore(drift, driftMs, twitch, twitchMs, random)
  const base = valueAt(before, -1)
  const rising = legs(manner, peakMs, random).map(([at, done]) => [at, base + (rise - base) * done] as const)
  const given = wishes.giveBack ?? random.between(0.52, 0.92)
  const path = joined(before, rising, falling(rise, peakMs, given, random))
  const opening = random.chance(0.4) ? random.integer(8, 60) : random.integer(1, 8)
  return {
    kind: 'pump',
    profile,
    onset,
    peakMs,
    lengthMs: peakMs + 60 * minute,
    rise,
    path: random.chance(0.3) ? withSecondLeg(path, rise * given, peakMs, random) : path,
    orders,
    flow: flowOf(peakMs, driftMs, twitchMs),
    sizeFactor: random.logBetween(2, 6),
    buyers: { rising: 0.66, falling: 0.36, up: 0.6, down: 0.47 },
    heat: 1,
    rushChance: 0.07,
    forced: [
      ...(twitch === 0 ? [] : [{ afterMs: -twitchMs, buy: true, rows: random.integer(3, 20), sizes: 6 }]),
      { afterMs: 0, buy: true, rows: opening, sizes: opening * random.between(0.6, 1.6) },
      { afterMs: peakMs, buy: true, rows: random.integer(2, 8), sizes: 4 },
    ],
    ...(twitch === 0 ? {} : { twitch: onset - twitchMs }),
  }
}

/** Slow accumulation, and a twitch of which two thirds are gone by the onset; 0 without either. */
function curveBefore(drift: number, driftMs: number, twitch: number, twitchMs: number, random: Random): Curve {
  const accumulation = curveOf(
    drift === 0
      ? [[-1, 0]]
      : [
          [-driftMs, 0],
          [-1, drift],
        ],
  )
  if (twitch === 0) return accumulation
  const top = -twitchMs + Math.round(random.between(500, 2_500))
  const jump = curveOf([
    [-twitchMs - 1, 0],
    [-twitchMs, 0.4 * twitch],
    [top, twitch],
    [top + 5_000, 0.6 * twitch],
    [-1, 0.35 * twitch],
  ])
  return sumOf(accumulation, jump)
}

/** The rise as shares of the whole: the first print's, then legs up a concave curve with pullbacks between them. */
function legs(manner: Manner, peakMs: number, random: Random): (readonly [at: number, done: number])[] {
  const first = random.between(...manner.first)
  const curve = random.between(...manner.curve)
  const done = (u: number): number => first + (1 - first) * (1 - (1 - u) ** curve)
  const count = random.integer(...manner.pullbacks)
  const knots: (readonly [number, number])[] = [[0, first]]
  for (let leg = 0; leg <= count; leg++) {
    const [from, to] = [leg / (count + 1), (leg + 1) / (count + 1)]
    const width = to - from
    // three knots up each leg follow the curve closely enough
    const start = leg === 0 ? 0 : from + 0.3 * width
    for (const share of [0.25, 0.55, 1]) {
      const u = leg === count && share === 1 ? 1 : start + share * (to - start) * (leg === count ? 1 : 0.85)
      knots.push([u, done(u)])
    }
    if (leg === count) break
    const [top] = knots.at(-1) as readonly [number, number]
    const low = top + (to + 0.3 * width - top) * random.between(0.25, 0.6)
    knots.push([low, done(top) * (1 - random.between(0.15, 0.5))])
  }
  return knots.map(([u, share], index) => [index === 0 ? 0 : Math.max(index, Math.round(u * peakMs)), share])
}

/** From the peak down to where the price would have been: fast at first, with some luck in how fast. */
function falling(rise: number, peakMs: number, given: number, random: Random): (readonly [number, number])[] {
  const knots = givenBack.map(([after, share], index) => {
    const luck = index === givenBack.length - 1 ? 1 : random.between(0.7, 1.3)
    return [peakMs + after, rise * (1 - given * share * luck)] as const
  })
  return [...knots, [peakMs + 35 * minute, rise * (1 - given)], [peakMs + recoveryMs, 0]]
}

function joined(before: Curve, ...parts: (readonly (readonly [number, number])[])[]): Curve {
  return curveOf([...before.at.map((at, index) => [at, before.value[index]] as const), ...parts.flat()])
}

/** Minutes after the peak a part of what was lost is won back once more. */
function withSecondLeg(path: Curve, lost: number, peakMs: number, random: Random): Curve {
  const start = peakMs + Math.round(random.between(2, 8) * minute)
  const top = start + Math.round(random.between(20_000, 60_000))
  const height = lost * random.between(0.15, 0.35)
  return sumOf(
    path,
    curveOf([
      [start, 0],
      [top, height],
      [top + 2 * minute, 0.35 * height],
      [top + 10 * minute, 0],
    ]),
  )
}

function flowOf(peakMs: number, driftMs: number, twitchMs: number): Curve {
  const atPeak = 1 - 0.4 * Math.min(1, peakMs / minute)
  const early = Math.max(driftMs, twitchMs)
  const twitch: readonly (readonly [number, number])[] =
    twitchMs === 0
      ? []
      : [
          [-twitchMs - 1, 0.01],
          [-twitchMs, 0.4],
          [-twitchMs + 4_000, 0.25],
          [-twitchMs + 8_000, 0.05],
        ]
  return curveOf([
    ...(early === 0 ? [] : [[-early - 2, 0] as const]),
    ...(driftMs === 0 ? [] : [[-driftMs, 0.01] as const]),
    ...twitch,
    [-1, early === 0 ? 0 : 0.02],
    [0, 1],
    [peakMs, atPeak],
    ...thinning.map(([after, share]) => [peakMs + after, atPeak * share] as const),
  ])
}
