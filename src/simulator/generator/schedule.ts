import type { UnixMs } from '#model/ids.ts'
import { drawShape } from './draw-shape.ts'
import type { DecoyKind, EventKind } from './labels.ts'
import type { GeneratorOptions, Liquidity } from './options.ts'
import { profiles } from './profiles.ts'
import type { Random } from './random.ts'
import type { EventShape } from './shapes.ts'

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
    return drawShape(kind, onsetOf(kind, free, random), random, wishesOf(kind, options, liquidity, random))
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

function wishesOf(kind: EventKind, options: GeneratorOptions, liquidity: Liquidity, random: Random) {
  const { crowd } = profiles[liquidity]
  if (kind !== 'pump') return { crowd }
  return {
    crowd,
    risePct: random.logBetween(...options.pumpRisePct),
    riseMs: Math.round(random.logBetween(...options.pumpRiseMs)),
  }
}

function onsetOf(kind: EventKind, free: UnixMs, random: Random): UnixMs {
  const announced = kind === 'pump' && random.chance(0.5)
  return announced ? Math.ceil(free / minute) * minute + random.integer(0, 2_500) : Math.floor(free)
}

/** A whole number with this mean. */
const countOf = (mean: number, random: Random): number => Math.floor(mean + random.uniform())
