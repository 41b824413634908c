import { type IndicatorDefinition, pending } from '#model/indicator.ts'
import { readyAfter, skipUncovered } from './coverage.ts'
import { fromMs, numberOf, refuseWindow, toMs, windowLookback, windowOf } from './parameter-specs.ts'

export const volumeConcentration: IndicatorDefinition = {
  id: 'volumeConcentration',
  title: 'Volume concentration',
  description: 'How much of the traded value fell into one moment of the window: 0 spread evenly, 1 all at once.',
  formula:
    '(n·Σ s² − 1) / (n − 1), with s = share of Σ price·quantity in each of n = slices equal parts of (fromMs, toMs)',
  source: 'domain §1.4 VOLUME_CONCENTRATION, as a normalized Herfindahl index over time',
  inputs: ['trade'],
  parameters: [
    fromMs(60_000),
    toMs(),
    {
      name: 'slices',
      description: 'Parts of the window',
      unit: 'slices',
      type: 'integer',
      default: 10,
      min: 2,
      max: 20,
    },
  ],
  unit: 'ratio',
  range: [0, 1],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
  create(market, parameters) {
    const window = windowOf(parameters)
    const slices = numberOf(parameters, 'slices')
    const edges = Array.from({ length: slices + 1 }, (_, slice) =>
      market.tradeEdge(Math.round(window.toMs + ((window.fromMs - window.toMs) * slice) / slices)),
    )
    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        for (const edge of edges) edge.ensure()
        const { quote, offset } = market.trades
        for (let at = skipUncovered(market, readyAfter(window), from, to, values, reasons); at < to; at++) {
          let newer = quote[edges[0].values[at] - offset]
          const total = newer - quote[edges[slices].values[at] - offset]
          let squares = 0
          for (let slice = 1; slice <= slices; slice++) {
            const older = quote[edges[slice].values[at] - offset]
            squares += ((newer - older) / total) ** 2
            newer = older
          }
          values[at] = total > 0 ? Math.max(0, Math.min(1, (slices * squares - 1) / (slices - 1))) : Number.NaN
          if (!(total > 0)) reasons[at] = pending.noTrades
        }
      },
    }
  },
}
