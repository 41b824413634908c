import type { EquityChart } from './equity-data.ts'

/** Equity above, drawdown below, as SVG text. It also runs in the page: it must not refer to anything outside itself. */
export function drawEquity(chart: EquityChart, width: number): string {
  const n = (value: number): string => String(Math.round(value * 10) / 10)
  const { times, equity, drawdown } = chart
  if (times.length === 0)
    return `<svg viewBox="0 0 ${n(width)} 60" width="${n(width)}" height="60" aria-hidden="true"><text x="8" y="34" class="axis">No equity was recorded.</text></svg>`
  const narrow = width < 600
  const right = narrow ? 58 : 78
  const plot = Math.max(80, width - right)
  const top = 8
  const height = narrow ? 170 : 230
  const lower = top + height + 14
  const depth = narrow ? 60 : 80
  const first = times[0]
  const span = Math.max(1, times[times.length - 1] - first)
  const x = (seconds: number): number => ((seconds - first) / span) * plot
  let low = chart.start
  let high = chart.start
  for (const value of equity) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const pad = Math.max((high - low) * 0.06, Math.abs(chart.start) * 1e-4)
  low -= pad
  high += pad
  const y = (value: number): number => top + ((high - value) / (high - low)) * height
  const fell = drawdown.reduce((a, b) => Math.max(a, b), 0)
  const worst = fell === 0 ? 0.01 : fell
  const down = (value: number): number => lower + (value / worst) * depth
  const out: string[] = []
  const unit = (high - low) / (narrow ? 4 : 6)
  const power = 10 ** Math.floor(Math.log10(unit))
  const gap = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= unit) ?? unit
  const digits = Math.min(12, Math.max(0, -Math.floor(Math.log10(gap) + 1e-9)))
  for (let value = Math.ceil(low / gap) * gap; value <= high; value += gap) {
    out.push(`<line class="grid" x1="0" x2="${n(plot)}" y1="${n(y(value))}" y2="${n(y(value))}"/>`)
    out.push(
      `<text class="axis" x="${n(plot + 6)}" y="${n(y(value) + 4)}">${value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}</text>`,
    )
  }
  const steps = [
    3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000,
  ]
  const every = steps.find((size) => span / size <= plot / (narrow ? 78 : 100)) ?? 31_536_000
  for (
    let tick = Math.ceil((chart.origin + first) / every) * every;
    tick <= chart.origin + first + span;
    tick += every
  ) {
    const at = x(tick - chart.origin)
    const iso = new Date(tick * 1000).toISOString()
    out.push(`<line class="grid" x1="${n(at)}" x2="${n(at)}" y1="${top}" y2="${n(lower + depth)}"/>`)
    if (at > 16 && at < plot - 16)
      out.push(
        `<text class="axis" text-anchor="middle" x="${n(at)}" y="${n(lower + depth + 16)}">${every >= 86_400 || tick % 86_400 === 0 ? iso.slice(5, 10) : iso.slice(11, 16)}</text>`,
      )
  }
  let line = ''
  let area = `M0 ${n(lower)}`
  for (let at = 0; at < times.length; at++) {
    const left = n(x(times[at]))
    line += `${at === 0 ? 'M' : 'L'}${left} ${n(y(equity[at]))}`
    area += `L${left} ${n(down(drawdown[at]))}`
  }
  const base = n(y(chart.start))
  out.push(`<line class="capital" x1="0" x2="${n(plot)}" y1="${base}" y2="${base}"/>`)
  out.push(`<path class="equity" d="${line}"/><path class="drawdown" d="${area}L${n(plot)} ${n(lower)}z"/>`)
  out.push(`<line class="zero" x1="0" x2="${n(plot)}" y1="${n(lower)}" y2="${n(lower)}"/>`)
  out.push(`<text class="axis" x="${n(plot + 6)}" y="${n(lower + 4)}">0 %</text>`)
  if (fell > 0)
    out.push(`<text class="axis" x="${n(plot + 6)}" y="${n(lower + depth)}">−${(fell * 100).toFixed(2)} %</text>`)
  const total = lower + depth + 24
  return `<svg viewBox="0 0 ${n(width)} ${n(total)}" width="${n(width)}" height="${n(total)}" role="img" aria-label="Equity and drawdown over time" data-plot="${n(plot)}" data-bottom="${n(total)}">${out.join('')}<line class="cross" x1="0" x2="0" y1="${top}" y2="${n(lower + depth)}" visibility="hidden"/></svg>`
}
