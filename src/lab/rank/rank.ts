import { UserError } from '#model/failure.ts'
import type { UnixMs } from '#model/ids.ts'
import type { IndicatorDefinition } from '#model/indicator.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketSource } from '#model/source.ts'
import { type Grain, grainOf } from '../alarms/recording.ts'
import { openApart } from '../open-apart.ts'
import { recordingsOf } from '../pumps/detect.ts'
import { timeText } from '../report/format.ts'
import { pendingWords } from '../report/words.ts'
import { partReading, rankedBy, type RankedBy, wholeReading } from './rank-strategy.ts'
import { readingsAt } from './readings-at.ts'

/** What is ranked by where nothing is named: on trades, and where there are only candles. */
const tickReading = 'pumpScore'
const candleReading = 'barRiseInUsualMoves'

export interface RankSpec {
  /** Files and folders of trades or candles. */
  readonly data: readonly string[]
  readonly at: UnixMs
  /** Id of an indicator; null = one that fits the data. */
  readonly by: string | null
  /** Market before `at` that the readings learn from. */
  readonly lookbackMs: number
}

export interface RankHooks {
  readonly onProgress?: (share: number, what: string) => void
  readonly signal?: AbortSignal
}

interface Entry {
  readonly instrument: Instrument
  readonly grain: Grain
}

export interface Ranked extends Entry {
  readonly value: number
  /** By part; null while pending. */
  readonly parts: ReadonlyMap<string, number | null>
  /** Last price, null without any. */
  readonly price: number | null
  readonly lastDataAt: UnixMs
}

export interface NotRanked extends Entry {
  readonly reason: string
}

export interface RankReport {
  readonly spec: RankSpec
  readonly by: Pick<IndicatorDefinition, 'id' | 'title' | 'unit'>
  readonly parts: readonly string[]
  /** Highest first; equals by id. */
  readonly ranked: readonly Ranked[]
  /** Instruments with data at that moment that have no reading. */
  readonly notRanked: readonly NotRanked[]
  /** Instruments of the data without any at that moment. */
  readonly elsewhere: number
}

/** Ranks all instruments of recorded data by a reading at one moment; nothing later is known to it. Throws `UserError`. */
export async function rankAt(spec: RankSpec, hooks: RankHooks = {}): Promise<RankReport> {
  const { at } = spec
  hooks.onProgress?.(0, 'reading')
  const sources = await openApart(spec.data, hooks.signal)
  const recordings = sources.flatMap(recordingsOf)
  const there = recordings.filter(({ segments: [{ from, to }] }) => from <= at && at <= to)
  if (there.length === 0) throw notCovered(spec, recordings)
  const grains = await Promise.all(there.map(grainOf))
  const by = rankedBy(spec.by ?? (grains.includes('ticks') ? tickReading : candleReading))
  const lookbackMs = Math.max(
    spec.lookbackMs,
    ...[...by.strategy.readings.values()].map(({ definition, parameters }) => definition.lookbackMs(parameters)),
  )
  const ranked: Ranked[] = []
  const notRanked: NotRanked[] = []
  let lacking = 0
  for (const [done, recording] of there.entries()) {
    hooks.onProgress?.(done / there.length, recording.segments[0].label)
    hooks.signal?.throwIfAborted()
    const entry = { instrument: recording.instruments[0], grain: grains[done] }
    const read = await readingsAt(recording, by.strategy, at, lookbackMs).catch(refusal)
    if (read instanceof UserError) {
      if (read.code === 'missingFeed') lacking++
      notRanked.push({ ...entry, reason: read.code === 'missingFeed' ? lacksText(by, recording) : read.message })
      continue
    }
    const { readings, lastDataAt } = read
    const whole = readings.get(wholeReading)
    if (whole === undefined || whole.value === null) {
      notRanked.push({ ...entry, reason: pendingWords[whole?.pendingReason ?? 'undefined'] })
      continue
    }
    const parts = new Map(by.parts.map((part, index) => [part, readings.get(partReading(index))?.value ?? null]))
    ranked.push({ ...entry, value: whole.value, parts, price: readings.get('price')?.value ?? null, lastDataAt })
  }
  if (lacking === there.length) throw otherReading(lacksText(by, there[0]), there[0])
  return {
    spec,
    by: by.definition,
    parts: by.parts,
    ranked: ranked.toSorted((a, b) => b.value - a.value || byId(a, b)),
    notRanked: notRanked.toSorted(byId),
    elsewhere: countOthers(recordings, there),
  }
}

const byId = (a: Entry, b: Entry): number => (a.instrument.id < b.instrument.id ? -1 : 1)

/** What the data lacks is a reason; everything else is not. */
function refusal(error: unknown): UserError {
  if (error instanceof UserError) return error
  throw error
}

/** A feed that is not there is no fault of the moment. */
const lacksText = ({ definition }: RankedBy, { segments: [{ feeds }] }: MarketSource): string =>
  `${definition.id} needs ${definition.inputs.join(', ')}; the data has ${feeds.join(', ')}`

const otherReading = (message: string, { segments: [{ label }] }: MarketSource): UserError =>
  new UserError({
    code: 'missingFeed',
    message,
    where: label,
    remedy: `rank by a reading that does without, e.g. --by ${candleReading}, or use data that has it`,
  })

const keyOf = ({ instruments: [{ id, venue, kind }] }: MarketSource): string => `${id} ${venue} ${kind}`

function countOthers(all: readonly MarketSource[], there: readonly MarketSource[]): number {
  const known = new Set(there.map(keyOf))
  return new Set(all.map(keyOf).filter((key) => !known.has(key))).size
}

function notCovered({ at, data }: RankSpec, recordings: readonly MarketSource[]): UserError {
  const spans = recordings.map(({ segments: [{ from, to }] }) => ({ from, to }))
  const away = ({ from, to }: { from: UnixMs; to: UnixMs }): number => Math.max(from - at, at - to)
  const nearest = spans.reduce((best, span) => (away(span) < away(best) ? span : best))
  const first = Math.min(...spans.map(({ from }) => from))
  const last = Math.max(...spans.map(({ to }) => to))
  return new UserError({
    code: 'timeNotCovered',
    message: `no recording covers ${timeText(at)}: the data runs from ${timeText(first)} to ${timeText(last)}, and the recording nearest to it from ${timeText(nearest.from)} to ${timeText(nearest.to)}`,
    where: `--at, --data ${data.join(' ')}`,
    remedy: 'choose a time within a recording',
    exit: 'notFound',
  })
}
