import type { InstrumentId } from '#model/ids.ts'
import type { MarketBlock } from '#model/market.ts'
import type { MarketSegment } from '#model/source.ts'
import { sha256 } from '../checksum.ts'
import { mergeBlocks } from '../merge.ts'
import { fileProblem } from '../problems.ts'
import type { BlockCache } from './block-cache.ts'
import { decode, decoderOf } from './decode.ts'
import type { ScannedFile } from './scanned-file.ts'

/**
 * One segment per file, or per run of daily files of one recording (`…/2024-10-25/prices.csv`, `…-2024-10-25.zip`); files of one instrument that hold different things about the same time (trades and quotes) become one.
 * Throws `overlappingFiles` where two tell the same thing twice.
 */
export function segmentsOf(files: readonly ScannedFile[], cache: BlockCache): readonly MarketSegment[] {
  const byId = Map.groupBy(files, ({ plan }) => plan.instrumentId)
  return [...byId].flatMap(([id, group]) => joinDays(groups(group)).map((chain) => segmentOf(id, chain, cache)))
}

/** Files that are read together, as they tell of the same time. */
type Group = readonly ScannedFile[]

function segmentOf(instrumentId: InstrumentId, chain: readonly Group[], cache: BlockCache): MarketSegment {
  const files = chain.flat()
  const reports = files.map(({ report }) => report)
  const checksums = reports.map(({ checksum }) => checksum)
  const labels = chain.map((group) => group.map(({ label }) => label).join(' + '))
  return {
    instrumentId,
    feeds: [...new Set(files.flatMap(({ feeds }) => feeds))],
    from: Math.min(...reports.map(({ from }) => from)),
    to: Math.max(...reports.map(({ to }) => to)),
    rows: reports.reduce((sum, { rows }) => sum + rows, 0),
    label: labels.length < 3 ? labels.join(', ') : `${labels[0]} … ${labels.at(-1)}`,
    checksum: checksums.length === 1 ? checksums[0] : sha256([...checksums].sort().join('\n')),
    async *read() {
      for (const group of chain) yield* mergeBlocks(group.map((file) => blocksOf(file, cache)))
    },
  }
}

async function* blocksOf({ plan }: ScannedFile, cache: BlockCache): AsyncGenerator<MarketBlock, void, undefined> {
  const kept = cache.get(plan.path)
  if (kept) yield* kept
  else yield* decode(plan, decoderOf(plan))
}

/** Files in time order, those that belong together in one group. */
function groups(files: readonly ScannedFile[]): readonly Group[] {
  const sorted = [...files].sort((a, b) => a.report.from - b.report.from || a.report.to - b.report.to)
  const found: ScannedFile[][] = []
  let until = -Infinity
  for (const file of sorted) {
    const group = found.at(-1)
    const touching = file.report.from === until && group !== undefined && repeats(group, file)
    if (group && (file.report.from < until || touching)) {
      const double = group.find((other) => isDouble(other, file))
      if (double) throw overlap(double, file)
      group.push(file)
    } else {
      found.push([file])
    }
    until = Math.max(until, file.report.to)
  }
  return found
}

/** Two files may meet in one millisecond of trading, but not in one candle, and not with the same content. */
function repeats(group: readonly ScannedFile[], file: ScannedFile): boolean {
  return group.some(
    ({ report }) =>
      report.checksum === file.report.checksum ||
      (report.shape === 'bars' && file.report.shape === 'bars' && report.to === file.report.from),
  )
}

const complements: readonly string[] = ['trades', 'quotes', 'marks']

function isDouble({ report: a }: ScannedFile, { report: b }: ScannedFile): boolean {
  const overlaps = b.from < a.to || a.checksum === b.checksum || (a.shape === 'bars' && b.from <= a.to)
  return overlaps && (a.shape === b.shape || !complements.includes(a.shape) || !complements.includes(b.shape))
}

function overlap({ plan: a, report: first }: ScannedFile, { plan: b, report: second }: ScannedFile): Error {
  const range = `${new Date(second.from).toISOString()} – ${new Date(Math.min(first.to, second.to)).toISOString()}`
  const says =
    first.checksum === second.checksum
      ? `it holds the same rows as ${a.path}`
      : `it overlaps ${a.path} (${a.instrumentId}, ${range})`
  return fileProblem(
    'overlappingFiles',
    { path: b.path },
    says,
    'open one of the two, or only one kind and interval of data',
  )
}

/** Puts groups of consecutive days into one chain: the day was cut, not the recording. */
function joinDays(all: readonly Group[]): readonly (readonly Group[])[] {
  const chains: Group[][] = []
  for (const group of all) {
    const chain = chains.at(-1)
    if (chain && continues(chain.at(-1)!, group)) chain.push(group)
    else chains.push([group])
  }
  return chains
}

const dayMs = 86_400_000

function continues(before: Group, group: Group): boolean {
  const shapesOf = (files: Group): string =>
    files
      .map(({ report }) => report.shape)
      .sort()
      .join()
  const days = [...before.map(dayOf), ...group.map((file) => dayOf(file) - dayMs)]
  return days.every((day) => day === days[0]) && shapesOf(before) === shapesOf(group)
}

/** The UTC day a file's folder or name stands for; NaN when it names none, which equals nothing. */
function dayOf({ plan }: ScannedFile): number {
  const named =
    /(?:^|[/\\])(\d{4}-\d{2}-\d{2})[/\\][^/\\]+$/.exec(plan.path) ??
    /-(\d{4}-\d{2}-\d{2})\.(?:csv|zip)[^/\\]*$/.exec(plan.path)
  return named ? Date.parse(`${named[1]}T00:00:00Z`) : NaN
}
