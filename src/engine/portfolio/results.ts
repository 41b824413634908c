import type { ExitReason, Position, Posting, RoundTrip } from '#model/order.ts'

/** Money that does not fit what we hold; it is booked all the same. */
export interface PortfolioAnomaly {
  /** `flipped`: an order crossed zero; `openedByExit`: an exit found nothing to close; the others: the venue settled more than we hold. */
  readonly code: 'flipped' | 'openedByExit' | 'liquidationBeyondPosition' | 'fundingWithoutPosition'
  readonly detail: string
}

/** What a fill did: `closed` and `opened` together only when it crossed zero. */
export interface FillResult {
  readonly postings: readonly Posting[]
  readonly opened?: Position
  readonly updated?: Position
  readonly closed?: RoundTrip
  readonly anomaly?: PortfolioAnomaly
}

/** What the venue settled on an instrument, over all positions there; empty when it was booked before. */
export interface SettlementResult {
  readonly postings: readonly Posting[]
  readonly updated: readonly Position[]
  readonly closed: readonly RoundTrip[]
  readonly anomaly?: PortfolioAnomaly
}

export interface FillContext {
  readonly strategy: string
  /** Absent = told from the order's purpose: its stop, its target, else `manual`. */
  readonly exitReason?: ExitReason
}
