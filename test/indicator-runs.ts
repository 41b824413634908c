import { type ColumnKernel, type IndicatorDefinition, type Parameters, pendingReasons } from '#model/indicator.ts'
import { instrumentId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { BookUpdate, MarketBlock, Quote, Trade } from '#model/market.ts'
import { createMarket, type Market } from '../src/engine/market/market.ts'

const id = instrumentId('PUMP_USDT')
/** Start of a UTC day; random recordings begin 100 s before. */
export const midnight = 1_700_006_400_000

const instrument: Instrument = {
  id,
  venue: venueId('simulator'),
  symbol: 'PUMP_USDT',
  kind: 'perpetual',
  base: 'PUMP',
  quote: 'USDT',
  tickSize: 1e-6,
  lotSize: 1e-6,
  contractSize: 1,
  minQuantity: 0,
  minNotional: 0,
  maxLeverage: 10,
  makerFeeRate: 0,
  takerFeeRate: 0,
  marginTiers: [],
  liquidationFeeRate: 0,
}

/** A recording as plain events, for oracles that read it naively. */
export interface Recording {
  readonly trades: readonly Trade[]
  readonly quotes: readonly Quote[]
  readonly updates: readonly BookUpdate[]
}

export interface Candle {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** Readings of one indicator at every instant, with how many rows of each tape it had seen. */
export interface Run {
  readonly time: number[]
  readonly trades: number[]
  readonly quotes: number[]
  readonly books: number[]
  /** NaN = pending. */
  readonly values: number[]
  /** 'ready' where there is a value. */
  readonly reasons: string[]
}

export interface RunOptions {
  /** Instants per stretch. */
  readonly stretch?: number
  readonly gridMs?: number
  /** Stop after so many instants, snapshot, and go on in a new market with a new kernel. */
  readonly moveAfter?: number
}

export function defaultsOf({ parameters }: IndicatorDefinition): Parameters {
  return Object.fromEntries(parameters.map((spec) => [spec.name, spec.default]))
}

/** Runs the indicator over the recording; parameters not given are the defaults. */
export function readingsOf(
  definition: IndicatorDefinition,
  given: Parameters,
  recording: Recording,
  { stretch = 4096, gridMs = 1000, moveAfter = Infinity }: RunOptions = {},
): Run {
  const parameters = { ...defaultsOf(definition), ...given }
  const run: Run = { time: [], trades: [], quotes: [], books: [], values: [], reasons: [] }
  const block = blockOf(recording)
  const values = new Float64Array(4097).fill(Number.NaN)
  const reasons = new Uint8Array(4097)
  let { market, kernel } = start(definition, parameters, gridMs)
  market.load(block)
  let left = moveAfter
  for (;;) {
    const taken = market.advance(Math.min(stretch, left), market.loadedUntil())
    if (taken === 0 && left > 0) return run
    left -= taken
    kernel.fill(kernel.snapshot ? 1 : 0, taken + 1, values, reasons)
    const { time, trades, quotes, books } = market.view.timeline
    for (let at = 1; at <= taken; at++) {
      run.time.push(time[at])
      run.trades.push(trades[at])
      run.quotes.push(quotes[at])
      run.books.push(books[at])
      run.values.push(values[at])
      run.reasons.push(Number.isNaN(values[at]) ? pendingReasons[reasons[at]] : 'ready')
    }
    if (left > 0) continue
    left = Infinity
    const seen = { trades: run.trades.at(-1) ?? 0, quotes: run.quotes.at(-1) ?? 0, books: run.books.at(-1) ?? 0 }
    const saved = structuredClone({ market: market.snapshot(), kernel: kernel.snapshot?.() })
    ;({ market, kernel } = start(definition, parameters, gridMs))
    market.restore(saved.market)
    kernel.restore?.(saved.kernel)
    market.load(blockOf(recording, seen))
  }
}

/** Trades in bursts, quotes of which some are crossed or one-sided, and a book of a dozen levels that shifts about. */
export function randomRecording(seed: number, seconds = 400): Recording {
  const random = generator(seed)
  const trades: Trade[] = []
  const quotes: Quote[] = []
  const begin = midnight - 100_000
  let price = 100
  // the book is there before the first trade
  const updates: BookUpdate[] = [{ ...randomUpdate(random, price), instrumentId: id, time: begin, snapshot: true }]
  let snapshot = false
  for (let time = begin + 137; time < begin + seconds * 1000;) {
    price *= 1 + (random() - 0.5) / 300
    const side = random() < 0.55 ? 'buy' : 'sell'
    for (let print = random() < 0.15 ? 4 : 1; print > 0; print--) {
      const quantity = Math.ceil(random() * 50) / 10
      const mixed = random() < 0.2 ? 'sell' : side
      trades.push({ type: 'trade', instrumentId: id, time, price: round(price), quantity, side: mixed })
    }
    if (random() < 0.7) quotes.push(randomQuote(random, time + Math.floor(random() * 3), price))
    if (random() < 0.5) {
      updates.push({ ...randomUpdate(random, price), instrumentId: id, time: time + 4, snapshot })
      snapshot = random() < 0.6
    }
    // now and then nothing happens for a while
    time += random() < 0.02 ? 9_000 : 5 + Math.floor(random() * 900)
  }
  return { trades, quotes, updates }
}

/** The recording with every price and quantity multiplied. */
export function scaled({ trades, quotes, updates }: Recording, priceBy: number, quantityBy: number): Recording {
  const levels = (side: BookUpdate['bids']) =>
    side.map(([price, size]) => [price * priceBy, size * quantityBy] as const)
  return {
    trades: trades.map((row) => ({ ...row, price: row.price * priceBy, quantity: row.quantity * quantityBy })),
    quotes: quotes.map((row) => ({
      ...row,
      bid: row.bid * priceBy,
      ask: row.ask * priceBy,
      bidSize: row.bidSize * quantityBy,
      askSize: row.askSize * quantityBy,
    })),
    updates: updates.map((row) => ({ ...row, bids: levels(row.bids), asks: levels(row.asks) })),
  }
}

/** One trade per bar interval at its open, high, low and close, in an order that makes that bar. */
export function recordingOfBars(bars: readonly Candle[], intervalMs: number): Recording {
  const begin = midnight
  const trades: Trade[] = bars.flatMap((bar, index) =>
    [bar.open, bar.high, bar.low, bar.close].map((price, part) => ({
      type: 'trade',
      instrumentId: id,
      time: begin + index * intervalMs + (part * intervalMs) / 4,
      price,
      quantity: bar.volume / 4,
      side: 'buy',
    })),
  )
  const end = { ...trades.at(-1)!, time: begin + bars.length * intervalMs }
  return { trades: [...trades, end], quotes: [], updates: [] }
}

/** The last reading within each bar interval, from the first closed bar on. */
export function readingsPerBar(run: Run, intervalMs: number): number[] {
  const perBar: number[] = []
  const first = Math.floor(run.time[0] / intervalMs)
  run.time.forEach((time, at) => {
    const bar = Math.floor(time / intervalMs) - first - 1
    if (bar >= 0) perBar[bar] = run.values[at]!
  })
  return perBar
}

/** Deterministic numbers in [0, 1). */
export function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function start(
  definition: IndicatorDefinition,
  parameters: Parameters,
  gridMs: number,
): { market: Market; kernel: ColumnKernel } {
  const market = createMarket({ instrument, gridMs, capacity: 4096 })
  market.keep(definition.lookbackMs(parameters))
  const kernel = definition.create(market.view, parameters)
  if (kernel.kind !== 'column') throw new Error(`${definition.id} is no column`)
  return { market, kernel }
}

function blockOf(recording: Recording, skip = { trades: 0, quotes: 0, books: 0 }): MarketBlock {
  const trades = recording.trades.slice(skip.trades)
  const quotes = recording.quotes.slice(skip.quotes)
  const column = <Row>(rows: readonly Row[], value: (row: Row) => number) => Float64Array.from(rows, value)
  return {
    instrumentId: id,
    trades: {
      time: column(trades, (row) => row.time),
      price: column(trades, (row) => row.price),
      quantity: column(trades, (row) => row.quantity),
      side: Int8Array.from(trades, (row) => (row.side === 'buy' ? 1 : row.side === 'sell' ? -1 : 0)),
    },
    quotes: {
      time: column(quotes, (row) => row.time),
      bid: column(quotes, (row) => row.bid),
      ask: column(quotes, (row) => row.ask),
      bidSize: column(quotes, (row) => row.bidSize),
      askSize: column(quotes, (row) => row.askSize),
    },
    events: recording.updates.slice(skip.books),
  }
}

function randomQuote(random: () => number, time: number, price: number): Quote {
  const bid = round(price * (1 - random() / 500))
  const odd = random()
  const ask = odd < 0.02 ? round(bid * 0.999) : odd < 0.03 ? 0 : round(price * (1 + random() / 500))
  const size = () => Math.ceil(random() * 300) / 10
  return { type: 'quote', instrumentId: id, time, bid, ask, bidSize: size(), askSize: odd > 0.99 ? 0 : size() }
}

function randomUpdate(random: () => number, price: number): Pick<BookUpdate, 'type' | 'bids' | 'asks'> {
  const level = (sign: number) => {
    const away = 1 + Math.floor(random() * 25)
    return [
      Math.round(price * (1 + (sign * away) / 1000) * 100) / 100,
      random() < 0.2 ? 0 : Math.ceil(random() * 90),
    ] as const
  }
  return {
    type: 'bookUpdate',
    bids: Array.from({ length: 12 }, () => level(-1)),
    asks: Array.from({ length: 12 }, () => level(1)),
  }
}

const round = (price: number): number => Math.round(price * 1e4) / 1e4

/** Where two columns differ by more than rounding (1e-9 of the larger of 1 and the value); pending must match pending. */
export function disagreements(values: readonly number[], expected: readonly number[]): readonly object[] {
  const found: object[] = []
  for (let at = 0; at < Math.max(values.length, expected.length); at++) {
    const [ours, theirs] = [values[at] ?? Infinity, expected[at] ?? Infinity]
    const near = Math.abs(ours - theirs) <= 1e-9 * Math.max(1, Math.abs(theirs))
    if (!near && !(Number.isNaN(ours) && Number.isNaN(theirs))) found.push({ at, ours, theirs })
  }
  return found
}
