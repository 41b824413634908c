import { costNames } from '../metrics/costs.ts'
import { countOf, signedPercent, percentText, timeText } from '../report/format.ts'
import { wrap } from '../report/columns.ts'
import { paint, renderTable, type TableRow, type TerminalOptions } from '../report/terminal-table.ts'
import { type Amounts, smallAmountsIn } from './amounts.ts'
import type { EarningsReport } from './earnings.ts'
import { eventTable, placeTable } from './event-tables.ts'
import type { EarningsFigures } from './figures.ts'
import { cellHead, headColumns, left, netCell, right, totalHead } from './table-parts.ts'

/** The report as tables for a terminal: what was earned, what it cost, what entries met, and what failed. */
export function earningsText(report: EarningsReport, byEvent: boolean, options: TerminalOptions): string {
  const amounts = smallAmountsIn(report.currency)
  return [
    headOf(report, amounts, options),
    earnedTable(report, amounts, options),
    costTable(report, amounts, options),
    entryTable(report, options),
    report.labelledPumps === null ? '' : placeTable(report, amounts, options),
    report.labelledPumps !== null && byEvent ? eventTable(report, amounts, options) : '',
    failures(report, options),
    wrap(reading(report, amounts), options.width).join('\n'),
  ]
    .filter((block) => block !== '')
    .join('\n\n')
}

/** One row for each completed cell, and one for each strategy over all of its cells. */
function rowsOf(
  { cells, totals }: EarningsReport,
  of: (figures: EarningsFigures) => TableRow,
  runs: boolean,
): readonly TableRow[] {
  const run = (id: string): TableRow => (runs ? [id] : [])
  return [
    ...cells.flatMap((cell) =>
      cell.status === 'completed' ? [[...cellHead(cell), ...of(cell.figures), ...run(cell.run)]] : [],
    ),
    ...totals.map(({ strategy, cells: count, figures }) => [...totalHead(strategy, count), ...of(figures), ...run('')]),
  ]
}

function headOf(report: EarningsReport, amounts: Amounts, options: TerminalOptions): string {
  const { instruments, recordings, trades, from, to, capital } = report
  const data = `${recordings} recordings of ${instruments} instruments, ${trades.toLocaleString('en-US')} rows, ${timeText(from)} to ${timeText(to)}`
  const account = `every run begins with ${amounts.plain(capital)}; amounts are in ${amounts.unit}`
  return [paint('EARNINGS', 'bold', options), ...wrap(`${data}; ${account}`, options.width)].join('\n')
}

function earnedTable(report: EarningsReport, amounts: Amounts, options: TerminalOptions): string {
  const rows = rowsOf(
    report,
    (figures) => [
      String(figures.trades),
      percentText(figures.winRate, 0),
      amounts.signed(figures.profitBeforeCosts),
      amounts.text(figures.totalCosts),
      netCell(figures, amounts),
      signedPercent(figures.averageFraction),
      signedPercent(figures.medianFraction),
    ],
    true,
  )
  const columns = [
    ...headColumns,
    right('Trades'),
    right('Win'),
    right('Before costs'),
    right('Costs'),
    right('Net'),
    right('Net / trade'),
    right('Median'),
    left('Run'),
  ]
  return renderTable('WHAT WAS EARNED', columns, rows, options)
}

function costTable(report: EarningsReport, amounts: Amounts, options: TerminalOptions): string {
  const rows = rowsOf(
    report,
    ({ profitBeforeCosts, costs, netProfit }) => [
      amounts.signed(profitBeforeCosts),
      ...costNames.map((name) => amounts.text(costs[name])),
      amounts.signed(netProfit),
    ],
    false,
  )
  const names = costNames.map((name) => right(`${name[0].toUpperCase()}${name.slice(1)}`))
  const columns = [...headColumns, right('Before costs'), ...names, right('Net')]
  return renderTable('WHAT IT COST', columns, rows, options)
}

function entryTable(report: EarningsReport, options: TerminalOptions): string {
  const rows = rowsOf(
    report,
    ({ signals, missed, entryDelay, entryPaid, entryFilled }) => [
      String(signals),
      String(missed.denied),
      String(missed.abandoned),
      String(missed.unfilled),
      String(missed.skipped),
      percentText(entryFilled, 0),
      signedPercent(entryDelay),
      signedPercent(entryPaid),
    ],
    false,
  )
  const columns = [
    ...headColumns,
    right('Signals'),
    right('Denied'),
    right('Abandoned'),
    right('Unfilled'),
    right('Skipped'),
    right('Filled'),
    right('Delay'),
    right('Paid'),
  ]
  return renderTable('HOW ENTRIES WENT', columns, rows, options)
}

function failures({ cells }: EarningsReport, options: TerminalOptions): string {
  const lines = cells.flatMap((cell) =>
    cell.status === 'failed'
      ? wrap(
          `${cellHead(cell).join(', ')}: ${cell.error.code}: ${cell.error.message} (${cell.error.where}). ${cell.error.remedy}`,
          options.width,
        )
      : [],
  )
  return lines.length === 0 ? '' : [paint('FAILED', 'bad', options), ...lines].join('\n')
}

/** How the tables are to be read, with the sign of every cost. */
function reading(
  { assumptions, takerFees, cells, labelledPumps, spotShorts }: EarningsReport,
  { unit }: Amounts,
): string {
  const labelled = labelledPumps !== null
  const [low, high] = takerFees
  const fees = low === high ? percentText(low, 3) : `${percentText(low, 3)} to ${percentText(high, 3)}`
  const changed = cells.reduce((sum, cell) => sum + (cell.status === 'completed' ? (cell.changedDecisions ?? 0) : 0), 0)
  const ahead =
    changed === 0
      ? 'no decision changed when the data was cut before it went on'
      : `LOOK-AHEAD: ${changed} decisions changed`
  return [
    `Costs are positive when paid: net = before costs − fee − spread − impact − delay − funding, in ${unit}. A negative delay means that the`,
    'price came your way while orders were on their way, negative funding that it was received. Net / trade and median are shares of the position.',
    'Denied: refused by a risk check; abandoned: the setup ended before an order; unfilled: the order expired; skipped: already in the market.',
    'Delay: how far the price ran from the decision to enter to the first prints in reach; paid: from the signal to the price entered at, spread and impact included.',
    ...(labelled
      ? [
          'Pumps: signals from 2 min before to 1 h after a labelled onset; near: the rest of 1 h before to 4 h after; elsewhere: false alarms.',
        ]
      : []),
    ...(spotShorts > 0
      ? [
          `${countOf(spotShorts, 'trade')} sold short a coin recorded on spot as if it were a contract: that somebody would have lent it is assumed.`,
        ]
      : []),
    `Taker fee ${fees}, impact factor ${assumptions.impact}, answers after ${assumptions.reportLatencyMs} ms; ${ahead}.`,
  ].join(' ')
}
