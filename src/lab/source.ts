import { UserError } from '#model/failure.ts'
import type { RunQuality } from '#model/run.ts'
import type { MarketSource } from '#model/source.ts'
import { generateMarket } from '#simulator/simulator.ts'
import { matchesGlobs, openFiles, openSeries } from '#store/store.ts'
import { clipSource } from './cut-source.ts'
import type { BacktestSpec } from './spec.ts'

/** What opening the data had to say; shown in the report's data-quality box. */
export type DataNotes = Pick<RunQuality, 'skippedFiles' | 'duplicatesDropped' | 'rejectedRows' | 'gaps'>

/** Which data of a spec, and which part of it. */
type DataSpec = Pick<BacktestSpec, 'source' | 'instruments' | 'from' | 'to'>

/** Opens the spec's data: the wanted instruments in the wanted range. Throws `UserError` when nothing is left. */
export async function openSource(spec: DataSpec): Promise<{ source: MarketSource; notes: DataNotes }> {
  const { source, notes } = await open(spec)
  const wanted = source.instruments.filter((instrument) => matchesGlobs(instrument, spec.instruments))
  if (wanted.length === 0) {
    throw new UserError({
      code: 'noInstrument',
      message: `no data for ${spec.instruments.length === 0 ? 'any instrument' : spec.instruments.join(', ')}`,
      where: '--instruments',
      remedy: `there is data for ${list(source.instruments.map(({ id }) => id))}; \`riptide data list\` shows what is stored`,
      exit: 'notFound',
    })
  }
  const ids = new Set(wanted.map(({ id }) => id))
  const clipped = clipSource(
    { instruments: wanted, segments: source.segments.filter(({ instrumentId }) => ids.has(instrumentId)) },
    spec.from ?? -Infinity,
    spec.to ?? Infinity,
  )
  if (clipped.segments.length === 0) {
    const from = Math.min(...source.segments.map((segment) => segment.from))
    const to = Math.max(...source.segments.map((segment) => segment.to))
    throw new UserError({
      code: 'emptyRange',
      message: 'there is no data in the time range',
      where: '--from / --to',
      remedy: `the data runs from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`,
      exit: 'notFound',
    })
  }
  return { source: clipped, notes }
}

async function open(spec: DataSpec): Promise<{ source: MarketSource; notes: DataNotes }> {
  const none: DataNotes = { skippedFiles: [], duplicatesDropped: 0, rejectedRows: 0, gaps: [] }
  switch (spec.source.kind) {
    case 'files': {
      const source = await openFiles(spec.source.paths, { instruments: spec.instruments })
      return {
        source,
        notes: {
          ...none,
          skippedFiles: source.skipped.map(({ path, reason }) => ({ file: path, reason })),
          duplicatesDropped: source.files.reduce((sum, file) => sum + file.repeatedRows, 0),
        },
      }
    }
    case 'series':
      return {
        source: await openSeries(spec.source.dataDir, {
          instruments: spec.instruments,
          ...(spec.from === undefined ? {} : { from: spec.from }),
          ...(spec.to === undefined ? {} : { to: spec.to }),
        }),
        notes: none,
      }
    case 'generated': {
      const { seed, instruments, days } = spec.source
      return { source: generateMarket({ seed, instruments, days }), notes: none }
    }
  }
}

const list = (names: readonly string[]): string =>
  names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ')
