import type { Feed } from '#model/market.ts'
import type { FileReport } from './files-source.ts'
import type { FilePlan } from './sniff.ts'

/** A file read once from end to end. */
export interface ScannedFile {
  readonly plan: FilePlan
  readonly label: string
  readonly report: FileReport
  readonly feeds: readonly Feed[]
  readonly priceDecimals: number
  readonly quantityDecimals: number
}
