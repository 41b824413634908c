import type { UnixMs } from '#model/ids.ts'
import type { EventKind } from './labels.ts'
import type { Random } from './random.ts'
import type { EventShape } from './shapes.ts'

/** What a caller may fix; the rest is drawn. */
export interface ShapeWishes {
  /** Percent of the price before. */
  readonly risePct?: number
  readonly riseMs?: number
  readonly ordersPerSecond?: number
  readonly sizeFactor?: number
  /** Share of the rise's logarithm given back half an hour after the peak. */
  readonly giveBack?: number
  /** Scales drawn rates of orders: a thin market attracts fewer. */
  readonly crowd?: number
}

const minute = 60_000
const hour = 60 * minute

/** Nothing happens: the ground every kind is laid on. */
const still = {
  lengthMs: 30 * minute,
  first: 0,
  curve: 1,
  fast: 0,
  fastMs: minute,
  middle: 0,
  middleMs: 10 * minute,
  slowMs: 3 * hour,
  drift: 0,
  driftMs: 0,
  leg: 0,
  legAfterMs: 0,
  legMs: 0,
  orders: 0,
  thinMs: minute,
  thinPower: 0,
  buyersRising: 0.5,
  buyersAfter: 0.5,
  sizeFactor: 1,
  heat: 0,
  rushRows: 1,
  rushChance: 0,
}

/**
 * Draws the course of an event. Pumps follow the 38 recorded ones (`data/market/trades_binance_spot`): a tenth to
 * a third of the rise in the first instant, 10 to 200 orders a second at first and a fiftieth of it after 20 min,
 * 70 % buyers until the peak, median order 1.5 to 2 times the ordinary, three quarters given back in half an hour.
 */
export function drawShape(kind: EventKind, onset: UnixMs, random: Random, wishes: ShapeWishes): EventShape {
  const crowd = (wishes.crowd ?? 1) * random.logBetween(0.6, 1.6)
  const shape = drawKind(kind, onset, random, wishes, crowd)
  return {
    ...shape,
    riseMs: Math.round(shape.riseMs),
    orders: wishes.ordersPerSecond ?? shape.orders,
    sizeFactor: wishes.sizeFactor ?? shape.sizeFactor,
  }
}

function drawKind(kind: EventKind, onset: UnixMs, random: Random, wishes: ShapeWishes, crowd: number): EventShape {
  const at = { ...still, kind, onset }
  const rise = (min: number, max: number) => logOf(wishes.risePct ?? random.logBetween(min, max))
  const fall = (min: number, max: number) => logOf(wishes.risePct ?? -random.logBetween(min, max))
  const riseMs = (min: number, max: number) => wishes.riseMs ?? random.logBetween(min, max)
  switch (kind) {
    case 'pump':
      return drawPump(onset, random, rise(8, 60), riseMs(20_000, 180_000), wishes, crowd)
    case 'newsRamp': {
      const length = riseMs(20 * minute, 40 * minute)
      const up = rise(5, 10)
      const shape = { ...at, rise: up, riseMs: length, lengthMs: length + 20 * minute, curve: 1.2, slowMs: 12 * hour }
      return { ...shape, orders: 0.25 * crowd, buyersRising: 0.62, heat: 0.1 }
    }
    case 'liquidationCascade': {
      const shape = { ...at, rise: fall(4, 15), riseMs: riseMs(10_000, 45_000), lengthMs: 15 * minute, first: 0.1 }
      const bounce = { fast: random.between(0.4, 0.65), fastMs: 40_000, middle: 0.15, middleMs: 5 * minute }
      const flow = { orders: 14 * crowd, thinMs: 30_000, thinPower: 1.6, buyersRising: 0.15, buyersAfter: 0.6 }
      return {
        ...shape,
        ...bounce,
        ...flow,
        sizeFactor: 2,
        heat: 0.7,
        rushRows: random.integer(6, 30),
        rushChance: 0.1,
      }
    }
    case 'fatFinger': {
      const shape = { ...at, rise: rise(4, 10), riseMs: 0, lengthMs: 1_000, first: 1, fast: 1, fastMs: 150 }
      return { ...shape, sizeFactor: 40, rushRows: random.integer(10, 40) }
    }
    case 'thinJump': {
      const shape = { ...at, rise: rise(4, 12), riseMs: riseMs(5_000, 60_000), first: 0.5, curve: 0 }
      return { ...shape, middle: 0.7, middleMs: 12 * minute, lengthMs: 20 * minute, sizeFactor: 3, rushRows: 2 }
    }
    case 'volumeBurst': {
      const length = riseMs(1 * minute, 4 * minute)
      return { ...at, rise: 0, riseMs: length, lengthMs: length, orders: 8 * crowd, sizeFactor: 3, heat: 0.03 }
    }
  }
}

function drawPump(
  onset: UnixMs,
  random: Random,
  rise: number,
  riseMs: number,
  wishes: ShapeWishes,
  crowd: number,
): EventShape {
  const given = wishes.giveBack ?? random.between(0.45, 0.92)
  // by half an hour 95 % of the middle share is gone, and a seventh of the slow one
  const early = Math.max(0, (given - 0.15) / 0.82)
  const fast = early * random.between(0.25, 0.45)
  const drifts = random.chance(0.35)
  const legs = random.chance(0.3)
  return {
    ...still,
    kind: 'pump',
    onset,
    rise,
    riseMs,
    first: random.between(0.1, 0.35),
    curve: random.between(1.4, 2.4),
    fast,
    fastMs: random.between(30_000, 90_000),
    middle: early - fast,
    drift: drifts ? Math.min(0.2 * rise, random.between(0.005, 0.025)) : 0,
    driftMs: drifts ? random.between(8 * minute, 25 * minute) : 0,
    leg: legs ? rise * Math.min(0.9 * early, random.between(0.15, 0.35)) : 0,
    legAfterMs: legs ? random.between(3 * minute, 8 * minute) : 0,
    legMs: legs ? random.between(20_000, 60_000) : 0,
    orders: 22 * crowd,
    thinPower: 1.3,
    buyersRising: 0.72,
    buyersAfter: 0.46,
    sizeFactor: random.between(1.5, 2.5),
    heat: 1,
    rushRows: random.integer(8, 60),
    rushChance: 0.1,
  }
}

const logOf = (pct: number): number => Math.log(1 + pct / 100)
