import { setImmediate } from 'node:timers/promises'
import { exportSeries, type FilesSource, importFiles, listSeries, openFiles } from '#store/store.ts'
import type { Shell } from './io.ts'
import { withProgress } from './progress.ts'
import { tableText } from './table.ts'
import { countOf, countText, minuteText } from './texts.ts'
import { onlyOf } from './verify-data.ts'

export interface ImportFlags {
  readonly instruments?: readonly string[]
  readonly replace?: boolean
  readonly json?: boolean
}

/** Reads and checks every file first, then writes day by day; interrupted, it can be repeated. */
export async function importAll(shell: Shell, given: readonly string[], options: ImportFlags): Promise<void> {
  const { dataDir } = (await shell.config()).settings
  const { signal } = shell.io
  const globs = options.instruments === undefined ? {} : { instruments: options.instruments }
  const paths = given.map((path) => shell.path(path))
  const [source, report] = await withProgress(shell, 'Import', async (progress) => {
    const onFile = (path: string, number: number, count: number): void =>
      progress.update(number / count / 2, `reading ${baseOf(path)}`)
    const source = await openFiles(paths, { ...globs, signal, onFile })
    const onProgress = ({ label, segments, of }: { label: string; segments: number; of: number }): void =>
      progress.update(0.5 + segments / of / 2, `storing ${label}`)
    return [
      source,
      await importFiles(source, dataDir, { replace: options.replace === true, signal, onProgress }),
    ] as const
  })
  const repeated = source.files.reduce((sum, { repeatedRows }) => sum + repeatedRows, 0)
  if (options.json === true) {
    return shell.answer({
      dataDir,
      ...report,
      files: source.files.length,
      repeatedRowsLeftOut: repeated,
      skipped: source.skipped,
    })
  }
  shell.print(
    `Imported ${countText(report.rows)} rows of ${namesOf(report.instruments)} from ${countOf(source.files.length, 'file')} into ${dataDir}.`,
  )
  shell.print(
    `${countOf(report.daysWritten, 'day')} written${report.daysUnchanged > 0 ? `, ${countText(report.daysUnchanged)} held the same rows already` : ''}.`,
  )
  if (repeated > 0)
    shell.print(`${countOf(repeated, 'row')} left out as the downloader's repetition of the row before.`)
  skippedNote(shell, source)
  shell.print('\nNext: riptide data verify, or riptide backtest --strategy flash-pump')
}

function skippedNote(shell: Shell, { skipped }: FilesSource): void {
  if (skipped.length === 0) return
  shell.print(`${countOf(skipped.length, 'file')} skipped as no market data:`)
  for (const { path, reason } of skipped.slice(0, 5)) shell.print(`  ${path}: ${reason}`)
  if (skipped.length > 5) shell.print(`  and ${skipped.length - 5} more`)
}

export async function list(shell: Shell, json: boolean): Promise<void> {
  const { dataDir } = (await shell.config()).settings
  const series = await listSeries(dataDir)
  if (json) {
    return shell.answer({
      dataDir,
      series: series.map(({ instrument, from, to, ...rest }) => ({
        instrument: instrument.id,
        venue: instrument.venue,
        ...rest,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
      })),
    })
  }
  if (series.length === 0)
    return shell.print(`Nothing is stored in ${dataDir} yet. \`riptide data import <files>\` fills it.`)
  const right = 'right' as const
  const columns = [
    { title: 'Instrument' },
    { title: 'Venue' },
    { title: 'Kind' },
    { title: 'From (UTC)' },
    { title: 'To' },
    { title: 'Days', align: right },
    { title: 'Recordings', align: right },
    { title: 'Rows', align: right },
    { title: 'Size', align: right },
  ]
  const rows = series.map((one) => [
    one.instrument.id,
    `${one.instrument.venue} ${one.instrument.kind}`,
    one.kind,
    minuteText(one.from),
    minuteText(one.to),
    countText(one.days),
    countText(one.recordings),
    countText(one.rows),
    sizeText(one.bytes),
  ])
  shell.print(tableText(shell, columns, rows))
}

export async function exportOne(
  shell: Shell,
  instrument: string,
  options: { readonly to: string; readonly flat?: boolean; readonly json?: boolean },
): Promise<void> {
  const { dataDir } = (await shell.config()).settings
  await setImmediate()
  shell.io.signal.throwIfAborted()
  const folder = shell.path(options.to)
  const report = await exportSeries(dataDir, {
    folder,
    ...onlyOf(instrument),
    layout: options.flat === true ? 'flat' : 'days',
    signal: shell.io.signal,
  })
  if (options.json === true) return shell.answer({ folder, ...report })
  shell.print(`Wrote ${countText(report.rows)} rows to ${countOf(report.files.length, 'file')} in ${folder}.`)
  if (report.eventsLeftOut > 0)
    shell.print(
      `${countOf(report.eventsLeftOut, 'event')} (mark prices, funding, depth) have no table form and were left out.`,
    )
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const namesOf = (names: readonly string[]): string =>
  names.length > 4 ? `${names.length} instruments` : names.join(', ')

function sizeText(bytes: number): string {
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`
  return bytes < 1_000_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(2)} GB`
}
