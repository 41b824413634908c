import { toNumber } from '#model/money.ts'
import type { PeriodRow } from '../../metrics/calendar.ts'
import type { Metrics } from '../../metrics/metrics.ts'
import { amountsIn, integerText, signedPercent } from '../format.ts'
import { type Cell, html, type Html, table, toneOf, trusted } from './markup.ts'

/** Profit by month and by day. */
export function calendarSection(metrics: Metrics, currency: string): Html {
  const days = metrics.byDay.filter(({ trades }) => trades > 0)
  const { winning, drawn, losing } = metrics.dayCount
  return html`<section id="calendar"><h2>By month and day</h2><p>${winning} days won, ${drawn} even, ${losing} lost.</p>
${periods(metrics.byMonth, 'Month', currency)}<details${days.length <= 31 ? trusted(' open') : ''}><summary>Days with a trade (${days.length})</summary>${periods(days, 'Day', currency)}</details></section>`
}

function periods(rows: readonly PeriodRow[], title: string, currency: string): Html {
  const amounts = amountsIn(currency)
  const largest = rows.reduce((most, { netProfit }) => Math.max(most, Math.abs(toNumber(netProfit))), 0)
  const columns = [
    { title },
    { title: 'Trades', right: true },
    { title: `Net ${currency}`, right: true },
    { title: '' },
    { title: 'Net %', right: true },
    { title: 'W / D / L', right: true },
  ]
  const cells = rows.map((row): readonly Cell[] => [
    { text: row.label },
    { text: integerText(row.trades) },
    { text: amounts.signed(row.netProfit), ...toneOf(row.netProfit) },
    { text: profitBar(toNumber(row.netProfit), largest) },
    { text: signedPercent(row.shareOfCapital) },
    { text: `${row.wins} / ${row.draws} / ${row.losses}` },
  ])
  return table(columns, cells, { caption: `Profit by ${title.toLowerCase()}` })
}

/** A bar from the middle: right and green for a gain, left and red for a loss. */
function profitBar(value: number, largest: number): Html {
  const wide = largest === 0 ? 0 : (Math.abs(value) / largest) * 40
  const x = value < 0 ? 40 - wide : 40
  return html`<svg class="bar" width="80" height="10" aria-hidden="true">
    <rect x="40" y="0" width="1" height="10" />
    <rect class="${value < 0 ? 'minus' : 'plus'}" x="${x.toFixed(1)}" y="1" width="${wide.toFixed(1)}" height="8" />
  </svg>`
}
