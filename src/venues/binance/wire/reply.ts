import { isRecord } from '../../link/rejection.ts'

/** What the venue says went wrong. */
export interface WireFailure {
  readonly code: number
  readonly message: string
}

/** Failures are `{ code, msg }` with a negative code; `{ code: 200 }` is a success. */
export function failureOf(json: unknown): WireFailure | null {
  if (!isRecord(json)) return null
  const { code, msg } = json
  if (typeof code !== 'number' || !Number.isInteger(code) || code >= 0) return null
  return { code, message: typeof msg === 'string' ? msg : 'no text' }
}
