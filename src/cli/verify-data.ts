import { UserError } from '#model/failure.ts'
import { type Finding, verifySeries } from '#store/store.ts'
import { ToldFailure } from './failures.ts'
import type { Shell } from './io.ts'
import { type Progress, withProgress } from './progress.ts'
import { tableText } from './table.ts'
import { countOf, countText, durationText } from './texts.ts'

/** Ends with exit code 1 when stored data is damaged; gaps and spikes are told but are how markets are. */
export async function verify(shell: Shell, instrument: string | undefined, json: boolean): Promise<void> {
  const { dataDir } = (await shell.config()).settings
  const report = await withProgress(shell, 'Verify', (progress) =>
    verifySeries(dataDir, { ...onlyOf(instrument), signal: shell.io.signal, onDay: turn(progress) }),
  )
  if (report.days === 0) throw nothingStored(dataDir, instrument)
  const errors = report.findings.filter(({ severity }) => severity === 'error')
  if (json) shell.answer(report)
  else tellFindings(shell, report.findings)
  if (errors.length > 0) {
    throw new ToldFailure({
      code: 'dataDamaged',
      message: `${countOf(errors.length, 'stored day')} is not what was imported: ${errors[0].message}`,
      where: dataDir,
      remedy: 'import the files again with --replace',
      exit: 'error',
    })
  }
  if (!json)
    shell.print(
      `${countOf(report.days, 'day')} with ${countText(report.rows)} rows are as imported${report.findings.length > 0 ? '; what is listed is how the recording is' : ''}.`,
    )
}

const turn =
  (progress: Progress) =>
  (label: string, number: number, count: number): void =>
    progress.update(number / count, label)

const findingsShown = 40

function tellFindings(shell: Shell, findings: readonly Finding[]): void {
  if (findings.length === 0) return
  const rows = findings
    .slice(0, findingsShown)
    .map(({ severity, type, instrumentId, kind, day, at, durationMs, message }) => [
      severity === 'error' ? shell.paint('red', 'error') : 'oddity',
      type,
      instrumentId,
      kind,
      at === undefined ? day : new Date(at).toISOString(),
      durationMs === undefined
        ? ''
        : durationText(durationMs < 10_000 ? durationMs : Math.round(durationMs / 1_000) * 1_000),
      message,
    ])
  shell.print(
    tableText(
      shell,
      [
        { title: '' },
        { title: 'What' },
        { title: 'Instrument' },
        { title: 'Kind' },
        { title: 'At (UTC)' },
        { title: 'For' },
        { title: 'Detail' },
      ],
      rows,
    ),
  )
  if (findings.length > findingsShown)
    shell.print(`and ${countText(findings.length - findingsShown)} more; --json lists all`)
  shell.print('')
}

/** `BRD_BTC`, also written BRD/BTC, as a choice among what is stored. */
export const onlyOf = (instrument: string | undefined) =>
  instrument === undefined ? {} : { instruments: [instrument.replace(/^([A-Za-z0-9]+)[/-]([A-Za-z0-9]+)$/, '$1_$2')] }

function nothingStored(dataDir: string, instrument: string | undefined): UserError {
  return new UserError({
    code: 'noSeries',
    message: instrument === undefined ? 'nothing is stored yet' : `nothing is stored for ${instrument}`,
    where: dataDir,
    remedy: '`riptide data list` shows what is stored; `riptide data import <files>` adds to it',
    exit: 'notFound',
  })
}
