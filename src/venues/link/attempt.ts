import type { UnixMs } from '#model/ids.ts'
import type { ClockSync } from './clock-sync.ts'
import { parseExact } from './exact-json.ts'
import { encodeParams, type HttpOutcome, type HttpRequest, sendOnce } from './http.ts'
import type { Failure, Params, Reply, RestOptions, RestRequest } from './rest.ts'

export type AttemptOutcome =
  | { readonly ok: true; readonly body: unknown; readonly sentAt: UnixMs; readonly receivedAt: UnixMs }
  | { readonly ok: false; readonly failure: AttemptFailure }

export interface AttemptFailure extends Failure {
  /** Speaks of a venue in trouble, not of our request. */
  readonly sick: boolean
  /** Not worth repeating whatever the fate: the cause is ours. */
  readonly final?: true
  /** What the transport threw. */
  readonly error?: unknown
}

/** One request once: waits for the budget, signs, sends, and says by the venue's table what became of it. */
export function createAttempt(
  options: RestOptions,
  clock: ClockSync,
  closing: AbortSignal,
): (request: RestRequest) => Promise<AttemptOutcome> {
  const { baseUrl, timers, budget, classify } = options
  let silences = 0

  /** The venue wants silence: everything waits, also what is urgent, because going on is what turns a limit into a ban. */
  const keepSilence = (status: number, headers: Headers, failure: Failure | null): void => {
    const limited = status === 429 || status === 418
    if (!limited && failure?.silenceMs === undefined) {
      if (status < 400) silences = 0
      return
    }
    const { limitMs = 10_000, banMs = 120_000 } = options.silence ?? {}
    const told = Math.max(retryAfterMs(headers, timers.now()) ?? 0, failure?.silenceMs ?? 0)
    // Replies to what was sent before the silence began belong to the same one.
    const ongoing = budget.bannedUntil() !== null
    if (told === 0 && ongoing) return
    const own = Math.min(longestSilenceMs, (status === 418 ? banMs : limitMs) * 2 ** Math.min(silences, 20))
    if (!ongoing) silences += 1
    budget.ban(timers.now() + (told || own))
  }

  const judge = (request: RestRequest, outcome: HttpOutcome): AttemptOutcome => {
    const unproven = request.kind === 'order' ? 'unknown' : 'retry'
    if (outcome.type === 'failure') {
      const { code, error } = outcome
      const fate = code === 'noConnection' ? 'retry' : unproven
      return { ok: false, failure: { fate, code, message: says[code], sick: true, error } }
    }
    const { status, headers, text, sentAt, receivedAt } = outcome
    for (const [id, used] of Object.entries(options.usedWeights?.(headers) ?? {})) {
      if (Number.isFinite(used)) budget.observe(id, used, sentAt, clock.offsetMs)
    }
    const reply: Reply = { status, headers, body: parse(text, request), text: text.slice(0, 2_000) }
    const listed = classify(reply, request)
    keepSilence(status, headers, listed)
    const failure = listed ?? unlisted(reply, unproven)
    if (failure === null) return { ok: true, body: reply.body, sentAt, receivedAt }
    const limited = status === 429 || status === 418 || failure.silenceMs !== undefined
    const sick = !limited && (status >= 500 || failure.fate === 'unknown' || reply.body === undefined)
    return { ok: false, failure: { ...failure, sick } }
  }

  return async (request) => {
    const expired = waitLimit(request, closing)
    try {
      await budget.take(request.weight ?? {}, request.lane ?? 'normal', expired.signal)
    } catch (error) {
      const code = closing.aborted ? 'closed' : expired.signal.aborted ? 'expired' : 'queueFull'
      const fate = code === 'queueFull' ? 'retry' : 'refused'
      return { ok: false, failure: { fate, code, message: says[code], sick: false, final: true, error } }
    } finally {
      expired.stop()
    }
    if (request.deadline !== undefined && timers.now() > request.deadline) {
      return {
        ok: false,
        failure: { fate: 'refused', code: 'expired', message: says.expired, sick: false, final: true },
      }
    }
    let send: HttpRequest
    try {
      send = prepare(request)
    } catch (error) {
      // Not a number to send, or no keys: ours, and provably not done.
      const message = error instanceof Error ? error.message : 'it cannot be written'
      return { ok: false, failure: { fate: 'refused', code: 'invalidRequest', message, sick: false, final: true } }
    }
    return judge(request, await sendOnce(options.fetch ?? globalThis.fetch, timers, send))
  }

  /** Aborts the wait for the budget at the deadline or when closing. */
  function waitLimit({ deadline }: RestRequest, closing: AbortSignal): { signal: AbortSignal; stop: () => void } {
    if (deadline === undefined) return { signal: closing, stop: () => {} }
    const late = new AbortController()
    const stop = timers.after(Math.max(0, deadline - timers.now()), () => late.abort())
    return { signal: AbortSignal.any([closing, late.signal]), stop }
  }

  /** The exact bytes; signing is the last thing that happens to them. */
  function prepare(request: RestRequest): HttpRequest {
    const { method, path, bodyType = 'json' } = request
    const query = encodeParams(request.query ?? {})
    const body =
      request.body === undefined
        ? ''
        : bodyType === 'json'
          ? JSON.stringify(request.body)
          : encodeParams(request.body as Params)
    if (request.signed === true && options.sign === undefined)
      throw new Error(`${method} ${path} is signed, but there are no keys`)
    const signed =
      request.signed === true ? options.sign?.({ method, path, query, body, time: Math.floor(clock.now()) }) : undefined
    const finalQuery = signed?.query ?? query
    const finalBody = signed?.body ?? body
    const type = bodyType === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
    return {
      url: `${baseUrl}${path}${finalQuery === '' ? '' : `?${finalQuery}`}`,
      method,
      headers: { ...(finalBody === '' ? {} : { 'content-type': type }), ...options.headers, ...signed?.headers },
      body: finalBody,
      timeoutMs: request.timeoutMs ?? options.timeoutMs ?? 10_000,
    }
  }
}

const longestSilenceMs = 3 * 24 * 3_600_000

const says = {
  noConnection: 'no connection came about, nothing was sent',
  timeout: 'no answer in time',
  connectionLost: 'the connection was lost before the answer was complete',
  tooLarge: 'the answer is larger than any of this venue',
  expired: 'not sent: its time had passed before its turn came',
  closed: 'not sent: the connection to the venue is being closed',
  queueFull: 'not sent: too many requests wait already',
} as const

function parse(text: string, { textKeys }: RestRequest): unknown {
  try {
    return parseExact(text, textKeys && { textKeys })
  } catch {
    return undefined
  }
}

function unlisted({ status, body, text }: Reply, unproven: 'unknown' | 'retry'): Failure | null {
  if (status === 429 || status === 418) {
    return { fate: 'retry', code: String(status), message: 'too many requests' }
  }
  const good = status >= 200 && status < 300
  if (good && body !== undefined) return null
  if (good) return { fate: unproven, code: 'malformed', message: 'the answer is not JSON' }
  return { fate: unproven, code: `http${status}`, message: body === undefined ? `HTTP ${status}` : text }
}

/** Seconds or an HTTP date; at least one second. */
function retryAfterMs(headers: Headers, now: UnixMs): number | null {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined || value === '') return null
  const seconds = Number(value)
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - now
  return Number.isFinite(ms) ? Math.max(1_000, ms) : null
}
