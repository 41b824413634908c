import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Exchange } from '../exchange.ts'
import type { ApiKey } from '../types.ts'
import { pairsOf } from './fields.ts'
import { WireError } from './wire-error.ts'

/** What a key must be allowed for a route, and the code when it is not. */
export type Permission = 'accountRead' | 'accountWrite' | 'tradeRead' | 'tradeWrite'

const refusals: Readonly<Record<Permission, { readonly code: number; readonly message: string }>> = {
  accountRead: { code: 701, message: 'No permission to read account information' },
  accountWrite: { code: 702, message: 'No permission to modify account information' },
  tradeRead: { code: 703, message: 'No permission to read trading information' },
  tradeWrite: { code: 704, message: 'No permission to place or cancel orders' },
}

/** Both ways around the server's clock. */
const toleranceMs = 10_000
const widestMs = 60_000

export interface Signed {
  readonly method: string
  readonly query: string
  readonly body: string
  readonly header: (name: string) => string | undefined
}

/** Whose request it is. Throws 401 (no login), 402 (no such key), 602 (signature), 513 (time), 701–704. */
export function authenticate(exchange: Exchange, request: Signed, permission: Permission): ApiKey {
  const apiKey = request.header('apikey')
  const time = request.header('request-time')
  const signature = request.header('signature')
  if (apiKey === undefined || time === undefined || signature === undefined)
    throw new WireError(401, 'Not logged in or login has expired')
  const key = exchange.key(apiKey)
  if (key === undefined) throw new WireError(402, 'API Key expired')
  if (!targetsOf(request).some((target) => isSigned(key.secret, apiKey + time + target, signature)))
    throw new WireError(602, 'Signature verification failed')
  const sent = /^\d{1,16}$/.test(time) ? Number(time) : NaN
  if (!(Math.abs(exchange.now() - sent) <= windowOf(request.header('recv-window'))))
    throw new WireError(513, 'Request-Time is outside of the Recv-Window')
  check(key, permission)
  return key
}

/** Whether `signature` is the lower-case hex HMAC-SHA256 of `target`. */
export function isSigned(secret: string, target: string, signature: string): boolean {
  const wanted = Buffer.from(createHmac('sha256', secret).update(target).digest('hex'))
  const given = Buffer.from(signature)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** Login of a socket: as `authenticate`, with the target `apiKey + reqTime`. */
export function authenticateSocket(
  exchange: Exchange,
  login: { readonly apiKey: string; readonly reqTime: string; readonly signature: string },
): ApiKey {
  const key = exchange.key(login.apiKey)
  if (key === undefined) throw new WireError(402, 'API Key expired')
  if (!isSigned(key.secret, login.apiKey + login.reqTime, login.signature))
    throw new WireError(602, 'Signature verification failed')
  if (!(Math.abs(exchange.now() - Number(login.reqTime)) <= toleranceMs))
    throw new WireError(513, 'Request-Time is outside of the Recv-Window')
  check(key, 'tradeRead')
  return key
}

function check({ permissions }: ApiKey, permission: Permission): void {
  const allowed = permission.endsWith('Write') ? permissions.trade : permissions.read
  if (allowed) return
  throw new WireError(refusals[permission].code, refusals[permission].message)
}

/**
 * What may have been signed. A body is signed as it was sent. Of a query the names are sorted; documents and clients disagree on whether
 * values are signed encoded or raw, so both are right here.
 */
function targetsOf({ method, query, body }: Signed): readonly string[] {
  if (method === 'POST') return [body]
  const raw = pairsOf(query).toSorted(byName)
  const sent = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => [pair.split('=', 1)[0], pair] as const)
    .toSorted(byName)
  return [raw.map(([name, value]) => `${name}=${value}`).join('&'), sent.map(([, pair]) => pair).join('&')]
}

/** Documents say seconds, clients send milliseconds: up to 60 are seconds. */
function windowOf(header: string | undefined): number {
  const value = Number(header ?? NaN)
  if (!(value > 0)) return toleranceMs
  return Math.min(widestMs, value <= 60 ? value * 1000 : value)
}

function byName(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
}
