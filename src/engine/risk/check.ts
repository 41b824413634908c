import type { DenialCode } from '#model/codes.ts'
import type { CheckRecord } from '#model/events.ts'
import type { Instrument } from '#model/instrument.ts'
import type { RiskLimits } from '#model/limits.ts'
import type { OrderDraft } from '#model/order.ts'
import type { ExposureView } from './exposure.ts'

/** Everything a check may look at. */
export interface CheckInput {
  readonly draft: OrderDraft
  readonly instrument: Instrument
  /** Where the protective stop will stand. */
  readonly stopPrice: number
  readonly exposure: ExposureView
  readonly limits: RiskLimits
  /** Limit price, else the price at the decision. */
  readonly entryPrice: number
  /** Of the draft, quote units. */
  readonly notional: number
  readonly margin: number
  /** +1 when the draft buys, −1 when it sells. */
  readonly direction: 1 | -1
}

/** One rule over the account as it would be with the draft added; undefined = the rule is not set. */
export type Check = (input: CheckInput) => CheckRecord | undefined

/** Passes up to and including `limit`; NaN on either side denies. */
export function atMost(code: DenialCode, value: number, limit: number): CheckRecord {
  return toRecord(code, value, limit, limit - value)
}

/** Passes from `limit` upward, `limit` included; NaN on either side denies. */
export function atLeast(code: DenialCode, value: number, limit: number): CheckRecord {
  return toRecord(code, value, limit, value - limit)
}

/** `amount ÷ equity`; NaN without positive equity, so that what is owed never looks like room. */
export function shareOf(amount: number, equity: number): number {
  return equity > 0 ? amount / equity : Number.NaN
}

/** Differences below this share of the limit are the arithmetic's, not the account's. */
const tolerance = 1e-9

function toRecord(code: DenialCode, value: number, limit: number, difference: number): CheckRecord {
  if (Number.isNaN(difference))
    return { code, ok: false, value: Number.isNaN(value) ? null : value, limit, headroom: null }
  const headroom = Math.abs(difference) <= tolerance * Math.max(Math.abs(limit), Math.abs(value)) ? 0 : difference
  return { code, ok: headroom >= 0, value, limit, headroom }
}
