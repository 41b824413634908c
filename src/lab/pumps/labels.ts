import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { UserError } from '#model/failure.ts'
import type { UnixMs } from '#model/ids.ts'
import { badValue, type CsvRow, parseCsv } from './csv.ts'

/** What a list says about one moment of one file of ticks; null = the list leaves it open. */
export interface PumpLabel {
  readonly eventId: string
  /** Without its folder. */
  readonly file: string
  /** `no_pump`: a source names that minute, but the tape is flat. */
  readonly kind: 'pump' | 'no_pump'
  /** Never null for a pump. */
  readonly onset: UnixMs | null
  /** Announced minute. */
  readonly listed: UnixMs | null
  readonly peakTime: UnixMs | null
  /** Quote per coin, before the rise and at its peak. */
  readonly prePrice: number | null
  readonly peakPrice: number | null
  readonly line: number
}

/** A minute in which the price jumped, with or without an explanation. */
export interface Jump {
  readonly file: string
  /** Its beginning. */
  readonly minute: UnixMs
}

/** Events in the order of the list. Throws `UserError` naming line, column, value and remedy. */
export async function readLabels(path: string): Promise<readonly PumpLabel[]> {
  return parseLabels(await textOf(path, '--labels'), path)
}

export function parseLabels(text: string, path: string): readonly PumpLabel[] {
  const { rows } = parseCsv(text, path, ['file', 'kind', 'onset_utc'])
  const labels = rows.map((row) => labelOf(row, path))
  const seen = new Set<string>()
  for (const { eventId, line } of labels) {
    if (seen.has(eventId)) throw badValue(path, line, 'event_id', eventId, 'give each event an id of its own')
    seen.add(eventId)
  }
  if (labels.length > 0) return labels
  throw new UserError({
    code: 'noLabels',
    message: 'there are no events in it',
    where: path,
    remedy: 'add a row for each event; docs/pump-laboratory.md shows the columns',
  })
}

/** Throws `UserError` as labels do. */
export async function readJumps(path: string): Promise<readonly Jump[]> {
  return parseJumps(await textOf(path, '--jumps'), path)
}

export function parseJumps(text: string, path: string): readonly Jump[] {
  return parseCsv(text, path, ['file', 'minute_utc']).rows.map((row) => ({
    file: fileOf(row, path),
    minute: demand(row.time('minute_utc'), row, 'minute_utc', path),
  }))
}

function labelOf(row: CsvRow, path: string): PumpLabel {
  const kind = row.text('kind')
  if (kind !== 'pump' && kind !== 'no_pump') throw badValue(path, row.line, 'kind', kind, 'write pump or no_pump')
  const file = fileOf(row, path)
  const onset = row.time('onset_utc')
  const prePrice = row.price('pre_price_btc')
  const peakPrice = row.price('peak_price_btc')
  if (kind === 'pump') {
    demand(onset, row, 'onset_utc', path)
    if (prePrice !== null && peakPrice !== null && peakPrice <= prePrice) {
      const remedy = 'a pump peaks above the price before it; leave both empty to measure them'
      throw badValue(path, row.line, 'peak_price_btc', row.text('peak_price_btc'), remedy)
    }
  }
  return {
    eventId: row.text('event_id') ?? `${file}:${row.line}`,
    file,
    kind,
    onset: kind === 'pump' ? onset : null,
    listed: row.time('listed_time_utc'),
    peakTime: row.time('peak_time_utc'),
    prePrice,
    peakPrice,
    line: row.line,
  }
}

const fileOf = (row: CsvRow, path: string): string =>
  basename(demand(row.text('file'), row, 'file', path).replaceAll('\\', '/'))

function demand<T>(value: T | null, row: CsvRow, column: string, path: string): T {
  if (value !== null) return value
  throw badValue(path, row.line, column, null, `fill it in; every ${column === 'onset_utc' ? 'pump' : 'row'} needs it`)
}

async function textOf(path: string, flag: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    throw new UserError({
      code: code === 'ENOENT' ? 'fileNotFound' : 'fileUnreadable',
      message: code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`,
      where: `${flag} ${path}`,
      remedy: 'name a CSV file; relative paths start at the current folder',
      exit: code === 'ENOENT' ? 'notFound' : 'error',
      cause,
    })
  }
}
