import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Instrument } from '#model/instrument.ts'
import type { UnixMs } from '#model/ids.ts'
import { type Day, dayName, type SeriesKind } from '../series/kinds.ts'
import { type Manifest, replaceFile } from '../series/manifest.ts'

const dayMs = 86_400_000

/** `[from, to)`. */
export interface Span {
  readonly from: UnixMs
  readonly to: UnixMs
}

/** What a venue was asked for to the end, and how many rows the store held of those days then. */
export interface Coverage {
  /** Ascending, apart. */
  readonly spans: readonly Span[]
  readonly rows: Readonly<Record<Day, number>>
}

const schema = z.object({
  version: z.literal(1),
  spans: z.array(z.object({ from: z.int(), to: z.int() })),
  rows: z.record(z.string(), z.int().nonnegative()),
})

const pathOf = (dataDir: string, { venue, id }: Instrument, kind: SeriesKind): string =>
  join(dataDir, 'downloads', venue, id, `${kind}.json`)

/** What is known to be whole. A file that cannot be read counts as none: what it told of is asked for once more. */
export async function readCoverage(dataDir: string, instrument: Instrument, kind: SeriesKind): Promise<Coverage> {
  try {
    return schema.parse(JSON.parse(await readFile(pathOf(dataDir, instrument, kind), 'utf8')))
  } catch {
    return { spans: [], rows: {} }
  }
}

export async function writeCoverage(
  dataDir: string,
  instrument: Instrument,
  kind: SeriesKind,
  { spans, rows }: Coverage,
): Promise<void> {
  await replaceFile(pathOf(dataDir, instrument, kind), `${JSON.stringify({ version: 1, spans, rows })}\n`)
}

/** Adds a span after its rows are in the store. */
export function cover(coverage: Coverage, added: Span, stored: ReadonlyMap<Day, number>): Coverage {
  const spans: Span[] = []
  for (const span of [...coverage.spans, added].sort((a, b) => a.from - b.from)) {
    const last = spans.at(-1)
    if (last && span.from <= last.to) spans[spans.length - 1] = { from: last.from, to: Math.max(last.to, span.to) }
    else spans.push(span)
  }
  const rows = { ...coverage.rows }
  for (const day of daysOf(added)) rows[day] = stored.get(day) ?? 0
  return { spans, rows }
}

/** What of the range is not whole in the store: never asked for, or stored then and not any more. */
export function missing(coverage: Coverage, range: Span, stored: ReadonlyMap<Day, number>): readonly Span[] {
  const holes: Span[] = []
  let at = range.from
  for (const span of coverage.spans.flatMap((span) => whole(span, coverage, stored))) {
    if (span.to <= at || span.from >= range.to) continue
    if (span.from > at) holes.push({ from: at, to: span.from })
    at = span.to
  }
  if (at < range.to) holes.push({ from: at, to: range.to })
  return holes
}

/** The parts of a span whose days still hold what they held. */
function whole(span: Span, { rows }: Coverage, stored: ReadonlyMap<Day, number>): readonly Span[] {
  const parts: Span[] = []
  for (let index = Math.floor(span.from / dayMs); index * dayMs < span.to; index++) {
    const day = dayName(index)
    if ((stored.get(day) ?? 0) < (rows[day] ?? 0)) continue
    const from = Math.max(span.from, index * dayMs)
    const to = Math.min(span.to, (index + 1) * dayMs)
    const last = parts.at(-1)
    if (last?.to === from) parts[parts.length - 1] = { from: last.from, to }
    else parts.push({ from, to })
  }
  return parts
}

/** Rows by day of one kind. */
export function rowsByDay(manifest: Manifest, { id }: Instrument, kind: SeriesKind): ReadonlyMap<Day, number> {
  const entry = manifest.instruments.find(({ instrument }) => instrument.id === id)
  return new Map((entry?.days ?? []).filter((day) => day.kind === kind).map(({ day, rows }) => [day, rows]))
}

function daysOf({ from, to }: Span): readonly Day[] {
  const days: Day[] = []
  for (let index = Math.floor(from / dayMs); index * dayMs < to; index++) days.push(dayName(index))
  return days
}
