import { type IndicatorDefinition, pending } from '#model/indicator.ts'

export const spreadPct: IndicatorDefinition = {
  id: 'spreadPct',
  title: 'Spread',
  description:
    'Distance between best bid and ask in percent of their middle. Pending while the book is crossed or a ' +
    'side is empty.',
  formula: '100 · (ask − bid) / ((ask + bid) / 2)',
  source: 'domain §1.2 #13 SPREAD_PCT',
  inputs: ['quote'],
  parameters: [],
  unit: 'percent',
  range: [0, 200],
  lookbackMs: () => 0,
  create: (market) => ({
    kind: 'column',
    fill(first, last, values, reasons) {
      const { offset, start, bid, ask } = market.quotes
      const seen = market.timeline.quotes
      for (let at = first; at < last; at++) {
        const row = seen[at] - 1
        const low = bid[row - offset]
        const high = ask[row - offset]
        if (row >= start && low > 0 && high > low) {
          values[at] = (200 * (high - low)) / (high + low)
          continue
        }
        values[at] = Number.NaN
        reasons[at] = row < start ? pending.noQuotes : pending.undefined
      }
    },
  }),
}

export const quoteAge: IndicatorDefinition = {
  id: 'quoteAge',
  title: 'Quote age',
  description: 'Seconds since the last quote: how old the picture is that spread and imbalance are read from.',
  formula: '(now − time of the last quote) / 1000',
  source: 'domain §1.6, one clock for all readings',
  inputs: ['quote'],
  parameters: [],
  unit: 'seconds',
  range: [0, Infinity],
  lookbackMs: () => 0,
  create: (market) => ({
    kind: 'column',
    fill(first, last, values, reasons) {
      const { offset, start, time: quoted } = market.quotes
      const { time, quotes: seen } = market.timeline
      for (let at = first; at < last; at++) {
        const row = seen[at] - 1
        if (row >= start) values[at] = (time[at] - quoted[row - offset]) / 1000
        else {
          values[at] = Number.NaN
          reasons[at] = pending.noQuotes
        }
      }
    },
  }),
}
