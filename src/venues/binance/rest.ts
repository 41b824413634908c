import type { UnixMs } from '#model/ids.ts'
import { type Timers, VenueError } from '#model/venue.ts'
import type { z } from 'zod'
import { createBreaker } from '../link/breaker.ts'
import { count, reasonOf } from '../link/rejection.ts'
import { createRest, type Method, type Params, type Rest, type RestRequest } from '../link/rest.ts'
import { createWeightBudget, type Lane, type WeightBudget, type Weights } from '../link/weight-budget.ts'
import type { Dialect } from './dialect.ts'
import { judge } from './errors.ts'
import { type Keys, signed } from './sign.ts'
import { serverTime, type WireRateLimit } from './wire/market.ts'

export interface Call<Schema extends z.ZodType> {
  readonly path: string
  readonly schema: Schema
  /** Default GET. */
  readonly method?: Method
  /** In the query, or for POST and PUT in the form body. */
  readonly params?: Params
  /** Of the address; default 1. Orders count apart: `orders`. */
  readonly weight?: number
  readonly orders?: number
  readonly extra?: Weights
  /** Default: `read` for GET, `order` for all else, which is never repeated by itself. */
  readonly kind?: RestRequest['kind']
  readonly lane?: Lane
  readonly deadline?: UnixMs | undefined
  readonly timeoutMs?: number
}

export interface BinanceRest {
  /** Without a signature; where there are keys, with the key's header. Checked. Throws `VenueError`. */
  readonly open: <Schema extends z.ZodType>(call: Call<Schema>) => Promise<z.infer<Schema>>
  readonly signed: <Schema extends z.ZodType>(call: Call<Schema>) => Promise<z.infer<Schema>>
  readonly clock: Rest['clock']
  /** Limits as the venue tells them, which differ in its test environments. */
  readonly resize: (limits: readonly WireRateLimit[]) => void
  /** Replies that did not parse, by reason. */
  readonly rejected: Record<string, number>
  readonly close: () => void
}

export interface BinanceRestOptions {
  readonly dialect: Dialect
  /** Scheme, host and port. */
  readonly baseUrl: string
  readonly timers: Timers
  readonly keys?: Keys | undefined
}

export function createBinanceRest({ dialect, baseUrl, timers, keys }: BinanceRestOptions): BinanceRest {
  const { venue, root, limits } = dialect
  const budget = createWeightBudget({ limits, timers })
  const raw = limits.some(({ id }) => id === 'raw') ? { raw: 1 } : {}
  const rest = createRest({
    venue,
    baseUrl,
    timers,
    budget,
    breaker: createBreaker({ timers }),
    classify: ({ status, body, text }, { kind }) => judge(status, body, text, kind),
    usedWeights: (headers) => usedWeights(headers, limits),
    time: {
      request: { method: 'GET', path: `${root}/time`, kind: 'read', lane: 'urgent', weight: { weight: 1, ...raw } },
      read: (body) => readTime(body),
    },
    ...(keys === undefined
      ? {}
      : {
          headers: { 'X-MBX-APIKEY': keys.apiKey },
          secrets: [keys.secret, keys.apiKey],
          sign: (unsigned) => signed(keys, unsigned),
        }),
  })
  const rejected: Record<string, number> = {}

  const send = async <Schema extends z.ZodType>(call: Call<Schema>, sign: boolean): Promise<z.infer<Schema>> => {
    const {
      path,
      schema,
      method = 'GET',
      params,
      weight = 1,
      orders = 0,
      extra,
      kind,
      lane,
      deadline,
      timeoutMs,
    } = call
    const inBody = method === 'POST' || method === 'PUT'
    const reply = await rest.request({
      method,
      path,
      ...(params === undefined ? {} : inBody ? { body: params } : { query: params }),
      bodyType: 'form',
      weight: { weight, ...raw, ...extra, ...(orders === 0 ? {} : { orders10s: orders, orders1m: orders }) },
      kind: kind ?? (method === 'GET' ? 'read' : 'order'),
      signed: sign,
      ...(lane === undefined ? {} : { lane }),
      ...(deadline === undefined ? {} : { deadline }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
    const parsed = schema.safeParse(reply)
    if (parsed.success) return parsed.data
    const reason = `${path.slice(path.lastIndexOf('/') + 1)}: ${reasonOf(parsed.error)}`
    count(rejected, reason)
    throw new VenueError(venue, 'unknown', 'malformed', `${path} answered what cannot be read: ${reason}`)
  }

  function readTime(body: unknown): UnixMs {
    const parsed = serverTime.safeParse(body)
    if (!parsed.success) throw new VenueError(venue, 'retry', 'malformed', 'no server time')
    return parsed.data.serverTime
  }

  return {
    open: (call) => send(call, false),
    signed: (call) => send(call, true),
    clock: rest.clock,
    resize: (told) => resize(budget, limits, told),
    rejected,
    close: () => rest.close(),
  }
}

/** Headers of what is used, by limit; orders only where orders are counted. */
const usedHeaders = [
  ['weight', 'x-mbx-used-weight-1m'],
  ['orders10s', 'x-mbx-order-count-10s'],
  ['orders1m', 'x-mbx-order-count-1m'],
] as const

function usedWeights(headers: Headers, limits: Dialect['limits']): Weights {
  const used: Record<string, number> = {}
  for (const [id, name] of usedHeaders) {
    const value = headers.get(name)
    if (value !== null && /^\d{1,9}$/.test(value) && limits.some((limit) => limit.id === id)) used[id] = Number(value)
  }
  return used
}

const windowUnits: Readonly<Record<string, number>> = {
  SECOND: 1_000,
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: 86_400_000,
}
const kinds: Readonly<Record<string, readonly string[]>> = {
  REQUEST_WEIGHT: ['weight'],
  ORDERS: ['orders10s', 'orders1m'],
  RAW_REQUESTS: ['raw'],
}

function resize(budget: WeightBudget, limits: Dialect['limits'], told: readonly WireRateLimit[]): void {
  for (const { rateLimitType, interval, intervalNum, limit } of told) {
    const windowMs = (windowUnits[interval] ?? 0) * intervalNum
    const own = limits.find(({ id, windowMs: ours }) => ours === windowMs && kinds[rateLimitType]?.includes(id))
    if (own !== undefined) budget.resize(own.id, limit)
  }
}
