import { simulatorDefaults } from '#simulator/simulator.ts'
import { durationText, signedPercent } from '../report/format.ts'
import { renderTable, type TableRow, type TerminalOptions } from '../report/terminal-table.ts'
import type { Amounts } from './amounts.ts'
import type { EarningsByPlace, EventEarnings } from './by-event.ts'
import { latencyText, shareText } from './cells.ts'
import type { CellReport, EarningsReport } from './earnings.ts'
import type { EarningsFigures } from './figures.ts'
import { cellHead, headColumns, left, netCell, right, totalHead } from './table-parts.ts'

/** What labelled pumps earned beside what was earned or lost elsewhere, for each cell. */
export function placeTable(report: EarningsReport, amounts: Amounts, options: TerminalOptions): string {
  const rowsFor = (head: readonly string[], { pumps, near, elsewhere }: EarningsByPlace): readonly TableRow[] =>
    [['pumps', pumps] as const, ['near', near] as const, ['elsewhere', elsewhere] as const].map(([name, figures]) => [
      ...head,
      name,
      ...figureCells(figures, amounts),
    ])
  const rows = [
    ...report.cells.flatMap((cell) =>
      cell.status === 'completed' && cell.places !== null ? rowsFor(cellHead(cell), cell.places) : [],
    ),
    ...report.totals.flatMap(({ strategy, cells, places }) =>
      places === null ? [] : rowsFor(totalHead(strategy, cells), places),
    ),
  ]
  const columns = [...headColumns, left('Where'), ...figureColumns]
  const covered = `${report.labelledPumps} labelled pumps`
  const missing = report.notInData?.length ?? 0
  const title = `WHERE IT WAS EARNED: ${covered}${missing === 0 ? '' : `, ${missing} more are not in the data`}`
  return renderTable(title, columns, rows, options)
}

/** Every labelled pump under one latency and share: those of the simulator's defaults, else the first. */
export function eventTable(report: EarningsReport, amounts: Amounts, options: TerminalOptions): string {
  const shown = shownOf(report.cells)
  const rows = shown.flatMap(({ strategy, places }) => places.events.map((event) => rowOf(strategy, event, amounts)))
  const [{ latency, participation }] = shown
  const columns = [left('Event'), left('Strategy'), right('After'), ...figureColumns]
  const title = `BY EVENT, at ${latencyText(latency)} and ${shareText(participation)}; --json has them under all`
  return renderTable(title, columns, rows, options)
}

function rowOf(strategy: string, event: EventEarnings, amounts: Amounts): TableRow {
  const { eventId, signalDelayMs, figures } = event
  const delay =
    signalDelayMs !== null && signalDelayMs < 0 ? `-${durationText(-signalDelayMs)}` : durationText(signalDelayMs)
  return [eventId, strategy, delay, ...figureCells(figures, amounts)]
}

const figureColumns = [
  right('Signals'),
  right('Trades'),
  right('Before'),
  right('Costs'),
  right('Net'),
  right('Net / trade'),
]

function figureCells(figures: EarningsFigures, amounts: Amounts): TableRow {
  const { signals, trades, profitBeforeCosts, totalCosts, averageFraction } = figures
  return [
    String(signals),
    String(trades),
    amounts.signed(profitBeforeCosts),
    amounts.text(totalCosts),
    netCell(figures, amounts),
    signedPercent(averageFraction),
  ]
}

type PlacedCell = Extract<CellReport, { readonly status: 'completed' }> & { readonly places: EarningsByPlace }

/** One cell of each strategy. */
function shownOf(cells: readonly CellReport[]): readonly PlacedCell[] {
  const placed = cells.filter((cell): cell is PlacedCell => cell.status === 'completed' && cell.places !== null)
  const usual = placed.find(
    ({ latency, participation }) =>
      latency.type === 'fixed' &&
      latency.ms === simulatorDefaults.latency.ms &&
      participation === simulatorDefaults.participation,
  )
  const { latency, participation } = usual ?? placed[0]
  const wanted = `${latencyText(latency)} ${participation}`
  return placed.filter((cell) => `${latencyText(cell.latency)} ${cell.participation}` === wanted)
}
