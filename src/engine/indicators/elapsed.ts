import {
  type IndicatorDefinition,
  type MarketView,
  pending,
  type StateKernel,
  type StrategyView,
} from '#model/indicator.ts'

const shared = {
  parameters: [],
  unit: 'seconds',
  range: [0, Infinity],
  lookbackMs: () => 0,
} as const satisfies Partial<IndicatorDefinition>

export const signalAgeSeconds: IndicatorDefinition = {
  ...shared,
  id: 'signalAgeSeconds',
  title: 'Signal age',
  description: 'Seconds since the setup was detected; pending without one.',
  formula: '(now − time of the signal) / 1000',
  source: 'domain §1.4 SIGNAL_AGE_SECONDS',
  inputs: ['signal'],
  create: (market) => elapsed(market, (state) => state.signalTime, pending.noSignal),
}

export const holdingSeconds: IndicatorDefinition = {
  ...shared,
  id: 'holdingSeconds',
  title: 'Holding time',
  description: 'Seconds since the position was opened; pending while flat.',
  formula: '(now − time of the first fill) / 1000',
  source: 'domain §1.2.15, position variables supplied by the engine',
  inputs: ['position'],
  create: (market) => elapsed(market, (state) => state.openedAt, pending.noPosition),
}

function elapsed(market: MarketView, since: (state: StrategyView) => number, missing: number): StateKernel {
  return {
    kind: 'state',
    read(at, state, reasons) {
      const value = (market.timeline.time[at] - since(state)) / 1000
      if (value !== value) reasons[at] = missing
      return value
    },
  }
}
