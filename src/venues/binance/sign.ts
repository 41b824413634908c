import { createHmac } from 'node:crypto'
import type { Signed, Unsigned } from '../link/rest.ts'

/** Of one account; the secret is never sent, logged or part of a URL. */
export interface Keys {
  readonly apiKey: string
  readonly secret: string
}

/** How long after its timestamp a request is still accepted. */
export const recvWindowMs = 5_000

/** Lower-case hex over the percent-encoded payload: query and form body, in the order sent. */
export function sign(secret: string, payload: string): string {
  return createHmac('sha256', secret).update(payload).digest('hex')
}

/** Adds time, window and signature, the signature last: to the body where there is one or could be, else to the query. */
export function signed(keys: Keys, { method, query, body, time }: Unsigned): Signed {
  const stamp = `recvWindow=${recvWindowMs}&timestamp=${time}`
  const inBody = method === 'POST' || method === 'PUT'
  const payload = joined(inBody ? body : query, stamp)
  const signature = sign(keys.secret, inBody ? query + payload : payload + body)
  return { [inBody ? 'body' : 'query']: `${payload}&signature=${signature}` }
}

const joined = (first: string, second: string): string => (first === '' ? second : `${first}&${second}`)
