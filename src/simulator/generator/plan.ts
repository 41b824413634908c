import { UserError } from '#model/failure.ts'
import type { UnixMs } from '#model/ids.ts'
import type { DecoyKind } from './labels.ts'
import type { PumpProfile } from './shapes.ts'

/** Exact onsets, or one at a quiet moment of every so long a stretch. */
export type When = { readonly at: readonly UnixMs[] } | { readonly everyMs: number }

/** Pumps to plant; what is left out is drawn anew for each, after recorded ones. */
export interface PumpRequest {
  readonly when: When
  /** By the duration when absent, else drawn. */
  readonly profile?: PumpProfile
  /** Percent that the path adds to the recorded price, drift and twitch included. */
  readonly sizePct?: number
  /** Onset to peak. */
  readonly durationMs?: number
  /** Planted quote volume of the first 10 s against the median of those 10 s of the day before in which anything traded. */
  readonly volumeX?: number
  /** Trades a second in the first 10 s against the mean of the day before. */
  readonly rateX?: number
  /** Share of the rise (in logarithms) given back half an hour after the peak. */
  readonly giveBack?: number
  /** Percent gained in the minutes before the onset, part of the size. */
  readonly driftPct?: number
}

export interface DecoyRequest {
  readonly when: When
  readonly kind: DecoyKind
  /** Percent the price goes: down for a cascade, not at all for a volume burst. */
  readonly sizePct?: number
  readonly durationMs?: number
}

export interface PlantPlan {
  readonly pumps?: readonly PumpRequest[]
  readonly decoys?: readonly DecoyRequest[]
  /** A request by `everyMs` for which there is no moment at all is told in `nowhere` instead of refused. */
  readonly partly?: boolean
}

type Range = readonly [min: number, max: number]

const pumpRanges: Readonly<Record<'size' | 'volume' | 'rate' | 'giveBack' | 'drift', Range>> = {
  size: [2, 400],
  volume: [2, 20_000],
  rate: [2, 10_000],
  giveBack: [0, 1],
  drift: [0, 50],
}

const durations: Readonly<Record<PumpProfile, Range>> = {
  instant: [200, 5_000],
  fast: [5_000, 45_000],
  slow: [45_000, 900_000],
  stepped: [5_000, 45_000],
}

const decoySizes: Readonly<Record<DecoyKind, Range>> = {
  newsRamp: [1, 30],
  liquidationCascade: [1, 60],
  shortSqueeze: [1, 60],
  fatFinger: [1, 60],
  thinJump: [2, 300],
  volumeBurst: [0, 0],
}

const decoyDurations: Readonly<Record<DecoyKind, Range>> = {
  newsRamp: [600_000, 7_200_000],
  liquidationCascade: [2_000, 120_000],
  shortSqueeze: [2_000, 120_000],
  fatFinger: [0, 0],
  thinJump: [1_000, 120_000],
  volumeBurst: [10_000, 1_800_000],
}

/** Refuses a plan that is no plan, before any recording is looked at. Throws `UserError`. */
export function checkPlan({ pumps = [], decoys = [] }: PlantPlan): void {
  if (pumps.length + decoys.length === 0) {
    throw new UserError({
      code: 'nothingToPlant',
      message: 'neither a pump nor a decoy is asked for',
      where: 'plan',
      remedy: 'name a pump, e.g. fast,size=30,volume=200,every=6h, or a decoy, e.g. fatFinger',
    })
  }
  for (const pump of pumps) checkPump(pump)
  for (const { kind, when, sizePct, durationMs } of decoys) {
    checkWhen(kind, when)
    checkRange(`${kind} size`, sizePct, decoySizes[kind])
    checkRange(`${kind} duration`, durationMs, decoyDurations[kind])
  }
}

/** How a pump rises that was only asked for by its duration. */
export function profileOfDuration(durationMs: number): PumpProfile {
  if (durationMs <= durations.instant[1]) return 'instant'
  return durationMs <= durations.fast[1] ? 'fast' : 'slow'
}

function checkPump({ when, profile, sizePct, durationMs, volumeX, rateX, giveBack, driftPct }: PumpRequest): void {
  checkWhen('pump', when)
  checkRange('pump size', sizePct, pumpRanges.size)
  const longest: Range = [durations.instant[0], durations.slow[1]]
  checkRange(
    profile === undefined ? 'pump duration' : `${profile} pump duration`,
    durationMs,
    profile === undefined ? longest : durations[profile],
  )
  checkRange('pump volume', volumeX, pumpRanges.volume)
  checkRange('pump rate', rateX, pumpRanges.rate)
  checkRange('pump giveBack', giveBack, pumpRanges.giveBack)
  checkRange('pump drift', driftPct, [0, Math.min(pumpRanges.drift[1], (sizePct ?? Infinity) / 2)])
}

function checkWhen(name: string, when: When): void {
  if ('everyMs' in when) return checkRange(`${name} every`, when.everyMs, [3_600_000, 366 * 86_400_000])
  for (const time of when.at) checkRange(`${name} at`, time, [0, 8.64e15])
}

function checkRange(where: string, value: number | undefined, [min, max]: Range): void {
  if (value === undefined || (value >= min && value <= max)) return
  const isTime = / (duration|every)$/.test(where)
  const text = (one: number): string => (isTime ? `${one / 1_000} s` : String(one))
  throw new UserError({
    code: 'plantOutOfRange',
    message: `${text(value)} is out of range`,
    where,
    remedy: max === 0 ? 'leave it out: it has none' : `choose from ${text(min)} to ${text(max)}`,
  })
}
