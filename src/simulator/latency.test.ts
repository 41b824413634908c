import { describe, expect, test } from 'vitest'
import { createLatencySampler, type Latency } from './latency.ts'

function samples(latency: Latency, seed: number, count: number): readonly number[] {
  const sampler = createLatencySampler(latency, seed)
  return Array.from({ length: count }, () => sampler.next())
}

describe('latency samples', () => {
  test('a fixed latency is itself', () => {
    expect(samples({ type: 'fixed', ms: 250 }, 1, 3)).toEqual([250, 250, 250])
  })

  test('a uniform latency covers its range in whole milliseconds', () => {
    const drawn = samples({ type: 'uniform', minMs: 10, maxMs: 14 }, 1, 2_000)
    expect(new Set(drawn)).toEqual(new Set([11, 12, 13, 14]))
  })

  test('a lognormal latency has the median and the 99th percentile it was given', () => {
    const drawn = samples({ type: 'lognormal', medianMs: 200, p99Ms: 1_000 }, 1, 20_000).toSorted((a, b) => a - b)
    // Standard errors: median 200 · 0.69 · 1.25 / √20000 ≈ 1.2 ms; 99th percentile ≈ 1000 · 0.69 · 0.1 / (0.027 · √20000) ≈ 18 ms.
    expect(Math.abs((drawn[10_000] ?? 0) - 200)).toBeLessThan(6)
    expect(Math.abs((drawn[19_800] ?? 0) - 1_000)).toBeLessThan(80)
  })

  test('one seed gives one sequence, and a snapshot continues it', () => {
    const latency = { type: 'uniform', minMs: 0, maxMs: 1_000 } as const
    expect(samples(latency, 7, 20)).toEqual(samples(latency, 7, 20))
    expect(samples(latency, 8, 20)).not.toEqual(samples(latency, 7, 20))
    const first = createLatencySampler(latency, 7)
    first.next()
    const second = createLatencySampler(latency, 99)
    second.restore(first.snapshot())
    expect(second.next()).toBe(first.next())
  })
})
