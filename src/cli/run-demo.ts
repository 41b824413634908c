import { join, relative } from 'node:path'
import { type BacktestSpec, jsonReport, terminalReport, whyTrade } from '#lab/lab.ts'
import type { Shell } from './io.ts'
import { flagsOf, settingsOf } from './backtest-spec.ts'
import { bestAndWorst, defaultHtmlPath, type ReportRun, toReport, writeHtml } from './reports.ts'
import { keep, run } from './run-backtest.ts'

const market = { instruments: 8, days: 3 }
const strategy = 'flash-pump'

/** `riptide demo`: a made-up market, a template, a report, two stories, and what to try next. */
export async function demo(shell: Shell, options: { readonly seed?: string; readonly json?: boolean }): Promise<void> {
  const config = await shell.config(flagsOf(shell, options))
  const { settings } = config
  if (options.json !== true) {
    shell.note(
      `A made-up market of ${market.instruments} instruments over ${market.days} days (seed ${settings.backtest.seed}), traded by ${strategy}.`,
    )
  }
  const spec: BacktestSpec = {
    ...settingsOf(config),
    strategies: [strategy],
    source: { kind: 'generated', seed: settings.backtest.seed, ...market },
    instruments: [],
    capital: null,
  }
  const finished = await run(shell, [spec], 1, 'Demo')
  const started = performance.now()
  const [saved] = await keep(settings.dataDir, finished, true)
  shell.detail(`saved in ${Math.round(performance.now() - started)} ms`)
  const report = toReport(saved)
  const page = defaultHtmlPath(settings.dataDir, report)
  await writeHtml(report, page)
  if (options.json === true) return shell.answer({ ...jsonReport(report), html: page })
  shell.print(terminalReport(report, { color: shell.color, width: shell.width }))
  for (const [title, text] of stories(report)) shell.print(`\n${shell.paint('bold', title)}\n\n${text}`)
  shell.print(closing(shell, report, page))
}

/** Of the best and the worst trade; without trades the report itself tells the nearest misses. */
function stories(report: ReportRun): readonly (readonly [title: string, text: string])[] {
  const { best, worst } = bestAndWorst(report)
  if (best === undefined) return []
  return [
    ['THE BEST TRADE', whyTrade(report, best).text],
    ...(worst === undefined ? [] : [['THE WORST TRADE', whyTrade(report, worst).text] as const]),
  ]
}

function closing(shell: Shell, report: ReportRun, page: string): string {
  const riptide = commandName(shell.io.cwd)
  const next = [
    [`${riptide} why last`, 'every trade by number, and how close the others came'],
    [`${riptide} strategy show ${strategy}`, 'the rules that made these trades'],
    [`${riptide} strategy new my-pump`, 'a copy of them to change'],
    [`${riptide} backtest --strategy ${strategy} --data <files>`, 'the same on recorded trades or candles'],
  ]
  const width = Math.max(...next.map(([command]) => command.length))
  return [
    '',
    `${shell.paint('bold', 'HTML report')}  ${page}`,
    `${shell.paint('bold', 'Saved as')}     ${report.id}`,
    '',
    shell.paint('bold', 'Next'),
    ...next.map(([command, what]) => `  ${command.padEnd(width)}  ${shell.paint('dim', what)}`),
  ].join('\n')
}

/** How the user starts us from where they are: the launcher in a clone, the bare name elsewhere. */
function commandName(cwd: string): string {
  const launcher = relative(cwd, join(import.meta.dirname, '../../bin/riptide.js'))
  return launcher.startsWith('..') ? 'riptide' : `./${launcher}`
}
