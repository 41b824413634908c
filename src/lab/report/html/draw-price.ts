import type { PriceChart } from './chart-data.ts'

/** What part of a chart to draw, in seconds after its origin, and how wide in CSS pixels. */
export interface PriceView {
  readonly from: number
  readonly to: number
  readonly width: number
  /** Number of the trade to point out; 0 = none. */
  readonly selected: number
}

/**
 * The price chart as SVG text. It also runs in the page, from its own source: it must not refer to anything outside itself.
 */
export function drawPrice(chart: PriceChart, view: PriceView): string {
  const esc = (text: string): string =>
    text.replace(
      /[&<>"']/g,
      (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[char] ?? char,
    )
  const n = (value: number): string => String(Math.round(value * 10) / 10)
  const { width } = view
  const narrow = width < 600
  const right = narrow ? 62 : 84
  const plot = Math.max(80, width - right)
  const top = 22
  const height = narrow ? 240 : 360
  const bottom = top + height
  const span = Math.max(1, view.to - view.from)
  const x = (seconds: number): number => ((seconds - view.from) / span) * plot
  const seen = (from: number, to: number): boolean => to >= view.from && from <= view.to
  const trades = chart.trades.filter((trade) => seen(trade.opened, trade.closed))

  // Merge bars so that one is at least three pixels wide.
  const rows: number[][] = []
  const merge = Math.max(1, Math.ceil(span / chart.step / (plot / 3)))
  for (let at = 0; at < chart.bars.length; at += 5) {
    const time = chart.bars[at]
    if (time + chart.step < view.from || time > view.to) continue
    const slot = Math.floor(time / (chart.step * merge))
    const [open, high, low, close] = [
      chart.bars[at + 1],
      chart.bars[at + 2],
      chart.bars[at + 3],
      chart.bars[at + 4],
    ] as [number, number, number, number]
    const last = rows[rows.length - 1]
    if (last !== undefined && last[0] === slot) {
      last[3] = Math.max(last[3], high)
      last[4] = Math.min(last[4], low)
      last[5] = close
    } else rows.push([slot, time, open, high, low, close])
  }
  let low = Infinity
  let high = -Infinity
  for (const row of rows) {
    high = Math.max(high, row[3])
    low = Math.min(low, row[4])
  }
  for (const trade of trades) {
    const near = span < chart.to * 0.5 || trade.number === view.selected
    const levels = near ? [trade.entry, trade.exit, ...trade.stops.map((stop) => stop[1])] : [trade.entry, trade.exit]
    for (const level of levels) {
      high = Math.max(high, level)
      low = Math.min(low, level)
    }
  }
  if (low > high)
    return `<svg viewBox="0 0 ${n(width)} 60" width="${n(width)}" height="60" aria-hidden="true"><text x="8" y="34" class="axis">No prices in this range.</text></svg>`
  const pad = Math.max(1, (high - low) * 0.08)
  low -= pad
  high += pad
  const y = (price: number): number => top + ((high - price) / (high - low)) * height
  const out: string[] = []

  // Phases: pale bands behind the price, and a lane of solid ones with their words above it.
  for (const phase of chart.phases) {
    if (!seen(phase.from, phase.to)) continue
    const left = Math.max(0, x(phase.from))
    const wide = Math.max(1, Math.min(plot, x(phase.to)) - left)
    out.push(`<rect class="band ${phase.phase}" x="${n(left)}" y="${top}" width="${n(wide)}" height="${height}"/>`)
    out.push(
      `<rect class="lane ${phase.phase}" x="${n(left)}" y="4" width="${n(wide)}" height="14"><title>${esc(phase.word)}</title></rect>`,
    )
    if (wide > phase.word.length * 6.6 + 8)
      out.push(`<text class="lane-word ${phase.phase}" x="${n(left + 4)}" y="14.5">${esc(phase.word)}</text>`)
  }

  // Price grid on round numbers.
  const unit = (high - low) / (narrow ? 5 : 8)
  const power = 10 ** Math.floor(Math.log10(unit))
  const gap = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= unit) ?? unit)
  const decimals = Math.max(0, Math.round(Math.log10(chart.scale)))
  for (let price = Math.ceil(low / gap) * gap; price <= high; price += gap) {
    out.push(`<line class="grid" x1="0" x2="${n(plot)}" y1="${n(y(price))}" y2="${n(y(price))}"/>`)
    const text = (price / chart.scale).toFixed(decimals)
    out.push(
      `<text class="axis" x="${n(plot + 6)}" y="${n(y(price) + 4)}">${text.includes('.') ? text.replace(/\.?0+$/, '') : text}</text>`,
    )
  }

  // Time axis in UTC.
  const steps = [60, 300, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000]
  const every = steps.find((size) => span / size <= plot / (narrow ? 78 : 100)) ?? 2_592_000
  const firstTick = Math.ceil((chart.origin + view.from) / every) * every
  for (let tick = firstTick; tick <= chart.origin + view.to; tick += every) {
    const at = x(tick - chart.origin)
    const iso = new Date(tick * 1000).toISOString()
    const midnight = tick % 86_400 === 0
    out.push(`<line class="grid${midnight ? ' day' : ''}" x1="${n(at)}" x2="${n(at)}" y1="${top}" y2="${bottom}"/>`)
    if (at > 16 && at < plot - 16)
      out.push(
        `<text class="axis" text-anchor="middle" x="${n(at)}" y="${bottom + 16}">${midnight || every >= 86_400 ? iso.slice(5, 10) : iso.slice(11, 16)}</text>`,
      )
  }

  // Candles: rising ones are hollow, falling ones are filled.
  const body = Math.max(1, Math.min(9, (plot * chart.step * merge) / span - 1.5))
  let rising = ''
  let falling = ''
  let wicks = ''
  for (const row of rows) {
    const [, time, open, highest, lowest, close] = row as [number, number, number, number, number, number]
    const center = x(time + (chart.step * merge) / 2)
    if (center < 0 || center > plot) continue
    const upper = y(Math.max(open, close))
    const lower = y(Math.min(open, close))
    wicks += `M${n(center)} ${n(y(highest))}V${n(upper)}M${n(center)} ${n(lower)}V${n(y(lowest))}`
    const box = `M${n(center - body / 2)} ${n(upper)}h${n(body)}v${n(Math.max(0.8, lower - upper))}h${n(-body)}z`
    if (close >= open) rising += box
    else falling += box
  }
  out.push(
    `<path class="wick" d="${wicks}"/><path class="rising" d="${rising}"/><path class="falling" d="${falling}"/>`,
  )

  // Trades: stop, target, the way from entry to exit, and an arrow at each end.
  const few = trades.length <= 40
  for (const trade of trades) {
    const chosen = trade.number === view.selected
    const result = trade.result > 0 ? 'won' : trade.result < 0 ? 'lost' : 'even'
    const left = x(trade.opened)
    const end = x(trade.closed)
    if (few || chosen) {
      trade.stops.forEach((stop, index) => {
        const until = x(trade.stops[index + 1]?.[0] ?? trade.closed)
        if (stop[1] > low && stop[1] < high)
          out.push(
            `<line class="stop" x1="${n(x(stop[0]))}" x2="${n(Math.max(until, x(stop[0]) + 6))}" y1="${n(y(stop[1]))}" y2="${n(y(stop[1]))}"><title>Stop</title></line>`,
          )
      })
      if (trade.target !== null && trade.target > low && trade.target < high)
        out.push(
          `<line class="target" x1="${n(left)}" x2="${n(Math.max(end, left + 6))}" y1="${n(y(trade.target))}" y2="${n(y(trade.target))}"><title>Target</title></line>`,
        )
    }
    out.push(
      `<line class="way ${result}" x1="${n(left)}" y1="${n(y(trade.entry))}" x2="${n(end)}" y2="${n(y(trade.exit))}"/>`,
    )
    const arrow = (at: number, price: number, up: boolean, kind: string): string => {
      const tip = y(price) + (up ? 3 : -3)
      const base = up ? 11 : -11
      return `<path class="${kind} ${result}" d="M${n(at)} ${n(tip)}l6 ${base}h-12z"/>`
    }
    const buys = trade.side === 'long'
    out.push(
      `<g class="trade${chosen ? ' chosen' : ''}" data-trade="${trade.number}"><title>${esc(`Trade ${trade.number}, ${trade.side}, ${trade.net}`)}</title>${arrow(left, trade.entry, buys, 'entry')}${arrow(end, trade.exit, !buys, 'exit')}`,
    )
    if (trades.length <= (narrow ? 6 : 16) || chosen)
      out.push(
        `<text class="number" text-anchor="middle" x="${n(left)}" y="${n(y(trade.entry) + (buys ? 26 : -18))}">${trade.number}</text>`,
      )
    out.push('</g>')
  }

  // Conditions: full height = met, a thin line = not met, hatched = no value yet.
  let row = bottom + 34
  for (const strip of chart.strips) {
    out.push(`<text class="strip-label" x="0" y="${n(row)}">${esc(strip.label)}</text>`)
    const base = row + 5
    out.push(`<rect class="strip" x="0" y="${n(base)}" width="${n(plot)}" height="9"/>`)
    let drawn = -1
    for (let at = 0; at < strip.times.length; at++) {
      const from = strip.times[at]
      const to = strip.held ? (strip.times[at + 1] ?? view.to) : from
      if (!seen(from, to)) continue
      const start = Math.max(0, x(from))
      const wide = Math.max(2, Math.min(plot, x(to)) - start)
      const verdict = strip.verdicts[at]
      if (start + wide - drawn < 0.6 && verdict !== 1) continue
      drawn = start + wide
      if (verdict === 1) out.push(`<rect class="met" x="${n(start)}" y="${n(base)}" width="${n(wide)}" height="9"/>`)
      else if (verdict === 0)
        out.push(`<rect class="unmet" x="${n(start)}" y="${n(base + 4)}" width="${n(wide)}" height="1.5"/>`)
      else
        out.push(
          `<rect class="pending" x="${n(start)}" y="${n(base)}" width="${n(wide)}" height="9" fill="url(#hatch)"/>`,
        )
    }
    row += 29
  }
  const total = chart.strips.length === 0 ? bottom + 24 : row - 8
  const hatch =
    '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="5"/></pattern></defs>'
  return `<svg viewBox="0 0 ${n(width)} ${n(total)}" width="${n(width)}" height="${n(total)}" role="img" aria-label="${esc(`Price of ${chart.id} with ${trades.length} trades`)}" data-plot="${n(plot)}" data-top="${top}" data-bottom="${n(total)}">${hatch}${out.join('')}<line class="cross" x1="0" x2="0" y1="${top}" y2="${n(total)}" visibility="hidden"/></svg>`
}
