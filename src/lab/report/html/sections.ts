import type { Metrics } from '../../metrics/metrics.ts'
import type { GroupRow } from '../../metrics/tables.ts'
import { assumptionsOf } from '../assumptions.ts'
import { amountsIn, durationText, integerText, none, numberText, percentText, signedPercent } from '../format.ts'
import type { ReportRun } from '../report-run.ts'
import { summaryRows } from '../terminal-summary.ts'
import { gapText, lookaheadText } from '../terminal.ts'
import { exitWords } from '../words.ts'
import { type Cell, type Content, html, type Html, table, toneOf } from './markup.ts'

/** The eight figures a trader looks at first. */
export function tiles(run: ReportRun, metrics: Metrics): Html {
  const { outcome, costs } = metrics
  const { currency } = run.spec
  const amounts = amountsIn(currency)
  const factor = outcome.profitFactorNote === 'noLosses' ? 'no losses' : numberText(outcome.profitFactor)
  const share = costs.lines.at(-1)?.shareOfGross ?? null
  return html`<dl class="tiles">
    ${tile(`Net profit, ${currency}`, html`<span class="${toneOf(outcome.netProfit).tone ?? ''}">${amounts.signed(outcome.netProfit)}</span>`, `${signedPercent(metrics.totalReturn)} of ${amounts.short(run.spec.capital)}`)}
    ${tile('Max drawdown', percentText(metrics.maxDrawdown), metrics.maxDrawdownExact ? 'taken on every tick' : 'from the sampled equity')}
    ${tile('Win rate', percentText(outcome.winRate, 1), `${outcome.wins} won, ${outcome.draws} even, ${outcome.losses} lost`)}
    ${tile('Profit factor', factor, outcome.expectancy === null ? 'no trades' : `expectancy ${amounts.number(outcome.expectancy)} ${currency} a trade`)}
    ${tile('Trades', integerText(outcome.trades), significance(metrics))}
    ${tile(`Costs, ${currency}`, amounts.text(costs.total), share === null ? 'no profit before costs' : `${percentText(share, 1)} of the profit before costs`)}
    ${tile('Sharpe', metrics.sharpe === null ? none : numberText(metrics.sharpe), metrics.sharpe === null ? `needs 30 days, has ${metrics.days}` : `Sortino ${numberText(metrics.sortino)}`)}
    ${tile('Market change', signedPercent(metrics.marketChange), `held ${percentText(metrics.exposure.share, 1)} of the time`)}
  </dl>`
}

const tile = (name: string, value: Content, note: string): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}<small>${note}</small></dd>
  </div>`

function significance({ confidence }: Metrics): string {
  if (confidence.verdict === 'significant') return 'significant at 95 %'
  return confidence.verdict === 'tooFewTrades' ? 'too few to be significant' : 'not significant at 95 %'
}

/** Doubts about the result, and look-ahead when there was some. */
export function alarms(run: ReportRun, metrics: Metrics): Html | null {
  const found = run.lookahead !== null && run.lookahead.changedDecisions > 0
  const messages = [...(found ? [lookaheadText(run)] : []), ...metrics.doubts.map(({ message }) => message)]
  if (messages.length === 0) return null
  return html`<section class="alarm" aria-labelledby="alarm">
    <h2 id="alarm">⚠ Do not trust this result yet</h2>
    <ul>
      ${messages.map((message) => html`<li>${message}</li>`)}
    </ul>
  </section>`
}

/** Trades, profit and duration by some key. */
export function groupSection(
  title: string,
  keyTitle: string,
  rows: readonly GroupRow[],
  total: GroupRow | null,
  currency: string,
): Html {
  const amounts = amountsIn(currency)
  const all = total === null || rows.length < 2 ? rows : [...rows, total]
  const columns = [
    { title: keyTitle },
    { title: 'Trades', right: true },
    { title: `Net ${currency}`, right: true },
    { title: 'Net %', right: true },
    { title: 'Win %', right: true },
    { title: 'Avg profit', right: true },
    { title: 'Avg held', right: true },
    { title: 'W / D / L', right: true },
    { title: 'Costs', right: true },
  ]
  const cells = all.map(({ key, outcome, costs, shareOfCapital }): readonly Cell[] => [
    { text: key in exitWords ? exitWords[key as keyof typeof exitWords] : key },
    { text: integerText(outcome.trades) },
    { text: amounts.signed(outcome.netProfit), ...toneOf(outcome.netProfit) },
    { text: signedPercent(shareOfCapital) },
    { text: percentText(outcome.winRate, 1) },
    { text: signedPercent(outcome.averageFraction) },
    { text: durationText(outcome.averageDurationMs) },
    { text: `${outcome.wins} / ${outcome.draws} / ${outcome.losses}` },
    { text: amounts.text(costs) },
  ])
  return html`<section>
    <h2>${title}</h2>
    ${table(columns, cells, { caption: title, total: all.length > rows.length })}
  </section>`
}

/** Every cost apart. */
export function costSection({ costs }: Metrics, currency: string): Html {
  const words = { fee: 'Fee', spread: 'Spread', impact: 'Impact', delay: 'Delay', funding: 'Funding', total: 'Total' }
  const columns = [
    { title: 'Cost' },
    { title: `Total ${currency}`, right: true },
    { title: 'Per trade', right: true },
    { title: 'Of gross', right: true },
    { title: 'Of volume', right: true },
  ]
  const amounts = amountsIn(currency)
  const rows = costs.lines.map((line): readonly Cell[] => [
    { text: words[line.name] },
    { text: amounts.text(line.total) },
    { text: amounts.fine(line.perTrade) },
    { text: percentText(line.shareOfGross, 1) },
    { text: line.shareOfVolume === null ? none : `${numberText(line.shareOfVolume * 10_000)} bp` },
  ])
  return html`<section id="costs">
    <h2>Costs</h2>
    <p>
      ${amounts.signed(costs.profitBeforeCosts)} ${currency} before costs, less ${amounts.text(costs.total)}, leaves
      <strong class="${toneOf(costs.netProfit).tone ?? ''}">${amounts.signed(costs.netProfit)}</strong>.
    </p>
    ${table(columns, rows, { caption: 'Costs by kind', total: true })}
  </section>`
}

/** The summary as the terminal has it. */
export function summarySection(run: ReportRun, metrics: Metrics): Html {
  const rows = summaryRows(run, metrics).filter(([name]) => name !== '')
  const cells = rows.map(([name, value]): readonly Cell[] => [{ text: name.trim() }, { text: value }])
  return html`<section id="summary">
    <h2>Summary</h2>
    ${table([{ title: 'Metric' }, { title: 'Value', right: true }], cells, { caption: 'Summary' })}
  </section>`
}

/** What was assumed, what was wrong with the data, and what identifies the run. */
export function originSection(run: ReportRun): Html {
  const { quality } = run
  const assumed = assumptionsOf(run)
  const count = (value: number): string => (value === 0 ? 'none' : integerText(value))
  const skipped = quality.skippedFiles
    .slice(0, 20)
    .map(({ file, reason }) => html`<br /><span class="mono">${file}</span>: ${reason}`)
  return html`<div class="two pair" id="origin">
      <section>
        <h2>Simulator assumptions</h2>
        ${facts(assumed.length === 0 ? [['Mode', 'nothing was simulated']] : assumed.map(({ name, text }) => [name, text]))}
      </section>
      <section>
        <h2>Data quality</h2>
        ${facts([
          ['Read', `${integerText(quality.files)} files, ${integerText(quality.rows)} rows`],
          ['Skipped files', [count(quality.skippedFiles.length), ...skipped]],
          ['Rejected rows', count(quality.rejectedRows)],
          ['Duplicates dropped', count(quality.duplicatesDropped)],
          ['Gaps', gapText(run)],
        ])}
      </section>
    </div>
    <section>
      <h2>This run</h2>
      ${facts([
        ['Look-ahead', lookaheadText(run)],
        ['Fingerprint', html`<span class="mono">${run.fingerprint}</span>`],
        ['Output hash', html`<span class="mono">${run.outputHash}</span>`],
        ['Seed', String(run.spec.seed)],
        ['Code', run.codeVersion],
        ['Events', `${integerText(run.counts.events)} in ${durationText(run.durationMs)}`],
        ['Limits', limitsText(run)],
      ])}
    </section>`
}

/** Pairs of name and text. */
export const facts = (rows: readonly (readonly [string, Content])[]): Html =>
  html`<dl class="facts">
    ${rows.map(
      ([name, text]) =>
        html`<dt>${name}</dt>
          <dd>${text}</dd>`,
    )}
  </dl>`

function limitsText({ spec: { limits } }: ReportRun): string {
  const share = (value: number): string => percentText(value, 0)
  return `position ${share(limits.maxPositionSize)}, ${limits.maxOpenPositions} open, concentration ${share(limits.maxConcentration)}, daily loss ${share(limits.maxDailyLoss)}, drawdown ${share(limits.maxDrawdown)}, margin ${share(limits.maxMarginUse)}`
}
