import type { UnixMs } from '#model/ids.ts'
import type { QuoteColumns, TradeColumns } from '#model/market.ts'
import { Book } from './book.ts'
import { QuoteWriter, TradeWriter } from './columns.ts'
import type { Listing } from './instruments.ts'
import { branching, excitationRate } from './profiles.ts'
import type { Profile } from './profiles.ts'
import type { Random } from './random.ts'
import { buyersAt, ordersAt, rowsOf, spanOf, stepAt } from './shapes.ts'
import type { EventShape, ForcedOrder } from './shapes.ts'
import type { Weather } from './weather.ts'

const minuteMs = 60_000

export interface TapeParts {
  readonly listing: Listing
  readonly profile: Profile
  readonly weather: Weather
  /** Ascending by onset, one in course at a time. */
  readonly shapes: readonly EventShape[]
  readonly from: UnixMs
  readonly to: UnixMs
  readonly random: Random
  /** A guess, for the first allocation. */
  readonly rows: number
}

/**
 * Trades and quotes of one instrument. Orders arrive as a Hawkes process with an exponential kernel, drawn exactly by
 * the composition method (Dassios and Zhao, 2013) over stretches of constant base rate; never two in a millisecond,
 * so that rows sharing one are one order.
 */
export function writeTape(parts: TapeParts): { readonly trades: TradeColumns; readonly quotes: QuoteColumns } {
  const { listing, profile, weather, shapes, from, to, random } = parts
  const trades = new TradeWriter(parts.rows)
  const quotes = new QuoteWriter(parts.rows * 1.5)
  const { instrument, startPrice } = listing
  const book = new Book({ instrument, startPrice, profile, weather, from, random, trades, quotes })
  const forced = forcedOrders(shapes)
  let nextForced = 0
  let nextShape = 0
  let excitation = 0
  let buy = true
  let time: number = from
  while (time < to) {
    const coming = shapes[nextShape]
    const comingAt = coming ? spanOf(coming).from - 1 : to
    if (coming && time >= comingAt) {
      book.begin(coming, time)
      nextShape++
      continue
    }
    const { shape } = book
    const minute = Math.floor((time - from) / minuteMs)
    const extra = shape ? ordersAt(shape, time) * (1 - branching) : 0
    const rate = weather.orders[minute] + extra
    const force = forced[nextForced]
    const forceAt = force ? force.time : to
    const minuteEnd = from + (minute + 1) * minuteMs
    let limit = Math.min(minuteEnd, forceAt, comingAt, book.refillAt)
    if (shape && extra > 0) limit = Math.min(limit, time + stepAt(shape, time))
    let wait = random.exponential() / rate
    if (excitation > 1e-6) {
      const reached = 1 - (excitationRate * random.exponential()) / excitation
      if (reached > 0) wait = Math.min(wait, -Math.log(reached) / excitationRate)
    }
    const next = Math.max(time, Math.min(limit, time + wait * 1_000))
    excitation *= Math.exp((-excitationRate * (next - time)) / 1_000)
    time = next
    const stamp = Math.max(Math.floor(time), book.lastTime + 1)
    if (force && time === forceAt) {
      buy = force.buy
      book.take(forceAt, buy, profile.orderNotional * force.sizes * force.sizeFactor, force.rows, true)
      nextForced++
    } else if (stamp >= forceAt) {
      // no room before the forced order, which keeps its millisecond
      time = forceAt
      continue
    } else if (time === limit) {
      if (time === book.refillAt || time === minuteEnd) book.refill(stamp)
      continue
    } else if (shape && random.uniform() < extra / rate) {
      buy = random.uniform() < buyersAt(shape, time)
      const rows = rowsOf(shape, time, buy, random)
      book.take(stamp, buy, orderSize(profile, random) * shape.sizeFactor * rows, rows, false)
    } else {
      if (random.uniform() > 0.6) buy = random.uniform() < 0.5
      book.take(stamp, buy, orderSize(profile, random), 1, false)
    }
    excitation += branching * excitationRate
  }
  return { trades: trades.finish(), quotes: quotes.finish() }
}

interface TimedOrder extends ForcedOrder {
  readonly time: UnixMs
  readonly sizeFactor: number
}

/** The forced orders of all events, no two in one millisecond. */
function forcedOrders(shapes: readonly EventShape[]): readonly TimedOrder[] {
  return shapes.flatMap(({ onset, sizeFactor, forced }) =>
    forced.map((order) => ({ ...order, time: onset + order.afterMs, sizeFactor })),
  )
}

/** Quote units: lognormal with a Pareto tail (exponent 1.6) on one order in fifty. */
export function orderSize(profile: Pick<Profile, 'orderNotional'>, random: Random): number {
  const body = profile.orderNotional * Math.exp(1.1 * random.normal())
  return random.uniform() < 0.02 ? body * random.uniform() ** (-1 / 1.6) : body
}
