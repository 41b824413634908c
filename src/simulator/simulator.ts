import type { OrderId, UnixMs } from '#model/ids.ts'
import type { MarketBlock } from '#model/market.ts'
import type { Order, VenueEvent } from '#model/order.ts'
import type { ExchangeRequest, RunningExchange } from '#model/served-exchange.ts'
import type { Timers } from '#model/venue.ts'
import { checkConfig, type SimulatorConfig } from './config.ts'
import { createLatencySampler } from './latency.ts'
import { createMatching } from './matching/matching.ts'
import type { InProcessOptions, InProcessVenue } from './in-process/in-process-venue.ts'

export { simulatorDefaults, type SimulatorConfig } from './config.ts'
export type { Latency } from './latency.ts'
export { decoyKinds, decoysToCsv, generateMarket, labelsToCsv, plantOn, pumpProfiles } from './generator/generator.ts'
export type { DecoyRequest, MarketLabel, PlantPlan, PumpRequest } from './generator/generator.ts'

/** An exchange in process: recorded market in, orders in, venue events out. Synchronous and deterministic. */
export interface SimulatedVenue {
  /** Recorded market ahead of the engine, in time order per instrument; large arrays are kept by reference and must not change afterwards. */
  load(block: MarketBlock): void
  /** Sends an order; its latency is sampled here, in the order of the calls. */
  submit(order: Order, now: UnixMs): void
  /** Asks for a cancel; it never overtakes the order it is about. */
  cancel(orderId: OrderId, now: UnixMs): void
  /** Earliest time ≤ `limit` at which it has something to say, `Infinity` when nothing by then; plays the market only as far as needed. */
  nextTime(limit: UnixMs): UnixMs
  /** Everything due at or before `time`, in order; `time` never goes back. */
  take(time: UnixMs): readonly VenueEvent[]
  /** Whole state with the market still in memory, as plain data (numbers, strings, typed arrays). */
  snapshot(): unknown
  /** Continues from a snapshot exactly; blocks loaded before it need not be loaded again. */
  restore(state: unknown): void
}

interface SimulatorState {
  readonly latency: readonly number[]
  readonly matching: unknown
}

/** Throws `UserError` on assumptions it cannot simulate. */
export function createSimulator(config: SimulatorConfig): SimulatedVenue {
  checkConfig(config)
  const latency = createLatencySampler(config.latency, config.seed)
  const matching = createMatching(config)
  return {
    load: (block) => matching.load(block),
    submit: (order, now) => matching.submit(order, now, now + latency.next()),
    cancel: (orderId, now) => matching.cancel(orderId, now + latency.next()),
    nextTime: (limit) => matching.nextTime(limit),
    take: (time) => matching.take(time),
    snapshot: (): SimulatorState => ({ latency: latency.snapshot(), matching: matching.snapshot() }),
    restore: (state) => {
      const saved = state as SimulatorState
      latency.restore(saved.latency)
      matching.restore(saved.matching)
    },
  }
}

/** Our own exchange on the wire; its servers are loaded when it starts. */
export async function startExchange(request: ExchangeRequest, timers: Timers): Promise<RunningExchange> {
  return (await import('./server/start-exchange.ts')).startExchange(request, timers)
}

/** An exchange in this process whose markets are another venue's live ones: paper trading. Throws `VenueError`. */
export async function openInProcessVenue(options: InProcessOptions): Promise<InProcessVenue> {
  return (await import('./in-process/in-process-venue.ts')).openInProcessVenue(options)
}
