import { UserError } from '#model/failure.ts'
import type { Instrument } from '#model/instrument.ts'
import type { UnixMs } from '#model/ids.ts'
import type { Venue } from '#model/venue.ts'
import { downloadHistory } from '#store/store.ts'
import type { Shell } from './io.ts'
import { type Progress, withProgress } from './progress.ts'
import { downloadPublished } from './run-dumps.ts'
import { tableText } from './table.ts'
import { countOf, countText, durationText, minuteText } from './texts.ts'
import { timeRangeOf } from './time-range.ts'
import { demand, parseDuration, quote } from './values.ts'
import { chooseInstruments, type VenueOptions, withVenue } from './venue-access.ts'

export interface DownloadOptions extends VenueOptions {
  readonly instruments: readonly string[]
  readonly kind: string
  readonly interval: string
  readonly timerange?: string
  readonly from?: string
  readonly to?: string
  readonly files: string
  readonly dumps: string
  readonly replace?: boolean
  readonly json?: boolean
}

/** `[from, to)`. */
export interface DownloadRange {
  readonly from: UnixMs
  readonly to: UnixMs
}

/** Prints of the last seconds may not be told yet. */
const settledMs = 10_000

/** `riptide data download`. Throws `UserError`. */
export async function download(shell: Shell, options: DownloadOptions): Promise<void> {
  try {
    await downloadKind(shell, options)
  } catch (error) {
    if (!shell.io.signal.aborted) throw error
    throw new UserError({
      code: 'interrupted',
      message: 'stopped by you; what came before is stored',
      where: 'Ctrl-C',
      remedy: 'run the same command again: it goes on where it stopped',
      exit: 'interrupted',
    })
  }
}

async function downloadKind(shell: Shell, options: DownloadOptions): Promise<void> {
  const { timers } = await shell.io.venues()
  const range = rangeOf(options, timers.now())
  const globs = options.instruments.flatMap((text) => text.split(',')).filter((text) => text !== '')
  if (options.kind === 'dumps') return downloadPublished(shell, options, globs, range)
  if (options.kind !== 'klines' && options.kind !== 'trades') throw unknownKind(options.kind)
  const intervalMs = options.kind === 'klines' ? demand(parseDuration(options.interval), '--interval') : null
  const { dataDir } = (await shell.config()).settings
  const rows = await withVenue(shell, options, async (venue) => {
    const instruments = await chooseInstruments(venue, globs)
    const told = intervalMs === null ? tradesTold(shell, venue, range, timers.now()) : range
    return withProgress(shell, 'Download', async (progress) => {
      const rows: DownloadRow[] = []
      for (const [index, instrument] of instruments.entries()) {
        const report = await downloadHistory({
          dataDir,
          market: venue,
          instrument,
          intervalMs,
          range: told,
          timers,
          replace: options.replace === true,
          signal: shell.io.signal,
          onReached: (time) => tell(progress, instruments.length, index, instrument, told, time),
        })
        rows.push({ instrument: instrument.id, ...report })
      }
      return rows
    })
  })
  if (options.json === true)
    return shell.answer({ dataDir, venue: options.venue, kind: options.kind, ...iso(range), rows })
  shell.print(reportText(shell, rows, range))
  shell.print('\nNext: riptide data verify, or riptide backtest --strategy flash-pump')
}

interface DownloadRow {
  readonly instrument: string
  readonly rows: number
  readonly skippedMs: number
}

/** The range that the venue tells trades of; a note says what is cut off. Throws `UserError` when nothing is left. */
function tradesTold(shell: Shell, venue: Venue, range: DownloadRange, now: UnixMs): DownloadRange {
  const { tradeHistoryMs: reach, id } = venue
  const to = Math.min(range.to, now - settledMs)
  if (reach === undefined) return { from: range.from, to }
  // a little later, so that it is still told when it is asked for
  const oldest = now - reach + 60_000
  if (reach === 0 || oldest >= to) {
    const words = reach === 0 ? 'only its newest prints' : `trades of the last ${durationText(reach)} only`
    const isBinance = id.startsWith('binance')
    throw new UserError({
      code: 'historyNotOffered',
      message: `${id} tells ${words}: there is no history of trades to download`,
      where: '--kind trades',
      remedy: isBinance
        ? 'take the files it publishes: --kind dumps; or write trades from now on: `riptide record`'
        : 'write trades from now on: `riptide record <instruments…>`; candles go back further: --kind klines',
    })
  }
  if (range.from >= oldest) return { from: range.from, to }
  shell.note(
    `${id} tells trades of the last ${durationText(reach)} only: starting at ${minuteText(oldest)} UTC; --kind dumps has earlier days`,
  )
  return { from: oldest, to }
}

function tell(
  progress: Progress,
  count: number,
  index: number,
  { id }: Instrument,
  { from, to }: DownloadRange,
  time: UnixMs,
): void {
  progress.update((index + (time - from) / (to - from)) / count, `${id} ${minuteText(time)}`)
}

function reportText(shell: Shell, rows: readonly DownloadRow[], { from, to }: DownloadRange): string {
  const table = tableText(
    shell,
    [{ title: 'Instrument' }, { title: 'Rows', align: 'right' }, { title: 'There already', align: 'right' }],
    rows.map((row) => [
      row.instrument,
      countText(row.rows),
      row.skippedMs > 0 ? durationText(Math.round(row.skippedMs / 1_000) * 1_000) : '–',
    ]),
  )
  const sum = rows.reduce((total, row) => total + row.rows, 0)
  return `${table}\n${countOf(sum, 'row')} stored of ${minuteText(from)} to ${minuteText(to)} UTC.`
}

function rangeOf(options: DownloadOptions, now: UnixMs): DownloadRange {
  const { from, to = now } = timeRangeOf(options)
  if (from === undefined) {
    throw new UserError({
      code: 'missingOption',
      message: 'nothing says where to start',
      where: '--from',
      remedy: 'add e.g. --from 2026-01-01, or --timerange 20260101-20260201',
    })
  }
  if (from < Math.min(to, now)) return { from, to: Math.min(to, now) }
  throw new UserError({
    code: 'emptyRange',
    message: `${new Date(from).toISOString()} is not over yet: there is nothing to download`,
    where: '--from',
    remedy: 'start earlier; `riptide record` writes what comes',
  })
}

function unknownKind(kind: string): UserError {
  return new UserError({
    code: 'unknownKind',
    message: `there is no kind ${quote(kind)} to download`,
    where: '--kind',
    remedy: 'choose klines, trades or dumps',
  })
}

/** A range as text. */
export const iso = ({ from, to }: DownloadRange): { readonly from: string; readonly to: string } => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
})
