import { type IndicatorDefinition, type MarketView, pending, type StateKernel } from '#model/indicator.ts'

const shared = {
  inputs: ['trade', 'position'],
  parameters: [],
  unit: 'percent',
  range: [-Infinity, Infinity],
  lookbackMs: () => 0,
} as const satisfies Partial<IndicatorDefinition>

export const unrealizedPnlPct: IndicatorDefinition = {
  ...shared,
  id: 'unrealizedPnlPct',
  title: 'Unrealized profit',
  description: 'Profit if the position were closed at the last price, after fees, in percent of the entry price.',
  formula:
    '100 · (± (price − entry) / entry − fees), + for a long, − for a short, fees as a fraction of the entry notional',
  source: 'domain §1.2.15 UNREALIZED_PNL_PCT',
  create: (market) => unrealized(market, false),
}

export const unrealizedMarginPct: IndicatorDefinition = {
  ...shared,
  id: 'unrealizedMarginPct',
  title: 'Unrealized profit on margin',
  description: 'Profit if the position were closed at the last price, after fees, in percent of the margin put up.',
  formula: 'unrealizedPnlPct · leverage',
  source: 'domain §1.2.15 UNREALIZED_PNL_PCT',
  create: (market) => unrealized(market, true),
}

function unrealized(market: MarketView, onMargin: boolean): StateKernel {
  return {
    kind: 'state',
    read(at, state, reasons) {
      const { price, offset } = market.trades
      const row = market.timeline.trades[at] - 1
      const isOpen = state.quantity !== 0 && state.entryPrice > 0
      if (!isOpen || row < 0) {
        reasons[at] = isOpen ? pending.noTrades : pending.noPosition
        return Number.NaN
      }
      const side = state.quantity > 0 ? 1 : -1
      const moved = (side * (price[row - offset] - state.entryPrice)) / state.entryPrice
      const value = 100 * (moved - state.feeFraction) * (onMargin ? state.leverage : 1)
      if (value !== value) reasons[at] = pending.undefined
      return value
    },
  }
}
