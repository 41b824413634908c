import type { UnixMs } from '#model/ids.ts'
import { drawDecoy } from './draw-decoy.ts'
import { drawPump } from './draw-pump.ts'
import type { DecoyKind, EventKind } from './labels.ts'
import type { GeneratorOptions, Liquidity } from './options.ts'
import { profiles } from './profiles.ts'
import type { Random } from './random.ts'
import type { EventShape, PumpProfile } from './shapes.ts'

const minute = 60_000
/** Free of events: room for a detector to warm up, and for the last event to run its course. */
const leadMs = 120 * minute
const tailMs = 60 * minute
/** Least distance of two onsets: the longest event with what is measured after it. */
const slotMs = 95 * minute

/**
 * The events of one instrument, ascending by onset and never nearer than 95 min. Half of the pumps start within
 * seconds of a full minute, as announced ones do. Throws `RangeError` when more are asked for than fit.
 */
export function scheduleEvents(options: GeneratorOptions, liquidity: Liquidity, random: Random): readonly EventShape[] {
  const kinds = drawKinds(options, liquidity, random)
  const span = options.days * 86_400_000 - leadMs - tailMs
  const slot = span / kinds.length
  if (slot < slotMs) {
    throw new RangeError(`${kinds.length} events do not fit ${options.days} days; at most ${Math.floor(span / slotMs)}`)
  }
  return kinds.map((kind, index) => {
    const free = options.startTime + leadMs + index * slot + random.between(0, slot - slotMs)
    return shapeOf(kind, onsetOf(kind, free, random), options, liquidity, random)
  })
}

function drawKinds(options: GeneratorOptions, liquidity: Liquidity, random: Random): EventKind[] {
  const pumps = options.pumpsPerInstrumentDay * profiles[liquidity].pumpWeight
  const kinds = new Array<EventKind>(countOf(pumps * options.days, random)).fill('pump')
  for (const [kind, perDay] of Object.entries(options.decoysPerInstrumentDay) as [DecoyKind, number][]) {
    const count = countOf(perDay * options.days, random)
    if (kind !== 'thinJump' || liquidity === 'thin') kinds.push(...new Array<EventKind>(count).fill(kind))
  }
  for (let last = kinds.length - 1; last > 0; last--) {
    const other = random.integer(0, last)
    ;[kinds[last], kinds[other]] = [kinds[other], kinds[last]]
  }
  return kinds
}

/** Orders a second that an event attracts at its onset, in a market of middling crowd. */
const ordersOf: Readonly<Record<EventKind, number>> = {
  pump: 22,
  newsRamp: 0.4,
  liquidationCascade: 14,
  shortSqueeze: 14,
  fatFinger: 0,
  thinJump: 0,
  volumeBurst: 8,
}

function shapeOf(kind: EventKind, onset: UnixMs, options: GeneratorOptions, liquidity: Liquidity, random: Random) {
  const orders = ordersOf[kind] * profiles[liquidity].crowd * random.logBetween(0.6, 1.6)
  if (kind !== 'pump') return drawDecoy(kind, onset, random, { orders })
  const rise = Math.log(1 + random.logBetween(...options.pumpRisePct) / 100)
  return drawPump(onset, random, { profile: profileOf(options, random), rise, orders })
}

function profileOf({ pumpProfiles }: GeneratorOptions, random: Random): PumpProfile {
  const weights = Object.entries(pumpProfiles) as [PumpProfile, number][]
  let left = random.between(
    0,
    weights.reduce((sum, [, weight]) => sum + weight, 0),
  )
  for (const [profile, weight] of weights) {
    left -= weight
    if (left <= 0) return profile
  }
  return 'fast'
}

function onsetOf(kind: EventKind, free: UnixMs, random: Random): UnixMs {
  const announced = kind === 'pump' && random.chance(0.5)
  return announced ? Math.ceil(free / minute) * minute + random.integer(0, 2_500) : Math.floor(free)
}

/** A whole number with this mean. */
const countOf = (mean: number, random: Random): number => Math.floor(mean + random.uniform())
