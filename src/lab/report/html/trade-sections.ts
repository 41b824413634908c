import { toNumber } from '#model/money.ts'
import { totalCost } from '../../metrics/costs.ts'
import { durationOf, inClosingOrder, netFractionOf } from '../../metrics/outcome.ts'
import { amountsIn, countOf, durationText, none, percentText, priceText, signedPercent, timeText } from '../format.ts'
import type { ReportRun } from '../report-run.ts'
import { whyNot, whyTrade } from '../story.ts'
import { summary, wouldHaveSentence } from '../why-not-text.ts'
import { exitWords, groupLabel, skipWords, denialWords, abandonWords, thresholdText, withUnit } from '../words.ts'
import { type Cell, html, type Html, table, toneOf, trusted } from './markup.ts'
import type { Unit } from '#model/indicator.ts'
import type { Approach } from '../why-not.ts'

/** The last `maxRows` round trips with their costs; a click shows one in the chart. */
export function tradesSection(run: ReportRun, maxRows: number): Html {
  const trips = inClosingOrder(run.roundTrips)
  if (trips.length === 0) {
    return html`<section id="trades">
      <h2>Trades</h2>
      <p>No trade was made. The nearest misses below say what was missing.</p>
    </section>`
  }
  const shown = trips.slice(-maxRows)
  const first = trips.length - shown.length
  const amounts = amountsIn(run.spec.currency)
  const cost = (amount: bigint): Cell => ({ text: amounts.text(amount), sort: toNumber(amount) })
  const rows = shown.map((trip, index): readonly Cell[] => {
    const number = first + index + 1
    const fraction = netFractionOf(trip)
    const profit = toneOf(trip.netProfit)
    return [
      {
        text: html`<button type="button" class="zoom" aria-label="Show trade ${number} in the chart">
          ${number}
        </button>`,
        sort: number,
      },
      { text: trip.instrumentId },
      { text: trip.side },
      { text: amounts.signed(trip.netProfit), sort: toNumber(trip.netProfit), ...profit },
      { text: signedPercent(fraction), sort: fraction ?? 0, ...profit },
      { text: exitWords[trip.exitReason] },
      { text: timeText(Math.floor(trip.openedAt / 1000) * 1000), sort: trip.openedAt },
      { text: durationText(durationOf(trip)), sort: durationOf(trip) },
      { text: priceText(trip.entryPrice), sort: trip.entryPrice },
      { text: priceText(trip.exitPrice), sort: trip.exitPrice },
      { text: trip.strategy },
      { ...cost(totalCost(trip.costs)) },
      { ...cost(trip.costs.fee) },
      { ...cost(trip.costs.spread) },
      { ...cost(trip.costs.impact) },
      { ...cost(trip.costs.delay) },
      { ...cost(trip.costs.funding) },
      { text: signedPercent(trip.maxFavorable), sort: trip.maxFavorable },
      { text: signedPercent(trip.maxAdverse), sort: trip.maxAdverse },
    ]
  })
  const right = (title: string) => ({ title, right: true })
  const columns = [
    { title: '#' },
    { title: 'Instrument' },
    { title: 'Side' },
    right(`Net ${run.spec.currency}`),
    right('Net %'),
    { title: 'Exit reason' },
    { title: 'Opened, UTC' },
    right('Held'),
    right('Entry'),
    right('Exit'),
    { title: 'Strategy' },
    right('Costs'),
    right('Fee'),
    right('Spread'),
    right('Impact'),
    right('Delay'),
    right('Funding'),
    right('Best move'),
    right('Worst move'),
  ]
  const note = first === 0 ? '' : ` The last ${shown.length} of ${trips.length}; the JSON report has all.`
  const rowId = (row: number): Html => html` data-trade="${first + row + 1}"`
  return html`<section id="trades">
    <h2>Trades</h2>
    <p class="sub">Press a number to see the trade in the chart.${note}</p>
    ${table(columns, rows, { caption: 'Trades', sortable: true, rowId, tall: true })}
  </section>`
}

/** How near each condition came, and what became of the signals that were not taken. */
export function nearMissSection(run: ReportRun): Html {
  const { json } = whyNot(run)
  const right = (title: string) => ({ title, right: true })
  const columns = [
    { title: 'Condition' },
    { title: 'Needs' },
    right('Best'),
    right('Margin'),
    { title: 'When' },
    right('Met'),
    right('No value'),
    right('Blocked alone'),
  ]
  const tables = [...Map.groupBy(json.conditions, ({ strategy }) => strategy)].map(([strategy, conditions]) => {
    const sentences = conditions
      .map(wouldHaveSentence)
      .filter((sentence) => sentence !== null)
      .map((sentence) => html`<p>${sentence}</p>`)
    return html`<h3>${strategy}</h3>
      ${table(columns, conditions.map(approachCells), { caption: `Nearest misses of ${strategy}` })}${sentences}`
  })
  const { skips, denials, abandons, skipped, denied, abandoned } = json.activity
  return html`<section id="misses">
    <h2>Nearest misses</h2>
    <p>${summary(json)}</p>
    ${tables}
    ${reasons('Signals skipped', skipped, skips, skipWords)}${reasons('Entries denied by risk', denied, denials, denialWords)}${reasons('Setups that ended without a position', abandoned, abandons, abandonWords)}
  </section>`
}

function approachCells(condition: Approach): readonly Cell[] {
  const unit = (condition.unit ?? undefined) as Unit | undefined
  const margin = condition.bestMargin
  const text =
    margin === null ? none : margin >= 0 ? `past by ${withUnit(margin, unit)}` : `short by ${withUnit(-margin, unit)}`
  return [
    { text: `${groupLabel(condition.group)} · ${condition.reading}` },
    { text: thresholdText(condition, unit) },
    { text: condition.bestValue === null ? 'no value' : withUnit(condition.bestValue, unit) },
    { text, ...(margin !== null && margin < 0 ? { tone: 'bad' as const } : {}) },
    { text: condition.bestAt === null ? none : `${condition.bestAt} ${condition.bestOn ?? ''}` },
    { text: [shareBar(condition.metShare), ' ', percentText(condition.metShare, 1)] },
    { text: percentText(condition.pendingShare, 1) },
    { text: durationText(condition.blockedAloneMs) },
  ]
}

const shareBar = (share: number): Html =>
  html`<svg class="bar" width="44" height="8" aria-hidden="true">
    <rect x="0" y="3.5" width="44" height="1" />
    <rect class="plus" x="0" y="0" width="${(share * 44).toFixed(1)}" height="8" />
  </svg>`

function reasons(
  title: string,
  total: number,
  counts: Readonly<Record<string, number>>,
  words: Readonly<Record<string, string>>,
): Html | null {
  if (total === 0) return null
  return html`<h3>${title}: ${total}</h3>
    <ul>
      ${Object.entries(counts).map(([code, count]) => html`<li>${countOf(count, 'time')}: ${words[code] ?? code} <span class="muted mono">${code}</span></li>`)}
    </ul>`
}

/** The best and the worst trade, told. */
export function storySection(run: ReportRun): Html | null {
  const trips = inClosingOrder(run.roundTrips)
  if (trips.length === 0) return null
  const numbers = trips.map((_, index) => index + 1)
  const net = (number: number): bigint => trips[number - 1].netProfit
  const best = numbers.reduce((a, b) => (net(b) > net(a) ? b : a))
  const worst = numbers.reduce((a, b) => (net(b) < net(a) ? b : a))
  const told =
    best === worst
      ? [['The only trade', best] as const]
      : [['The best trade', best] as const, ['The worst trade', worst] as const]
  return html`<section id="stories">
    <h2>Why</h2>
    ${told.map(
      ([title, number]) =>
        html`<details${trusted(' open')}><summary>${title}: number ${number}, ${amountsIn(run.spec.currency).signed(net(number))} ${run.spec.currency}</summary><pre tabindex="0" aria-label="${title}">${whyTrade(run, number).text}</pre></details>`,
    )}
  </section>`
}
