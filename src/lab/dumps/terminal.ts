import { alignColumns, wrap } from '../report/columns.ts'
import { amountsIn, countOf, durationText, numberText, percentText, signedPercent } from '../report/format.ts'
import { paint, renderTable, type TableColumn, type TerminalOptions } from '../report/terminal-table.ts'
import { latencyText } from '../report/assumptions.ts'
import { percentOf, secondText } from '../pumps/score-rows.ts'
import { ratioOf } from '../metrics/sums.ts'
import type { Earned } from './captured.ts'
import type { DumpReport, FollowedFall } from './dumps.ts'
import { scoreColumns, scoreRows } from './score-rows.ts'

/** The score as tables for a terminal. */
export function dumpsText(report: DumpReport, options: TerminalOptions): string {
  const title = `DUMP LABORATORY: ${report.strategy.name}@${report.strategy.hash.slice(0, 8)}`
  const columns = [left(''), ...scoreColumns(report).map((column) => right(column))]
  return [
    renderTable(title, columns, scoreRows(report), options),
    wrap(protocolText(report), options.width).join('\n'),
    fallTable(report, options),
    missedText(report, options),
    costTable(report, options),
    notScoredText(report),
  ]
    .filter((block) => block !== '')
    .join('\n\n')
}

const left = (title: string): TableColumn => ({ title, align: 'left' })
const right = (title: string, drop = 0): TableColumn => ({ title, align: 'right', drop })

function fallTable({ falls, spec }: DumpReport, options: TerminalOptions): string {
  const isTraded = spec.workers !== null
  const columns = [
    left('Event'),
    right('Peak, UTC', 4),
    right('Fall'),
    right('Later above', 3),
    left(''),
    right('Delay'),
    right('Gone'),
    right('Before the peak', 1),
    ...(isTraded ? [right('Trades', 2), right('Captured'), right('After costs')] : []),
  ]
  const rows = falls.map((fall) => [
    fall.eventId,
    secondText(fall.peak.time),
    percentOf(fall.after === null ? null : (fall.after / fall.peak.price - 1) * 100),
    fall.higherLaterPct === 0 ? '' : percentOf(fall.higherLaterPct),
    { text: outcomeWords[fall.outcome], tone: fall.outcome === 'found' ? ('good' as const) : ('bad' as const) },
    durationText(fall.delayMs),
    percentText(fall.fallGone, 0),
    prematureText(fall),
    ...(fall.capture === null
      ? []
      : [
          String(fall.capture.trades.length),
          signedPercent(fall.capture.beforeCosts, 0),
          { text: signedPercent(fall.capture.afterCosts, 0), tone: toneOf(fall.capture.afterCosts) },
        ]),
  ])
  return renderTable('PEAKS', columns, rows, options)
}

function missedText({ falls }: DumpReport, options: TerminalOptions): string {
  const missed = falls.flatMap(({ eventId, blockedBy }) => (blockedBy === null ? [] : [[eventId, blockedBy]]))
  if (missed.length === 0) return ''
  const lines = alignColumns(missed, { indent: 0, width: options.width })
  return [paint('NOT FOUND WITHIN 300 S', 'bold', options), ...lines].join('\n')
}

const outcomeWords: Readonly<Record<FollowedFall['outcome'], string>> = {
  found: 'found',
  premature: 'too early',
  missed: 'missed',
}

const toneOf = (share: number | null) => ((share ?? 0) < 0 ? ('bad' as const) : ('good' as const))

/** `5 ×, rose 18.7 % more`. */
function prematureText({ premature }: FollowedFall): string {
  const [first] = premature
  return first === undefined ? '' : `${premature.length} ×, rose ${numberText(first.furtherRisePct, 1)} % more`
}

function costTable({ score: { capture }, currency, changedDecisions }: DumpReport, options: TerminalOptions): string {
  if (capture === null) return ''
  const amounts = amountsIn(currency)
  const shown = [capture.onFalls, capture.elsewhere]
  const line = (name: string, value: (earned: Earned) => string) => [name, ...shown.map(value)]
  const cost = (name: string, share: (typeof capture.onFalls.costs.lines)[number]['name']) =>
    line(name, ({ costs, notional }) => {
      const total = costs.lines.find((one) => one.name === share)?.total ?? 0n
      return `${amounts.text(total)} = ${percentText(ratioOf(total, notional))}`
    })
  const columns = [left(`${currency}, percent of what was entered`), right('On these pumps'), right('Elsewhere')]
  const rows = [
    line('Trades, won', ({ trades, won }) => `${trades}, ${won}`),
    line('Entered', ({ notional }) => amounts.text(notional)),
    line('Profit before costs', ({ costs, notional }) => profitText(costs.profitBeforeCosts, notional)),
    cost('Fee', 'fee'),
    cost('Spread', 'spread'),
    cost('Impact', 'impact'),
    cost('Delay', 'delay'),
    cost('Funding', 'funding'),
    line('Net profit', ({ costs, notional }) => profitText(costs.netProfit, notional)),
  ]
  const check =
    changedDecisions === 0
      ? 'Look-ahead: none found.'
      : `LOOK-AHEAD: ${countOf(changedDecisions ?? 0, 'decision')} changed when the data was cut.`
  return `${renderTable('EARNED', columns, rows, options)}\n${check}`

  function profitText(profit: bigint, notional: bigint): string {
    return `${amounts.signed(profit)} = ${signedPercent(ratioOf(profit, notional))}`
  }
}

/** Assumptions the numbers stand on. */
function protocolText({ spec, jumps, refractoryMs }: DumpReport): string {
  const { backtest } = spec
  const traded =
    spec.workers === null
      ? ''
      : ` Traded file by file with latency ${latencyText(backtest.latency)}, at most ${percentText(backtest.participation, 0)} of what trades, impact factor ${backtest.impact}; a short pays ${percentText(backtest.assumedFundingRate, 3)} each funding interval, as for a loan.`
  return `Fall: from the peak to the median price of 25 to 35 min after. Warm-up ${durationText(backtest.warmUpMs)}, refractory ${durationText(refractoryMs)}, ${jumps === null ? 'jumps measured on the tape' : `jumps of ${jumps}`}, bootstrap of 1,000 draws, seed ${backtest.seed}. Brackets: 95 % intervals.${traded}`
}

function notScoredText({ notScored }: DumpReport): string {
  const byReason = Map.groupBy(notScored, ({ reason }) => reason)
  return [...byReason]
    .map(([reason, events]) => `Not scored, ${reason}: ${events.map(({ eventId }) => eventId).join(', ')}`)
    .join('\n')
}
