import type { ResolvedStrategy } from '#engine/engine.ts'
import { instrumentId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketSource } from '#model/source.ts'
import type { StrategyDocument } from '#model/strategy.ts'
import { checkStrategy } from '../strategies.ts'

/** For tests: a print; `side` is bought unless said otherwise. */
export type Print = readonly [time: number, price: number, quantity?: number, side?: 1 | -1]

const coin: Instrument = {
  id: instrumentId('COIN_BTC'),
  venue: venueId('binance'),
  symbol: 'COINBTC',
  kind: 'spot',
  base: 'COIN',
  quote: 'BTC',
  tickSize: 0.01,
  lotSize: 0.1,
  contractSize: 1,
  minQuantity: 0.1,
  minNotional: 0.0001,
  maxLeverage: 1,
  makerFeeRate: 0.001,
  takerFeeRate: 0.001,
  marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0, deduction: 0, maxLeverage: 1 }],
  liquidationFeeRate: 0,
}

/** For tests: one recording of prints. */
export function tapeOf(prints: readonly Print[]): MarketSource {
  const trades = {
    time: Float64Array.from(prints, ([time]) => time),
    price: Float64Array.from(prints, ([, price]) => price),
    quantity: Float64Array.from(prints, ([, , quantity = 1]) => quantity),
    side: Int8Array.from(prints, ([, , , side = 1]) => side),
  }
  return {
    instruments: [coin],
    segments: [
      {
        instrumentId: coin.id,
        feeds: ['trade', 'side'],
        from: trades.time[0],
        to: trades.time[trades.time.length - 1],
        rows: prints.length,
        label: 'tape',
        checksum: '',
        async *read() {
          yield { instrumentId: coin.id, trades }
        },
      },
    ],
  }
}

/** For tests: a strategy whose S1 is that the last price is at least so much. */
export function priceAbove(value: number, change: Partial<StrategyDocument> = {}): ResolvedStrategy {
  return resolved({
    schemaVersion: 1,
    name: 'price-above',
    direction: 'long',
    readings: { price: { indicator: 'lastPrice' } },
    signal: { when: { reading: 'price', is: 'gte', value } },
    entry: { size: { riskPct: 1 } },
    protection: { stopLoss: { distancePct: 5 } },
    ...change,
  })
}

/** For tests: a document that has to be right. */
export function resolved(document: StrategyDocument): ResolvedStrategy {
  const checked = checkStrategy(document, [])
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems))
  return checked.strategy
}
