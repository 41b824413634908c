import { createHmac } from 'node:crypto'

/** Of one account; never logged, never part of a URL. */
export interface Keys {
  readonly accessKey: string
  readonly secret: string
}

/** Values of a query; null and undefined are dropped, from the signature and from the address alike. */
export type Query = Readonly<Record<string, string | number | null | undefined>>

/**
 * Query text as it is signed and sent, sorted by key. Whether values are signed encoded or raw is contradictory in the venue's own documents,
 * so a value that would need encoding is refused here: it is a mistake of ours.
 */
export function queryText(query: Query): string {
  return Object.entries(query)
    .filter(([, value]) => value !== null && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${plain(key, String(value))}`)
    .join('&')
}

/** Lower-case hex over `accessKey + requestTime + parameters`; the parameters are a query text or the exact body. */
export function sign(keys: Keys, requestTime: string, parameters: string): string {
  return createHmac('sha256', keys.secret).update(`${keys.accessKey}${requestTime}${parameters}`).digest('hex')
}

/** Headers of a private request; made as the last step before it is sent. */
export function signedHeaders(keys: Keys, requestTime: number, parameters: string): Readonly<Record<string, string>> {
  return {
    ApiKey: keys.accessKey,
    'Request-Time': String(requestTime),
    Signature: sign(keys, String(requestTime), parameters),
    'Content-Type': 'application/json',
  }
}

/** Frame that logs a socket in; the signature covers key and time only. */
export function loginFrame(keys: Keys, requestTime: number): string {
  const reqTime = String(requestTime)
  const param = { apiKey: keys.accessKey, reqTime, signature: sign(keys, reqTime, '') }
  return JSON.stringify({ method: 'login', param })
}

function plain(key: string, value: string): string {
  if (!/^[\w.-]*$/.test(value)) throw new RangeError(`query value of ${key} would need encoding`)
  return value
}
