import { UserError } from '#model/failure.ts'
import type { Instrument } from '#model/instrument.ts'
import type { TradeColumns } from '#model/market.ts'
import type { MarketSegment, MarketSource } from '#model/source.ts'
import { type MarketLabel, type PlantPlan, plantOn } from '#simulator/simulator.ts'

/** A recording with what was planted on it. */
export interface PlantedRecording {
  readonly segment: MarketSegment
  readonly instrument: Instrument
  readonly trades: TradeColumns
  readonly recordedRows: number
  readonly plantedRows: number
  /** Stretches of an `everyMs` without a quiet moment. */
  readonly skipped: number
  /** Ascending by onset; ids are unique within the recording. */
  readonly events: readonly MarketLabel[]
}

/**
 * Plants a plan on every recording of a source, one at a time in memory; a chosen moment on the one that covers it. Quotes and
 * depth are left out, as they would tell another price. Throws `UserError` on recordings without trades, a moment that no
 * recording covers, one that will not do, and at the end when something that was asked for is nowhere.
 */
export async function* plantRecordings(
  source: MarketSource,
  plan: PlantPlan,
  seed: number,
): AsyncGenerator<PlantedRecording, void, undefined> {
  demandTrades(source)
  demandCovered(plan, source)
  const missing = new Map(kindsOf(plan).map((kind) => [kind, new Set<string>()]))
  for (const segment of source.segments) {
    const instrument = source.instruments.find(({ id }) => id === segment.instrumentId)
    if (!instrument) throw new Error(`${segment.label} is of no instrument of its source`)
    const recorded = await tradesOf(segment)
    const { planted, nowhere, ...made } = plantOn({ instrument, trades: recorded }, narrowed(plan, segment), seed)
    for (const { kind, why } of nowhere) missing.get(kind)?.add(why)
    for (const { kind } of made.events) missing.delete(kind)
    const plantedRows = planted.reduce((sum, mark) => sum + mark, 0)
    yield { ...made, segment, instrument, recordedRows: recorded.time.length, plantedRows }
  }
  for (const [kind, why] of missing) throw nowhereAtAll(kind, [...why])
}

type Request = NonNullable<PlantPlan['pumps']>[number] | NonNullable<PlantPlan['decoys']>[number]

const kindsOf = ({ pumps = [], decoys = [] }: PlantPlan): readonly string[] => [
  ...(pumps.length > 0 ? ['pump'] : []),
  ...decoys.map(({ kind }) => kind),
]

/** The plan with those chosen moments that lie in the recording. */
function narrowed({ pumps = [], decoys = [] }: PlantPlan, { from, to }: MarketSegment): PlantPlan {
  const narrow = <T extends Request>(request: T): T =>
    'at' in request.when
      ? { ...request, when: { at: request.when.at.filter((time) => time >= from && time <= to) } }
      : request
  return { pumps: pumps.map(narrow), decoys: decoys.map(narrow), partly: true }
}

async function tradesOf(segment: MarketSegment): Promise<TradeColumns> {
  const parts: TradeColumns[] = []
  for await (const { trades } of segment.read()) if (trades) parts.push(trades)
  const rows = parts.reduce((sum, { time }) => sum + time.length, 0)
  const joined = {
    time: new Float64Array(rows),
    price: new Float64Array(rows),
    quantity: new Float64Array(rows),
    side: new Int8Array(rows),
  }
  let row = 0
  for (const part of parts) {
    for (const column of ['time', 'price', 'quantity', 'side'] as const) joined[column].set(part[column], row)
    row += part.time.length
  }
  return joined
}

function demandTrades({ segments }: MarketSource): void {
  for (const { feeds, label } of segments) {
    if (feeds.includes('trade')) continue
    throw new UserError({
      code: 'missingFeed',
      message: `there are no trades in ${label}, only ${feeds.join(', ')}`,
      where: '--data',
      remedy: 'name recordings of trades; nothing can be planted on candles',
    })
  }
}

function demandCovered({ pumps = [], decoys = [] }: PlantPlan, { segments }: MarketSource): void {
  for (const { when } of [...pumps, ...decoys]) {
    if (!('at' in when)) continue
    const stray = when.at.find((time) => !segments.some(({ from, to }) => time >= from && time <= to))
    if (stray === undefined) continue
    throw new UserError({
      code: 'outsideRecording',
      message: `no recording covers ${new Date(stray).toISOString()}`,
      where: 'at',
      remedy: 'choose a moment inside the data, or let it be placed with every',
      exit: 'notFound',
    })
  }
}

function nowhereAtAll(kind: string, why: readonly string[]): UserError {
  return new UserError({
    code: 'nowhereToPlant',
    message: `no recording has a moment for a ${kind} (${why.filter(Boolean).slice(0, 3).join('; ') || 'they are too short'})`,
    where: kind,
    remedy: 'take longer or quieter recordings, or ask for fewer events',
  })
}
