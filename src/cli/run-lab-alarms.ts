import { alarmsJson, alarmsText, measureAlarms } from '#lab/lab.ts'
import { strategyFolderOf, strategyPath } from './backtest-spec.ts'
import type { Shell } from './io.ts'
import { withProgress } from './progress.ts'
import { parseRefractory } from './run-lab-pumps.ts'
import { demand, parseDuration, wholeIn } from './values.ts'

/** What `riptide lab alarms` was given, as commander read it. */
export interface LabAlarmsOptions {
  readonly data: readonly string[]
  readonly strategy?: string
  readonly warmUp: string
  readonly refractory?: string
  readonly list?: boolean
  readonly seed: string
  readonly json?: boolean
}

/** `riptide lab alarms`: counts alarms on unlabelled markets. Throws `UserError`. */
export async function labAlarms(shell: Shell, options: LabAlarmsOptions): Promise<void> {
  const { settings } = await shell.config()
  const spec = {
    data: options.data.map((path) => shell.path(path)).toSorted(),
    strategy: options.strategy === undefined ? null : strategyPath(shell, options.strategy),
    strategyFolder: strategyFolderOf(settings),
    warmUpMs: demand(parseDuration(options.warmUp), '--warm-up'),
    refractoryMs: options.refractory === undefined ? null : demand(parseRefractory(options.refractory), '--refractory'),
    seed: demand(wholeIn({ name: 'a seed', min: 0, max: 2 ** 31 - 1, example: '1' })(options.seed), '--seed'),
  }
  const { signal } = shell.io
  const report = await withProgress(shell, 'Alarms', (progress) =>
    measureAlarms(spec, { signal, onProgress: (share, what) => progress.update(share, what) }),
  )
  for (const { path, reason } of report.skipped) shell.detail(`left out ${path}: ${reason}`)
  if (options.json === true) return shell.answer(alarmsJson(report))
  shell.print(alarmsText(report, { color: shell.color, width: shell.width, list: options.list === true }))
}
