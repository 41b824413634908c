import { type IndicatorDefinition, pending } from '#model/indicator.ts'
import { bestValueOf } from './depth.ts'
import { drained } from './liquidity-drain.ts'
import { baselineFromMs, baselineToMs, direction, numberOf, ratio, signOfDirection } from './parameter-specs.ts'
import { type Combine, quoteRows, timeWeighted } from './time-weighted.ts'

export const adaptiveTakeProfit: IndicatorDefinition = {
  id: 'adaptiveTakeProfit',
  title: 'Adaptive take profit',
  description:
    'Target for trading against a move: a share of its height is expected back, more after a large move, ' +
    'less when the book dries up. Pending while there is no move to trade against.',
  formula:
    'last price − share · (last price − B), B = TWPA(baselineFromMs, baselineToMs), share = baseShare + ' +
    'min(magnitudeCap, magnitudeGain · |last price / B − 1| · 100) − drainPenalty · drain / 100, cut to 0…1; ' +
    'drain = 0…100 % of the value at the touch over drainMs that has left since (drainBaselineMs, drainMs). ' +
    'A short needs a rise, a long a fall.',
  source: 'domain §1.4 adaptive take profit, as a share of the height of the move',
  inputs: ['trade', 'quote'],
  parameters: [
    baselineFromMs(60_000),
    baselineToMs(30_000),
    ratio('baseShare', 'Share of the move expected back', 0.4, 0, 1),
    ratio('magnitudeGain', 'Share added per percent of the move', 0.01, 0, 1),
    ratio('magnitudeCap', 'Most that the size of the move adds', 0.2, 0, 1),
    ratio('drainPenalty', 'Share taken off when the touch is empty', 0.1, 0, 1),
    {
      name: 'drainMs',
      description: 'Window of the liquidity now',
      unit: 'ms',
      type: 'integer',
      default: 30_000,
      min: 1000,
      max: 3_600_000,
    },
    {
      name: 'drainBaselineMs',
      description: 'Start of the liquidity compared with',
      unit: 'ms',
      type: 'integer',
      default: 600_000,
      min: 2000,
      max: 86_400_000,
    },
    { ...direction, default: 'short' },
  ],
  unit: 'price',
  range: [0, Infinity],
  lookbackMs: (parameters) => Math.max(numberOf(parameters, 'baselineFromMs'), numberOf(parameters, 'drainBaselineMs')),
  refuse(parameters) {
    if (numberOf(parameters, 'baselineFromMs') <= numberOf(parameters, 'baselineToMs'))
      return 'baselineFromMs must be greater than baselineToMs'
    return numberOf(parameters, 'drainBaselineMs') > numberOf(parameters, 'drainMs')
      ? undefined
      : 'drainBaselineMs must be greater than drainMs'
  },
  create(market, parameters) {
    const sign = signOfDirection(parameters)
    const [baseShare, gain, cap, penalty, drainMs, drainBaselineMs] = (
      ['baseShare', 'magnitudeGain', 'magnitudeCap', 'drainPenalty', 'drainMs', 'drainBaselineMs'] as const
    ).map((name) => numberOf(parameters, name)) as [number, number, number, number, number, number]
    const baseline = market.twpa(numberOf(parameters, 'baselineFromMs'), numberOf(parameters, 'baselineToMs'))
    const target: Combine = (from, to, values, [now, before]) => {
      baseline.ensure()
      const { offset, price } = market.trades
      const { trades } = market.timeline
      for (let at = from; at < to; at++) {
        const start = baseline.values[at]
        const height = start === start ? price[trades[at] - 1 - offset] - start : Number.NaN
        const gone = Math.max(0, drained(now[at], before[at])) / 100
        const share = baseShare + Math.min(cap, (gain * 100 * Math.abs(height)) / start) - penalty * gone
        const last = start + height
        values[at] = sign * height < 0 ? last - Math.max(0, Math.min(1, share)) * height : Number.NaN
      }
    }
    const terms = [
      { measure: bestValueOf, fromMs: drainMs, toMs: 0 },
      { measure: bestValueOf, fromMs: drainBaselineMs, toMs: drainMs },
    ]
    return timeWeighted(market, quoteRows(market), terms, target, pending.noBaseline)
  },
}
