import { lowerBound } from '#model/block.ts'
import { UserError } from '#model/failure.ts'
import { type GridTrades, medianOf } from './ordinary.ts'
import type { EventShape } from './shapes.ts'

const minute = 60_000
/** Before an onset that much is looked at, and kept free of other planted events. */
export const leadMs = 60 * minute
/** After the extreme, so that what was given back half an hour later can be measured. */
const tailMs = 36 * minute
const minTradesBefore = 10
const nearMs = 15 * minute
/** Highest over lowest price around a quiet place; nine tenths of the recorded hours stay within. */
const quietRange = 0.045
/** Trades in 20 minutes; more is no dead market. */
const deadTrades = 6

export type Obstacle = 'tooNearStart' | 'tooNearEnd' | 'tooFewTrades' | 'notQuiet' | 'notDead'

/** What stands against planting this event in these trades; undefined when nothing does. */
export function obstacleOf(trades: GridTrades, { kind, onset, peakMs }: EventShape): Obstacle | undefined {
  const { time, price } = trades
  const first = time.length === 0 ? Infinity : time[0]
  const last = time.length === 0 ? -Infinity : time[time.length - 1]
  if (onset - first < leadMs) return 'tooNearStart'
  if (last - onset < peakMs + tailMs) return 'tooNearEnd'
  const here = lowerBound(time, onset)
  const from = lowerBound(time, onset - leadMs)
  const hasNear = time[here - 1] >= onset - nearMs && time[here] <= onset + nearMs
  if (here - from < minTradesBefore || !hasNear) return 'tooFewTrades'
  const near = lowerBound(time, onset + 10 * minute) - lowerBound(time, onset - 10 * minute)
  if (kind === 'thinJump' && near > deadTrades) return 'notDead'
  const around = price.slice(from, lowerBound(time, onset + peakMs + tailMs))
  const middle = medianOf(around)
  return around[around.length - 1] - around[0] > quietRange * middle ? 'notQuiet' : undefined
}

/** The refusal of one event at a moment its user chose. */
export function refusalOf(obstacle: Obstacle, { kind, onset }: EventShape): UserError {
  const { message, remedy } = texts[obstacle]
  return new UserError({ code: obstacle, message, where: `${kind} at ${new Date(onset).toISOString()}`, remedy })
}

/** A request for which no moment of the whole recording will do. */
export interface Nowhere {
  /** `pump` or the decoy's kind. */
  readonly kind: string
  /** What stood in the way how often; empty when the recording is too short to look at any. */
  readonly why: string
}

export function nowhereFor(kind: string, found: ReadonlyMap<string, number>): Nowhere {
  return { kind, why: [...found].map(([obstacle, count]) => `${count} × ${obstacle}`).join(', ') }
}

export function refusalOfNowhere({ kind, why }: Nowhere): UserError {
  return new UserError({
    code: 'nowhereToPlant',
    message: `no moment of the recording will do${why === '' ? ': it is too short' : ` (${why})`}`,
    where: `${kind} every`,
    remedy: 'take a longer or quieter recording, ask for fewer events, or name a moment with at',
  })
}

/** The refusal of two events that would run into each other. */
export function overlap(one: EventShape, other: EventShape): UserError {
  return new UserError({
    code: 'eventsOverlap',
    message: `it begins before the ${one.kind} at ${new Date(one.onset).toISOString()} has run its course and a quiet hour has passed`,
    where: `${other.kind} at ${new Date(other.onset).toISOString()}`,
    remedy: 'leave three hours between events, or let them be placed with every',
  })
}

const texts: Readonly<Record<Obstacle, { readonly message: string; readonly remedy: string }>> = {
  tooNearStart: {
    message: 'the recording begins less than an hour before it',
    remedy: 'plant later: the hour before is what the event is measured against',
  },
  tooNearEnd: {
    message: 'the recording ends less than 36 minutes after its peak',
    remedy: 'plant earlier: the half hour after the peak is part of the event',
  },
  tooFewTrades: {
    message: 'there are too few recorded trades around it',
    remedy: 'choose a moment with ten trades in the hour before, and one within a quarter of an hour on both sides',
  },
  notQuiet: {
    message: 'the recorded price moves more than 4.5 % from an hour before it to half an hour after its peak',
    remedy: 'choose a quieter moment, or let it be placed with every',
  },
  notDead: {
    message: 'the market is not dead there: it has more than 6 trades in 20 minutes',
    remedy: 'choose a moment without trades, or a thinner market',
  },
}
