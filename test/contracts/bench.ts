import { instanceId, instrumentId, type OrderId, orderId, signalId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { SideCode } from '#model/market.ts'
import { toMoney } from '#model/money.ts'
import type { Order, VenueEvent } from '#model/order.ts'
import type { ServedVenue } from '#model/served-exchange.ts'
import type { AccountVenue, Venue } from '#model/venue.ts'
import { coin as exampleCoin, rules } from '#test/example-exchange.ts'
import { createWireClock, type WireClock } from '#test/wire-clock.ts'
import { openVenue } from '#venues/venues.ts'
import { openInProcessVenue } from '#simulator/simulator.ts'
import { createExchange } from '../../src/simulator/server/create-exchange.ts'
import { doors } from '../../src/simulator/server/doors.ts'
import type { Exchange } from '../../src/simulator/server/exchange.ts'
import { listedAs } from '../../src/simulator/server/listed-as.ts'
import type { AccountId } from '../../src/simulator/server/types.ts'
import { marketOf } from './exchange-market.ts'

/** A venue with the books of the exchange behind it. */
export interface Bench {
  readonly name: BenchName
  readonly clock: WireClock
  readonly venue: Venue
  readonly account: AccountVenue
  /** Whose books are the truth about the account. */
  readonly exchange: Exchange
  readonly accountId: AccountId
  /** Whose market it is; the same but in process. */
  readonly market: Exchange
  readonly instrument: Instrument
  /** Everything the venue told of the account. */
  readonly events: readonly VenueEvent[]
  /** A public print, as the market's own. */
  print(price: number, quantity: number, side: SideCode): void
  quote(bid: number, ask: number, size?: number): void
  /** Sends it and lets time run until its fate is told. */
  submit(order: Order): Promise<void>
  close(): Promise<void>
}

export const benchNames = ['in-process', 'mexc', 'binance-usdm', 'binance-spot'] as const
export type BenchName = (typeof benchNames)[number]

export const coinId = instrumentId('COIN_USDT')
/** Ninety seconds before funding. */
const startTime = Date.UTC(2026, 10, 21, 16) - 90_000
const balances = { USDT: toMoney(10_000) }

const coin: Instrument = { ...exampleCoin, symbol: 'COIN_USDT' }

export interface BenchOptions {
  readonly seed?: number
  readonly faults?: unknown
}

const served: Readonly<Record<Exclude<BenchName, 'in-process'>, ServedVenue>> = {
  mexc: 'mexc',
  'binance-usdm': 'binance',
  'binance-spot': 'binance',
}

export async function openBench(name: BenchName, options: BenchOptions = {}): Promise<Bench> {
  const parts = name === 'in-process' ? await inProcess(options) : await onWire(name, options)
  const { clock, venue, market, exchange, accountId, closing } = parts
  // market data only: no row of the contract that runs there asks for it
  const account = venue.account as AccountVenue
  const events: VenueEvent[] = []
  venue.account?.subscribe((event) => void events.push(event))
  const tape = market.control.tape(coinId, { depth: false, quotes: true })
  const quote: Bench['quote'] = (bid, ask, size = 10) => tape.quote(bid, ask, size, size)
  tape.print(100, 1, 1)
  quote(99.9, 100.1)
  return {
    name,
    clock,
    venue,
    account,
    exchange,
    accountId,
    market,
    instrument: market.market(coinId)?.instrument as Instrument,
    events,
    print: (price, quantity, side) => tape.print(price, quantity, side),
    quote,
    submit: (order) => clock.wait(account.submit(order)),
    async close() {
      await venue.close()
      for (const close of closing) await close()
    },
  }
}

interface Parts {
  readonly clock: WireClock
  readonly venue: Venue
  readonly market: Exchange
  readonly exchange: Exchange
  readonly accountId: AccountId
  readonly closing: readonly (() => unknown)[]
}

async function onWire(name: keyof typeof served, { seed = 1, faults }: BenchOptions): Promise<Parts> {
  const door = await doors[served[name]]()
  const clock = createWireClock(startTime)
  const exchange = createExchange({
    venue: served[name],
    rules: door.rules,
    timers: clock.steady,
    seed,
    source: { instruments: [coin], segments: [] },
    instruments: [listedAs(served[name], coin)],
    accounts: [{ name: 'one', balances }],
    ...(faults === undefined ? {} : { faults }),
  })
  await exchange.start()
  const opened = await door.open(exchange, { port: 0 })
  const [{ accountId, keys }] = exchange.control.accounts()
  const { rest, stream, spotRest = rest, spotStream = stream } = opened.urls
  const hosts = name === 'binance-spot' ? { rest: spotRest, stream: spotStream } : { rest, stream }
  const venue = openVenue({ venue: name, keys: keys[0], hosts, timers: clock })
  return {
    clock,
    venue,
    market: exchange,
    exchange,
    accountId,
    closing: [() => exchange.close(), () => opened.close()],
  }
}

async function inProcess({ seed = 1 }: BenchOptions): Promise<Parts> {
  const clock = createWireClock(startTime)
  const market = createExchange({
    venue: 'binance',
    rules: { ...rules, fees: { maker: 0, taker: 0 } },
    timers: clock,
    seed,
    source: { instruments: [coin], segments: [] },
    accounts: [],
  })
  await market.start()
  const venue = await openInProcessVenue({ market: marketOf(market), timers: clock, balances, seed, participation: 1 })
  const [{ accountId }] = venue.exchange.control.accounts()
  return { clock, venue, market, exchange: venue.exchange, accountId, closing: [() => market.close()] }
}

let counted = 0
/** Ids that no other order of this process has. */
export const nextOrderId = (): OrderId => orderId(`t${process.pid.toString(36)}-o${++counted}`)

/** A buy at market of 0.5 coins, changed as told. */
export function order(changes: Partial<Order> = {}): Order {
  return {
    orderId: nextOrderId(),
    instanceId: instanceId('pump@12345678/COIN_USDT'),
    instrumentId: coinId,
    signalId: signalId('7-s1'),
    purpose: 'entry',
    side: 'buy',
    type: 'market',
    timeInForce: 'gtc',
    quantity: 0.5,
    reduceOnly: false,
    leverage: 5,
    decisionPrice: 100,
    decidedAt: startTime,
    status: 'submitted',
    filledQuantity: 0,
    averagePrice: null,
    submittedAt: startTime,
    updatedAt: startTime,
    cancelRequested: false,
    ...changes,
  }
}
