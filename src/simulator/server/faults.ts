import { UserError } from '#model/failure.ts'
import type { Timers } from '#model/venue.ts'
import { z } from 'zod'
import { Random } from '../generator/random.ts'
import { Bounded } from './bounded.ts'

/** Where a fault can happen: who asks, and when, is said at each. */
export const faultPlaces = [
  /** Door, on every TCP or WebSocket connect. */
  'connect',
  /** `serveWithFaults`, before the request is carried out. */
  'http-before-apply',
  /** `serveWithFaults`, after the request was carried out. */
  'http-after-apply',
  /** `serveWithFaults`, while the answer is sent. */
  'http-body-cut',
  /** `serveWithFaults`: the answer is not what it should be. */
  'http-corrupt',
  /** `serveWithFaults`: an error instead of the answer. */
  'http-status',
  /** `serveWithFaults`: how long the answer takes. */
  'latency',
  /** `createFaultySender`, for every frame of a socket. */
  'ws-drop',
  'ws-delay',
  'ws-duplicate',
  'ws-reorder',
  'ws-corrupt',
  'ws-stall',
  /** Core, once a second for every connection. */
  'ws-cut',
  /** Core, once a second. */
  'clock-skew',
  /** Door, on every request that counts. */
  'rate-limit',
  /** `serveWithFaults`, for requests the door calls `order: true`; `partial`, `reject` and `invisible` are the core's, at `place`. */
  'order',
  /** Core, once a second for every market; `sequence-gap`, `wrong-first-id` by the door for every depth frame, `stale-snapshot` for every depth request. */
  'market',
  /** Core, once a second for every account and instrument of it with a position or order, and once without an instrument. */
  'account',
] as const
export type FaultPlace = (typeof faultPlaces)[number]

const corruptions = ['cut', 'garbage', 'nan', 'huge', 'wrong-type', 'missing-field', 'proto', 'deep', 'empty'] as const

/** Kinds by place; docs/exchange.md says what each does. */
export const faultKinds = {
  connect: ['refuse', 'hang'],
  'http-before-apply': ['drop', 'hang'],
  'http-after-apply': ['drop', 'hang'],
  'http-body-cut': ['cut'],
  'http-corrupt': corruptions,
  'http-status': [
    '429',
    '418',
    '403',
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
  ],
  latency: ['delay'],
  'ws-drop': ['drop'],
  'ws-delay': ['delay'],
  'ws-duplicate': ['duplicate'],
  'ws-reorder': ['swap'],
  'ws-corrupt': corruptions,
  'ws-stall': ['silent'],
  'ws-cut': ['cut', 'close'],
  'clock-skew': ['jump', 'drift'],
  'rate-limit': ['foreign', 'limited', 'ban'],
  order: ['reject', 'unknown-applied', 'unknown-not-applied', 'unknown-late', 'partial', 'invisible'],
  market: [
    'sequence-gap',
    'wrong-first-id',
    'stale-snapshot',
    'absurd-price',
    'halt',
    'resume',
    'delist',
    'tick-change',
    'step-change',
    'notional-change',
    'tier-change',
    'funding',
  ],
  account: [
    'liquidation',
    'adl',
    'manual-close',
    'manual-open',
    'leverage',
    'margin-mode',
    'funding',
    'transfer',
    'fees',
    'order-entry-off',
  ],
} as const satisfies Record<FaultPlace, readonly string[]>

export type FaultKind = (typeof faultKinds)[FaultPlace][number]

/** What a place knows of the occasion; a rule's `match` is compared with these as texts, `*` stands for anything. */
export interface FaultContext {
  readonly method?: string
  readonly path?: string
  /** Channel or stream as the venue spells it, e.g. `btcusdt@depth`, `push.deal`. */
  readonly stream?: string
  readonly symbol?: string
  readonly connection?: string
  /** `public`, `private` or `market`. */
  readonly socket?: string
  readonly account?: string
  /** `create`, `cancel`, `amend`, `conditional`. */
  readonly action?: string
}

const range = z.union([z.number().min(0), z.tuple([z.number().min(0), z.number().min(0)])])

const ruleSchema = z
  .strictObject({
    place: z.enum(faultPlaces),
    kind: z.string(),
    /** Chance at every occasion, by the rule's own stream of the seed. Absent = 1. */
    probability: z.number().min(0).max(1).optional(),
    /** Milliseconds after the plan was set from which it holds. Alone = once, at the first occasion after it. */
    at: z.number().min(0).optional(),
    /** How long it holds: from `at` (or from the first time it happens, for what lasts: a stall, an outage, a ban, a status). */
    durationMs: range.optional(),
    /** At most so often. */
    count: z.number().int().min(1).optional(),
    match: z.record(z.string(), z.string()).optional(),
    /** Waiting of `delay`, `hang`, `unknown-late`, `invisible`. */
    delayMs: range.optional(),
    /** Of 429 and 418; absent = no header. */
    retryAfterS: z.number().min(0).optional(),
    /** Whether the request is carried out before an error is answered. Absent = not. */
    applied: z.boolean().optional(),
    /** The kind's own number: copies of a duplicate, weight of `foreign`, factor of an absurd price, tick, step or tier, smallest notional, offset ms, ppm, leverage, share, amount, versions to be wrong by. */
    value: z.number().optional(),
  })
  .superRefine((rule, context) => {
    if ((faultKinds[rule.place] as readonly string[]).includes(rule.kind)) return
    const kinds = faultKinds[rule.place].join(', ')
    context.addIssue({ code: 'custom', path: ['kind'], message: `${rule.place} has the kinds ${kinds}` })
  })

export const faultPlanSchema = z.array(ruleSchema).max(1_000)
export type FaultRule = z.infer<typeof ruleSchema>
export type FaultPlan = readonly FaultRule[]

/** One fault that was decided; what it says is logged. */
export interface Fault {
  readonly rule: number
  readonly place: FaultPlace
  readonly kind: FaultKind
  /** Drawn from the rule's range; 0 without one. */
  readonly delayMs: number
  /** When a lasting fault ends, on the exchange's timers; null = it is over at once. */
  readonly until: number | null
  readonly retryAfterS: number | null
  readonly applied: boolean
  readonly value: number | null
  /** In (0, 1), of the same stream: where to cut, what to break. */
  readonly draw: number
}

/** One line reproduces it: same seed, same plan, same occasions. */
export interface InjectedFault {
  readonly time: number
  /** `seed=… rule=… occasion=…`. */
  readonly repro: string
  readonly fault: Fault
  readonly context: FaultContext
}

export interface Faults {
  readonly seed: number
  /** The fault for this occasion, logged, or null. First rule that fits wins; `kinds` limits it to those the asker can carry out. */
  decide(place: FaultPlace, context?: FaultContext, kinds?: readonly FaultKind[]): Fault | null
  plan(): FaultPlan
  /** Replaces the plan and starts its clock. Throws `UserError` (`faultPlan`) naming the rule and field. */
  set(plan: unknown): void
  add(rule: unknown): void
  clear(): void
  /** The newest 10 000, ascending. */
  log(): readonly InjectedFault[]
  /** Of each place and kind so far. */
  counts(): Readonly<Record<string, number>>
}

interface Rule {
  readonly given: FaultRule
  readonly index: number
  readonly random: Random
  occasions: number
  happened: number
  /** While it lasts; -Infinity when it does not. */
  until: number
}

const keptFaults = 10_000

/** A fault plan at work. Every rule draws from its own stream of the seed, so that rules do not disturb each other. */
export function createFaults(seed: number, timers: Pick<Timers, 'now'>): Faults {
  let rules: Rule[] = []
  let startedAt = timers.now()
  const log = new Bounded<InjectedFault>(keptFaults)
  const counts: Record<string, number> = {}

  const decide: Faults['decide'] = (place, context = {}, kinds) => {
    const time = timers.now()
    for (const rule of rules) {
      const kind = rule.given.kind as FaultKind
      if (!(rule.given.place === place || outage(rule, place, time))) continue
      if (kinds !== undefined && !kinds.includes(kind)) continue
      if (!fits(rule.given.match, context) || !happens(rule, time, time - startedAt)) continue
      const fault = faultOf(rule, place, time)
      const repro = `seed=${seed} rule=${rule.index} occasion=${rule.occasions}`
      log.push({ time, repro, fault, context })
      const name = `${fault.place} ${fault.kind}`
      counts[name] = (counts[name] ?? 0) + 1
      return fault
    }
    return null
  }

  const ruleOf = (given: FaultRule, index: number): Rule => ({
    given,
    index,
    random: new Random(seed, 0x0fa0 + index),
    occasions: 0,
    happened: 0,
    until: -Infinity,
  })

  return {
    seed,
    decide,
    plan: () => rules.map(({ given }) => given),
    set(plan) {
      rules = parsePlan(plan).map(ruleOf)
      startedAt = timers.now()
    },
    add(rule) {
      const at = timers.now() - startedAt
      for (const given of parsePlan([rule])) {
        // its own clock starts now
        const shifted = given.at === undefined ? given : { ...given, at: given.at + at }
        rules.push(ruleOf(shifted, rules.length))
      }
    },
    clear() {
      rules = []
    },
    log: () => log.newest(keptFaults),
    counts: () => ({ ...counts }),
  }
}

/** Throws `UserError` (`faultPlan`) naming rule and field. */
export function parsePlan(plan: unknown): FaultPlan {
  const parsed = faultPlanSchema.safeParse(plan)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UserError({
    code: 'faultPlan',
    message: `fault plan: ${issue.message}`,
    where: issue.path.length === 0 ? 'the plan' : `rule ${issue.path.map(String).join('.')}`,
    remedy: 'a plan is an array of rules, each with place and kind; docs/exchange.md lists them',
  })
}

/** A socket that was cut for a while cannot be opened meanwhile either. */
function outage(rule: Rule, place: FaultPlace, time: number): boolean {
  return place === 'connect' && rule.given.place === 'ws-cut' && time < rule.until
}

function fits(match: FaultRule['match'], context: FaultContext): boolean {
  if (match === undefined) return true
  return Object.entries(match).every(([name, pattern]) => {
    const value = (context as Readonly<Record<string, string | undefined>>)[name]
    if (value === undefined) return false
    if (!pattern.includes('*')) return value === pattern
    const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    return new RegExp(`^${parts.join('.*')}$`, 'u').test(value)
  })
}

/** Whether the rule strikes at this occasion; moves its stream and counters on. */
function happens(rule: Rule, time: number, elapsed: number): boolean {
  const { at, durationMs, probability, count } = rule.given
  rule.occasions++
  if (time < rule.until) return at === undefined || probability === undefined || rule.random.uniform() < probability
  if (at !== undefined && elapsed < at) return false
  const once = at !== undefined && (probability === undefined || durationMs !== undefined)
  if (rule.happened >= (count ?? (once ? 1 : Infinity))) return false
  if (at !== undefined && durationMs !== undefined) {
    // a window that is entered late ends when it was meant to
    const until = time - elapsed + at + drawn(rule, durationMs)
    rule.happened++
    if (time >= until) return false
    rule.until = until
    return probability === undefined || rule.random.uniform() < probability
  }
  if (probability !== undefined && !(rule.random.uniform() < probability)) return false
  rule.happened++
  if (durationMs !== undefined) rule.until = time + drawn(rule, durationMs)
  return true
}

function faultOf(rule: Rule, place: FaultPlace, time: number): Fault {
  const { given } = rule
  return {
    rule: rule.index,
    place: given.place,
    kind: (place === 'connect' && given.place === 'ws-cut' ? 'refuse' : given.kind) as FaultKind,
    delayMs: given.delayMs === undefined ? 0 : Math.round(drawn(rule, given.delayMs)),
    until: rule.until > time ? rule.until : null,
    retryAfterS: given.retryAfterS ?? null,
    applied: given.applied ?? false,
    value: given.value ?? null,
    draw: rule.random.uniform(),
  }
}

function drawn(rule: Rule, range: number | readonly [number, number]): number {
  return typeof range === 'number' ? range : rule.random.between(range[0], range[1])
}
