import type { z } from 'zod'

/** Why a message was dropped: a bounded set of texts, so that they can be counted. */
export interface Rejection {
  readonly channel: 'rejected'
  readonly reason: string
}

export const rejection = (reason: string): Rejection => ({ channel: 'rejected', reason })

/** Where and how the first problem lies, without indexes or values: `data.[].price invalid_type`. */
export function reasonOf(error: z.ZodError): string {
  const [issue] = error.issues
  if (issue === undefined) return 'unreadable'
  const path = issue.path.map((key) => (typeof key === 'string' ? key : '[]')).join('.')
  return `${path === '' ? 'whole' : path} ${issue.code}`
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function count(counters: Record<string, number>, reason: string): void {
  counters[reason] = (counters[reason] ?? 0) + 1
}
