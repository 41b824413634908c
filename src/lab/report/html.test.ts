import { createHash } from 'node:crypto'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { drawEquity } from './html/draw-equity.ts'
import { drawPrice } from './html/draw-price.ts'
import { priceCharts } from './html/chart-data.ts'
import { equityChart } from './html/equity-data.ts'
import { htmlReport } from './html.ts'
import { sampleRun } from './sample-run.ts'
import { whyTrade } from './story.ts'
import { terminalReport } from './terminal.ts'

const run = sampleRun()
const page = htmlReport(run)

test('the page asks nobody for anything', () => {
  // Asserted on true and false, so that a failure does not print half a megabyte.
  expect(/\s(?:src|srcset|action)=/.test(page)).toBe(false)
  expect(/\shref="(?!#)/.test(page)).toBe(false)
  expect(/@import|url\((?!#)/.test(page)).toBe(false)
  expect(/https?:/.test(page)).toBe(false)
})

test('only the page’s own style and script may run, by their hashes', () => {
  const policy = /content="(default-src 'none'[^"]*)"/.exec(page)?.[1] ?? ''
  const hashOf = (text: string | undefined): string =>
    `'sha256-${createHash('sha256')
      .update(text ?? '')
      .digest('base64')}'`
  expect(policy).toContain(`style-src ${hashOf(/<style>([^]*?)<\/style>/.exec(page)?.[1])}`)
  expect(policy).toContain(`script-src ${hashOf(/<script>([^]*?)<\/script>/.exec(page)?.[1])}`)
  expect(policy).not.toContain('unsafe')
  // The policy forbids style attributes and inline handlers, so there must be none.
  expect(/ style="| on[a-z]+="/.test(page)).toBe(false)
})

test('names from users and venues are text, never markup', () => {
  const evil = '</script><img src=x onerror=alert(1)>'
  const [first] = run.roundTrips
  const text = htmlReport({
    ...run,
    name: evil,
    roundTrips: run.roundTrips.map((trip) => ({ ...trip, strategy: evil })),
    strips: (run.strips ?? []).map((strip) => ({ ...strip, reading: evil })),
    quality: { ...run.quality, skippedFiles: [{ file: evil, reason: evil }] },
  })
  expect(first).toBeDefined()
  expect(text.includes('<img')).toBe(false)
  expect(text.match(/<\/script>/g)).toHaveLength(2)
  expect(text.includes('&#60;img src=x onerror=alert(1)&#62;')).toBe(true)
})

test('the script of the page is the drawing code of the build and runs without the build', () => {
  const [chart] = priceCharts(run, 1_000)
  const view = { from: 3_600, to: 40_000, width: 700, selected: 2 }
  const alone = runInNewContext(`(${drawPrice.toString()})`) as typeof drawPrice
  expect(alone(chart, view)).toBe(drawPrice(chart, view))
  const equity = equityChart(run)
  expect((runInNewContext(`(${drawEquity.toString()})`) as typeof drawEquity)(equity, 700)).toBe(
    drawEquity(equity, 700),
  )
})

test('the script of the page is valid', () => {
  const script = /<script>([^]*?)<\/script>/.exec(page)?.[1] ?? ''
  // Without a document it must stop at its first use, not at a syntax error.
  expect(() => runInNewContext(script)).toThrow('document is not defined')
})

test('every table has a caption, column headers and row headers', () => {
  const tables = page.match(/<table[^]*?<\/table>/g) ?? []
  expect(tables.length).toBeGreaterThan(8)
  for (const table of tables) {
    expect(table).toContain('<caption')
    expect(table).toContain('<th scope="col"')
    expect(table).toContain('<th scope="row"')
  }
})

test('ids are unique and every link has its target', () => {
  const markup = page.replace(/<script>[^]*?<\/script>/g, '')
  const ids = [...markup.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1])
  // Both charts bring their own copy of the hatch pattern; nothing else repeats.
  expect(new Set(ids).size).toBe(ids.length)
  for (const [, target] of markup.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target)
})

test('a long run on many instruments stays under 1.5 MB', () => {
  const many = sampleRun({
    days: 5,
    pumpsPerDay: 9,
    instruments: Array.from({ length: 40 }, (_, index) => `C${index}_USDT`),
  })
  expect(many.roundTrips.length).toBeGreaterThan(800)
  expect(Buffer.byteLength(htmlReport(many))).toBeLessThan(1_500_000)
})

test('equity keeps its highest and lowest point however much it is thinned', () => {
  const long = sampleRun({ days: 20 })
  const chart = equityChart(long)
  const rounded = (value: number): number => Math.round(value * 100) / 100
  expect(chart.times.length).toBeLessThanOrEqual(1_504)
  expect(Math.max(...chart.equity)).toBe(rounded(long.equity.equity.reduce((a, b) => Math.max(a, b))))
  expect(Math.min(...chart.equity)).toBe(rounded(long.equity.equity.reduce((a, b) => Math.min(a, b))))
})

test('the page and the terminal show the amounts of a run in bitcoin with their digits', () => {
  const tiny = 1_000_000n
  const small = {
    ...run,
    spec: { ...run.spec, currency: 'BTC', capital: run.spec.capital / tiny },
    roundTrips: run.roundTrips.map((trip) => ({
      ...trip,
      netProfit: trip.netProfit / tiny,
      notional: trip.notional / tiny,
      grossProfit: trip.grossProfit / tiny,
      costs: { ...trip.costs, fee: 1_234n },
    })),
    equity: { ...run.equity, equity: run.equity.equity.map((value) => value / 1e6) },
  }
  const shown = [htmlReport(small), terminalReport(small, { color: false, width: 120 }), whyTrade(small, 1).text]
  for (const text of shown) expect(/[^.\d,][-+]?0\.00(?:00)?(?: BTC|<| │)/.test(text)).toBe(false)
  expect(shown[0]).toContain('Capital 0.01 BTC')
  expect(shown[1]).toContain('0.01000000 BTC')
  expect(new Set(equityChart(small).equity).size).toBeGreaterThan(10)
  const labels = [...drawEquity(equityChart(small), 700).matchAll(/class="axis" x="628"[^>]*>([\d.]+)</g)]
  expect(new Set(labels.map(([, label]) => label)).size).toBe(labels.length)
  expect(labels.length).toBeGreaterThan(2)
})

test('bars that are merged keep the extremes of the prices', () => {
  const [id] = run.prices.map(({ instrumentId }) => instrumentId)
  const chart = priceCharts(run, 300).find((each) => each.id === id)!
  const prices = run.prices.find(({ instrumentId }) => instrumentId === id)!
  const highs = chart.bars.filter((_, at) => at % 5 === 2)
  expect(highs.length).toBeLessThanOrEqual(100)
  expect(Math.max(...highs)).toBe(Math.round(prices.high.reduce((a, b) => Math.max(a, b)) * chart.scale))
})

test('a run without trades, prices or equity still makes a page', () => {
  const none = new Float64Array()
  const text = htmlReport({
    ...run,
    roundTrips: [],
    decisions: [],
    orders: [],
    fills: [],
    prices: [],
    strips: [],
    equity: { time: none, equity: none, drawdown: none },
  })
  expect(text).toContain('No trade was made.')
  expect(text).toContain('No equity was recorded.')
  expect(text).toContain('The run kept no prices to draw.')
})
