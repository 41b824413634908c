import type { Metrics } from '../metrics/metrics.ts'
import { minTrades } from '../metrics/confidence.ts'
import { minRatioDays } from '../metrics/ratios.ts'
import {
  type Amounts,
  amountsIn,
  durationText,
  integerText,
  none,
  numberText,
  percentText,
  signedPercent,
  timeText,
} from './format.ts'
import type { ReportRun } from './report-run.ts'
import { renderTable, type TerminalOptions } from './terminal-table.ts'

/** The summary, in the order freqtrade users compare line by line. */
export function summaryTable(run: ReportRun, metrics: Metrics, options: TerminalOptions): string {
  const columns = [
    { title: 'Metric', align: 'left' as const },
    { title: 'Value', align: 'right' as const },
  ]
  return renderTable('SUMMARY', columns, summaryRows(run, metrics), options)
}

/** Name and value of every line of the summary; the HTML report shows the same ones. */
export function summaryRows(run: ReportRun, metrics: Metrics): readonly (readonly [string, string])[] {
  const gap: readonly [string, string] = ['', '']
  return [
    ['Backtesting from', timeText(run.spec.from)],
    ['Backtesting to', timeText(run.spec.to)],
    ['Max open at once', integerText(metrics.exposure.maxOpen)],
    gap,
    ...profitRows(run, metrics),
    gap,
    ...tradeRows(run, metrics),
    gap,
    ...decisionRows(metrics),
    gap,
    ...drawdownRows(run, metrics),
    ['Market change', signedPercent(metrics.marketChange)],
  ]
}

function profitRows(run: ReportRun, metrics: Metrics): readonly (readonly [string, string])[] {
  const { outcome } = metrics
  const amounts = amountsIn(run.spec.currency)
  const ratio = (value: number | null): string =>
    value === null && metrics.days < minRatioDays ? `needs ${minRatioDays} days` : numberText(value)
  return [
    ['Total / daily trades', `${integerText(outcome.trades)} / ${numberText(metrics.tradesPerDay)}`],
    ['Starting balance', `${amounts.text(run.spec.capital)} ${run.spec.currency}`],
    ['Final equity', `${amounts.number(metrics.endingEquity)} ${run.spec.currency}`],
    ['Absolute profit', `${amounts.signed(outcome.netProfit)} ${run.spec.currency}`],
    ['Total profit %', signedPercent(metrics.totalReturn)],
    ['CAGR', metrics.cagr === null ? ratio(null) : signedPercent(metrics.cagr)],
    [`Sortino (rf ${percentText(metrics.riskFreeRate, 0)})`, ratio(metrics.sortino)],
    ['Sharpe', ratio(metrics.sharpe)],
    ['Calmar', ratio(metrics.calmar)],
    ['Profit factor', outcome.profitFactorNote === 'noLosses' ? 'no losses' : numberText(outcome.profitFactor)],
    [
      'Expectancy (ratio)',
      `${amounts.signedNumber(outcome.expectancy)} ${run.spec.currency} (${numberText(outcome.expectancyRatio)})`,
    ],
    ['  95 % interval', intervalText(metrics, amounts)],
    ['Significance', significanceText(metrics)],
    ['Win rate (95 %)', `${percentText(outcome.winRate, 1)} (${winIntervalText(metrics)})`],
    ['Payoff ratio', numberText(outcome.payoff)],
    ['Recovery factor', numberText(metrics.recoveryFactor)],
    ['Avg / median profit %', `${signedPercent(outcome.averageFraction)} / ${signedPercent(outcome.medianFraction)}`],
    ['Avg position', `${amounts.number(outcome.averageNotional)} ${run.spec.currency}`],
    ['Traded volume', `${amounts.text(outcome.volume)} ${run.spec.currency}`],
    ['Exposure', percentText(metrics.exposure.share, 1)],
  ]
}

function tradeRows(run: ReportRun, metrics: Metrics): readonly (readonly [string, string])[] {
  const { outcome, dayCount } = metrics
  const amounts = amountsIn(run.spec.currency)
  const traded = metrics.perInstrument.filter((row) => row.outcome.trades > 0)
  const group = (row: (typeof traded)[number] | undefined): string =>
    row === undefined ? none : `${row.key} ${amounts.signed(row.outcome.netProfit)}`
  const trade = (named: Metrics['outcome']['largestWin']): string =>
    named === null
      ? none
      : `${named.instrumentId} ${amounts.signed(named.netProfit)} (${signedPercent(named.netFraction)})`
  const day = (row: typeof dayCount.best): string =>
    row === null ? none : `${amounts.signed(row.netProfit)} ${run.spec.currency} (${row.label})`
  return [
    ['Best instrument', group(traded[0])],
    ['Worst instrument', group(traded[traded.length - 1])],
    ['Best trade', trade(outcome.largestWin)],
    ['Worst trade', trade(outcome.largestLoss)],
    ['Best day', day(dayCount.best)],
    ['Worst day', day(dayCount.worst)],
    ['Days win / draw / lose', `${dayCount.winning} / ${dayCount.drawn} / ${dayCount.losing}`],
    ['Avg duration winners', durationText(outcome.averageWinnerMs)],
    ['Avg duration losers', durationText(outcome.averageLoserMs)],
    ['Most wins / losses in a row', `${outcome.longestWinStreak} / ${outcome.longestLossStreak}`],
    [
      'Avg best / worst move (MFE / MAE)',
      `${signedPercent(outcome.averageMfe)} / ${signedPercent(outcome.averageMae)}`,
    ],
    ['Slippage paid', `${amounts.text(metrics.costs.slippage)} ${run.spec.currency}`],
  ]
}

function decisionRows({ activity }: Metrics): readonly (readonly [string, string])[] {
  return [
    ['Signals', integerText(activity.signals)],
    ['Rejected signals (skipped / denied)', `${activity.skipped} / ${activity.denied}`],
    ['Entry / exit timeouts', `${activity.entryTimeouts} / ${activity.exitTimeouts}`],
    ...(activity.rejectedOrders + activity.anomalies === 0
      ? []
      : [['Orders rejected / anomalies', `${activity.rejectedOrders} / ${activity.anomalies}`] as const]),
  ]
}

function drawdownRows(run: ReportRun, metrics: Metrics): readonly (readonly [string, string])[] {
  const { drawdown } = metrics
  if (drawdown === null) return [['Max drawdown', none]]
  const { deepest } = drawdown
  const amounts = amountsIn(run.spec.currency)
  return [
    ['Min equity', `${amounts.number(drawdown.lowest)} ${run.spec.currency}`],
    ['Max equity', `${amounts.number(drawdown.highest)} ${run.spec.currency}`],
    [`Max drawdown${metrics.maxDrawdownExact ? ' (every tick)' : ' (sampled)'}`, percentText(metrics.maxDrawdown)],
    ['Absolute drawdown', `${amounts.number(drawdown.largest?.amount ?? 0)} ${run.spec.currency}`],
    ['Drawdown start', deepest === null ? none : timeText(deepest.peakAt)],
    ['Drawdown end', deepest === null ? none : timeText(deepest.troughAt)],
    ['Drawdown duration', durationText(deepest?.durationMs ?? null)],
    ['Longest under water', durationText(drawdown.longestUnderwaterMs)],
    ['Drawdown now', percentText(drawdown.currentFraction)],
  ]
}

/** In one line: how far the mean can be trusted. */
export function significanceText(metrics: Metrics): string {
  const { sampleSize, verdict } = metrics.confidence
  switch (verdict) {
    case 'tooFewTrades':
      return `not significant: ${sampleSize} of ${minTrades} trades`
    case 'notSignificant':
      return 'not significant: 0 is inside the interval'
    case 'significant':
      return `significant at 95 %, ${sampleSize} trades`
  }
}

function intervalText({ confidence: { expectancy } }: Metrics, amounts: Amounts): string {
  return expectancy === null
    ? none
    : `${amounts.signedNumber(expectancy.low)} to ${amounts.signedNumber(expectancy.high)}`
}

function winIntervalText({ confidence: { winRate } }: Metrics): string {
  return winRate === null ? none : `${percentText(winRate.low, 0)} to ${percentText(winRate.high, 0)}`
}
