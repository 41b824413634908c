import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { type BacktestSpec, type FinishedRun, jsonReport, runBacktests, terminalReport } from '#lab/lab.ts'
import { UserError } from '#model/failure.ts'
import type { StoredRun } from '#model/run.ts'
import { type BacktestOptions, breakdownOf, flagsOf, specOf } from './backtest-spec.ts'
import type { Shell } from './io.ts'
import { withProgress } from './progress.ts'
import { defaultHtmlPath, type ReportRun, toReport, writeHtml } from './reports.ts'
import { minuteText } from './texts.ts'

/** `riptide backtest`: runs, saves, reports. Throws `UserError`. */
export async function backtest(shell: Shell, options: BacktestOptions): Promise<void> {
  const config = await shell.config(flagsOf(shell, options))
  const { settings } = config
  const breakdown = breakdownOf(options)
  const spec = specOf(shell, options, config)
  const specs = options.each === true ? spec.strategies.map((name) => ({ ...spec, strategies: [name] })) : [spec]
  refuseOneFileForAll(options, specs.length)
  const finished = await run(shell, specs, settings.backtest.workers)
  checkCurrency(finished, settings.backtest.capital?.currency ?? null)
  const named = finished.map((one) => (options.name === undefined ? one : { ...one, name: options.name }))
  const runs = (await keep(settings.dataDir, named, options.save)).map(toReport)
  const pages = await writePages(shell, options, settings.dataDir, runs)
  if (options.json === true)
    return shell.answer(runs.length === 1 ? jsonReport(runs[0]) : { runs: runs.map(jsonReport) })
  const texts = runs.map((one) =>
    terminalReport(one, { color: shell.color, width: shell.width, breakdown, trades: options.trades === true }),
  )
  shell.print(texts.join('\n\n\n'))
  for (const line of closingLines(runs, pages, options.save)) shell.print(line)
}

/** Runs the specs under one progress line; stops at Ctrl-C. */
export async function run(
  shell: Shell,
  specs: readonly BacktestSpec[],
  workers: number,
  title = 'Backtest',
): Promise<readonly FinishedRun[]> {
  const { signal } = shell.io
  const finished = await withProgress(shell, title, (progress) =>
    runBacktests(specs, Math.min(workers, specs.length, availableParallelism()), {
      signal,
      onProgress: (share, time, stage) =>
        progress.update(
          share,
          stage === 'lookahead' ? 'look-ahead check' : time > 0 && Number.isFinite(time) ? minuteText(time) : '',
        ),
    }),
  )
  await setImmediate() // a Ctrl-C that came while the engine was busy gets its turn before anything is saved
  signal.throwIfAborted()
  return finished
}

/** Saves the runs, or gives them the id of runs that are not kept. */
export async function keep(
  dataDir: string,
  runs: readonly FinishedRun[],
  save: boolean,
): Promise<readonly StoredRun[]> {
  if (!save) return runs.map((one) => ({ ...one, id: 'unsaved' }))
  const { saveRuns } = await import('./run-book.ts')
  return saveRuns(dataDir, runs)
}

function refuseOneFileForAll({ html }: BacktestOptions, runs: number): void {
  if (typeof html !== 'string' || runs === 1) return
  throw new UserError({
    code: 'invalidValue',
    message: `${runs} runs do not fit in one file`,
    where: '--html',
    remedy: 'use --html without a file: each run gets its own in <data-dir>/reports',
  })
}

/** The lab takes an amount in whatever the data settles in; the user may have named a currency. */
function checkCurrency([first]: readonly FinishedRun[], wanted: string | null): void {
  if (wanted === null || first.spec.currency === wanted) return
  throw new UserError({
    code: 'capitalCurrency',
    message: `the capital is in ${wanted}, but these instruments settle in ${first.spec.currency}`,
    where: '--capital',
    remedy: `give the capital in ${first.spec.currency}, or choose --instruments '*_${wanted}'`,
  })
}

async function writePages(
  shell: Shell,
  { html }: BacktestOptions,
  dataDir: string,
  runs: readonly ReportRun[],
): Promise<readonly string[]> {
  if (html === undefined || html === false) return []
  const pages: string[] = []
  for (const one of runs) {
    const path = typeof html === 'string' ? shell.path(html) : defaultHtmlPath(dataDir, one)
    await writeHtml(one, path)
    shell.detail(`wrote ${path}`)
    pages.push(path)
  }
  return pages
}

function closingLines(runs: readonly ReportRun[], pages: readonly string[], saved: boolean): readonly string[] {
  const [first] = runs
  const lines = pages.map((page) => `HTML report: ${page}`)
  if (!saved) return lines.length === 0 ? [] : ['', ...lines]
  const trades = first.roundTrips.length > 0 ? ` --trade 1` : ''
  return ['', ...lines, `Saved as ${runs.map(({ id }) => id).join(', ')}. Next: riptide why ${first.id}${trades}`]
}
