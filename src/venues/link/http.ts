import type { UnixMs } from '#model/ids.ts'
import type { Timers } from '#model/venue.ts'
import { plainDecimal } from './exact-json.ts'
import type { Params } from './rest.ts'

/** `a=1&b=2` in the order given, percent-encoded. */
export function encodeParams(params: Params): string {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === null) continue
    const text = typeof value === 'number' ? plainDecimal(value) : String(value)
    pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(text)}`)
  }
  return pairs.join('&')
}

export interface HttpRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** '' = none. */
  readonly body: string
  readonly timeoutMs: number
}

/** An answer of whatever status, or how there came none. */
export type HttpOutcome =
  | {
      readonly type: 'reply'
      readonly status: number
      readonly headers: Headers
      readonly text: string
      readonly sentAt: UnixMs
      /** When the headers were there. */
      readonly receivedAt: UnixMs
    }
  /** `noConnection` = nothing was sent; `timeout`, `connectionLost` (also in the middle of the body) and `tooLarge` = it may have been. */
  | {
      readonly type: 'failure'
      readonly code: 'noConnection' | 'timeout' | 'connectionLost' | 'tooLarge'
      readonly error: unknown
    }

/** Sends once; never throws, never follows a redirect, never repeats. */
export async function sendOnce(
  fetch: typeof globalThis.fetch,
  timers: Timers,
  { url, method, headers, body, timeoutMs }: HttpRequest,
): Promise<HttpOutcome> {
  const abort = new AbortController()
  const stop = timers.after(timeoutMs, () => abort.abort())
  const sentAt = timers.now()
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers },
      redirect: 'manual',
      signal: abort.signal,
      ...(body === '' ? {} : { body }),
    })
    const receivedAt = timers.now()
    const text = await readText(response)
    if (text === null) return { type: 'failure', code: 'tooLarge', error: undefined }
    return { type: 'reply', status: response.status, headers: response.headers, text, sentAt, receivedAt }
  } catch (error) {
    const code = abort.signal.aborted ? 'timeout' : wasNotSent(error) ? 'noConnection' : 'connectionLost'
    return { type: 'failure', code, error }
  } finally {
    stop()
  }
}

const maxBodyBytes = 64 * 1024 * 1024

async function readText(response: Response): Promise<string | null> {
  if (response.body === null) return ''
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength
    if (length > maxBodyBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** True only when no connection came about, so that not one byte of the request left. */
function wasNotSent(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(wasNotSent)
  const { syscall, code } = error as NodeJS.ErrnoException
  if (syscall === 'connect' || syscall === 'getaddrinfo' || code === 'UND_ERR_CONNECT_TIMEOUT') return true
  return error.cause !== undefined && wasNotSent(error.cause)
}
