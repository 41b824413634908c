import { basename } from 'node:path'
import { type PumpReport, pumpsHtml, pumpsJson, pumpsText, scorePumps } from '#lab/lab.ts'
import { strategyFolderOf, strategyPath } from './backtest-spec.ts'
import type { Shell } from './io.ts'
import { withProgress } from './progress.ts'
import { writeWhole } from './reports.ts'
import { countOf } from './texts.ts'
import { parseTime } from './time-range.ts'
import { demand, parseDuration, type Parser, quote, Refusal, wholeIn } from './values.ts'

/** What `riptide lab pumps` was given, as commander read it. */
export interface LabPumpsOptions {
  readonly data: string
  readonly labels: string
  readonly strategy: string
  readonly jumps?: string
  readonly warmUp: string
  readonly refractory?: string
  readonly candles?: string
  readonly split?: string
  readonly seed: string
  readonly json?: boolean
  readonly html?: string
}

/** `riptide lab pumps`: scores a detector and tells how it went. Throws `UserError`. */
export async function labPumps(shell: Shell, options: LabPumpsOptions): Promise<void> {
  const { settings } = await shell.config()
  const spec = {
    data: shell.path(options.data),
    labels: shell.path(options.labels),
    jumps: options.jumps === undefined ? null : shell.path(options.jumps),
    strategy: strategyPath(shell, options.strategy),
    strategyFolder: strategyFolderOf(settings),
    warmUpMs: demand(parseDuration(options.warmUp), '--warm-up'),
    refractoryMs: options.refractory === undefined ? null : demand(parseRefractory(options.refractory), '--refractory'),
    candlesMs: options.candles === undefined ? null : demand(parseCandles(options.candles), '--candles'),
    splitAt: options.split === undefined ? null : demand(parseTime(options.split), '--split'),
    seed: demand(wholeIn({ name: 'a seed', min: 0, max: 2 ** 31 - 1, example: '1' })(options.seed), '--seed'),
    charts: options.html !== undefined,
  }
  const { signal } = shell.io
  const report = await withProgress(shell, 'Pumps', (progress) =>
    scorePumps(spec, { signal, onProgress: (share, what) => progress.update(share, what) }),
  )
  const page = options.html === undefined ? null : shell.path(options.html)
  if (page !== null) await writeWhole(page, pumpsHtml(report))
  for (const note of notesOf(report)) shell.note(note)
  if (options.json === true) return shell.answer(pumpsJson(report))
  shell.print(pumpsText(report, { color: shell.color, width: shell.width }))
  if (page !== null) shell.print(`\nPage with charts: ${page}`)
}

const durationBetween =
  (min: number, max: number, range: string, example: string): Parser<number> =>
  (text) => {
    const value = parseDuration(text)
    if (value instanceof Refusal || (value >= min && value <= max)) return value
    return new Refusal('invalidDuration', `${quote(text)} is out of range: ${range}`, `write e.g. ${example}`)
  }

/** A detector that never sleeps would tell one pump a thousand times. */
export const parseRefractory = durationBetween(1_000, 7 * 86_400_000, '1s to 7d', '30m')

const parseCandles = durationBetween(1_000, 3_600_000, '1s to 1h', '1m')

function notesOf({ unlabelled, notScored }: PumpReport): readonly string[] {
  const names = unlabelled.slice(0, 5).map((path) => basename(path))
  const more = unlabelled.length > names.length ? ` and ${unlabelled.length - names.length} more` : ''
  return [
    ...(unlabelled.length === 0
      ? []
      : [`${countOf(unlabelled.length, 'file')} without labels, not scored: ${names.join(', ')}${more}`]),
    ...(notScored.length === 0 ? [] : [`${countOf(notScored.length, 'event')} not scored; the report says why`]),
  ]
}
