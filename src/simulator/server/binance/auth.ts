import { createHmac, timingSafeEqual } from 'node:crypto'
import type { UnixMs } from '#model/ids.ts'
import type { Exchange } from '../exchange.ts'
import type { ApiKey } from '../types.ts'
import type { Params } from './params.ts'
import { missing, WireError } from './wire-error.ts'

/** What a route asks for: nothing, a known key in the header, or a signed request of a key that may read or trade. */
export type Security = 'none' | 'key' | 'read' | 'trade'

/** One request as it came: the strings are what was signed. */
export interface SentRequest {
  readonly apiKey: string | undefined
  readonly query: string
  readonly body: string
  readonly params: Params
}

/** Whose request it is; null where nobody needs to be known. Throws −2014, −2015, −1102, −1022, −1021, −1131. */
export function authenticate(exchange: Exchange, request: SentRequest, security: Security): ApiKey | null {
  if (security === 'none') return null
  if (request.apiKey === undefined || !/^[\w-]{1,128}$/.test(request.apiKey))
    throw new WireError(-2014, 'API-key format invalid.', 401)
  const key = exchange.key(request.apiKey)
  if (key === undefined) throw notPermitted()
  if (security === 'key') return key
  if (request.params.text('timestamp') === undefined) throw missing('timestamp')
  checkSignature(key.secret, request)
  checkWindow(exchange.now(), request.params, 'door')
  if (security === 'trade' ? !key.permissions.trade : !key.permissions.read) throw notPermitted()
  return key
}

/** The window once more, right before the engine: a request that was held up is not carried out. Throws −5028. */
export function checkWindow(now: UnixMs, params: Params, at: 'door' | 'engine'): void {
  const timestamp = params.integer('timestamp') ?? 0
  const recvWindow = Number(params.decimal('recvWindow') ?? 5000)
  if (recvWindow > 60_000) throw new WireError(-1131, 'recvWindow must be less than 60000')
  if (at === 'engine') {
    if (now - timestamp <= recvWindow) return
    throw new WireError(-5028, 'Timestamp for this request is outside of the ME recvWindow.')
  }
  if (timestamp >= now + 1000)
    throw new WireError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
  if (now - timestamp > recvWindow)
    throw new WireError(-1021, 'Timestamp for this request is outside of the recvWindow.')
}

/** HMAC-SHA256 over the exact bytes that came, query then body, without the signature itself. */
export function signatureOf(secret: string, query: string, body: string): string {
  return createHmac('sha256', secret)
    .update(unsigned(query) + unsigned(body))
    .digest('hex')
}

function checkSignature(secret: string, { query, body, params }: SentRequest): void {
  const sent = params.text('signature')
  if (sent === undefined) throw missing('signature')
  const given = Buffer.from(sent.toLowerCase())
  const wanted = Buffer.from(signatureOf(secret, query, body))
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw new WireError(-1022, 'Signature for this request is not valid.')
}

function unsigned(text: string): string {
  return text
    .split('&')
    .filter((pair) => !pair.startsWith('signature='))
    .join('&')
}

function notPermitted(): WireError {
  return new WireError(-2015, 'Invalid API-key, IP, or permissions for action.', 401)
}
