import type { MarketSource } from './source.ts'

/** Which exchange our own one pretends to be; one core each, every door onto it speaks that venue's words. */
export type ServedVenue = 'mexc' | 'binance'

/** What `riptide exchange` starts. */
export interface ExchangeRequest {
  readonly venues: readonly ServedVenue[]
  /** Of the control page; every venue takes the next two. 0 = any free ones. */
  readonly port: number
  readonly source: MarketSource
  readonly seed: number
  readonly speed: number
  readonly loop: boolean
  /** So much of the recording's start is told as the past. */
  readonly historyMs: number
  /** A fault plan for every venue. */
  readonly faults?: unknown
}

export interface RunningExchange {
  readonly controlUrl: string
  readonly venues: readonly {
    readonly venue: ServedVenue
    readonly urls: Readonly<Record<string, string>>
    /** Made for this run. */
    readonly keys: { readonly apiKey: string; readonly secret: string }
    readonly ccxt: readonly string[]
    readonly instruments: readonly string[]
  }[]
  close(): Promise<void>
}
