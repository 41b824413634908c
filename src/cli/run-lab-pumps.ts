import { detectSignals, loadStrategy } from '#lab/lab.ts'
import { openFiles } from '#store/store.ts'
import { strategyFolderOf, strategyPath } from './backtest-spec.ts'
import type { Shell } from './io.ts'
import { withProgress } from './progress.ts'
import { demand, parseDuration } from './values.ts'

/** What `riptide lab pumps` was given, as commander read it. */
export interface LabPumpsOptions {
  readonly data: string
  readonly labels: string
  readonly strategy: string
  readonly jumps?: string
  readonly warmUp: string
  readonly refractory: string
  readonly split?: string
  readonly seed: string
  readonly json?: boolean
  readonly html?: string
}

/** `riptide lab pumps`: the alerts of a detector. Throws `UserError`. */
export async function labPumps(shell: Shell, options: LabPumpsOptions): Promise<void> {
  const { settings } = await shell.config()
  const strategy = loadStrategy(strategyPath(shell, options.strategy), strategyFolderOf(settings))
  const refractoryMs = demand(parseDuration(options.refractory), '--refractory')
  const run = await withProgress(shell, 'Pumps', async () =>
    detectSignals(await openFiles([shell.path(options.data)]), strategy, { refractoryMs, signal: shell.io.signal }),
  )
  shell.answer({ alerts: run.alerts.map(({ instrumentId, time, price }) => ({ instrumentId, time, price })) })
}
