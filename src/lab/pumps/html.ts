import { createHash } from 'node:crypto'
import { countOf, durationText, numberText, percentText, timeText } from '../report/format.ts'
import { type Cell, html, type Html, table, trusted } from '../report/html/markup.ts'
import { pageStyle } from '../report/html/page-style.ts'
import type { PumpChart } from './chart.ts'
import { drawChart } from './draw-chart.ts'
import type { Miss } from './misses.ts'
import type { PumpReport } from './pumps.ts'
import {
  costText,
  falseAlertCells,
  falseAlertColumns,
  falseAlertText,
  outcomeWords,
  percentOf,
  protocolText,
  secondText,
  scoreColumns,
  scoreRows,
} from './score-rows.ts'

/** Pictures of false alerts on one page; pumps are all drawn. */
const maxFalseCharts = 120

const style = `${pageStyle}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(330px,1fr));gap:18px}
figure{margin:0;min-width:0}figure svg{display:block;max-width:100%;height:auto}
figcaption{font-size:13px;margin-top:4px}figcaption b{font-weight:650}
.price{fill:none;stroke:var(--text);stroke-width:1.2}
.turnover{fill:var(--slate);opacity:.7}
.onset{stroke:var(--blue);stroke-width:1.6;stroke-dasharray:4 3}
.before{stroke:var(--muted);stroke-dasharray:2 3}.peak{stroke:var(--goodfill);stroke-dasharray:2 3}
.alert line{stroke:var(--amber);stroke-width:1.4}.alert path{fill:var(--amber);stroke:var(--text);stroke-width:.8}
td.wrap,.why td{white-space:normal}
`

/** One self-contained page without a script: the score, every pump and every false alert with a small picture. */
export function pumpsHtml(report: PumpReport): string {
  const { score, strategy } = report
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`
  const title = `Pump laboratory: ${strategy.name}`
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        ${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        <header>
          <div>
            <h1>${title}</h1>
            <p class="sub">
              S1 of ${strategy.name}@${strategy.hash.slice(0, 8)} on ${countOf(score.events, 'pump')} in
              ${countOf(score.recordings, 'recording')}, ${numberText(score.coinDays, 1)} coin-days
            </p>
            <p class="sub">${protocolText(report)}</p>
          </div>
        </header>
        <main>
          ${tiles(report)}
          <section>
            <h2>Score</h2>
            ${table(
              [{ title: '' }, ...scoreColumns(report).map((column) => ({ title: column, right: true }))],
              scoreRows(report).map((row) => row.map((text) => ({ text }))),
              { caption: 'Score' },
            )}
            <p class="sub">${costText(report)}</p>
          </section>
          ${eventSection(report)} ${missSection('Missed', report.misses)}
          ${missSection('Found after 30 s', report.late)} ${falseAlertSection(report)} ${unscoredSection(report)}
          ${pictures(report)}
        </main>
        <footer>
          All times are UTC. The detector ran on the engine as it does live; an alert counts from the moment it was
          raised. Found pumps of the past say little about future ones.
        </footer>
      </body>
    </html> `
  return page.html
}

function tiles({ score }: PumpReport): Html {
  const { recall, delayMs, pricePaid, falseAlertsPerCoinDay, events } = score
  const tile = (name: string, value: string, note: string): Html =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}<small>${note}</small></dd>
    </div>`
  const found = (horizon: '30' | '120'): string => `${Math.round((recall[horizon] ?? 0) * events)} of ${events}`
  return html`<dl class="tiles">
    ${tile('Found within 30 s', found('30'), `${found('120')} within 120 s`)}
    ${tile('Median delay', durationText(delayMs?.median ?? null), `90 % within ${durationText(delayMs?.p90 ?? null)}`)}
    ${tile('Rise already paid', percentText(pricePaid?.median ?? null, 0), 'median, at the alert')}
    ${tile(
      'False alerts a coin-day',
      numberText(falseAlertsPerCoinDay.withoutUnexplained, 3),
      `without unexplained jumps; ${numberText(falseAlertsPerCoinDay.all, 3)} with them`,
    )}
  </dl>`
}

function eventSection({ score }: PumpReport): Html {
  const rows = score.perEvent
    .toSorted((a, b) => a.onset - b.onset)
    .map((event): readonly Cell[] => [
      { text: event.eventId },
      { text: timeText(event.onset) },
      { text: percentOf(event.risePct) },
      { text: outcomeWords[event.outcome], tone: event.outcome === 'hit' ? 'good' : 'bad' },
      { text: durationText(event.delayMs) },
      { text: percentText(event.pricePaid, 0) },
      { text: event.earlyMs === null ? '' : durationText(event.earlyMs) },
    ])
  const right = (title: string) => ({ title, right: true })
  const columns = [
    { title: 'Event' },
    right('Onset'),
    right('Rise'),
    { title: '' },
    right('Delay'),
    right('Rise paid'),
    right('Early by'),
  ]
  return html`<section>
    <h2>Pumps</h2>
    ${table(columns, rows, { caption: 'Pumps', tall: true })}
  </section>`
}

function missSection(title: string, misses: readonly Miss[]): Html | null {
  if (misses.length === 0) return null
  const rows = misses.map(({ eventId, text }) => [{ text: eventId }, { text }])
  return html`<section class="why">
    <h2>${title}</h2>
    ${table([{ title: 'Event' }, { title: 'Why' }], rows, { caption: title })}
  </section>`
}

function falseAlertSection({ falseAlerts }: PumpReport): Html {
  if (falseAlerts.length === 0)
    return html`<section>
      <h2>False alerts</h2>
      <p>None.</p>
    </section>`
  const rows = falseAlerts.map((alert) =>
    [alert.instrumentId, secondText(alert.time), ...falseAlertCells(alert)].map((text) => ({ text })),
  )
  const columns = [
    { title: 'Instrument' },
    { title: 'Time' },
    ...falseAlertColumns.map((title) => ({ title, right: title !== 'Near' })),
  ]
  return html`<section class="why">
    <h2>False alerts</h2>
    ${table(columns, rows, { caption: 'False alerts', tall: true })}
  </section>`
}

function unscoredSection({ notScored }: PumpReport): Html | null {
  if (notScored.length === 0) return null
  const rows = notScored.map(({ eventId, reason }) => [{ text: eventId }, { text: reason }])
  return html`<section class="why">
    <h2>Not scored</h2>
    ${table([{ title: 'Event' }, { title: 'Why' }], rows, { caption: 'Not scored' })}
  </section>`
}

function pictures(report: PumpReport): Html {
  const events = report.charts.filter(({ kind }) => kind !== 'false').toSorted((a, b) => a.zero - b.zero)
  const all = report.charts.filter(({ kind }) => kind === 'false')
  const shown = all.slice(0, maxFalseCharts)
  return html`<section>
      <h2>Every pump</h2>
      <p class="sub">
        Two minutes before to ten minutes after the onset (blue). Orange: alerts. Dotted: price before, and peak. Bars:
        turnover in 10 s. Minutes below, percent of the price before on the right.
      </p>
      <div class="pictures">${events.map((chart) => picture(chart, eventCaption(chart, report)))}</div>
    </section>
    ${
      shown.length === 0
        ? null
        : html`<section>
            <h2>Every false alert</h2>
            <p class="sub">
              ${shown.length < all.length ? `The first ${shown.length} of ${all.length}.` : ''} The blue line is the
              alert.
            </p>
            <div class="pictures">${shown.map((chart) => picture(chart, falseCaption(chart, report)))}</div>
          </section>`
    }`
}

const picture = (chart: PumpChart, caption: Html): Html =>
  html`<figure>
    ${trusted(drawChart(chart))}
    <figcaption><b>${chart.title}</b> ${timeText(chart.zero)}<br />${caption}</figcaption>
  </figure>`

function eventCaption({ title, kind }: PumpChart, { score, misses }: PumpReport): Html {
  const event = score.perEvent.find(({ eventId }) => eventId === title)
  if (event?.alert) {
    const paid = event.pricePaid === null ? '' : `, ${percentText(event.pricePaid, 0)} of the rise paid`
    return html`<span class="good">found after ${durationText(event.delayMs)}</span>${paid}, rise
      ${percentOf(event.risePct)}`
  }
  const why = misses.find(({ eventId }) => eventId === title)?.text ?? ''
  return html`<span class="bad">${kind === 'false' ? '' : outcomeWords[kind]}</span>, rise
    ${percentOf(event?.risePct ?? null)}: ${why}`
}

function falseCaption({ zero, title }: PumpChart, { falseAlerts }: PumpReport): Html {
  const alert = falseAlerts.find(({ time, instrumentId }) => time === zero && instrumentId === title)
  return html`${alert ? falseAlertText(alert) : ''}`
}
