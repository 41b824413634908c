import { z } from 'zod'
import { isRecord, reasonOf } from '../../link/rejection.ts'

const envelope = z.object({
  success: z.boolean(),
  // the ping sample of the old documents has none
  code: z.int().optional(),
  message: z.string().nullish(),
  // absent after cancel_all, change_leverage, and where an external id is unknown
  data: z.unknown().optional(),
})

/** A reply without its envelope: what it carries, what the venue refuses, or why it cannot be read. */
export type Reply =
  | { readonly type: 'success'; readonly data: unknown }
  | { readonly type: 'failure'; readonly code: number; readonly message: string }
  | { readonly type: 'malformed'; readonly reason: string }

/** Failures usually come with HTTP 200; depth may come bare. */
export function openEnvelope(json: unknown): Reply {
  if (isRecord(json) && !('success' in json) && 'asks' in json && 'bids' in json) return { type: 'success', data: json }
  const parsed = envelope.safeParse(json)
  if (!parsed.success) return { type: 'malformed', reason: reasonOf(parsed.error) }
  const { success, code, message, data } = parsed.data
  if (success && (code === undefined || code === 0)) return { type: 'success', data }
  if (code === undefined) return { type: 'malformed', reason: 'failure without code' }
  return { type: 'failure', code, message: message ?? '' }
}

/** Rows that come either bare or as a page. */
export function rowsOf<Row extends z.ZodType>(row: Row) {
  return z.union([z.array(row), z.object({ resultList: z.array(row) }).transform((page) => page.resultList)])
}

/** One or many, as the venue answers with and without a symbol. */
export function oneOrMany<Row extends z.ZodType>(row: Row) {
  return z.union([z.array(row), row.transform((one) => [one])])
}
