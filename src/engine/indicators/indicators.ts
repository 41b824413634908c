import type { IndicatorDefinition } from '#model/indicator.ts'
import { catalogCandles } from './catalog-candles.ts'
import { catalogOther } from './catalog-other.ts'
import { catalogPump } from './catalog-pump.ts'
import { catalogReversal } from './catalog-reversal.ts'
import { catalogTrades } from './catalog-trades.ts'

export { nearest } from './nearest.ts'
export { resolveParameters } from './resolve-parameters.ts'
export { ReadingSlot } from './slot.ts'

/** Every indicator there is; ids are unique. */
export const catalog: readonly IndicatorDefinition[] = [
  ...catalogTrades,
  ...catalogOther,
  ...catalogPump,
  ...catalogCandles,
  ...catalogReversal,
]

const byId: ReadonlyMap<string, IndicatorDefinition> = new Map(catalog.map((definition) => [definition.id, definition]))

export const findIndicator = (id: string): IndicatorDefinition | undefined => byId.get(id)
