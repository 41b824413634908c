import { formatMoney, toNumber } from '#model/money.ts'
import { costNames, totalCost } from '../metrics/costs.ts'
import { timeText } from '../report/format.ts'
import type { EarningsByPlace, EventEarnings } from './by-event.ts'
import type { EarningsReport } from './earnings.ts'
import type { EarningsFigures } from './figures.ts'

/**
 * What `--json` prints. Amounts are numbers in the currency, costs positive when paid; `exact` repeats the net as decimal text. Shares and
 * rates are fractions, times ISO 8601; null = undefined, never 0. `events` only where they were asked for.
 */
export function earningsJson(report: EarningsReport, byEvent: boolean) {
  const placesJson = (places: EarningsByPlace | null) => (places === null ? {} : { places: placesOf(places, byEvent) })
  const { assumptions, takerFees, cells, totals, notInData, labelledPumps } = report
  return {
    currency: report.currency,
    capital: toNumber(report.capital),
    data: {
      instruments: report.instruments,
      recordings: report.recordings,
      rows: report.trades,
      from: timeText(report.from),
      to: timeText(report.to),
    },
    assumptions: { ...assumptions, takerFees: { low: takerFees[0], high: takerFees[1] } },
    spotShorts: report.spotShorts,
    cells: cells.map((cell) => {
      const { strategy, latency, participation } = cell
      if (cell.status === 'failed') {
        const { code, message, where, remedy } = cell.error
        return { strategy, latency, participation, status: cell.status, error: { code, message, where, remedy } }
      }
      const { status, run, outputHash, changedDecisions, figures, places } = cell
      return {
        strategy,
        latency,
        participation,
        status,
        run,
        outputHash,
        changedDecisions,
        ...figuresJson(figures),
        ...placesJson(places),
      }
    }),
    totals: totals.map((total) => ({
      strategy: total.strategy,
      cells: total.cells,
      ...figuresJson(total.figures),
      ...placesJson(total.places),
    })),
    failed: cells.filter(({ status }) => status === 'failed').length,
    ...(notInData === null ? {} : { labelledPumps, notInData }),
  }
}

function placesOf({ pumps, near, elsewhere, events }: EarningsByPlace, byEvent: boolean) {
  return {
    pumps: figuresJson(pumps),
    near: figuresJson(near),
    elsewhere: figuresJson(elsewhere),
    ...(byEvent ? { events: events.map(eventJson) } : {}),
  }
}

const eventJson = ({ eventId, instrumentId, onset, signalDelayMs, figures }: EventEarnings) => ({
  eventId,
  instrument: instrumentId,
  onset: timeText(onset),
  signalDelayMs,
  ...figuresJson(figures),
})

function figuresJson(figures: EarningsFigures) {
  const { profitBeforeCosts, costs, netProfit, notional } = figures
  return {
    signals: figures.signals,
    missed: figures.missed,
    trades: figures.trades,
    wins: figures.wins,
    winRate: figures.winRate,
    profitBeforeCosts: toNumber(profitBeforeCosts),
    costs: {
      ...Object.fromEntries(costNames.map((name) => [name, toNumber(costs[name])])),
      total: toNumber(totalCost(costs)),
    },
    netProfit: toNumber(netProfit),
    notional: toNumber(notional),
    averageFraction: figures.averageFraction,
    medianFraction: figures.medianFraction,
    entryDelay: figures.entryDelay,
    entryPaid: figures.entryPaid,
    entryFilled: figures.entryFilled,
    exact: { netProfit: formatMoney(netProfit), profitBeforeCosts: formatMoney(profitBeforeCosts) },
  }
}
