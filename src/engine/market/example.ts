import { instrumentId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketBlock, MarketEvent, Quote, SideCode, Trade } from '#model/market.ts'
import { createMarket, type Market } from './market.ts'

export const exampleId = instrumentId('PEPE_USDT')

/** For tests: a contract on easy grids, without fees. */
export const exampleInstrument: Instrument = {
  id: exampleId,
  venue: venueId('simulator'),
  symbol: 'PEPE_USDT',
  kind: 'perpetual',
  base: 'PEPE',
  quote: 'USDT',
  tickSize: 0.01,
  lotSize: 0.1,
  contractSize: 1,
  minQuantity: 0.1,
  minNotional: 5,
  maxLeverage: 50,
  makerFeeRate: 0,
  takerFeeRate: 0,
  marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 50 }],
  liquidationFeeRate: 0,
}

/** For tests: one print. */
export const exampleTrade = (time: number, price: number, quantity = 1, side?: Trade['side']): Trade => ({
  type: 'trade',
  instrumentId: exampleId,
  time,
  price,
  quantity,
  ...(side ? { side } : {}),
})

/** For tests: a quote of one tick around `mid` with sizes 1. */
export const exampleQuote = (time: number, mid: number): Quote => ({
  type: 'quote',
  instrumentId: exampleId,
  time,
  bid: mid - 0.01,
  ask: mid + 0.01,
  bidSize: 1,
  askSize: 1,
})

const codes = { buy: 1, sell: -1 } as const

/** For tests: events as a block, trades and quotes in columns, everything else as events. */
export function blockOf(events: readonly MarketEvent[], id = exampleId): MarketBlock {
  const trades = events.filter((event) => event.type === 'trade')
  const quotes = events.filter((event) => event.type === 'quote')
  const others = events.filter((event) => event.type !== 'trade' && event.type !== 'quote')
  return {
    instrumentId: id,
    trades: {
      time: Float64Array.from(trades, ({ time }) => time),
      price: Float64Array.from(trades, ({ price }) => price),
      quantity: Float64Array.from(trades, ({ quantity }) => quantity),
      side: Int8Array.from(trades, ({ side }): SideCode => (side ? codes[side] : 0)),
    },
    quotes: {
      time: Float64Array.from(quotes, ({ time }) => time),
      bid: Float64Array.from(quotes, ({ bid }) => bid),
      ask: Float64Array.from(quotes, ({ ask }) => ask),
      bidSize: Float64Array.from(quotes, ({ bidSize }) => bidSize),
      askSize: Float64Array.from(quotes, ({ askSize }) => askSize),
    },
    events: others,
  }
}

/** For tests: a market with a grid of one second. */
export function exampleMarket(capacity?: number): Market {
  return createMarket({ instrument: exampleInstrument, gridMs: 1_000, ...(capacity ? { capacity } : {}) })
}

/** For tests: goes through everything loaded and calls back after each stretch with the index of its last instant. */
export function runMarket(market: Market, stretch: number, onStretch: (last: number) => void, until?: number): void {
  const end = until ?? market.loadedUntil()
  for (;;) {
    const taken = market.advance(stretch, end)
    if (taken > 0) onStretch(taken)
    else if (market.control(end)) market.takeControl()
    else return
  }
}

/** For tests: per instant what `read` says, whatever the stretches. */
export function perInstant<Value>(
  market: Market,
  stretch: number,
  read: (at: number) => Value,
  until?: number,
): readonly Value[] {
  const values: Value[] = []
  runMarket(
    market,
    stretch,
    (last) => {
      for (let at = 1; at <= last; at++) values.push(read(at))
    },
    until,
  )
  return values
}
