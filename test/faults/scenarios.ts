import type { Random } from '../../src/simulator/generator/random.ts'
import type { FaultRule } from '../../src/simulator/server/faults.ts'

type PlanRule = Partial<FaultRule> & Pick<FaultRule, 'place' | 'kind'>

/** One row of reliability.md §3.4: which faults, and what must hold besides the invariants. */
export interface Scenario {
  readonly id: string
  readonly title: string
  /** How long faults go on. */
  readonly faultyMs: number
  /** So soon after the last fault everything must be told. */
  readonly healMs: number
  plan(random: Random): readonly PlanRule[]
  /** Our wall clock is set, so long after the faults began. */
  readonly clockSteps?: (random: Random) => readonly { readonly at: number; readonly ms: number }[]
  readonly also?: readonly Extra[]
  /** Prints may be lost untold: their frames are broken, and MEXC numbers none. */
  readonly losesTrades?: true
}

export type Extra =
  /** Fills older than a minute are known while the faults go on. */
  | 'fillsInAMinute'
  /** A feed that stopped is told as not live within 10 s. */
  | 'silenceTold'
  /** Forced closes are told within 5 s, with their cause. */
  | 'forcedTold'
  /** No invalid order after a change of the grid was told. */
  | 'gridKept'
  /** Frames that cannot be read are counted. */
  | 'rejectedCounted'

/** The public feeds by each venue's spelling of the stream. */
const anyDepth = '*depth*'

export const scenarios: readonly Scenario[] = [
  {
    id: 'RT-01',
    title: 'disconnect storm',
    faultyMs: 60_000,
    healMs: 60_000,
    plan: (random) => [
      {
        place: 'ws-cut',
        kind: 'cut',
        probability: random.between(0.03, 0.15),
        durationMs: [100, random.integer(500, 20_000)],
      },
      { place: 'ws-cut', kind: 'close', probability: 0.02 },
      { place: 'connect', kind: 'hang', probability: 0.1, delayMs: [1_000, 15_000], match: { socket: '*' } },
    ],
  },
  {
    id: 'RT-02',
    title: 'sequence gap',
    faultyMs: 45_000,
    // breaks that follow one another make the pauses before a snapshot grow to 10 s
    healMs: 45_000,
    plan: (random) => [
      { place: 'market', kind: 'sequence-gap', probability: random.between(0.01, 0.1) },
      // far off: a number that could be the right one cannot be told from it
      { place: 'market', kind: 'wrong-first-id', probability: 0.02, value: 1_000_000_000 },
      { place: 'market', kind: 'stale-snapshot', probability: 0.4, delayMs: [200, 20_000] },
      { place: 'ws-drop', kind: 'drop', probability: random.between(0.01, 0.1), match: { stream: anyDepth } },
      { place: 'ws-reorder', kind: 'swap', probability: 0.03, match: { stream: anyDepth } },
      { place: 'ws-duplicate', kind: 'duplicate', probability: 0.05, match: { stream: anyDepth } },
      { place: 'latency', kind: 'delay', probability: 0.5, delayMs: [10, 1_500] },
    ],
  },
  {
    id: 'RT-03',
    title: 'silent stream',
    faultyMs: 150_000,
    healMs: 60_000,
    also: ['fillsInAMinute', 'silenceTold'],
    // a stream's own rate is known after half a minute
    plan(random) {
      const at = random.integer(35_000, 50_000)
      const silent = { place: 'ws-stall', kind: 'silent', at, durationMs: 90_000 } as const
      return [
        random.chance(0.5)
          ? { ...silent, match: { socket: 'private' } }
          : { ...silent, match: { stream: random.chance(0.5) ? anyDepth : '*' } },
      ]
    },
  },
  {
    id: 'RT-04',
    title: 'duplicates',
    faultyMs: 40_000,
    healMs: 20_000,
    plan: (random) => [
      {
        place: 'ws-duplicate',
        kind: 'duplicate',
        probability: random.between(0.3, 1),
        value: random.integer(1, 4),
        match: { socket: 'private' },
      },
      { place: 'ws-duplicate', kind: 'duplicate', probability: 0.3, match: { stream: anyDepth } },
      { place: 'ws-cut', kind: 'cut', probability: 0.02 },
    ],
  },
  {
    id: 'RT-05',
    title: 'disorder',
    faultyMs: 40_000,
    healMs: 30_000,
    plan: (random) => [
      {
        place: 'ws-delay',
        kind: 'delay',
        probability: 0.5,
        delayMs: [0, random.integer(200, 10_000)],
        match: { socket: 'private' },
      },
      { place: 'ws-reorder', kind: 'swap', probability: 0.3, match: { socket: 'private' } },
      { place: 'latency', kind: 'delay', probability: 0.4, delayMs: [0, random.integer(200, 4_000)] },
      { place: 'order', kind: 'invisible', probability: 0.3, delayMs: [0, 8_000] },
    ],
  },
  {
    id: 'RT-06',
    title: 'unknown outcome',
    faultyMs: 45_000,
    healMs: 75_000,
    plan: (random) => [
      { place: 'order', kind: 'unknown-applied', probability: random.between(0.05, 0.3), delayMs: [1_000, 20_000] },
      { place: 'order', kind: 'unknown-not-applied', probability: random.between(0.05, 0.3), delayMs: [1_000, 20_000] },
      { place: 'order', kind: 'unknown-late', probability: 0.1, delayMs: [500, 30_000] },
      { place: 'http-after-apply', kind: 'drop', probability: 0.1 },
      { place: 'http-before-apply', kind: 'drop', probability: 0.1 },
      { place: 'http-body-cut', kind: 'cut', probability: 0.05 },
      { place: 'ws-drop', kind: 'drop', probability: random.chance(0.5) ? 0.5 : 0, match: { socket: 'private' } },
    ],
  },
  {
    id: 'RT-07',
    title: 'rate limit',
    faultyMs: 45_000,
    healMs: 180_000,
    plan: (random) => [
      {
        place: 'http-status',
        kind: '429',
        probability: 0.03,
        ...(random.chance(0.5) ? { retryAfterS: random.integer(1, 8) } : {}),
      },
      {
        place: 'http-status',
        kind: '418',
        at: random.integer(10_000, 30_000),
        durationMs: 5_000,
        retryAfterS: random.integer(5, 120),
      },
      { place: 'rate-limit', kind: 'foreign', probability: 0.05, value: random.integer(10, 800) },
    ],
  },
  {
    id: 'RT-08',
    title: 'venue sick',
    faultyMs: 45_000,
    healMs: 90_000,
    plan(random) {
      const kinds = [
        '500',
        '502',
        '503',
        '503-unknown',
        '503-internal',
        '504',
        'html',
        'maintenance',
        'timeout-code',
        'disconnected-code',
      ]
      return kinds.map((kind) => ({
        place: 'http-status' as const,
        kind,
        probability: random.between(0, 0.06),
        // what the venue says was not done was not done
        applied: !provablyNot.has(kind) && random.chance(0.5),
      }))
    },
  },
  {
    id: 'RT-13',
    title: 'clock',
    faultyMs: 60_000,
    healMs: 60_000,
    plan: (random) => [{ place: 'clock-skew', kind: 'drift', at: 30_000, value: pick(random, [100, -100, 400]) }],
    clockSteps: (random) => [
      { at: 10_000, ms: pick(random, [5_000, -5_000, 3_600_000, -3_600_000, 700, -12_000]) },
      { at: 45_000, ms: pick(random, [5_000, -5_000, -1_000, 60_000, -3_600_000]) },
    ],
  },
  {
    id: 'RT-14',
    title: 'malformed input',
    faultyMs: 40_000,
    healMs: 60_000,
    also: ['rejectedCounted'],
    losesTrades: true,
    plan: (random) => [
      ...(['cut', 'garbage', 'wrong-type', 'proto', 'empty'] as const).map((kind) => ({
        place: 'ws-corrupt' as const,
        kind,
        probability: random.between(0, 0.03),
      })),
      // a fee that became −1 or is left out is no malformed one, so numbers are broken where a sum or a grid shows it
      { place: 'ws-corrupt', kind: 'nan', probability: 0.03, match: { stream: anyDepth } },
      { place: 'ws-corrupt', kind: 'missing-field', probability: 0.03, match: { stream: anyDepth } },
      { place: 'ws-corrupt', kind: 'deep', probability: 0.002 },
      { place: 'ws-corrupt', kind: 'huge', probability: 0.05, count: 1 },
      { place: 'market', kind: 'absurd-price', probability: 0.05, value: pick(random, [1_000, 0.001]) },
      { place: 'http-body-cut', kind: 'cut', probability: 0.03 },
    ],
  },
  {
    id: 'RT-16',
    title: 'venue acts by itself',
    faultyMs: 60_000,
    healMs: 45_000,
    also: ['forcedTold'],
    plan: (random) => [
      { place: 'account', kind: 'liquidation', probability: 0.04 },
      { place: 'account', kind: 'adl', probability: 0.04, value: pick(random, [1, 0.5]) },
      { place: 'account', kind: 'manual-close', probability: 0.03 },
      { place: 'account', kind: 'manual-open', probability: 0.03 },
      { place: 'account', kind: 'leverage', probability: 0.02, value: random.integer(1, 10) },
      { place: 'account', kind: 'margin-mode', probability: 0.02 },
      { place: 'account', kind: 'funding', probability: 0.03 },
      { place: 'account', kind: 'transfer', probability: 0.03, value: random.integer(-500, 500) || 1 },
      { place: 'account', kind: 'fees', probability: 0.01 },
    ],
  },
  {
    id: 'RT-17',
    title: 'instrument changes',
    faultyMs: 60_000,
    healMs: 60_000,
    also: ['gridKept'],
    plan: (random) => [
      { place: 'market', kind: 'tick-change', at: 15_000, value: pick(random, [5, 10]) },
      { place: 'market', kind: 'halt', at: 30_000 },
      { place: 'market', kind: 'resume', at: 38_000 },
      ...(random.chance(0.5) ? [{ place: 'market' as const, kind: 'delist', at: 48_000 }] : []),
    ],
  },
]

const provablyNot: ReadonlySet<string> = new Set(['503', '503-internal', 'maintenance'])

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random.integer(0, from.length - 1)]
}
