import * as fc from 'fast-check'
import { orderId } from '#model/ids.ts'
import type { MarketBlock, MarketEvent, SideCode } from '#model/market.ts'
import type { Order, VenueEvent } from '#model/order.ts'
import {
  type BarRow,
  barsOf,
  bookAt,
  endAt,
  eventsOf,
  markAt,
  orderOf,
  perpetual,
  type PrintRow,
  quotesOf,
  start,
  tradesOf,
  venueOf,
} from './fixtures.ts'
import type { SimulatedVenue, SimulatorConfig } from './simulator.ts'

/** A market and what is done in it; times in ms after the start. */
export interface Script {
  readonly prints: readonly PrintRow[]
  /** One-minute bars; then there are no prints and no quotes. */
  readonly bars: readonly BarRow[]
  readonly quotes: readonly (readonly [ms: number, bid: number, ask: number])[]
  readonly events: readonly MarketEvent[]
  readonly actions: readonly Action[]
  readonly config: Partial<SimulatorConfig>
}

interface Action {
  readonly at: number
  readonly order?: Order
  readonly cancel?: string
}

const integer = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })

/** A tape whose price wanders in ticks of 0.01 around 100. */
const prints = fc
  .array(fc.tuple(integer(0, 3_000), integer(-150, 150), integer(1, 400), fc.constantFrom<SideCode>(1, -1, 0)), {
    minLength: 2,
    maxLength: 60,
  })
  .map((steps): readonly PrintRow[] => {
    let ms = 0
    let ticks = 10_000
    return steps.map(([wait, change, quantity, side]) => {
      ms += wait
      ticks = Math.max(5_000, ticks + change)
      return [ms, ticks / 100, quantity, side] as const
    })
  })

const bars = fc.array(
  fc
    .tuple(
      integer(9_000, 11_000),
      integer(0, 500),
      integer(0, 500),
      fc.double({ min: 0, max: 1, noNaN: true }),
      integer(1, 500),
    )
    .map(([open, up, down, place, volume]): BarRow => {
      const close = Math.round(open - down + place * (up + down))
      return [open / 100, (open + up) / 100, (open - down) / 100, close / 100, volume]
    }),
  { minLength: 2, maxLength: 8 },
)

const quotes = fc
  .array(fc.tuple(integer(0, 90_000), integer(9_700, 10_300), integer(1, 50)), { maxLength: 10 })
  .map((rows) =>
    rows
      .toSorted((a, b) => a[0] - b[0])
      .map(([ms, ticks, spread]) => [ms, ticks / 100, (ticks + spread) / 100] as const),
  )

const marks = fc.array(
  fc.tuple(integer(0, 90_000), integer(9_000, 11_000)).map(([ms, ticks]) => markAt(ms, ticks / 100)),
  { maxLength: 5 },
)

/** Updates that may also cross the book. */
const books = fc.array(
  fc
    .tuple(integer(0, 90_000), integer(9_700, 10_300), integer(1, 300), fc.boolean())
    .map(([ms, ticks, size, snapshot]) =>
      bookAt(
        ms,
        snapshot,
        [
          [(ticks - 3) / 100, size],
          [(ticks - 9) / 100, size * 3],
        ],
        [
          [(ticks + 3) / 100, size],
          [(ticks + 8) / 100, size * 2],
        ],
      ),
    ),
  { maxLength: 12 },
)

const plan = fc.array(
  fc.record({
    wait: integer(0, 8_000),
    cancelAfter: fc.option(integer(0, 10_000)),
    patience: fc.option(integer(0, 20_000)),
    ticks: integer(9_500, 10_500),
    order: fc.record({
      side: fc.constantFrom('buy' as const, 'sell' as const),
      type: fc.constantFrom('market' as const, 'market' as const, 'limit' as const, 'stopMarket' as const),
      timeInForce: fc.constantFrom('gtc' as const, 'ioc' as const, 'fok' as const, 'postOnly' as const),
      quantity: integer(1, 60),
      reduceOnly: fc.boolean(),
      leverage: fc.constantFrom(1, 5, 20),
      trigger: fc.constantFrom('last' as const, 'mark' as const),
    }),
  }),
  { minLength: 1, maxLength: 8 },
)

const actions = plan.map((steps): readonly Action[] => {
  const list: Action[] = []
  let at = 0
  for (const [index, { wait, cancelAfter, patience, ticks, order }] of steps.entries()) {
    at += wait
    const id = `o${index}`
    const price = order.type === 'limit' ? { price: ticks / 100 } : {}
    const stopPrice = order.type === 'stopMarket' ? { stopPrice: ticks / 100 } : {}
    const expiresAt = patience === null ? {} : { expiresAt: start + at + patience }
    list.push({ at, order: orderOf(id, { ...order, ...price, ...stopPrice, ...expiresAt }) })
    if (cancelAfter !== null) list.push({ at: at + cancelAfter, cancel: id })
  }
  return list.toSorted((a, b) => a.at - b.at)
})

const config = fc.record({
  impact: fc.constant(1),
  reportLatencyMs: fc.constantFrom(0, 50),
  instruments: fc.constant([{ ...perpetual, fundingIntervalMs: 70_000 }]),
  latency: fc.constantFrom({ type: 'fixed' as const, ms: 100 }, { type: 'uniform' as const, minMs: 0, maxMs: 700 }),
})

/** Prints with quotes and marks. */
export const printScripts: fc.Arbitrary<Script> = fc.record({
  prints,
  bars: fc.constant([]),
  quotes,
  events: marks.map(inOrder),
  actions,
  config,
})

/** Anything a recording may hold, with or without an end. */
export const allScripts: fc.Arbitrary<Script> = fc.oneof(
  fc.record({ prints, bars: fc.constant([]), quotes, events: eventLists(books), actions, config }),
  fc.record({ prints, bars: fc.constant([]), quotes, events: eventLists(fc.constant([])), actions, config }),
  fc.record({
    prints: fc.constant([]),
    bars,
    quotes: fc.constant([]),
    events: eventLists(fc.constant([])),
    actions: actions.map((list) => list.map((action) => ({ ...action, at: action.at * 8 }))),
    config,
  }),
)

function eventLists(depth: fc.Arbitrary<readonly MarketEvent[]>): fc.Arbitrary<readonly MarketEvent[]> {
  return fc
    .tuple(marks, depth, fc.boolean())
    .map(([marked, booked, ends]) => [...inOrder([...marked, ...booked]), ...(ends ? [endAt(600_000)] : [])])
}

function inOrder(events: readonly MarketEvent[]): readonly MarketEvent[] {
  return events.toSorted((a, b) => a.time - b.time)
}

/** Times at which anything happens on the market. */
export function instantsOf(script: Script): readonly number[] {
  const times = [
    ...script.prints.map(([ms]) => ms),
    ...script.bars.map((_, index) => (index + 1) * 60_000),
    ...script.quotes.map(([ms]) => ms),
    ...script.events.map((event) => event.time - start),
  ]
  return [...new Set(times)].toSorted((a, b) => a - b)
}

/** How a script is run: the market loaded up to each of `cuts` in turn, going on in a new venue at `swapAt`, or asked as a session does: before each instant, and only for what is due. */
export interface RunOptions {
  readonly cuts?: readonly number[]
  readonly swapAt?: number
  readonly session?: boolean
}

/** All answers of one run. */
export function runScript(
  script: Script,
  { cuts = [], swapAt = Infinity, session = false }: RunOptions = {},
): readonly VenueEvent[] {
  let venue: SimulatedVenue = venueOf(script.config)
  let swapped = false
  let loaded = -1
  const events: VenueEvent[] = []
  const todo = [...script.actions]
  const instants = instantsOf(script)
  const ask = (ms: number): void => {
    for (let time = 0; (time = venue.nextTime(start + ms)) < Infinity;) events.push(...venue.take(time))
  }
  let asked = -1
  const advance = (ms: number): void => {
    if (session) for (const instant of instants) if (instant > asked && instant < ms) ask(instant)
    if (session) ask(ms)
    else events.push(...venue.take(start + ms))
    asked = ms
    if (ms < swapAt || swapped) return
    swapped = true
    const state = structuredClone(venue.snapshot())
    venue = venueOf(script.config)
    venue.restore(state)
  }
  for (const cut of [...cuts, Infinity]) {
    venue.load(blockOf(script, loaded, cut))
    loaded = cut
    for (let action = todo[0]; action !== undefined && action.at <= cut; action = todo[0]) {
      todo.shift()
      advance(action.at)
      if (action.order !== undefined) venue.submit(action.order, start + action.at)
      if (action.cancel !== undefined) venue.cancel(orderId(action.cancel), start + action.at)
    }
    if (cut < Infinity) advance(cut)
  }
  advance(700_000)
  return [...events, ...venue.take(Infinity)]
}

/** The market in `(from, to]` as one block. */
function blockOf(script: Script, from: number, to: number): MarketBlock {
  const within = (ms: number): boolean => ms > from && ms <= to
  const events = script.events.filter((event) => within(event.time - start))
  const skipped = script.bars.filter((_, index) => (index + 1) * 60_000 <= from).length
  const bars = script.bars.filter((_, index) => within((index + 1) * 60_000))
  return {
    ...(script.bars.length > 0 ? barsOf(bars, skipped) : tradesOf(script.prints.filter(([ms]) => within(ms)))),
    ...(script.bars.length > 0 ? {} : quotesOf(script.quotes.filter(([ms]) => within(ms)))),
    ...(events.length > 0 ? eventsOf(...events) : {}),
  }
}
