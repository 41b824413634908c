import { durationText, percentText, priceText, timeText } from '../report/format.ts'
import { alignColumns, wrap } from '../report/columns.ts'
import { paint, renderTable, type TableColumn, type TerminalOptions } from '../report/terminal-table.ts'
import type { Miss } from './misses.ts'
import type { PumpReport } from './pumps.ts'
import type { EventScore } from './score.ts'
import {
  costText,
  falseAlertCells,
  falseAlertColumns,
  outcomeWords,
  percentOf,
  protocolText,
  secondText,
  scoreColumns,
  scoreRows,
} from './score-rows.ts'

/** False alerts listed one by one, the others are counted. */
const maxFalseAlerts = 40

/** The score as tables for a terminal. */
export function pumpsText(report: PumpReport, options: TerminalOptions): string {
  const { score } = report
  const title = `PUMP LABORATORY: S1 of ${report.strategy.name}@${report.strategy.hash.slice(0, 8)}`
  const columns: TableColumn[] = [left(''), ...scoreColumns(report).map((column) => right(column))]
  return [
    renderTable(title, columns, scoreRows(report), options),
    [costText(report), protocolText(report)].flatMap((line) => wrap(line, options.width)).join('\n'),
    eventTable(score.perEvent, options),
    missBlock('MISSED', report.misses, options),
    missBlock('FOUND AFTER 30 S', report.late, options),
    falseAlertTable(report, options),
    unscoredBlock(report, options),
  ]
    .filter((block) => block !== '')
    .join('\n\n')
}

const left = (title: string): TableColumn => ({ title, align: 'left' })
const right = (title: string, drop = 0): TableColumn => ({ title, align: 'right', drop })

function eventTable(events: readonly EventScore[], options: TerminalOptions): string {
  const columns = [
    left('Event'),
    right('Onset, UTC'),
    right('Rise', 2),
    left(''),
    right('Delay'),
    right('Rise paid'),
    right('Price', 3),
    right('Early by', 1),
  ]
  const rows = events
    .toSorted((a, b) => a.onset - b.onset)
    .map(({ eventId, onset, risePct, outcome, delayMs, pricePaid, alert, earlyMs }) => [
      eventId,
      timeText(onset),
      percentOf(risePct),
      { text: outcomeWords[outcome], tone: outcome === 'hit' ? ('good' as const) : ('bad' as const) },
      durationText(delayMs),
      percentText(pricePaid, 0),
      alert === null ? '' : priceText(alert.price),
      earlyMs === null ? '' : durationText(earlyMs),
    ])
  return renderTable('PUMPS', columns, rows, options)
}

function missBlock(title: string, misses: readonly Miss[], options: TerminalOptions): string {
  if (misses.length === 0) return ''
  const lines = alignColumns(
    misses.map(({ eventId, text }) => [eventId, text]),
    { indent: 0, width: options.width },
  )
  return [paint(title, 'bold', options), ...lines].join('\n')
}

function falseAlertTable({ falseAlerts }: PumpReport, options: TerminalOptions): string {
  if (falseAlerts.length === 0) return `${paint('FALSE ALERTS', 'bold', options)}\nnone`
  const shown = falseAlerts.slice(0, maxFalseAlerts)
  const rows = shown.map((alert) => [alert.instrumentId, secondText(alert.time), ...falseAlertCells(alert)])
  const columns = [
    left('Instrument'),
    right('Time, UTC'),
    ...falseAlertColumns.map((title) => (title === 'Near' ? left(title) : right(title))),
  ]
  const table = renderTable('FALSE ALERTS', columns, rows, options)
  const rest = falseAlerts.length - shown.length
  return rest === 0 ? table : `${table}\nand ${rest} more; --json and --html have them all`
}

function unscoredBlock({ notScored }: PumpReport, options: TerminalOptions): string {
  if (notScored.length === 0) return ''
  const byReason = Map.groupBy(notScored, ({ reason }) => reason)
  const rows = [...byReason].map(([reason, events]) => {
    const names = events.slice(0, 4).map(({ eventId }) => eventId)
    const more = events.length > names.length ? ` and ${events.length - names.length} more` : ''
    return [reason, `${names.join(', ')}${more}`]
  })
  const lines = alignColumns(rows, { indent: 0, width: options.width })
  return [paint('NOT SCORED', 'warn', options), ...lines].join('\n')
}
