import { rankAt, rankJson, rankText } from '#lab/lab.ts'
import type { Shell } from './io.ts'
import { withProgress } from './progress.ts'
import { parseTime } from './time-range.ts'
import { demand, parseDuration, wholeIn } from './values.ts'

/** What `riptide lab rank` was given, as commander read it. */
export interface LabRankOptions {
  readonly data: readonly string[]
  readonly at: string
  readonly by?: string
  readonly top: string
  readonly lookBack: string
  readonly json?: boolean
}

/** `riptide lab rank`: ranks instruments at one moment. Throws `UserError`. */
export async function labRank(shell: Shell, options: LabRankOptions): Promise<void> {
  const spec = {
    data: options.data.map((path) => shell.path(path)).toSorted(),
    at: demand(parseTime(options.at), '--at'),
    by: options.by ?? null,
    lookbackMs: demand(parseDuration(options.lookBack), '--look-back'),
  }
  const top = demand(
    wholeIn({ name: 'a number of instruments', min: 1, max: 10_000, example: '20' })(options.top),
    '--top',
  )
  const { signal } = shell.io
  const report = await withProgress(shell, 'Rank', (progress) =>
    rankAt(spec, { signal, onProgress: (share, what) => progress.update(share, what) }),
  )
  if (options.json === true) return shell.answer(rankJson(report, top))
  shell.print(rankText(report, top, { color: shell.color, width: shell.width }))
}
