import { type IndicatorDefinition, type Parameters, pendingReasons, type StrategyView } from '#model/indicator.ts'
import { instrumentId, venueId } from '#model/ids.ts'
import { createMarket } from '../src/engine/market/market.ts'
import type { Recording, Run } from './indicator-runs.ts'

/** Readings of a state kernel at every instant, for one unchanging view; asked forward, and again backward. */
export function stateReadingsOf(
  definition: IndicatorDefinition,
  parameters: Parameters,
  { trades, quotes }: Recording,
  view: StrategyView,
  stretch = 4096,
): Run {
  const run: Run = { time: [], trades: [], quotes: [], books: [], values: [], reasons: [] }
  const market = createMarket({ instrument, gridMs: 1000, capacity: 4096 })
  market.keep(definition.lookbackMs(parameters))
  const kernel = definition.create(market.view, parameters)
  if (kernel.kind !== 'state') throw new Error(`${definition.id} is a column`)
  for (const trade of trades) market.push(trade)
  for (const quote of quotes) market.push(quote)
  const reasons = new Uint8Array(4097)
  for (;;) {
    const taken = market.advance(stretch, market.loadedUntil())
    if (taken === 0) return run
    const { timeline } = market.view
    const begin = run.values.length
    for (let at = 1; at <= taken; at++) {
      run.time.push(timeline.time[at])
      run.trades.push(timeline.trades[at])
      run.quotes.push(timeline.quotes[at])
      run.books.push(timeline.books[at])
      const value = kernel.read(at, view, reasons)
      run.values.push(value)
      run.reasons.push(Number.isNaN(value) ? pendingReasons[reasons[at]] : 'ready')
    }
    for (let at = taken; at >= 1; at--) {
      const again = kernel.read(at, view, reasons)
      if (!Object.is(again, run.values[begin + at - 1]))
        throw new Error(`${definition.id} depends on what was asked before`)
    }
  }
}

const instrument = {
  id: instrumentId('PUMP_USDT'),
  venue: venueId('simulator'),
  symbol: 'PUMP_USDT',
  kind: 'perpetual',
  base: 'PUMP',
  quote: 'USDT',
  tickSize: 1e-12,
  lotSize: 1e-6,
  contractSize: 1,
  minQuantity: 0,
  minNotional: 0,
  maxLeverage: 10,
  makerFeeRate: 0,
  takerFeeRate: 0,
  marginTiers: [],
  liquidationFeeRate: 0,
} as const
