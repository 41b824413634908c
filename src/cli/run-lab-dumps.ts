import { availableParallelism } from 'node:os'
import { dumpsJson, dumpsText, scoreDumps } from '#lab/lab.ts'
import { flagsOf, settingsOf, strategyPath } from './backtest-spec.ts'
import type { Shell } from './io.ts'
import { withProgress } from './progress.ts'
import { parseRefractory } from './run-lab-pumps.ts'
import { countOf } from './texts.ts'
import { parseTime } from './time-range.ts'
import { demand } from './values.ts'

/** What `riptide lab dumps` was given, as commander read it; settings among it are read by `flagsOf`. */
export interface LabDumpsOptions {
  readonly data: string
  readonly labels: string
  readonly strategy: string
  readonly jumps?: string
  readonly refractory?: string
  readonly split?: string
  readonly trades: boolean
  readonly json?: boolean
  readonly [flag: string]: unknown
}

/** `riptide lab dumps`: scores a short strategy and tells how it went. Throws `UserError`. */
export async function labDumps(shell: Shell, options: LabDumpsOptions): Promise<void> {
  const config = await shell.config(flagsOf(shell, options))
  const { workers } = config.settings.backtest
  const spec = {
    data: shell.path(options.data),
    labels: shell.path(options.labels),
    jumps: options.jumps === undefined ? null : shell.path(options.jumps),
    strategy: strategyPath(shell, options.strategy),
    refractoryMs: options.refractory === undefined ? null : demand(parseRefractory(options.refractory), '--refractory'),
    splitAt: options.split === undefined ? null : demand(parseTime(options.split), '--split'),
    workers: options.trades ? Math.min(workers, availableParallelism()) : null,
    backtest: settingsOf(config),
  }
  const { signal } = shell.io
  const report = await withProgress(shell, 'Dumps', (progress) =>
    scoreDumps(spec, { signal, onProgress: (share, what) => progress.update(share, what) }),
  )
  if (report.notScored.length > 0)
    shell.note(`${countOf(report.notScored.length, 'event')} not scored; the report says why`)
  if (options.json === true) return shell.answer(dumpsJson(report))
  shell.print(dumpsText(report, { color: shell.color, width: shell.width }))
}
