import type { UnixMs } from '#model/ids.ts'
import { type Timers, VenueError } from '#model/venue.ts'
import type { z } from 'zod'
import { createBreaker } from '../link/breaker.ts'
import { createRest, type Failure, type Reply, type Rest, type RestRequest } from '../link/rest.ts'
import { createWeightBudget, type Lane, type Limit } from '../link/weight-budget.ts'
import { fateOf, timeRefusal } from './errors.ts'
import { mexc } from './instruments.ts'
import { type Keys, type Query, queryText, signedHeaders } from './sign.ts'
import { openEnvelope } from './wire/envelope.ts'
import { reasonOf } from '../link/rejection.ts'

const publicRoot = '/api/v1/contract'
const privateRoot = '/api/v1/private'

/** Per endpoint; the lower figure where documents disagree. Whether an address or an account is counted is not documented. */
const limits = [
  { id: 'detail', capacity: 2, windowMs: 10_000 },
  { id: 'book', capacity: 10, windowMs: 2_000 },
  { id: 'public', capacity: 20, windowMs: 2_000 },
  { id: 'create', capacity: 4, windowMs: 2_000 },
  { id: 'plan', capacity: 4, windowMs: 2_000 },
  { id: 'cancel', capacity: 20, windowMs: 2_000 },
  { id: 'private', capacity: 20, windowMs: 2_000 },
  { id: 'leverage', capacity: 10, windowMs: 10_000 },
] as const satisfies readonly Limit[]
type LimitId = (typeof limits)[number]['id']

export interface Call<Schema extends z.ZodType> {
  /** Below the public or private root. */
  readonly path: string
  readonly limit: LimitId
  readonly schema: Schema
  readonly query?: Query
  /** Makes it a POST. */
  readonly body?: unknown
  /** Default: `read` for GET, `order` for POST, which is never repeated by itself. */
  readonly kind?: RestRequest['kind']
  readonly lane?: Lane
  readonly deadline?: UnixMs
  readonly timeoutMs?: number
}

export interface MexcRest {
  /** Data of the public part, checked. Throws `VenueError`. */
  readonly open: <Schema extends z.ZodType>(call: Call<Schema>) => Promise<z.infer<Schema>>
  /** The same of the private part, signed. */
  readonly signed: <Schema extends z.ZodType>(call: Call<Schema>) => Promise<z.infer<Schema>>
  readonly clock: Rest['clock']
  /** Public and private replies that did not parse, by reason. */
  readonly rejected: Readonly<Record<string, number>>
  readonly close: () => void
}

export interface MexcRestOptions {
  /** Scheme, host and port. */
  readonly baseUrl: string
  readonly timers: Timers
  readonly keys?: Keys | undefined
}

export function createMexcRest({ baseUrl, timers, keys }: MexcRestOptions): MexcRest {
  const rest = createRest({
    venue: mexc,
    baseUrl,
    timers,
    budget: createWeightBudget({ limits, timers }),
    breaker: createBreaker({ timers }),
    classify,
    time: {
      request: { method: 'GET', path: `${publicRoot}/ping`, kind: 'read', lane: 'urgent', weight: { public: 1 } },
      read: (body) => readTime(body),
    },
    // the venue's own limits are over after two seconds
    silence: { limitMs: 2_000 },
    ...(keys === undefined
      ? {}
      : {
          secrets: [keys.secret, keys.accessKey],
          sign: ({ method, query, body, time }) => ({
            headers: signedHeaders(keys, time, method === 'GET' ? query : body),
          }),
        }),
  })
  const rejected: Record<string, number> = {}

  const send = async <Schema extends z.ZodType>(
    root: string,
    signed: boolean,
    { path, limit, schema, query, body, kind, lane, deadline, timeoutMs }: Call<Schema>,
  ): Promise<z.infer<Schema>> => {
    if (query !== undefined) queryText(query)
    const reply = await rest.request({
      method: body === undefined ? 'GET' : 'POST',
      path: `${root}${path}`,
      ...(query === undefined ? {} : { query: sortedQuery(query) }),
      ...(body === undefined ? {} : { body }),
      weight: { [limit]: 1 },
      kind: kind ?? (body === undefined ? 'read' : 'order'),
      signed,
      ...(lane === undefined ? {} : { lane }),
      ...(deadline === undefined ? {} : { deadline }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
    const opened = openEnvelope(reply)
    const parsed = opened.type === 'success' ? schema.safeParse(opened.data) : undefined
    if (parsed?.success === true) return parsed.data
    const reason =
      parsed === undefined
        ? `${limit}: envelope`
        : `${path.split('/').slice(0, 3).join('/')}: ${reasonOf(parsed.error)}`
    rejected[reason] = (rejected[reason] ?? 0) + 1
    throw new VenueError(mexc, 'unknown', 'malformed', `${root}${path} answered what cannot be read: ${reason}`)
  }

  return {
    open: (call) => send(publicRoot, false, call),
    signed: (call) => send(privateRoot, true, call),
    clock: rest.clock,
    rejected,
    close: () => rest.close(),
  }
}

/** What the envelope says; a status alone is judged by the same table. */
function classify(reply: Reply, request: RestRequest): Failure | null {
  const opened = reply.body === undefined ? undefined : openEnvelope(reply.body)
  const kind = request.kind === 'read' ? 'read' : 'write'
  if (opened?.type === 'failure') {
    const { code, message } = opened
    return {
      fate: fateOf(code, kind),
      code: String(code),
      message,
      ...(code === timeRefusal ? { clock: true } : {}),
    }
  }
  if (reply.status === 403) return { fate: fateOf(403, kind), code: '403', message: 'blocked at the edge of the venue' }
  if (reply.status === 401) return { fate: fateOf(401, kind), code: '401', message: 'not logged in' }
  return null
}

function readTime(body: unknown): UnixMs {
  const opened = openEnvelope(body)
  if (opened.type !== 'success' || typeof opened.data !== 'number')
    throw new VenueError(mexc, 'retry', 'malformed', 'ping without a time')
  return opened.data
}

const sortedQuery = (query: Query): Query =>
  Object.fromEntries(
    Object.entries(query)
      .filter(([, value]) => value !== null && value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
