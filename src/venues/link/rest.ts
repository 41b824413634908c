import type { UnixMs, VenueId } from '#model/ids.ts'
import { type RequestFate, type Timers, VenueError } from '#model/venue.ts'
import { type AttemptFailure, type AttemptOutcome, createAttempt } from './attempt.ts'
import { createBackoff } from './backoff.ts'
import { type Breaker, BreakerOpen } from './breaker.ts'
import { type ClockSample, type ClockSync, createClockSync } from './clock-sync.ts'
import { createRedactor } from './redact.ts'
import { wait } from './timers.ts'
import type { Lane, WeightBudget, Weights } from './weight-budget.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
/** Absent and null ones are left out; numbers are written without exponent. */
export type Params = Readonly<Record<string, string | number | boolean | null | undefined>>

export interface RestRequest {
  readonly method: Method
  /** Below the base URL, with a leading `/`; already percent-encoded. */
  readonly path: string
  /** Sent in this order, percent-encoded. */
  readonly query?: Params
  /** Serialized once; what is signed is what is sent. `form` takes `Params`. */
  readonly body?: unknown
  /** Default `json`. */
  readonly bodyType?: 'json' | 'form'
  readonly weight?: Weights
  /** Default `normal`. */
  readonly lane?: Lane
  /** Default false. */
  readonly signed?: boolean
  /** `read` changes nothing and is repeated by fate; `order` may have been done when no answer came, and is never repeated. */
  readonly kind: 'read' | 'order'
  /** Venue-independent moment after which it is not sent any more (fate `refused`, code `expired`); ours, not the venue's. */
  readonly deadline?: UnixMs
  readonly timeoutMs?: number
  /** Numbers under these keys come as text; see `parseExact`. */
  readonly textKeys?: ReadonlySet<string>
}

/** What is about to be sent. `query` and `body` are the exact text; '' = none. */
export interface Unsigned {
  readonly method: Method
  readonly path: string
  readonly query: string
  readonly body: string
  /** The venue's time now, by the measured offset. */
  readonly time: UnixMs
}

/** What to send instead; absent = as it was. */
export interface Signed {
  readonly query?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  /** Parsed; undefined when it is not JSON (HTML, cut). */
  readonly body: unknown
  /** As it came, at most 2 000 characters. */
  readonly text: string
}

/** What a venue's closed table says of a reply. */
export interface Failure {
  /** `retry` only where the venue proves that it was not done. */
  readonly fate: RequestFate
  /** The venue's own code as text. */
  readonly code: string
  readonly message: string
  /** Too many requests: everything is silent so long; absent = not about limits. HTTP 429 and 418 are recognized without it. */
  readonly silenceMs?: number
  /** Our clock is off: it is measured and the request, provably not done, is sent once more. */
  readonly clock?: boolean
}

export interface RestOptions {
  readonly venue: VenueId
  /** Scheme, host and port; no path. */
  readonly baseUrl: string
  readonly timers: Timers
  readonly budget: WeightBudget
  readonly breaker: Breaker
  /**
   * The venue's closed table: what the reply says went wrong, null where it says nothing. A status other than 2xx or a body that is not
   * JSON, with null, is unlisted: an order is then `unknown`, a read `retry`.
   */
  readonly classify: (reply: Reply, request: RestRequest) => Failure | null
  /** The last step before the send; called again for every attempt. Required for signed requests. */
  readonly sign?: (unsigned: Unsigned) => Signed
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Used weight as the venue's headers tell it, by limit id. */
  readonly usedWeights?: (headers: Headers) => Weights
  /** How to ask for the venue's time: enables `clock`. */
  readonly time?: { readonly request: RestRequest; readonly read: (body: unknown) => UnixMs }
  /** Keys and secrets that must not appear in any error; signatures are known anyway. */
  readonly secrets?: readonly string[]
  /** Default 10 s. */
  readonly timeoutMs?: number
  /** Silence after a 429 (`limitMs`, default 10 s) or 418 (`banMs`, default 2 min) that names none; doubled while they go on. */
  readonly silence?: { readonly limitMs?: number; readonly banMs?: number }
  /** Attempts of a read and the pause between; default 4, from 250 ms to 5 s. */
  readonly retry?: { readonly attempts?: number; readonly baseMs?: number; readonly maxMs?: number }
  readonly fetch?: typeof globalThis.fetch
  readonly random?: () => number
}

/** Signed requests to one host, with everything a request must respect. */
export interface Rest {
  /** The parsed body with exact ids. Throws `VenueError`. */
  request(request: RestRequest): Promise<unknown>
  /** Offset 0 for ever where no `time` request was given. */
  readonly clock: ClockSync
  close(): void
}

/** Reads are repeated, orders never, but after a clock error, which proves that nothing was done. */
export function createRest(options: RestOptions): Rest {
  const { venue, timers, breaker, time } = options
  const { attempts = 4, baseMs = 250, maxMs = 5_000 } = options.retry ?? {}
  const redact = createRedactor(options.secrets)
  const closing = new AbortController()
  const clock = createClockSync({ timers, sample: askTime })
  const attempt = createAttempt(options, clock, closing.signal)

  async function askTime(): Promise<ClockSample> {
    if (time === undefined) throw new Error('no request for the time of the venue')
    const outcome = await attempt({ lane: 'urgent', ...time.request })
    if (!outcome.ok) throw errorOf(time.request, outcome.failure)
    return { sentAt: outcome.sentAt, receivedAt: outcome.receivedAt, venueTime: time.read(outcome.body) }
  }

  const errorOf = ({ method, path }: RestRequest, failure: AttemptFailure): VenueError => {
    const { fate, code, message, error } = failure
    // The cause of a failed fetch may hold the URL with its signature: only its own words are kept, without stack or fields.
    const cause = error instanceof Error ? new Error(redact(deepest(error).message)) : undefined
    return new VenueError(venue, fate, code, redact(`${method} ${path}: ${message}`), cause && { cause })
  }

  /** Once, and once more when the venue proves that only our clock was wrong. */
  const once = async (request: RestRequest): Promise<AttemptOutcome> => {
    const outcome = await attempt(request)
    if (outcome.ok || outcome.failure.clock !== true || time === undefined) return outcome
    const synced = await clock.sync().then(
      () => true,
      () => false,
    )
    return synced ? attempt(request) : outcome
  }

  /** Throws when the venue failed, so that the breaker sees it; everything else is an outcome. */
  const guarded = async (request: RestRequest): Promise<AttemptOutcome> => {
    try {
      return await breaker.run(request.lane ?? 'normal', async () => {
        const outcome = await once(request)
        if (!outcome.ok && outcome.failure.sick) throw new Sick(outcome)
        return outcome
      })
    } catch (error) {
      if (error instanceof Sick) return error.outcome
      if (!(error instanceof BreakerOpen)) throw error
      return {
        ok: false,
        failure: { fate: 'retry', code: 'breakerOpen', message: error.message, sick: false, final: true },
      }
    }
  }

  return {
    clock,
    async request(request) {
      const backoff = createBackoff({ baseMs, maxMs, ...(options.random && { random: options.random }) })
      for (let count = 1; ; count++) {
        const outcome = await guarded(request)
        if (outcome.ok) return outcome.body
        const { fate, final } = outcome.failure
        const repeatable = request.kind === 'read' && final !== true && (fate === 'retry' || fate === 'unknown')
        if (!repeatable || count >= attempts || closing.signal.aborted) throw errorOf(request, outcome.failure)
        await wait(timers, backoff.next(), closing.signal)
      }
    },
    close() {
      clock.close()
      closing.abort()
    },
  }
}

/** Carries an outcome past the breaker. */
class Sick extends Error {
  readonly outcome: AttemptOutcome
  constructor(outcome: AttemptOutcome) {
    super('the venue is sick')
    this.outcome = outcome
  }
}

function deepest(error: Error): Error {
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause
  return inner instanceof Error ? deepest(inner) : error
}
