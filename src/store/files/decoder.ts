import type { MarketBlock } from '#model/market.ts'
import type { Lines } from './lines.ts'

/** Takes whole lines and gives blocks; `take` empties what is ready. */
export interface Decoder {
  readonly stats: DecoderStats
  feed(lines: Lines): void
  /** After the last lines. */
  finish(): void
  take(): readonly MarketBlock[]
}

export interface DecoderStats {
  rows: number
  repeatedRows: number
  /** Digits behind the point that prices and quantities need. */
  priceDecimals: number
  quantityDecimals: number
  /** Some row told the taker's side. */
  sided: boolean
  /** Breaks in the update ids of depth. */
  bookGaps: number
}
