import { toNumber } from '#model/money.ts'
import type { PeriodRow } from '../metrics/calendar.ts'
import type { CostTable } from '../metrics/costs.ts'
import { totalCost } from '../metrics/costs.ts'
import { durationOf, inClosingOrder, netFractionOf } from '../metrics/outcome.ts'
import type { GroupRow } from '../metrics/tables.ts'
import { wrap } from './columns.ts'
import {
  type Amounts,
  amountsIn,
  durationText,
  integerText,
  numberText,
  percentText,
  priceText,
  quantityText,
  signedPercent,
  timeText,
} from './format.ts'
import type { ReportRun } from './report-run.ts'
import { renderTable, type TableCell, type TableColumn, type TerminalOptions, type Tone } from './terminal-table.ts'
import { exitWords } from './words.ts'

const right = (title: string, drop = 0): TableColumn => ({ title, align: 'right', drop })
const left = (title: string, drop = 0): TableColumn => ({ title, align: 'left', drop })
const toned = (text: string, value: number | bigint): TableCell => ({
  text,
  ...(toneOf(value) === undefined ? {} : { tone: toneOf(value) as Tone }),
})
const toneOf = (value: number | bigint): Tone | undefined => (value > 0 ? 'good' : value < 0 ? 'bad' : undefined)

/** Trades, profit, duration and win/draw/loss by some key, with a total. */
export function groupTable(
  title: string,
  keyTitle: string,
  rows: readonly GroupRow[],
  total: GroupRow | null,
  currency: string,
  options: TerminalOptions,
): string {
  const columns = [
    left(keyTitle),
    right('Trades'),
    right('Avg profit', 1),
    right(`Net ${currency}`),
    right('Net %'),
    right('Costs', 3),
    right('Avg held', 2),
    right('W / D / L', 1),
    right('Win %'),
    right('Profit factor', 4),
  ]
  const amounts = amountsIn(currency)
  const lines = (total === null || rows.length === 1 ? rows : [...rows, total]).map((row) => groupCells(row, amounts))
  return renderTable(title, columns, lines, options)
}

function groupCells(
  { key, outcome, costs, shareOfCapital }: GroupRow,
  amounts: Amounts,
): readonly (string | TableCell)[] {
  return [
    key,
    integerText(outcome.trades),
    signedPercent(outcome.averageFraction),
    toned(amounts.signed(outcome.netProfit), outcome.netProfit),
    toned(signedPercent(shareOfCapital), outcome.netProfit),
    amounts.text(costs),
    durationText(outcome.averageDurationMs),
    `${outcome.wins} / ${outcome.draws} / ${outcome.losses}`,
    percentText(outcome.winRate, 1),
    outcome.profitFactorNote === 'noLosses' ? 'no losses' : numberText(outcome.profitFactor),
  ]
}

/** Every cost apart: in total, per round trip, as a share of the profit before costs and of the traded volume. */
export function costsTable(costs: CostTable, currency: string, options: TerminalOptions): string {
  const words = { fee: 'Fee', spread: 'Spread', impact: 'Impact', delay: 'Delay', funding: 'Funding', total: 'TOTAL' }
  const amounts = amountsIn(currency)
  const rows = costs.lines.map((line) => [
    words[line.name],
    amounts.text(line.total),
    amounts.fine(line.perTrade),
    line.shareOfGross === null ? 'no gross profit' : percentText(line.shareOfGross, 1),
    line.shareOfVolume === null ? percentText(null) : `${numberText(line.shareOfVolume * 10_000, 2)} bp`,
  ])
  const columns = [
    left('Cost'),
    right(`Total ${currency}`),
    right('Per trade'),
    right('Share of gross'),
    right('Of volume', 1),
  ]
  const before = `Profit before costs ${amounts.signed(costs.profitBeforeCosts)}, costs ${amounts.text(costs.total)}, net ${amounts.signed(costs.netProfit)} ${currency}`
  return [renderTable('COSTS', columns, rows, options), ...wrap(before, options.width)].join('\n')
}

/** Profit by day, week or month, periods without a trade left out. */
export function periodTable(
  title: string,
  periods: readonly PeriodRow[],
  currency: string,
  options: TerminalOptions,
): string {
  const amounts = amountsIn(currency)
  const rows = periods
    .filter((period) => period.trades > 0)
    .map((period) => [
      period.label,
      String(period.trades),
      toned(amounts.signed(period.netProfit), period.netProfit),
      signedPercent(period.shareOfCapital),
      String(period.wins),
      String(period.draws),
      String(period.losses),
    ])
  const columns = [
    left('Period'),
    right('Trades'),
    right(`Net profit ${currency}`),
    right('Net profit %', 1),
    right('Win'),
    right('Draw'),
    right('Loss'),
  ]
  return renderTable(title, columns, rows, options)
}

/** Every round trip of a run, numbered as `why` asks for them. */
export function tableOfTrades(
  run: Pick<ReportRun, 'roundTrips' | 'spec'>,
  options: TerminalOptions,
  title = 'TRADES',
): string {
  const amounts = amountsIn(run.spec.currency)
  const rows = inClosingOrder(run.roundTrips).map((trip, index) => {
    const fraction = netFractionOf(trip)
    return [
      String(index + 1),
      trip.instrumentId,
      trip.side,
      trip.strategy,
      timeText(trip.openedAt),
      durationText(durationOf(trip)),
      quantityText(trip.quantity),
      priceText(trip.entryPrice),
      priceText(trip.exitPrice),
      toned(amounts.signed(trip.netProfit), trip.netProfit),
      toned(signedPercent(fraction), toNumber(trip.netProfit)),
      amounts.text(totalCost(trip.costs)),
      exitWords[trip.exitReason],
    ]
  })
  const columns = [
    right('#'),
    left('Instrument'),
    left('Side', 2),
    left('Strategy', 6),
    left('Opened', 1),
    right('Held', 3),
    right('Quantity', 7),
    right('Entry', 4),
    right('Exit', 4),
    right(`Net ${run.spec.currency}`),
    right('Net %', 2),
    right('Costs', 5),
    left('Exit reason', 1),
  ]
  return renderTable(title, columns, rows, options)
}
