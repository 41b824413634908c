import { compareRuns, comparisonText, jsonReport, terminalReport } from '#lab/lab.ts'
import type { RunSummary } from '#model/run.ts'
import { breakdownOf } from './backtest-spec.ts'
import type { Shell } from './io.ts'
import { defaultHtmlPath, toReport, writeHtml } from './reports.ts'
import { deleteRun, listRuns, loadRun } from './run-book.ts'
import { tableText } from './table.ts'
import { amountText, countText, minuteText, percentText } from './texts.ts'
import { demand, wholeIn } from './values.ts'

export interface ShowOptions {
  readonly breakdown?: readonly string[]
  readonly trades?: boolean
  readonly html?: string | boolean
  readonly json?: boolean
}

export async function list(shell: Shell, options: { readonly json?: boolean; readonly limit: string }): Promise<void> {
  const limit = demand(
    wholeIn({ name: 'a number of runs', min: 1, max: 1_000_000, example: '20' })(options.limit),
    '--limit',
  )
  const dataDir = await folderOf(shell)
  const runs = await listRuns(dataDir, limit)
  if (options.json === true) return shell.answer({ runs })
  if (runs.length === 0) return shell.print(`No runs in ${dataDir} yet. \`riptide demo\` makes the first one.`)
  const right = 'right' as const
  const columns = [
    { title: 'Run' },
    { title: 'Made (UTC)' },
    { title: 'Name' },
    { title: 'Instruments' },
    { title: 'Data from' },
    { title: 'to' },
    { title: 'Trades', align: right },
    { title: 'Return', align: right },
    { title: 'Net', align: right },
    { title: 'Drawdown', align: right },
  ]
  shell.print(tableText(shell, columns, runs.map(rowOf)))
}

function rowOf(run: RunSummary): readonly string[] {
  const { metrics, instruments } = run
  return [
    run.id,
    minuteText(Date.parse(run.createdAt)),
    run.status === 'completed' ? run.name : `${run.name} (${run.status})`,
    instruments.length > 2 ? `${instruments[0]} and ${instruments.length - 1} more` : instruments.join(', '),
    minuteText(run.from),
    minuteText(run.to),
    countText(run.counts.roundTrips),
    percentText(metrics['totalReturn']),
    `${amountText(metrics['netProfit'])} ${run.currency}`,
    typeof metrics['maxDrawdown'] === 'number' ? `${(metrics['maxDrawdown'] * 100).toFixed(2)} %` : '–',
  ]
}

export async function show(shell: Shell, given: string, options: ShowOptions): Promise<void> {
  const breakdown = breakdownOf(options)
  const dataDir = await folderOf(shell)
  const run = toReport(await loadRun(dataDir, given))
  let page: string | undefined
  if (options.html !== undefined && options.html !== false) {
    page = typeof options.html === 'string' ? shell.path(options.html) : defaultHtmlPath(dataDir, run)
    await writeHtml(run, page)
  }
  if (options.json === true) return shell.answer(jsonReport(run))
  shell.print(
    terminalReport(run, { color: shell.color, width: shell.width, breakdown, trades: options.trades === true }),
  )
  if (page !== undefined) shell.print(`\nHTML report: ${page}`)
}

export async function compare(shell: Shell, a: string, b: string, json: boolean): Promise<void> {
  const dataDir = await folderOf(shell)
  const comparison = compareRuns(toReport(await loadRun(dataDir, a)), toReport(await loadRun(dataDir, b)))
  if (json) shell.answer(comparison)
  else shell.print(comparisonText(comparison, { color: shell.color, width: shell.width }))
}

export async function remove(shell: Shell, given: string, json: boolean): Promise<void> {
  const id = await deleteRun(await folderOf(shell), given)
  if (json) shell.answer({ deleted: id })
  else shell.print(`Deleted ${id}.`)
}

const folderOf = async (shell: Shell): Promise<string> => (await shell.config()).settings.dataDir
