import type { Money } from '#model/money.ts'
import type { MarketVenue, Timers, Venue } from '#model/venue.ts'
import { createLatencySampler, type Latency } from '../latency.ts'
import { simulatorDefaults } from '../config.ts'
import { createExchange } from '../server/create-exchange.ts'
import type { Exchange } from '../server/exchange.ts'
import type { Fees, VenueRules } from '../server/types.ts'
import { createInProcessAccount } from './account.ts'
import { createFeeder } from './feeder.ts'

export interface InProcessOptions {
  /** Whose live market the orders meet. */
  readonly market: MarketVenue
  readonly timers: Timers
  /** Currency → amount. */
  readonly balances: Readonly<Record<string, Money>>
  readonly seed?: number
  readonly latency?: Latency
  readonly reportLatencyMs?: number
  /** Share of a print beyond the queue that a resting order at its price gets. */
  readonly participation?: number
  /** Instead of the instruments' own. */
  readonly fees?: Fees
}

export interface InProcessVenue extends Venue {
  /** What the orders meet, for who wants to look or to interfere. */
  readonly exchange: Exchange
}

const rules: Omit<VenueRules, 'fees'> = {
  clientIds: 'ever',
  acknowledgedRefusals: [],
  amendGivesNewId: false,
  closingOrders: 'reduce',
  selfTrade: 'expireMaker',
  positionMode: 'oneWay',
  marginMode: 'isolated',
  leverage: 1,
  maxOpenOrders: 500,
  maxConditionalOrders: 500,
  priceBand: 0.2,
  firstOrderId: 1n,
  firstConditionalId: 1n,
}

/**
 * An exchange in this process whose markets are the live ones of another venue: our orders meet its prints, quotes and depth, and
 * nobody out there sees them. The same core as the exchange on the wire. Throws `VenueError` where the market's instruments cannot be had.
 */
export async function openInProcessVenue(options: InProcessOptions): Promise<InProcessVenue> {
  const { market, timers, balances, seed = simulatorDefaults.seed, fees = null } = options
  const instruments = await market.instruments()
  const exchange = createExchange({
    // only what its doors would speak; it has none
    venue: 'mexc',
    rules: { ...rules, fees },
    timers,
    seed,
    source: { instruments, segments: [] },
    accounts: [{ name: 'paper', balances, keys: [] }],
    participation: options.participation ?? simulatorDefaults.participation,
  })
  await exchange.start()
  const feeder = createFeeder(market, exchange, timers)
  const [{ accountId }] = exchange.control.accounts()
  return {
    id: market.id,
    exchange,
    account: createInProcessAccount({
      exchange,
      accountId,
      timers,
      latency: createLatencySampler(options.latency ?? simulatorDefaults.latency, seed),
      reportLatencyMs: options.reportLatencyMs ?? simulatorDefaults.reportLatencyMs,
      need: (instrumentId) => feeder.need(instrumentId),
    }),
    async instruments() {
      const now = await market.instruments()
      for (const instrument of now)
        if (exchange.market(instrument.id) === undefined)
          await exchange.control.list(instrument, { source: { instruments: [instrument], segments: [] } })
      return now
    },
    watch: (wants, listener) => feeder.watch(wants, listener),
    bars: (range) => market.bars(range),
    trades: (range) => market.trades(range),
    async close() {
      await feeder.close()
      exchange.close()
    },
  }
}
