import type { IndicatorDefinition, Parameters, Role } from '#model/indicator.ts'
import type { Feed } from '#model/market.ts'
import type { Strategy } from '#model/strategy.ts'

export interface ResolvedReading {
  readonly name: string
  readonly definition: IndicatorDefinition
  readonly parameters: Parameters
  readonly role: Role
  /** `name@version` when it came from a variant. */
  readonly variant?: string
}

/** A strategy document whose every name has been looked up and every threshold checked. */
export interface ResolvedStrategy {
  readonly document: Strategy
  /** Content hash of the canonical document, hexadecimal. */
  readonly version: string
  readonly readings: ReadonlyMap<string, ResolvedReading>
  /** How far back its readings look on trades, quotes and depth; bars are kept by number. */
  readonly lookbackMs: number
  readonly feeds: readonly Feed[]
}
