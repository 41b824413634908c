import type { ResolvedStrategy } from '#engine/engine.ts'
import { UserError } from '#model/failure.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketSource } from '#model/source.ts'
import type { FilesSource } from '#store/store.ts'
import { openApart } from '../open-apart.ts'
import { recordingsOf } from '../pumps/detect.ts'
import { quantileOf } from '../pumps/statistics.ts'
import { durationText } from '../report/format.ts'
import { loadStrategy } from '../strategies.ts'
import { type Liquidity, type LiquidityMeasures, liquidityOf, LiquidityTally } from './liquidity.ts'
import { type AlarmRate, rateOf } from './rate.ts'
import { type Alarm, alarmsIn, type Grain, grainOf, measureLiquidity } from './recording.ts'

const dayMs = 86_400_000
/** Detectors where none is named. */
const tickDetector = 'flash-pump'
const candleDetector = 'candle-pump'

export interface AlarmSpec {
  /** Files and folders of trades or candles. */
  readonly data: readonly string[]
  /** Name or path; null = one that fits the data. */
  readonly strategy: string | null
  readonly strategyFolder: string
  readonly warmUpMs: number
  /** null = the strategy's own. */
  readonly refractoryMs: number | null
  readonly seed: number
}

export interface AlarmHooks {
  readonly onProgress?: (share: number, what: string) => void
  readonly signal?: AbortSignal
}

/** One instrument in one grain, over all of its recordings. */
export interface MarketAlarms {
  readonly instrument: Instrument
  readonly grain: Grain
  readonly liquidity: Liquidity
  readonly measures: LiquidityMeasures
  readonly rate: AlarmRate
  /** Of those with 15 minutes after them; null without any. */
  readonly medianRisePct: number | null
  /** By time. */
  readonly alarms: readonly Alarm[]
}

/** Markets of one kind and liquidity; `grain` null = of all grains together. */
export interface AlarmClass {
  readonly kind: Instrument['kind']
  readonly liquidity: Liquidity
  readonly grain: Grain | null
  readonly instruments: number
  readonly rate: AlarmRate
  readonly medianRisePct: number | null
}

export interface AlarmReport {
  readonly spec: AlarmSpec
  readonly detectors: readonly { readonly name: string; readonly hash: string }[]
  readonly classes: readonly AlarmClass[]
  /** In the order of the classes, then by id. */
  readonly markets: readonly MarketAlarms[]
  /** Recordings no longer than the warm-up, by their labels. */
  readonly tooShort: readonly string[]
  readonly skipped: FilesSource['skipped']
}

/** How often a detector cries on markets of which nobody says what was a pump. Throws `UserError` on what a user can mend. */
export async function measureAlarms(spec: AlarmSpec, hooks: AlarmHooks = {}): Promise<AlarmReport> {
  hooks.onProgress?.(0, 'reading')
  const sources = await openApart(spec.data, hooks.signal)
  const recordings = sources.flatMap(recordingsOf)
  const isLong = ({ segments: [{ from, to }] }: MarketSource): boolean => to - from > spec.warmUpMs
  const used = recordings.filter(isLong)
  const tooShort = recordings.filter((recording) => !isLong(recording)).map(({ segments }) => segments[0].label)
  if (used.length === 0) throw nothingLong(spec, tooShort)
  const byMarket = await groupByMarket(used)
  const detectors = new Map<string, ResolvedStrategy>()
  const markets: MarketAlarms[] = []
  let done = 0
  for (const { grain, parts } of byMarket) {
    const name = spec.strategy ?? (grain === 'ticks' ? tickDetector : candleDetector)
    const detector = detectors.get(name) ?? loadStrategy(name, spec.strategyFolder)
    detectors.set(name, detector)
    const tally = new LiquidityTally()
    const alarms: Alarm[] = []
    let ms = 0
    for (const recording of parts) {
      const [{ from, to, label }] = recording.segments
      hooks.onProgress?.(done++ / used.length, label)
      hooks.signal?.throwIfAborted()
      await measureLiquidity(recording, tally)
      alarms.push(...(await alarmsIn(recording, detector, { ...spec, signal: hooks.signal })))
      ms += to - from - spec.warmUpMs
    }
    const [instrument] = parts[0].instruments
    const measures = tally.measures()
    markets.push({
      instrument,
      grain,
      liquidity: liquidityOf(measures, instrument),
      measures,
      rate: rateOf([{ alarms: alarms.length, coinDays: ms / dayMs }], spec.seed),
      medianRisePct: medianRise(alarms),
      alarms: alarms.toSorted((a, b) => a.time - b.time),
    })
  }
  markets.sort(byClass)
  return {
    spec,
    detectors: [...detectors.values()].map(({ document, version }) => ({ name: document.name, hash: version })),
    classes: classesOf(markets, spec.seed),
    markets,
    tooShort,
    skipped: sources.flatMap(({ skipped }) => skipped),
  }
}

interface MarketRecordings {
  readonly grain: Grain
  readonly parts: readonly MarketSource[]
}

async function groupByMarket(recordings: readonly MarketSource[]): Promise<readonly MarketRecordings[]> {
  const keyed: { key: string; grain: Grain; recording: MarketSource }[] = []
  for (const recording of recordings) {
    const [{ id, venue, kind }] = recording.instruments
    const grain = await grainOf(recording)
    keyed.push({ key: `${id} ${venue} ${kind} ${grain}`, grain, recording })
  }
  return [...Map.groupBy(keyed, ({ key }) => key).values()].map((group) => ({
    grain: group[0].grain,
    parts: group.map(({ recording }) => recording),
  }))
}

const kinds: readonly Instrument['kind'][] = ['spot', 'perpetual']
const liquidities: readonly Liquidity[] = ['thin', 'small', 'larger']
const grainRank = (grain: Grain): number => (grain === 'ticks' ? 0 : grain)

function byClass(a: MarketAlarms, b: MarketAlarms): number {
  return (
    kinds.indexOf(a.instrument.kind) - kinds.indexOf(b.instrument.kind) ||
    liquidities.indexOf(a.liquidity) - liquidities.indexOf(b.liquidity) ||
    grainRank(a.grain) - grainRank(b.grain) ||
    (a.instrument.id < b.instrument.id ? -1 : 1)
  )
}

/** Each class over all grains, then each grain apart where there are several. */
function classesOf(markets: readonly MarketAlarms[], seed: number): readonly AlarmClass[] {
  const groups = Map.groupBy(markets, ({ instrument, liquidity }) => `${instrument.kind} ${liquidity}`)
  return [...groups.values()].flatMap((group) => {
    const grains = [...new Set(group.map(({ grain }) => grain))]
    if (grains.length === 1) return [classOf(group, grains[0], seed)]
    return [
      classOf(group, null, seed),
      ...grains.map((grain) =>
        classOf(
          group.filter((market) => market.grain === grain),
          grain,
          seed,
        ),
      ),
    ]
  })
}

function classOf(markets: readonly MarketAlarms[], grain: Grain | null, seed: number): AlarmClass {
  const [{ instrument, liquidity }] = markets
  return {
    kind: instrument.kind,
    liquidity,
    grain,
    instruments: markets.length,
    rate: rateOf(
      markets.map(({ rate }) => rate),
      seed,
    ),
    medianRisePct: medianRise(markets.flatMap(({ alarms }) => alarms)),
  }
}

const medianRise = (alarms: readonly Alarm[]): number | null =>
  quantileOf(
    alarms.flatMap(({ furtherRisePct }) => furtherRisePct ?? []),
    0.5,
  )

function nothingLong({ data, warmUpMs }: AlarmSpec, tooShort: readonly string[]): UserError {
  return new UserError({
    code: 'recordingsTooShort',
    message: `no recording is longer than the warm-up of ${durationText(warmUpMs)}; ${tooShort[0]} is among them`,
    where: `--data ${data.join(' ')}`,
    remedy: 'use longer recordings, or a shorter --warm-up',
  })
}
