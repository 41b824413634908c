import type { UnixMs } from '#model/ids.ts'
import { UserError } from '#model/failure.ts'
import { drawDecoy } from './draw-decoy.ts'
import { drawPump } from './draw-pump.ts'
import type { DecoyKind } from './labels.ts'
import { type GridTrades, type Ordinary, ordinaryBefore } from './ordinary.ts'
import { leadMs, type Nowhere, nowhereFor, obstacleOf, overlap, refusalOf, refusalOfNowhere } from './places.ts'
import { type DecoyRequest, type PlantPlan, profileOfDuration, type PumpRequest, type When } from './plan.ts'
import { Random } from './random.ts'
import { type EventShape, type PumpProfile, spanOf } from './shapes.ts'

/** An event with its place and measures in this recording. */
export interface PlacedEvent {
  readonly shape: EventShape
  readonly ordinary: Ordinary
  /** Quote volume of the first 10 s, ticks × lots; absent where sizes follow the ordinary ones. */
  readonly notional10s?: number
  /** For its orders. */
  readonly random: Random
}

interface Request {
  readonly when: When
  readonly kind: string
  /** The same draws give the same shape, wherever it is put. */
  readonly draw: (onset: UnixMs, random: Random) => EventShape
  readonly settle: (shape: EventShape, ordinary: Ordinary, random: Random) => Omit<PlacedEvent, 'random'>
}

const minute = 60_000
const stepMs = 5 * minute
/** Prints of a pump's mean order, and the mean of its flow over the first 10 s. */
const rowsPerOrder = 1.9
const earlyFlow = 0.9
/** A second; what drawn rates end at, and what asked ones are refused beyond. */
const likelyTrades = 120
const possibleTrades = 500

/** Quartiles of what the recorded pumps before 2021 did to volume, and rates that came with it. */
const drawnVolumeX = [530, 1_360] as const
const ratePerVolume = [0.65, 2] as const
const drawnSizePct = [10, 45] as const
const drawnProfiles: readonly PumpProfile[] = ['instant', 'fast', 'fast', 'slow', 'slow', 'slow', 'stepped']

/** Orders a second against the ordinary rate of trades. */
const decoyRates: Readonly<Record<DecoyKind, number>> = {
  newsRamp: 12,
  liquidationCascade: 300,
  shortSqueeze: 300,
  fatFinger: 0,
  thinJump: 0,
  volumeBurst: 250,
}

/**
 * Every event of a plan at its moment, ascending, each with a quiet hour before it and over before the next one's. Moments
 * that the user chose come first, then pumps, then decoys. Throws `UserError` for a moment that will not do.
 */
export function placeEvents(trades: GridTrades, plan: PlantPlan, seed: number) {
  const requests = [...(plan.pumps ?? []).map(requestOfPump), ...(plan.decoys ?? []).map(requestOfDecoy)]
  const places: (PlacedEvent & { readonly stream: number })[] = []
  const nowhere: Nowhere[] = []
  let skipped = 0
  const put = (request: Request, shape: EventShape, stream: number): void => {
    const random = new Random(seed, stream + 1)
    const settled = request.settle(shape, ordinaryBefore(trades, shape.onset), random)
    places.push({ ...settled, random, stream })
  }
  for (const [index, request] of requests.entries()) {
    if (!('at' in request.when)) continue
    for (const [turn, onset] of request.when.at.entries()) {
      const stream = streamOf(index, turn)
      const shape = request.draw(onset, new Random(seed, stream))
      const obstacle = obstacleOf(trades, shape)
      if (obstacle) throw refusalOf(obstacle, shape)
      const other = places.find((place) => collide(place.shape, shape))
      if (other) throw other.shape.onset < onset ? overlap(other.shape, shape) : overlap(shape, other.shape)
      put(request, shape, stream)
    }
  }
  for (const [index, request] of requests.entries()) {
    if (!('everyMs' in request.when)) continue
    const found = new Map<string, number>()
    let placed = 0
    const from = trades.time[0]
    const slots = Math.max(1, Math.round((trades.time[trades.time.length - 1] - from) / request.when.everyMs))
    for (let slot = 0; slot < slots; slot++) {
      const start = from + slot * request.when.everyMs
      const stream = streamOf(index, slot)
      const shape = freePlace(trades, request, start, new Random(seed, stream), places, found)
      if (shape) put(request, shape, stream)
      if (shape) placed++
      else skipped++
    }
    if (placed === 0) nowhere.push(nowhereFor(request.kind, found))
  }
  if (nowhere.length > 0 && plan.partly !== true) throw refusalOfNowhere(nowhere[0])
  places.sort((a, b) => a.shape.onset - b.shape.onset)
  return { events: places, skipped, nowhere }
}

/** The first place after a drawn moment of the stretch, around its end if need be; undefined when there is none. */
function freePlace(
  trades: GridTrades,
  { draw, when, kind }: Request,
  start: UnixMs,
  random: Random,
  places: readonly PlacedEvent[],
  found: Map<string, number>,
): EventShape | undefined {
  const everyMs = 'everyMs' in when ? when.everyMs : stepMs
  const first = random.between(0, everyMs)
  // announced pumps start with the minute
  const announced = kind === 'pump' && random.chance(0.5)
  const drawn = draw(0, random)
  const steps = Math.floor(everyMs / stepMs)
  for (let step = 0; step < steps; step++) {
    const moment = Math.floor(start + ((first + step * stepMs) % everyMs))
    const onset = announced ? Math.ceil(moment / minute) * minute + random.integer(0, 2_500) : moment
    const shape = movedTo(drawn, onset)
    const obstacle = places.some((place) => collide(place.shape, shape)) ? 'taken' : obstacleOf(trades, shape)
    if (obstacle === undefined) return shape
    found.set(obstacle, (found.get(obstacle) ?? 0) + 1)
  }
  return undefined
}

function requestOfPump(request: PumpRequest): Request {
  const { when, sizePct, durationMs, giveBack, driftPct, volumeX, rateX } = request
  return {
    when,
    kind: 'pump',
    draw: (onset, random) => {
      const drawn = drawnProfiles[random.integer(0, drawnProfiles.length - 1)]
      const rise = logOf(sizePct ?? random.logBetween(...drawnSizePct))
      return drawPump(onset, random, {
        profile: request.profile ?? (durationMs === undefined ? drawn : profileOfDuration(durationMs)),
        rise,
        orders: 1,
        ...(durationMs === undefined ? {} : { durationMs }),
        ...(giveBack === undefined ? {} : { giveBack }),
        ...(driftPct === undefined ? {} : { drift: logOf(driftPct) }),
      })
    },
    settle: (shape, ordinary, random) => {
      const volume = volumeX ?? random.logBetween(...drawnVolumeX)
      const likely = Math.min(volume * random.logBetween(...ratePerVolume), likelyTrades / ordinary.tradesPerSecond)
      const notional10s = volume * ordinary.notional10s
      const trades = (rateX ?? likely) * ordinary.tradesPerSecond
      if (trades > possibleTrades) throw tooManyTrades(shape, trades)
      return { shape: { ...shape, orders: trades / rowsPerOrder / earlyFlow }, ordinary, notional10s }
    },
  }
}

function requestOfDecoy({ when, kind, sizePct, durationMs }: DecoyRequest): Request {
  const wishes = { ...(sizePct === undefined ? {} : { sizePct }), ...(durationMs === undefined ? {} : { durationMs }) }
  return {
    when,
    kind,
    draw: (onset, random) => drawDecoy(kind, onset, random, { ...wishes, orders: 1 }),
    settle: (shape, ordinary) => {
      const rate = Math.min(decoyRates[kind] * ordinary.tradesPerSecond, likelyTrades)
      return { shape: rate === 0 ? shape : { ...shape, orders: rate }, ordinary }
    },
  }
}

function tooManyTrades({ onset }: EventShape, trades: number): UserError {
  return new UserError({
    code: 'plantOutOfRange',
    message: `it would be ${Math.round(trades)} trades a second, more than ${possibleTrades}`,
    where: `pump at ${new Date(onset).toISOString()}`,
    remedy: 'ask for a lower rate: this instrument trades often by itself',
  })
}

/** Whether one of them begins, with its quiet hour, before the other is over. */
function collide(one: EventShape, other: EventShape): boolean {
  const [early, late] = one.onset < other.onset ? [one, other] : [other, one]
  return spanOf(late).from - leadMs < spanOf(early).to
}

function movedTo(shape: EventShape, onset: UnixMs): EventShape {
  return { ...shape, onset, ...(shape.twitch === undefined ? {} : { twitch: onset + shape.twitch - shape.onset }) }
}

/** Two streams for each event: what it is and where, and its orders. */
const streamOf = (request: number, turn: number): number => 2 * (request * 65_536 + turn)
const logOf = (pct: number): number => Math.log(1 + pct / 100)
