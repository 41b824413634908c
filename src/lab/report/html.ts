import { createHash } from 'node:crypto'
import type { RunKind } from '#model/run.ts'
import { type PriceChart, priceCharts } from './html/chart-data.ts'
import { equityChart } from './html/equity-data.ts'
import { calendarSection } from './html/calendar-section.ts'
import { drawEquity } from './html/draw-equity.ts'
import { drawPrice } from './html/draw-price.ts'
import { html, type Html, scriptJson, trusted } from './html/markup.ts'
import { pageScript } from './html/page-script.ts'
import { pageStyle } from './html/page-style.ts'
import { alarms, costSection, groupSection, originSection, summarySection, tiles } from './html/sections.ts'
import { nearMissSection, storySection, tradesSection } from './html/trade-sections.ts'
import { amountsIn, countOf, timeText } from './format.ts'
import { metricsOf } from './report-metrics.ts'
import type { ReportRun } from './report-run.ts'
import { lookaheadText, statusText } from './terminal.ts'

/** Width the charts are first drawn at; the page draws them again at its own. */
const firstWidth = 1160

/** Bytes a page should stay under, and what is shown less of until it does. */
const maxBytes = 1_400_000
const budgets = [
  { bars: 14_000, rows: 1_000 },
  { bars: 8_000, rows: 500 },
  { bars: 4_000, rows: 200 },
  { bars: 2_000, rows: 50 },
]

/** One self-contained page: no request to anywhere, nothing allowed but its own style and script (by their hashes). */
export function htmlReport(run: ReportRun): string {
  let page = ''
  for (const budget of budgets) {
    page = pageOf(run, budget)
    if (page.length < maxBytes) break
  }
  return page
}

function pageOf(run: ReportRun, budget: (typeof budgets)[number]): string {
  const metrics = metricsOf(run)
  const { currency } = run.spec
  const charts = priceCharts(run, budget.bars)
  const equity = equityChart(run)
  const title = `${run.name}: ${run.id}`
  const policy = `default-src 'none'; style-src '${sourceHash(pageStyle)}'; script-src '${sourceHash(pageScript)}'; base-uri 'none'; form-action 'none'`
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title} – Riptide report</title>
        ${trusted(`<style>${pageStyle}</style>`)}
      </head>
      <body>
        ${header(run)}
        <nav aria-label="Sections">
          <ul>
            ${[
              ['overview', 'Overview'],
              ['charts', 'Chart'],
              ['trades', 'Trades'],
              ['tables', 'Tables'],
              ['costs', 'Costs'],
              ['calendar', 'Calendar'],
              ['misses', 'Nearest misses'],
              ...(run.roundTrips.length === 0 ? [] : [['stories', 'Why']]),
              ['summary', 'Summary'],
              ['origin', 'Data'],
            ].map(([id, word]) => html`<li><a href="#${id ?? ''}">${word ?? ''}</a></li>`)}
          </ul>
        </nav>
        <main>
          <div id="overview">${alarms(run, metrics)}${tiles(run, metrics)}</div>
          <section>
            <h2>Equity and drawdown, ${currency}</h2>
            <div class="chart" id="equity">${trusted(drawEquity(equity, firstWidth))}</div>
            <p class="readout" id="equity-readout">Marked to market. The dotted line is the starting capital.</p>
          </section>
          ${chartSection(run, charts)} ${tradesSection(run, budget.rows)}
          <div id="tables">
            ${groupSection('Per instrument', 'Instrument', metrics.perInstrument, metrics.total, currency)}
            ${groupSection('Per strategy', 'Strategy', metrics.perStrategy, metrics.total, currency)}
            ${metrics.perTag.length === 0 ? null : groupSection('Per tag', 'Tag', metrics.perTag, null, currency)}
            ${metrics.perExitReason.length === 0 ? null : groupSection('Per exit reason', 'Exit reason', metrics.perExitReason, metrics.total, currency)}
          </div>
          <div class="two pair">${costSection(metrics, currency)}${calendarSection(metrics, currency)}</div>
          ${nearMissSection(run)} ${storySection(run)} ${summarySection(run, metrics)} ${originSection(run)}
        </main>
        <footer>
          Riptide report of ${run.id}, made from the run's own record. All times are UTC. Past results say little about
          future ones.
        </footer>
        ${scriptJson('data', { equity, charts })} ${trusted(`<script>${pageScript}</script>`)}
      </body>
    </html> `
  return page.html
}

const kindWords: Readonly<Record<RunKind, string>> = {
  backtest: 'BACKTEST',
  paper: 'PAPER',
  rehearsal: 'REHEARSAL',
  live: 'LIVE',
}

function header(run: ReportRun): Html {
  const { spec } = run
  const checked = run.lookahead === null ? 'warn' : run.lookahead.changedDecisions > 0 ? 'bad' : 'good'
  const sign = { warn: '?', bad: '✕', good: '✓' }[checked]
  const names = spec.strategies.map(({ name, hash }) => `${name}@${hash.slice(0, 8)}`).join(', ')
  return html`<header>
    <div>
      <h1>${run.name}</h1>
      <p class="sub">
        ${names} on ${countOf(spec.instruments.length, 'instrument')},
        <span class="whole">${timeText(spec.from)}</span> to <span class="whole">${timeText(spec.to)}</span>
      </p>
      <ul class="chips">
        <li class="info">${kindWords[run.kind]} ${run.id}</li>
        ${run.status === 'completed' ? null : html`<li class="warn">⚠ ${statusText(run)}</li>`}
        <li class="${checked}">${sign} ${lookaheadText(run)}</li>
        <li>Capital ${amountsIn(spec.currency).short(spec.capital)} ${spec.currency}</li>
        <li>Seed ${spec.seed}</li>
        <li>Fingerprint <span class="mono">${run.fingerprint.slice(0, 12)}</span></li>
      </ul>
    </div>
  </header>`
}

function chartSection(run: ReportRun, charts: readonly PriceChart[]): Html {
  const [first] = charts
  if (first === undefined)
    return html`<section id="charts">
      <h2>Price and trades</h2>
      <p>The run kept no prices to draw.</p>
    </section>`
  const key = (shape: string, word: string): Html =>
    html`<li><svg width="16" height="12" aria-hidden="true">${trusted(shape)}</svg>${word}</li>`
  return html`<section id="charts">
    <h2>Price and trades</h2>
    <div class="tools">
      <label class="unseen" for="instrument">Instrument</label
      ><select id="instrument">
        ${charts.map(({ id }) => html`<option>${id}</option>`)}
      </select>
      <button type="button" data-move="whole">Whole run</button
      ><button type="button" data-move="in" aria-label="Zoom in">+</button
      ><button type="button" data-move="out" aria-label="Zoom out">−</button
      ><button type="button" data-move="left" aria-label="Earlier">◀</button
      ><button type="button" data-move="right" aria-label="Later">▶</button>
    </div>
    <div class="chart" id="price">
      ${trusted(drawPrice(first, { from: first.from, to: first.to, width: firstWidth, selected: 0 }))}
    </div>
    <p class="readout" id="price-readout" aria-live="polite">
      Point at the chart to read it; press a trade to zoom to it.
    </p>
    ${run.strips === undefined ? html`<p class="sub">${momentsOnly}</p>` : null}
    <ul class="legend">
      ${key('<path class="entry" d="M8 1l6 10h-12z"/>', 'Entry (up buys, down sells)')}
      ${key('<path class="exit won" d="M8 11l6 -10h-12z"/>', 'Exit, won')}
      ${key('<path class="exit lost" d="M8 11l6 -10h-12z"/>', 'Exit, lost')}
      ${key('<line class="stop" x1="0" x2="16" y1="6" y2="6"/>', 'Stop')}
      ${key('<line class="target" x1="0" x2="16" y1="6" y2="6"/>', 'Target')}
      ${key('<rect class="signaled" width="16" height="12"/>', 'Found!')}
      ${key('<rect class="entering" width="16" height="12"/>', 'Entering')}
      ${key('<rect class="holding" width="16" height="12"/>', 'In position')}
      ${key('<rect class="exiting" width="16" height="12"/>', 'Closing')}
      ${key('<rect class="cooling" width="16" height="12"/>', 'Cooling down')}
      ${key('<rect class="met" width="16" height="12"/>', 'Condition met')}
      ${key('<rect class="unmet" y="5" width="16" height="2"/>', 'not met')}
      ${key('<rect width="16" height="12" fill="url(#hatch)"/>', 'no value yet')}
    </ul>
  </section>`
}

/** Said where the run kept no verdicts between decisions. */
const momentsOnly =
  'A condition is marked only when something was decided: a signal found or skipped, an entry, an exit. Between the marks nothing is known of it, not that it was unmet.'

const sourceHash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`
