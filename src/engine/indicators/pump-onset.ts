import {
  type ColumnKernel,
  type IndicatorDefinition,
  type MarketView,
  type Parameters,
  pending,
} from '#model/indicator.ts'
import { waitingReason } from './coverage.ts'
import { fromMs, numberOf, percent, refuseWindow, toMs, windowLookback } from './parameter-specs.ts'
import { riseFromLevel } from './usual-move.ts'

const shared = {
  source: 'detection.md §5.5: delay is counted from the onset, estimated without looking back from the peak',
  inputs: ['trade'],
  parameters: [
    fromMs(70_000),
    toMs(10_000),
    percent('startPct', 'Rise from the level with which a move begins', 1, 0.01, 100),
    {
      name: 'quietMs',
      description: 'A move is over when the rise has been below startPct for that long',
      unit: 'ms',
      type: 'integer',
      default: 60_000,
      min: 1,
      max: 3_600_000,
    },
  ],
  lookbackMs: windowLookback,
  refuse: refuseWindow,
} as const satisfies Partial<IndicatorDefinition>

export const onsetAgeSeconds: IndicatorDefinition = {
  ...shared,
  id: 'onsetAgeSeconds',
  title: 'Age of the move',
  description: 'How long ago the present rise began; nothing while the price is at rest.',
  formula:
    'now − the first instant with riseFromLevelPct(fromMs, toMs) ≥ startPct that was not followed by quietMs below it',
  unit: 'seconds',
  range: [0, Infinity],
  create: (market, parameters) => sinceOnset(market, parameters, 'age'),
}

export const riseSinceOnsetPct: IndicatorDefinition = {
  ...shared,
  id: 'riseSinceOnsetPct',
  title: 'Rise since the onset',
  description:
    'How far the price stands above where the present rise began: what a buyer now has already missed. Bounded, it keeps ' +
    'a strategy from chasing a pump that is over.',
  formula: '100 · (last price − P) / P, with P = TWPA(fromMs, toMs) at the onset (see onsetAgeSeconds)',
  unit: 'percent',
  range: [-100, Infinity],
  create: (market, parameters) => sinceOnset(market, parameters, 'rise'),
}

function sinceOnset(market: MarketView, parameters: Parameters, what: 'age' | 'rise'): ColumnKernel {
  const rise = riseFromLevel(market, parameters)
  const startPct = numberOf(parameters, 'startPct')
  const quietMs = numberOf(parameters, 'quietMs')
  let onset = Number.NaN
  let level = Number.NaN
  let lastAbove = Number.NaN
  const rises = new Float64Array(market.timeline.time.length)
  return {
    kind: 'column',
    fill(from, to, values, reasons) {
      rise.fill(from, to, rises, reasons)
      const { price, offset } = market.trades
      const { time, trades } = market.timeline
      const since = market.coveredSince()
      for (let at = from; at < to; at++) {
        const now = time[at]
        const risen = rises[at]
        const last = price[trades[at] - 1 - offset]
        if (now - lastAbove >= quietMs) onset = level = Number.NaN
        if (risen >= startPct) {
          lastAbove = now
          if (onset !== onset) {
            onset = now
            level = last / (1 + risen / 100)
          }
        }
        values[at] = what === 'age' ? (now - onset) / 1000 : 100 * (last / level - 1)
        if (values[at] !== values[at]) reasons[at] = risen === risen ? pending.undefined : waitingReason(now, since)
      }
    },
    snapshot: () => ({ onset, level, lastAbove }),
    restore(state) {
      ;({ onset, level, lastAbove } = state as { onset: number; level: number; lastAbove: number })
    },
  }
}
