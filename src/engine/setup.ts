import type { Instrument } from '#model/instrument.ts'
import type { IndicatorDefinition, Parameters } from '#model/indicator.ts'
import type { InstanceId, InstrumentId, UnixMs } from '#model/ids.ts'
import type { RiskLimits } from '#model/limits.ts'
import type { Money } from '#model/money.ts'
import type { ResolvedStrategy } from './strategy/strategy.ts'

/** Everything an engine is made of; two engines with equal setups and inputs give equal outputs. */
export interface EngineSetup {
  /** Prefix of every id the engine counts. */
  readonly sessionId: string
  readonly instruments: readonly Instrument[]
  readonly strategies: readonly ResolvedStrategy[]
  /** One currency: that of all instruments' quotes. */
  readonly currency: string
  readonly balance: Money
  readonly limits: RiskLimits
  /** Readings are also taken at every multiple of it. */
  readonly gridMs?: number
  /** Signals of different strategies this close to one another are a confluence; 60 000 unless given. */
  readonly confluenceWindowMs?: number
  /** No entry before it: the warm-up of a replay. */
  readonly entriesFrom?: UnixMs
  /** Instants computed at once in a replay; results do not depend on it. */
  readonly stretch?: number
}

/** Same parameters on the same instrument = the same column, shared by all strategies. */
export const slotKey = (definition: IndicatorDefinition, parameters: Parameters): string =>
  `${definition.id} ${JSON.stringify(Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1)))}`

export const instanceName = (strategy: ResolvedStrategy, instrumentId: InstrumentId): InstanceId =>
  `${strategy.document.name}@${strategy.version.slice(0, 8)}/${instrumentId}` as InstanceId
