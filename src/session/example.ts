import { isDeepStrictEqual } from 'node:util'
import { createEngine, type Engine, type EngineSetup } from '#engine/engine.ts'
import type { EngineEvent, EngineOutput } from '#model/events.ts'
import type { InstrumentId } from '#model/ids.ts'
import type { MarketBlock, MarketEvent, SideCode } from '#model/market.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketSegment, MarketSource } from '#model/source.ts'
import { replay, type ReplayVenue } from './session.ts'

const rank = { trade: 0, quote: 1 } as const
const rankOf = ({ type }: MarketEvent): number => (type in rank ? rank[type as keyof typeof rank] : 2)
const codes = { buy: 1, sell: -1 } as const

/** For tests: in the order in which a recording has them. */
export const inOrder = (events: readonly MarketEvent[]): readonly MarketEvent[] =>
  events.toSorted((a, b) => a.time - b.time || rankOf(a) - rankOf(b))

/** For tests: events of one instrument as a block of columns. */
export function blockOf(instrumentId: InstrumentId, events: readonly MarketEvent[]): MarketBlock {
  const trades = events.filter((event) => event.type === 'trade')
  const quotes = events.filter((event) => event.type === 'quote')
  const quote = (name: 'bid' | 'ask' | 'bidSize' | 'askSize') => Float64Array.from(quotes, (event) => event[name])
  return {
    instrumentId,
    trades: {
      time: Float64Array.from(trades, ({ time }) => time),
      price: Float64Array.from(trades, ({ price }) => price),
      quantity: Float64Array.from(trades, ({ quantity }) => quantity),
      side: Int8Array.from(trades, ({ side }): SideCode => (side ? codes[side] : 0)),
    },
    quotes: {
      time: Float64Array.from(quotes, ({ time }) => time),
      bid: quote('bid'),
      ask: quote('ask'),
      bidSize: quote('bidSize'),
      askSize: quote('askSize'),
    },
    events: events.filter(({ type }) => type !== 'trade' && type !== 'quote'),
  }
}

/** For tests: one segment per recording, in blocks of at most `size` events. */
export function sourceOf(
  instruments: readonly Instrument[],
  recordings: readonly { readonly instrumentId: InstrumentId; readonly events: readonly MarketEvent[] }[],
  size: number,
): MarketSource {
  const segments = recordings.map(({ instrumentId, events }): MarketSegment => {
    const sorted = inOrder(events)
    return {
      instrumentId,
      feeds: ['trade', 'side', 'quote'],
      from: sorted[0]?.time ?? 0,
      to: sorted.at(-1)?.time ?? 0,
      rows: sorted.length,
      label: 'test',
      checksum: '',
      async *read() {
        for (let at = 0; at < sorted.length; at += size) yield blockOf(instrumentId, sorted.slice(at, at + size))
      },
    }
  })
  return { instruments, segments }
}

/** For tests: what came out of a run, and what the engine knows at its end. */
export interface Ran {
  readonly outputs: readonly EngineOutput[]
  readonly nearMisses: unknown
  readonly account: unknown
}

const ranOf = (outputs: readonly EngineOutput[], engine: Engine): Ran => ({
  outputs,
  nearMisses: engine.nearMisses(),
  account: { ...engine.account(), time: 0 },
})

/** For tests: where two runs part; undefined when they are equal. */
export function partingOf(ran: Ran, other: Ran): object | undefined {
  if (isDeepStrictEqual(ran, other)) return undefined
  const at = ran.outputs.findIndex((output, index) => !isDeepStrictEqual(output, other.outputs[index]))
  if (at >= 0) return { at, one: ran.outputs[at], other: other.outputs[at] }
  return { one: { ...ran, outputs: ran.outputs.length }, other: { ...other, outputs: other.outputs.length } }
}

/** For tests: a replay of the source; `restarts` = before which blocks the engine is made anew from its snapshot. */
export async function runReplay(
  setup: EngineSetup,
  venue: ReplayVenue,
  source: MarketSource,
  restarts: readonly number[] = [],
): Promise<Ran> {
  const outputs: EngineOutput[] = []
  let engine = createEngine(setup)
  let blocks = 0
  const current: Engine = {
    process: (event) => engine.process(event),
    load: (block) => {
      if (restarts.includes(blocks++)) engine = createEngine(setup, structuredClone(engine.snapshot()))
      engine.load(block)
    },
    nextTime: () => engine.nextTime(),
    step: () => engine.step(),
    hungry: () => engine.hungry(),
    account: () => engine.account(),
    positions: () => engine.positions(),
    nearMisses: () => engine.nearMisses(),
    forgetNearMisses: () => engine.forgetNearMisses(),
    readings: (id) => engine.readings(id),
    instants: () => engine.instants(),
    snapshot: () => engine.snapshot(),
  }
  await replay({ engine: current, venue, source, observer: { onOutputs: (some) => void outputs.push(...some) } })
  return ranOf(outputs, engine)
}

/** For tests: the same recordings one event at a time, timers on the grid after the market, the venue after both. */
export function runLive(
  setup: EngineSetup,
  venue: ReplayVenue,
  recordings: readonly { readonly instrumentId: InstrumentId; readonly events: readonly MarketEvent[] }[],
  restarts: readonly number[] = [],
): Ran {
  const outputs: EngineOutput[] = []
  let engine = createEngine(setup)
  const send = (event: EngineEvent): void => {
    const some = engine.process(event)
    outputs.push(...some)
    for (const output of some) {
      if (output.type === 'submitOrder') venue.submit(output.order, output.time)
      else if (output.type === 'cancelOrder') venue.cancel(output.orderId, output.time)
    }
  }
  const venueUntil = (limit: number): void => {
    for (let time = venue.nextTime(limit); time <= limit && time < Infinity; time = venue.nextTime(limit))
      for (const event of venue.take(time)) send(event)
  }
  const order = setup.instruments.map(({ id }) => id)
  const feeds = recordings.map(({ instrumentId, events }): { at: number; events: readonly MarketEvent[] } => {
    const sorted = inOrder(events)
    const time = sorted.at(-1)?.time ?? 0
    const ended = { type: 'feedEnded', instrumentId, time } as const
    venue.load(blockOf(instrumentId, sorted))
    venue.load({ instrumentId, events: [ended] })
    return { at: order.indexOf(instrumentId), events: [...sorted, ended] }
  })
  const all = feeds
    .flatMap(({ at, events }) => events.map((event) => ({ at, event })))
    .toSorted((a, b) => a.event.time - b.event.time || a.at - b.at)
  const first = all[0]?.event.time ?? 0
  let grid = (Math.floor(first / 1_000) + 1) * 1_000
  all.forEach(({ event }, index) => {
    for (; grid < event.time; grid += 1_000) {
      venueUntil(grid - 1)
      send({ type: 'timer', time: grid })
    }
    venueUntil(event.time - 1)
    if (restarts.includes(index)) engine = createEngine(setup, structuredClone(engine.snapshot()))
    send(event)
  })
  venueUntil(Infinity)
  return ranOf(outputs, engine)
}
