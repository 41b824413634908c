import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/** Time from our decision to the venue, for orders and cancels alike; milliseconds. */
export type Latency =
  | { readonly type: 'fixed'; readonly ms: number }
  | { readonly type: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | { readonly type: 'lognormal'; readonly medianMs: number; readonly p99Ms: number }

/** Draws whole milliseconds, rounded up; one seed gives one sequence. `fixed` draws nothing. */
export interface LatencySampler {
  next(): number
  /** The generator's state, plain data. */
  snapshot(): readonly number[]
  restore(state: readonly number[]): void
}

/** 99th percentile of the standard normal distribution. */
const z99 = 2.3263478740408408

/** Seeded sampler of a latency distribution. */
export function createLatencySampler(latency: Latency, seed: number): LatencySampler {
  let random = xoroshiro128plus(seed)
  /** In (0, 1], 2^32 steps. */
  const uniform = (): number => ((random.next() >>> 0) + 1) / 2 ** 32
  const sample = (): number => {
    if (latency.type === 'fixed') return latency.ms
    if (latency.type === 'uniform') return latency.minMs + uniform() * (latency.maxMs - latency.minMs)
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
    return latency.medianMs * Math.exp((normal * Math.log(latency.p99Ms / latency.medianMs)) / z99)
  }
  return {
    next: () => Math.ceil(sample()),
    snapshot: () => random.getState(),
    restore: (state) => {
      random = xoroshiro128plusFromState(state)
    },
  }
}
