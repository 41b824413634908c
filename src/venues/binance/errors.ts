import type { RequestFate } from '#model/venue.ts'
import type { Failure } from '../link/rest.ts'
import { failureOf, wordsOf } from './wire/reply.ts'

/** What became of a request that the venue answered with a code: closed table of the facts, §9. */
const fates: ReadonlyMap<number, RequestFate> = new Map<number, RequestFate>([
  // no result of its own: internal error, disconnected, unexpected response, timeout of the engine; and a client id that is open already
  ...all('unknown', -1000, -1001, -1006, -1007, -4116),
  // overloaded, too many requests or orders, shutting down, outside the time window: not executed
  ...all('retry', -1003, -1008, -1015, -1016, -1021, -5028),
  // key, permission, signature, eligibility, account
  ...all('fatal', -1002, -1005, -1011, -1022, -1099, -1109, -2014, -2015, -2017, -4088, -4192),
  ...all('fatal', -4400, -4401, -4402, -4403),
  // parameters, precision, grid, client id, position side, conditional order on the wrong endpoint
  ...range('refused', -1100, -1106),
  ...range('refused', -1114, -1130),
  ...all('refused', -1111, -1112, -1131, -1136, -4013, -4014, -4015, -4023, -4061, -4120),
  ...range('refused', -4001, -4005),
  // balance, position, trigger, reduce-only, limits, price band, symbol closed, notional, time in force, changes
  ...all('refused', -2010, -2018, -2019, -2020, -2021, -2022, -2023, -2024, -2025, -2026, -2027, -2028),
  ...all('refused', -4016, -4024, -4028, -4045, -4118, -4131, -4140, -4141, -4164, -4183, -4184, -4210, -4211),
  ...all('refused', -5021, -5022, -5024, -5025, -5026, -5027),
  // not found, which proves nothing by itself; already so; not while there are orders or a position; no listen key
  ...all('refused', -2011, -2013, -4046, -4059, -4171, -4047, -4048, -4067, -4068, -4168, -1125),
])

/** A code that is not in the table proves nothing, so its outcome is unknown. */
export function fateOf(code: number, request: 'read' | 'order'): RequestFate {
  const fate = fates.get(code) ?? 'unknown'
  // reading twice changes nothing
  return fate === 'unknown' && request === 'read' && fates.has(code) ? 'retry' : fate
}

/** What a reply says of its request; null where it says nothing that is listed. 503 has three meanings, told apart by its words. */
export function judge(status: number, body: unknown, text: string, request: 'read' | 'order'): Failure | null {
  const failure = failureOf(body)
  if (status === 503) return judgeUnavailable(wordsOf(body) ?? text, failure?.code, request)
  if (failure !== null) {
    const { code, message } = failure
    return {
      // a status that leaves everything open outweighs a code that would not
      fate: isAmbiguous(status) ? (request === 'order' ? 'unknown' : 'retry') : fateOf(code, request),
      code: String(code),
      message,
      ...(clockRefusals.has(code) ? { clock: true } : {}),
      ...(code === tooManyRequests && status !== 429 && status !== 418 ? { silenceMs: 10_000 } : {}),
    }
  }
  if (status === 401 || status === 403)
    return { fate: 'fatal', code: String(status), message: status === 403 ? 'blocked at the edge of the venue' : text }
  return null
}

function judgeUnavailable(words: string, code: number | undefined, request: 'read' | 'order'): Failure {
  const notDone = code === -1008 || code === -1016 || notDoneWords.has(words.trim())
  const fate = notDone || request === 'read' ? 'retry' : 'unknown'
  return { fate, code: code === undefined ? 'http503' : String(code), message: words }
}

/** Words of a 503 by which the venue promises that nothing was done. */
const notDoneWords: ReadonlySet<string> = new Set([
  'Service Unavailable.',
  'Internal error; unable to process your request. Please try again.',
])

/** 408, and any trouble of a server: whether it was done is open. */
const isAmbiguous = (status: number): boolean => status === 408 || status >= 500

const tooManyRequests = -1003
/** Our clock is off: measured, then once more. */
const clockRefusals: ReadonlySet<number> = new Set([-1021, -5028])

/** Not known (any more) or in no state for it: no proof that it never was. */
export const unknownOrder: ReadonlySet<string> = new Set(['-2011', '-2013'])
/** Leverage, margin or position mode is so already. */
export const alreadySo: ReadonlySet<string> = new Set(['-4046', '-4059', '-4171'])
export const noListenKey = '-1125'

function all(fate: RequestFate, ...codes: readonly number[]): (readonly [number, RequestFate])[] {
  return codes.map((code) => [code, fate] as const)
}

function range(fate: RequestFate, from: number, to: number): (readonly [number, RequestFate])[] {
  return all(fate, ...Array.from({ length: from - to + 1 }, (_, step) => from - step))
}
