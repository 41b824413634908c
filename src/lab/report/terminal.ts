import type { Metrics } from '../metrics/metrics.ts'
import { assumptionsOf } from './assumptions.ts'
import { alignColumns, wrap } from './columns.ts'
import { countOf, durationText, integerText, timeText } from './format.ts'
import { metricsOf } from './report-metrics.ts'
import type { ReportRun } from './report-run.ts'
import { whyNot } from './story.ts'
import { costsTable, groupTable, periodTable, tableOfTrades } from './terminal-tables.ts'
import { paint, type TerminalOptions } from './terminal-table.ts'
import { summaryTable } from './terminal-summary.ts'
import { exitWords } from './words.ts'

/** Trades at or below which the nearest misses are shown. */
const fewTrades = 5
/** Instruments up to which every condition is among them. */
const fewInstruments = 3

export interface ReportOptions extends TerminalOptions {
  /** Also break the profit down by these. */
  readonly breakdown?: readonly ('day' | 'week' | 'month')[]
  /** Also list every round trip. */
  readonly trades?: boolean
}

/** The whole report for a terminal or a file, in the order freqtrade users expect. Ends without a line break. */
export function terminalReport(run: ReportRun, options: ReportOptions): string {
  const metrics = metricsOf(run)
  const { currency } = run.spec
  const exits = metrics.perExitReason.map((row) => ({
    ...row,
    key: exitWords[row.key as keyof typeof exitWords] ?? row.key,
  }))
  const blocks = [
    heading(run, options),
    ...doubtLines(metrics, options),
    groupTable('PER INSTRUMENT', 'Instrument', metrics.perInstrument, metrics.total, currency, options),
    groupTable('PER STRATEGY', 'Strategy', metrics.perStrategy, metrics.total, currency, options),
    ...(metrics.perTag.length === 0 ? [] : [groupTable('PER TAG', 'Tag', metrics.perTag, null, currency, options)]),
    ...(exits.length === 0
      ? []
      : [groupTable('PER EXIT REASON', 'Exit reason', exits, metrics.total, currency, options)]),
    leftOpenBlock(run, metrics, options),
    ...breakdowns(run, metrics, options),
    summaryTable(run, metrics, options),
    costsTable(metrics.costs, currency, options),
    ...(options.trades === true ? [tableOfTrades(run, options)] : []),
    ...(run.roundTrips.length <= fewTrades ? [nearestMisses(run, options)] : []),
    qualityBlock(run, options),
    footer(run, options),
  ]
  return blocks.join('\n\n')
}

function heading(run: ReportRun, options: TerminalOptions): string {
  const rows = [
    ['Strategy', run.spec.strategies.map(({ name, hash }) => `${name}@${hash.slice(0, 8)}`).join(', ')],
    [
      'Data',
      `${countOf(run.spec.instruments.length, 'instrument')}, ${timeText(run.spec.from)} to ${timeText(run.spec.to)}`,
    ],
    ['Run', `${run.id}, ${countOf(run.counts.events, 'event')} in ${durationText(run.durationMs)}`],
    ...(run.status === 'completed' ? [] : [['Status', statusText(run)]]),
  ]
  return [paint('BACKTEST REPORT', 'bold', options), ...alignColumns(rows, { indent: 0, width: options.width })].join(
    '\n',
  )
}

/** What a run that did not finish covers. */
export function statusText({ status }: Pick<ReportRun, 'status'>): string {
  if (status === 'completed') return 'completed'
  return status === 'interrupted'
    ? 'stopped by the user: covers only the time up to there'
    : 'failed: covers only the time up to there'
}

function doubtLines(metrics: Metrics, options: TerminalOptions): readonly string[] {
  if (metrics.doubts.length === 0) return []
  const lines = metrics.doubts.flatMap((doubt) => {
    const [first = '', ...rest] = wrap(doubt.message, options.width - 4, 0)
    return [paint(`! ${first}`, 'bad', options), ...rest.map((line) => paint(`  ${line}`, 'bad', options))]
  })
  return [[paint('DO NOT TRUST THIS RESULT YET', 'bad', options), ...lines].join('\n')]
}

/** On many instruments only the closest conditions; the `why` command shows all. */
const nearestMisses = (run: ReportRun, { width }: TerminalOptions): string =>
  whyNot(run, undefined, { width, brief: run.spec.instruments.length > fewInstruments }).text

function leftOpenBlock(run: ReportRun, metrics: Metrics, options: TerminalOptions): string {
  const title = 'LEFT OPEN'
  if (metrics.leftOpen.length === 0)
    return `${paint(title, 'bold', options)}\nNo position was open when the data ended.`
  return tableOfTrades({ roundTrips: metrics.leftOpen, spec: run.spec }, options, `${title} (closed at the last price)`)
}

function breakdowns(run: ReportRun, metrics: Metrics, options: ReportOptions): readonly string[] {
  const tables = { day: metrics.byDay, week: metrics.byWeek, month: metrics.byMonth }
  return (options.breakdown ?? []).map((period) =>
    periodTable(`BY ${period.toUpperCase()}`, tables[period], run.spec.currency, options),
  )
}

function qualityBlock(run: ReportRun, options: TerminalOptions): string {
  const { quality } = run
  const rows = [
    ['Read', `${countOf(quality.files, 'file')}, ${countOf(quality.rows, 'row')}`],
    ['Skipped files', quality.skippedFiles.length === 0 ? 'none' : String(quality.skippedFiles.length)],
    ['Rejected rows', quality.rejectedRows === 0 ? 'none' : integerText(quality.rejectedRows)],
    ['Duplicates dropped', quality.duplicatesDropped === 0 ? 'none' : integerText(quality.duplicatesDropped)],
    ['Gaps', gapText(run)],
  ]
  const skipped = quality.skippedFiles
    .slice(0, 5)
    .flatMap(({ file, reason }) => alignColumns([['-', `${file}: ${reason}`]], { width: options.width }))
  const more = quality.skippedFiles.length > 5 ? [`  - and ${quality.skippedFiles.length - 5} more`] : []
  const lines = alignColumns(rows, { indent: 0, width: options.width })
  return [paint('DATA QUALITY', 'bold', options), ...lines, ...skipped, ...more].join('\n')
}

/** How many, and the longest. */
export function gapText(run: Pick<ReportRun, 'quality'>): string {
  const { gaps } = run.quality
  if (gaps.length === 0) return 'none'
  const longest = gaps.reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a))
  return `${integerText(gaps.length)}, the longest ${durationText(longest.to - longest.from)} on ${longest.instrumentId} at ${timeText(longest.from)}`
}

function footer(run: ReportRun, options: TerminalOptions): string {
  const changed = run.lookahead !== null && run.lookahead.changedDecisions > 0
  const tone = run.lookahead === null ? 'warn' : changed ? 'bad' : 'good'
  const assumed = assumptionsOf(run)
    .map(({ name, text }) => `${name} ${text}`)
    .join(', ')
  return [
    ...wrap(`Simulator: ${assumed === '' ? 'nothing simulated' : assumed}.`, options.width),
    ...wrap(lookaheadText(run), options.width).map((line) => paint(line, tone, options)),
    ...wrap(`Fingerprint ${run.fingerprint} seed ${run.spec.seed}`, options.width),
  ].join('\n')
}

/** The result of the look-ahead check in one line. */
export function lookaheadText({ lookahead }: Pick<ReportRun, 'lookahead'>): string {
  if (lookahead === null) return 'Look-ahead: not checked.'
  const cuts = countOf(lookahead.cuts, 'cut')
  if (lookahead.changedDecisions === 0) return `Look-ahead: none found. ${cuts}, no earlier decision changed.`
  const first = lookahead.firstChange === undefined ? '' : ` First: ${lookahead.firstChange}`
  return `LOOK-AHEAD FOUND: ${cuts}, ${countOf(lookahead.changedDecisions, 'earlier decision')} changed.${first}`
}
