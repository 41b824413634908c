import type { ResolvedStrategy } from '#engine/engine.ts'
import type { StrategyDocument } from '#model/strategy.ts'
import { checkStrategy } from '../strategies.ts'

/**
 * The strategy with nothing but its S1: a signal is dropped at the moment it comes, before Z1 is asked, and the next one can come
 * after `refractoryMs`. Readings that S1 does not name are left out with the feeds they would ask for.
 */
export function signalOnly(strategy: ResolvedStrategy, refractoryMs: number): ResolvedStrategy {
  const { name, direction, signal } = strategy.document
  const readings = [...strategy.readings.values()].filter((reading) => names(signal, reading.name))
  const checked = checkStrategy(
    {
      schemaVersion: 1,
      name,
      direction,
      readings: Object.fromEntries(
        readings.map(({ name: reading, definition, parameters, role }) => [
          reading,
          { indicator: definition.id, params: parameters, role },
        ]),
      ),
      signal,
      cancel: { timeoutMs: 0, cooldownMs: refractoryMs },
      entry: { size: { riskPct: 1 } },
      protection: { stopLoss: { distancePct: 50 } },
    } satisfies StrategyDocument,
    [],
  )
  if (!checked.ok) throw new Error(`S1 of ${name} does not stand alone: ${checked.problems[0]?.message ?? ''}`)
  return checked.strategy
}

/** Whether a reading's name stands anywhere in a part of a document. */
function names(part: unknown, reading: string): boolean {
  if (typeof part === 'string') return part === reading
  return typeof part === 'object' && part !== null && Object.values(part).some((inner) => names(inner, reading))
}
