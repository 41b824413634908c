import type { UnixMs } from '#model/ids.ts'
import { type Curve, curveOf } from './curves.ts'
import type { DecoyKind } from './labels.ts'
import type { Random } from './random.ts'
import type { EventShape } from './shapes.ts'

/** What a caller may fix of a decoy; the rest is drawn. */
export interface DecoyWishes {
  /** Percent the price goes, up or, for a cascade, down; of no meaning to a volume burst. */
  readonly sizePct?: number
  /** Onset to extreme; of no meaning to a fat finger. */
  readonly durationMs?: number
  /** A second at the onset. */
  readonly orders: number
}

const minute = 60_000
const even = { rising: 0.5, falling: 0.5, up: 0.5, down: 0.5 }
/** Neither price nor orders: the ground that every kind is laid on. */
const still = {
  rise: 0,
  path: curveOf([[0, 0]]),
  flow: curveOf([[0, 0]]),
  orders: 0,
  sizeFactor: 1,
  buyers: even,
  heat: 0,
  rushChance: 0,
  forced: [{ afterMs: 0, buy: true, rows: 1, sizes: 1 }],
}

/** Draws what looks like a pump to a careless detector; each kind has the property its name promises. */
export function drawDecoy(kind: DecoyKind, onset: UnixMs, random: Random, wishes: DecoyWishes): EventShape {
  const lasting = (min: number, max: number): number => Math.round(wishes.durationMs ?? random.logBetween(min, max))
  const size = (min: number, max: number): number => wishes.sizePct ?? random.logBetween(min, max)
  switch (kind) {
    case 'newsRamp':
      return newsRamp(onset, logOf(size(4, 10)), lasting(20 * minute, 40 * minute), wishes.orders)
    case 'liquidationCascade': {
      const fall = Math.min(95, size(4, 15))
      return { ...squeeze(onset, logOf(-fall), lasting(10_000, 45_000), wishes.orders, random), kind }
    }
    case 'shortSqueeze':
      return squeeze(onset, logOf(size(4, 15)), lasting(10_000, 45_000), wishes.orders, random)
    case 'fatFinger':
      return fatFinger(onset, logOf(size(4, 12)), random)
    case 'thinJump':
      return thinJump(onset, logOf(size(10, 40)), lasting(5_000, 60_000), random)
    case 'volumeBurst':
      return volumeBurst(onset, lasting(minute, 4 * minute), wishes.orders)
  }
}

/** Up over tens of minutes on many orders of ordinary size from both sides, and there to stay. */
function newsRamp(onset: UnixMs, rise: number, peakMs: number, orders: number): EventShape {
  const lengthMs = peakMs + 20 * minute
  return {
    ...still,
    kind: 'newsRamp',
    onset,
    peakMs,
    lengthMs,
    rise,
    path: curveOf([
      [0, 0],
      [0.35 * peakMs, 0.45 * rise],
      [0.7 * peakMs, 0.8 * rise],
      [peakMs, rise],
    ]),
    orders,
    flow: curveOf([
      [0, 0.3],
      [0.2 * peakMs, 1],
      [peakMs, 0.7],
      [lengthMs, 0],
    ]),
    buyers: { ...even, rising: 0.58 },
    heat: 0.05,
  }
}

/** Away within seconds as positions are closed by force, and most of the way back within minutes. */
function squeeze(onset: UnixMs, rise: number, peakMs: number, orders: number, random: Random): EventShape {
  const back = random.between(0.45, 0.65)
  const path = curveOf([
    [0, 0.1 * rise],
    [0.5 * peakMs, 0.6 * rise],
    [peakMs, rise],
    [peakMs + 20_000, rise * (1 - 0.6 * back)],
    [peakMs + 60_000, rise * (1 - back)],
    [peakMs + 5 * minute, 0.2 * rise],
    [peakMs + 30 * minute, 0],
  ])
  const up = rise > 0
  const toward = up ? 0.85 : 0.15
  return {
    ...still,
    kind: 'shortSqueeze',
    onset,
    peakMs,
    lengthMs: peakMs + 15 * minute,
    rise,
    path: startedAtRest(path),
    orders,
    flow: curveOf([
      [0, 1],
      [peakMs, 1],
      [peakMs + 20_000, 0.5],
      [peakMs + 60_000, 0.2],
      [peakMs + 5 * minute, 0.05],
      [peakMs + 15 * minute, 0],
    ]),
    sizeFactor: 2,
    buyers: { rising: toward, falling: toward, up: up ? 0.5 : 0.6, down: up ? 0.4 : 0.5 },
    heat: 0.7,
    rushChance: 0.1,
    forced: [order(0, up, random.integer(6, 30), 1), order(peakMs, up, random.integer(2, 8), 1)],
  }
}

/** One huge order through the book; a second or two later the price is back. */
function fatFinger(onset: UnixMs, rise: number, random: Random): EventShape {
  const backMs = random.integer(500, 1_600)
  const rows = random.integer(10, 40)
  return {
    ...still,
    kind: 'fatFinger',
    onset,
    peakMs: 0,
    lengthMs: 4_000,
    rise,
    path: startedAtRest(
      curveOf([
        [0, rise],
        [60, rise],
        [0.5 * backMs, 0.35 * rise],
        [backMs, 0],
      ]),
    ),
    orders: 2,
    flow: curveOf([
      [0, 1],
      [4_000, 0.3],
    ]),
    forced: [order(0, true, rows, 40), order(backMs + 10, false, 1, 1), order(backMs + 250, true, 1, 1)],
  }
}

/** Two small orders in an empty book, tens of percent apart from the market, which comes back as others return. */
function thinJump(onset: UnixMs, rise: number, peakMs: number, random: Random): EventShape {
  return {
    ...still,
    kind: 'thinJump',
    onset,
    peakMs,
    lengthMs: 20 * minute,
    rise,
    path: startedAtRest(
      curveOf([
        [0, 0.5 * rise],
        [peakMs - 1, 0.5 * rise],
        [peakMs, rise],
        [peakMs + 2 * minute, 0.9 * rise],
        [peakMs + 8 * minute, 0.3 * rise],
        [peakMs + 18 * minute, 0],
      ]),
    ),
    forced: [0, peakMs].map((afterMs) => order(afterMs, true, random.integer(1, 2), random.between(0.15, 0.4))),
  }
}

/** Much volume from both sides at a price that stays. */
function volumeBurst(onset: UnixMs, lengthMs: number, orders: number): EventShape {
  const flow = curveOf([
    [0, 1],
    [0.7 * lengthMs, 0.8],
    [lengthMs, 0],
  ])
  return { ...still, kind: 'volumeBurst', onset, peakMs: lengthMs, lengthMs, orders, flow, sizeFactor: 3, heat: 0.03 }
}

function order(afterMs: number, buy: boolean, rows: number, sizes: number): EventShape['forced'][number] {
  return { afterMs, buy, rows, sizes: rows > 1 ? rows * sizes : sizes }
}

/** The curve with nothing before its first knot. */
function startedAtRest({ at, value }: Curve): Curve {
  return { at: [-1, ...at], value: [0, ...value] }
}

const logOf = (pct: number): number => Math.log(1 + pct / 100)
