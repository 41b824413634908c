import type { IndicatorDefinition, ParameterSpec, Parameters } from '#model/indicator.ts'
import { waitingReason } from './coverage.ts'
import { countOrders } from './order-count.ts'
import { numberOf } from './parameter-specs.ts'
import { full, part } from './score.ts'
import { floorPct, floorShare, usualLookback, usualMove, usualParameters } from './usual-level.ts'
import { riseFromLevel } from './usual-move.ts'
import { surgeOfTurnover } from './usual-turnover.ts'

/** Points of each part; they sum to 100. */
const points = { rise: 30, unusual: 20, crowd: 20, turnover: 20, flow: 10 } as const
type Part = keyof typeof points
const parts = Object.keys(points) as readonly Part[]

const windows: readonly ParameterSpec[] = [
  { name: 'levelFromMs', description: 'Start of the window of the level the price rises from', default: 70_000 },
  { name: 'levelToMs', description: 'End of that window', default: 10_000 },
  { name: 'orderMs', description: 'Window in which orders are counted', default: 5_000 },
  { name: 'flowMs', description: 'Window of turnover and flow', default: 10_000 },
].map((spec) => ({ ...spec, unit: 'ms', type: 'integer', min: 1, max: 3_600_000 }))

export const pumpScore: IndicatorDefinition = {
  id: 'pumpScore',
  title: 'Pump score',
  description:
    'How much this is a pump now, 0 to 100, for ranking instruments: how far it rose, how unusual that is for it, how many ' +
    'are buying, for how much, and how one-sidedly. Each part can be asked for by itself.',
  formula:
    '30·rise / fullRisePct + 20·rise in usual moves / fullMoves + 20·buy orders of orderMs / fullOrders + 20·buy turnover surge of flowMs / fullSurge ' +
    '+ 10·(2·buy share of flowMs − 1), each between 0 and its points; part: one of them, as a share of its points in percent. Full values are twice the thresholds of flash-pump',
  source:
    'design §10 (board sorted by pump score); parts as riseFromLevelPct, riseInUsualMoves, orderCount, turnoverSurge, orderFlowImbalance',
  inputs: ['trade', 'side', 'bar'],
  parameters: [
    {
      name: 'part',
      description: 'The whole score, or one part of it from 0 to 100',
      unit: 'choice',
      type: 'choice',
      default: 'all',
      choices: ['all', ...parts],
    },
    ...windows,
    full('fullRisePct', 'percent', 10, 0.1, 1000),
    full('fullMoves', 'ratio', 24, 0.1, 1000),
    full('fullOrders', 'count', 14, 1, 10_000),
    full('fullSurge', 'ratio', 30, 0.1, 100_000),
    ...usualParameters,
    floorPct,
    floorShare,
  ],
  unit: 'score',
  range: [0, 100],
  lookbackMs: (parameters) => Math.max(usualLookback(parameters), numberOf(parameters, 'levelFromMs')),
  refuse: (parameters) =>
    numberOf(parameters, 'levelFromMs') > numberOf(parameters, 'levelToMs')
      ? undefined
      : 'levelFromMs must be greater than levelToMs',
  create(market, parameters) {
    const rise = riseFromLevel(market, windowed(parameters, 'levelFromMs', 'levelToMs'))
    const usual = usualMove(market, parameters)
    const orders = countOrders(market, { ...windowed(parameters, 'orderMs'), side: 'buy' })
    const surge = surgeOfTurnover(market, { ...windowed(parameters, 'flowMs'), side: 'buy' })
    const flowEdge = market.tradeEdge(numberOf(parameters, 'flowMs'))
    const kernels = [rise, usual, orders, surge]
    const columns = kernels.map(() => new Float64Array(market.timeline.time.length))
    const [rises, moves, counts, surges] = columns as [Float64Array, Float64Array, Float64Array, Float64Array]
    const fullRise = numberOf(parameters, 'fullRisePct')
    const fullMoves = numberOf(parameters, 'fullMoves')
    const fullOrders = numberOf(parameters, 'fullOrders')
    const fullSurge = numberOf(parameters, 'fullSurge')
    const wanted = parameters['part'] as Part | 'all'

    function flow(at: number): number {
      const { offset, buyQuote, sellQuote } = market.trades
      const to = market.timeline.trades[at] - offset
      const from = flowEdge.values[at] - offset
      const bought = buyQuote[to] - buyQuote[from]
      const sold = sellQuote[to] - sellQuote[from]
      return bought > 0 ? (bought - sold) / (bought + sold) : 0
    }

    const partOf: Readonly<Record<Part, (at: number) => number>> = {
      rise: (at) => part(rises[at] / fullRise),
      unusual: (at) => part(rises[at] / moves[at] / fullMoves),
      crowd: (at) => part(counts[at] / fullOrders),
      turnover: (at) => part(surges[at] / fullSurge),
      flow: (at) => part(flow(at)),
    }
    const whole = (at: number): number =>
      points.rise * partOf.rise(at) +
      points.unusual * partOf.unusual(at) +
      points.crowd * partOf.crowd(at) +
      points.turnover * partOf.turnover(at) +
      points.flow * partOf.flow(at)

    return {
      kind: 'column',
      fill(from, to, values, reasons) {
        kernels.forEach((kernel, index) => kernel.fill(from, to, columns[index], reasons))
        flowEdge.ensure()
        const { time } = market.timeline
        const since = market.coveredSince()
        for (let at = from; at < to; at++) {
          const score = whole(at)
          values[at] = score === score && wanted !== 'all' ? 100 * partOf[wanted](at) : score
          if (score !== score) reasons[at] = waitingReason(time[at], since)
        }
      },
      snapshot: () => kernels.map((kernel) => kernel.snapshot?.()),
      restore(state) {
        kernels.forEach((kernel, index) => kernel.restore?.((state as unknown[])[index]))
      },
    }
  },
}

/** The parameters with `fromMs` and `toMs` taken from windows of other names. */
const windowed = (parameters: Parameters, from: string, to?: string): Parameters => ({
  ...parameters,
  fromMs: numberOf(parameters, from),
  toMs: to === undefined ? 0 : numberOf(parameters, to),
})
