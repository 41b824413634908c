import { numberText } from '../report/format.ts'
import type { PumpChart } from './chart.ts'

const width = 372
const axis = 44
const plot = width - axis
const priceTop = 10
const priceHeight = 118
const volumeTop = priceTop + priceHeight + 8
const volumeHeight = 30
const bottom = volumeTop + volumeHeight
const height = bottom + 18

const n = (value: number): string => String(Math.round(value * 10) / 10)

/** Price above, turnover below, the onset and the alerts marked, as SVG text; percent are of the price before. */
export function drawChart(chart: PumpChart): string {
  const { prices, prePrice, peakPrice, alerts, from, to } = chart
  if (prices.length === 0)
    return `<svg viewBox="0 0 ${width} 40" width="${width}" height="40" role="img" aria-label="No trades"><text class="axis" x="4" y="24">Nothing traded here.</text></svg>`
  const x = (time: number): number => ((time - from) / (to - from)) * plot
  const levels = [...prices.flatMap(([, low, high]) => [low, high]), ...(prePrice === null ? [] : [prePrice])]
  const lowest = Math.min(...levels)
  const highest = Math.max(...levels)
  const pad = (highest - lowest) * 0.05 || highest * 0.001
  const y = (price: number): number => priceTop + ((highest + pad - price) / (highest - lowest + 2 * pad)) * priceHeight
  const parts = [
    timeAxis(chart, x),
    prePrice === null ? '' : percentAxis(prePrice, lowest, highest, y),
    level('before', prePrice, y),
    level('peak', peakPrice, y),
    `<line class="onset" x1="${n(x(0))}" x2="${n(x(0))}" y1="${priceTop}" y2="${bottom}"/>`,
    volumeBars(chart, x),
    `<path class="price" d="${pricePath(chart, x, y)}"/>`,
    ...alerts.map(
      ({ time, price }) =>
        `<g class="alert"><line x1="${n(x(time))}" x2="${n(x(time))}" y1="${priceTop}" y2="${bottom}"/><path d="M${n(x(time))} ${n(y(price))}l5 9h-10z"/></g>`,
    ),
  ]
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Price and turnover around ${new Date(chart.zero).toISOString()}">${parts.join('')}</svg>`
}

function timeAxis({ from, to }: PumpChart, x: (time: number) => number): string {
  const out: string[] = []
  for (let time = Math.ceil(from / 120_000) * 120_000; time <= to; time += 120_000) {
    const at = n(x(time))
    const word = time === 0 ? '0' : `${time < 0 ? '−' : '+'}${Math.abs(time) / 60_000}`
    const anchor = time === from ? 'start' : time === to ? 'end' : 'middle'
    out.push(`<line class="grid" x1="${at}" x2="${at}" y1="${priceTop}" y2="${bottom}"/>`)
    out.push(`<text class="axis" text-anchor="${anchor}" x="${at}" y="${height - 4}">${word}</text>`)
  }
  return out.join('')
}

function percentAxis(base: number, lowest: number, highest: number, y: (price: number) => number): string {
  const low = (lowest / base - 1) * 100
  const high = (highest / base - 1) * 100
  const raw = Math.max((high - low) / 4, 1e-6)
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw) ?? raw
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  const out: string[] = []
  for (let value = Math.ceil(low / step) * step; value <= high + step * 1e-9; value += step) {
    const at = y(base * (1 + value / 100))
    out.push(`<line class="grid" x1="0" x2="${plot}" y1="${n(at)}" y2="${n(at)}"/>`)
    out.push(
      `<text class="axis" x="${plot + 5}" y="${n(at + 4)}">${value > 1e-9 ? '+' : ''}${numberText(value, digits)} %</text>`,
    )
  }
  return out.join('')
}

function level(kind: 'before' | 'peak', price: number | null, y: (price: number) => number): string {
  if (price === null) return ''
  const at = y(price)
  if (at < priceTop || at > priceTop + priceHeight) return ''
  return `<line class="${kind}" x1="0" x2="${plot}" y1="${n(at)}" y2="${n(at)}"/>`
}

/** Every price holds until the next; a stroke shows how far it went within two seconds. */
function pricePath({ prices, to }: PumpChart, x: (time: number) => number, y: (price: number) => number): string {
  let path = ''
  for (const [time, low, high, last] of prices) {
    const at = n(x(time))
    path += `${path === '' ? 'M' : 'H'}${at}${path === '' ? ` ${n(y(last))}` : ''}`
    if (high > low) path += `V${n(y(low))}V${n(y(high))}`
    path += `V${n(y(last))}`
  }
  return `${path}H${n(x(to))}`
}

function volumeBars({ turnover, turnoverStepMs, from }: PumpChart, x: (time: number) => number): string {
  const most = Math.max(...turnover)
  if (most === 0) return ''
  const wide = x(from + turnoverStepMs) - 0.5
  const bars = turnover.map((value, index) => {
    const tall = (value / most) * volumeHeight
    return tall < 0.05 ? '' : `M${n(x(from + index * turnoverStepMs))} ${bottom}v${n(-tall)}h${n(wide)}v${n(tall)}z`
  })
  return `<path class="turnover" d="${bars.join('')}"/>`
}
