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
 * One segment per file; files of one instrument that hold different things about the same time (trades and quotes) become one.
 * Throws `overlappingFiles` where two tell the same thing twice.
 */
export function segmentsOf(files: readonly ScannedFile[], cache: BlockCache): readonly MarketSegment[] {
  const byId = Map.groupBy(files, ({ plan }) => plan.instrumentId)
  return [...byId].flatMap(([id, group]) => groups(group).map((together) => segmentOf(id, together, cache)))
}

function segmentOf(instrumentId: InstrumentId, files: readonly ScannedFile[], cache: BlockCache): MarketSegment {
  const reports = files.map(({ report }) => report)
  const checksums = reports.map(({ checksum }) => checksum)
  return {
    instrumentId,
    feeds: [...new Set(files.flatMap(({ feeds }) => feeds))],
    from: Math.min(...reports.map(({ from }) => from)),
    to: Math.max(...reports.map(({ to }) => to)),
    rows: reports.reduce((sum, { rows }) => sum + rows, 0),
    label: files.map(({ label }) => label).join(' + '),
    checksum: checksums.length === 1 ? checksums[0]! : sha256([...checksums].sort().join('\n')),
    read: () => mergeBlocks(files.map((file) => blocksOf(file, cache))),
  }
}

async function* blocksOf({ plan }: ScannedFile, cache: BlockCache): AsyncGenerator<MarketBlock, void, undefined> {
  const kept = cache.get(plan.path)
  if (kept) yield* kept
  else yield* decode(plan, decoderOf(plan))
}

/** Files in time order, those that belong together in one group. */
function groups(files: readonly ScannedFile[]): readonly (readonly ScannedFile[])[] {
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
  return group.some(({ report }) => report.checksum === file.report.checksum || (report.shape === 'bars' && file.report.shape === 'bars' && report.to === file.report.from))
}

const complements: readonly string[] = ['trades', 'quotes', 'marks']

function isDouble({ report: a }: ScannedFile, { report: b }: ScannedFile): boolean {
  const overlaps = b.from < a.to || a.checksum === b.checksum || (a.shape === 'bars' && b.from <= a.to)
  return overlaps && (a.shape === b.shape || !complements.includes(a.shape) || !complements.includes(b.shape))
}

function overlap({ plan: a, report: first }: ScannedFile, { plan: b, report: second }: ScannedFile): Error {
  const range = `${new Date(second.from).toISOString()} – ${new Date(Math.min(first.to, second.to)).toISOString()}`
  const says = first.checksum === second.checksum ? `it holds the same rows as ${a.path}` : `it overlaps ${a.path} (${a.instrumentId}, ${range})`
  return fileProblem('overlappingFiles', { path: b.path }, says, 'open one of the two, or only one kind and interval of data')
}
