import { isRecord } from '../../link/rejection.ts'

/** What the venue says went wrong. */
export interface WireFailure {
  readonly code: number
  readonly message: string
}

/** Failures are `{ code, msg }` with a negative code; `{ code: 200 }` is a success. */
export function failureOf(json: unknown): WireFailure | null {
  if (!isRecord(json)) return null
  const { code } = json
  if (typeof code !== 'number' || !Number.isInteger(code) || code >= 0) return null
  return { code, message: wordsOf(json) ?? 'no text' }
}

/** What a reply says in words, with whatever code; null where it has none. */
export const wordsOf = (json: unknown): string | null =>
  isRecord(json) && typeof json['msg'] === 'string' ? json['msg'] : null
