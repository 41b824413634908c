import { instrumentId, venueId, type UnixMs } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketBlock, SideCode } from '#model/market.ts'
import { toMoney } from '#model/money.ts'
import type { MarketSource } from '#model/source.ts'
import { createManualTimers } from './manual-timers.ts'
import { createExchange } from '#simulator/server/create-exchange.ts'
import type { AccountId, ExchangeEvent, VenueRules } from '#simulator/server/types.ts'
import type { ExchangeConfig } from '#simulator/server/world.ts'

/** For tests: one second of the recording is one second of the clock from here. */
export const startTime: UnixMs = Date.UTC(2026, 10, 21, 15, 50)

/** For tests: an instrument with two margin tiers, priced around 100. */
export const coin: Instrument = {
  id: instrumentId('COIN_USDT'),
  venue: venueId('test'),
  symbol: 'COINUSDT',
  kind: 'perpetual',
  base: 'COIN',
  quote: 'USDT',
  tickSize: 0.1,
  lotSize: 0.01,
  contractSize: 1,
  minQuantity: 0.01,
  minNotional: 5,
  maxLeverage: 50,
  makerFeeRate: 0.0002,
  takerFeeRate: 0.0005,
  marginTiers: [
    { notionalCap: 50_000, maintenanceRate: 0.01, deduction: 0, maxLeverage: 50 },
    { notionalCap: Infinity, maintenanceRate: 0.05, deduction: 2_000, maxLeverage: 10 },
  ],
  liquidationFeeRate: 0.005,
  fundingIntervalMs: 8 * 3_600_000,
}

/** For tests: rules as Binance's are. */
export const rules: VenueRules = {
  clientIds: 'open',
  acknowledgedRefusals: [],
  amendGivesNewId: false,
  closingOrders: 'reduce',
  selfTrade: 'expireMaker',
  positionMode: 'oneWay',
  marginMode: 'cross',
  leverage: 10,
  maxOpenOrders: 200,
  maxConditionalOrders: 200,
  priceBand: 0.1,
  firstOrderId: 1n,
  firstConditionalId: 1n,
  fees: { maker: 0.0002, taker: 0.0005 },
}

/** For tests: a print of the recording, so many milliseconds after its start. */
export type Row = readonly [at: number, price: number, quantity: number, side: SideCode]
export type QuoteRow = readonly [at: number, bid: number, ask: number, size: number]

/** For tests: a recording of these prints and quotes. */
export function recordingOf(trades: readonly Row[], quotes: readonly QuoteRow[], instrument = coin): MarketSource {
  const block: MarketBlock = {
    instrumentId: instrument.id,
    trades: {
      time: Float64Array.from(trades, ([at]) => startTime + at),
      price: Float64Array.from(trades, ([, price]) => price),
      quantity: Float64Array.from(trades, ([, , quantity]) => quantity),
      side: Int8Array.from(trades, ([, , , side]) => side),
    },
    quotes: {
      time: Float64Array.from(quotes, ([at]) => startTime + at),
      bid: Float64Array.from(quotes, ([, bid]) => bid),
      ask: Float64Array.from(quotes, ([, , ask]) => ask),
      bidSize: Float64Array.from(quotes, ([, , , size]) => size),
      askSize: Float64Array.from(quotes, ([, , , size]) => size),
    },
  }
  const times = [...trades, ...quotes].map(([at]) => startTime + at)
  return {
    instruments: [instrument],
    segments: [
      {
        instrumentId: instrument.id,
        feeds: ['trade', 'side', ...(quotes.length > 0 ? (['quote'] as const) : [])],
        from: startTime,
        to: Math.max(...times),
        rows: times.length,
        label: 'scripted',
        checksum: '',
        read: async function* () {
          yield block
        },
      },
    ],
  }
}

/** For tests: a market that stands at 99.9 / 100.1 with 10 each, and two accounts of 10 000 USDT. */
export async function exampleExchange(given: Partial<ExchangeConfig> = {}) {
  const timers = createManualTimers(startTime)
  const exchange = createExchange({
    venue: 'binance',
    rules,
    timers,
    seed: 1,
    source: recordingOf([[0, 100, 1, 1]], [[0, 99.9, 100.1, 10]]),
    accounts: [
      { name: 'one', balances: { USDT: toMoney(10_000) } },
      { name: 'two', balances: { USDT: toMoney(10_000) } },
    ],
    play: { loop: false },
    ...given,
  })
  const events: ExchangeEvent[] = []
  exchange.subscribe((event) => void events.push(event))
  await exchange.start()
  await timers.advance(1)
  const [one, two] = exchange.control.accounts().map(({ accountId }) => accountId)
  return {
    exchange,
    timers,
    events,
    one,
    two,
    buy: (accountId: AccountId, quantity: number, price?: number) =>
      exchange.place(accountId, order('buy', quantity, price)),
    sell: (accountId: AccountId, quantity: number, price?: number) =>
      exchange.place(accountId, order('sell', quantity, price)),
  }
}

/** For tests: a market or limit order in one-way mode. */
export function order(side: 'buy' | 'sell', quantity: number, price?: number) {
  const shared = { instrumentId: coin.id, side, quantity }
  return price === undefined ? { ...shared, type: 'market' as const } : { ...shared, type: 'limit' as const, price }
}
