import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import {
  type CellResult,
  cellsOf,
  earningsJson,
  earningsText,
  type FinishedRun,
  readPumps,
  reportEarnings,
  settleBacktests,
} from '#lab/lab.ts'
import { UserError } from '#model/failure.ts'
import { type BacktestOptions, flagsOf, specOf, strategyPath } from './backtest-spec.ts'
import type { Shell } from './io.ts'
import { withProgress } from './progress.ts'
import { keep } from './run-backtest.ts'
import { countOf } from './texts.ts'
import { demand, numberIn, parseLatency, type Parser, quote, Refusal } from './values.ts'

/** What `riptide lab earnings` was given, as commander read it. */
export interface LabEarningsOptions extends BacktestOptions {
  readonly latency: string
  readonly participation: string
  readonly labels?: string
  readonly by?: string
}

/** `riptide lab earnings`: one run for each strategy, latency and share; saves them, reports. Throws `UserError`. */
export async function labEarnings(shell: Shell, options: LabEarningsOptions): Promise<void> {
  const latencies = listOf(options.latency, parseLatency, '--latency')
  const participations = listOf(options.participation, parseShare, '--participation')
  const byEvent = wantsEvents(options)
  const { latency: _latency, participation: _participation, ...flags } = options
  const config = await shell.config(flagsOf(shell, flags))
  const { dataDir, backtest } = config.settings
  const base = specOf(shell, options, config)
  const strategies = (options.strategy ?? []).map((name) => strategyPath(shell, name))
  const cells = cellsOf(base, { strategies: [...new Set(strategies)], latencies, participations })
  const { signal } = shell.io
  const labelled = options.labels === undefined ? null : await readPumps(shell.path(options.labels), base, signal)
  const workers = Math.min(backtest.workers, cells.length, availableParallelism())
  const settled = await withProgress(shell, 'Earnings', (progress) =>
    settleBacktests(
      cells.map(({ spec }) => spec),
      workers,
      { signal, onProgress: (share) => progress.update(share, countOf(Math.floor(share * cells.length), 'run')) },
    ),
  )
  await setImmediate() // a Ctrl-C that came while the engine was busy gets its turn before anything is saved
  signal.throwIfAborted()
  const finished = settled.flatMap((one, index): readonly FinishedRun[] =>
    one.ok ? [{ ...one.run, name: cells[index].name }] : [],
  )
  const kept = [...(await keep(dataDir, finished, options.save))]
  const results = settled.map((one): CellResult => {
    if (!one.ok) return one
    return { ok: true, run: kept.shift()! }
  })
  const report = reportEarnings(cells, results, labelled)
  const failed = results.filter(({ ok }) => !ok).length
  if (failed > 0) shell.note(`${countOf(failed, 'run')} of ${results.length} failed; the others are complete`)
  if (options.json === true) return shell.answer(earningsJson(report, byEvent))
  shell.print(earningsText(report, byEvent, { color: shell.color, width: shell.width }))
  const first = report.cells.find((cell) => cell.status === 'completed')
  if (options.save && first !== undefined)
    shell.print(`\nNext: riptide why ${first.run}, or riptide runs show ${first.run}`)
}

function wantsEvents({ by, labels }: LabEarningsOptions): boolean {
  if (by === undefined) return false
  if (by !== 'event') {
    throw new UserError({
      code: 'invalidValue',
      message: `${quote(by)} is nothing that earnings can be told by`,
      where: '--by',
      remedy: 'write --by event',
    })
  }
  if (labels !== undefined) return true
  throw new UserError({
    code: 'missingLabels',
    message: 'no list of events is given',
    where: '--by event',
    remedy: 'name one with --labels, e.g. --labels ticks/events.csv',
  })
}

/** Each value once, in the order given. */
function listOf<T>(text: string, parse: Parser<T>, flag: string): readonly T[] {
  const values = text.split(',').map((part) => demand(parse(part), flag))
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]
}

const percent = numberIn({ name: 'a share, in percent,', min: 0, max: 100, open: 'min', example: '10' })

/** `10`, `10%`: percent, as a fraction. Below 1 only with the sign, as elsewhere 0.1 means a tenth. */
const parseShare: Parser<number> = (text) => {
  const bare = text.trim().replace(/%$/, '').trim()
  const value = percent(bare)
  if (value instanceof Refusal) return value
  if (value < 1 && bare === text.trim()) {
    return new Refusal(
      'invalidNumber',
      `${quote(text.trim())} is in doubt: shares are percent here`,
      `write ${value * 100} for ${value * 100} %, or ${bare}% for so little`,
    )
  }
  return Number((value / 100).toPrecision(12))
}
