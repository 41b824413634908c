import type { ResolvedStrategy } from '#engine/engine.ts'
import { checkStrategy, invalid } from './strategies.ts'

/**
 * The strategy with every reading that asks for shorter bars than the data has put on the bars of the data: what its parameters say
 * in time stays, so that on candles of 5 minutes an hour is 12 bars. The strategy itself where nothing needs to change.
 */
export function onBarsOf(strategy: ResolvedStrategy, intervalMs: number): ResolvedStrategy {
  const readings = [...strategy.readings.values()]
  const isShort = (wanted: unknown): boolean => wanted !== undefined && Number(wanted) < intervalMs
  if (!readings.some(({ parameters }) => isShort(parameters['intervalMs']))) return strategy
  const document = {
    ...strategy.document,
    readings: Object.fromEntries(
      readings.map(({ name, definition, parameters, role }) => {
        const params = isShort(parameters['intervalMs'])
          ? { ...parameters, intervalMs: String(intervalMs) }
          : parameters
        return [name, { indicator: definition.id, params, role }]
      }),
    ),
  }
  const checked = checkStrategy(document, [])
  if (!checked.ok) throw invalid(`${strategy.document.name} on bars of ${intervalMs} ms`, checked.problems)
  return checked.strategy
}
