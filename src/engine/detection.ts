import type { EngineOutput, Evidence } from '#model/events.ts'
import { pending, pendingReasons } from '#model/indicator.ts'
import type { Strategy } from '#model/strategy.ts'
import type { ReadingSlot } from './indicators/indicators.ts'

type Signal = Extract<EngineOutput, { readonly type: 'signalDetected' }>
type Detection = Extract<EngineOutput, { readonly type: 'flashPumpDetected' | 'reversalDetected' }>

/** Indicators that say which share of the rise has been given back. */
const retracements: readonly string[] = ['retracementPct', 'retracedSharePct']

/** What the signal of a strategy that says what it detects has found; undefined for one that does not say. */
export function detectionOf(
  signal: Signal,
  { direction, signal: { detects, evidence: names = [] } }: Strategy,
  baselinePrice: number,
  evidenceOf: (reading: string) => Evidence,
): Detection | undefined {
  if (detects === undefined) return undefined
  const evidence = names.map(evidenceOf)
  const { verdicts, renews: _, type: __, ...rest } = signal
  const found = { ...rest, direction, verdicts, evidence }
  if (detects === 'flashPump') {
    const magnitudePct = (signal.price / baselinePrice - 1) * 100
    return { type: 'flashPumpDetected', ...found, magnitudePct: Number.isFinite(magnitudePct) ? magnitudePct : null }
  }
  const retraced = evidence.find(({ indicator }) => retracements.includes(indicator))
  return { type: 'reversalDetected', ...found, retracementPct: retraced?.value ?? null }
}

/** A reading as it stands at an instant, computed up to there. */
export function evidenceAt(name: string, { definition, values, reasons }: ReadingSlot, at: number): Evidence {
  const value = values[at]
  const isReady = Number.isFinite(value)
  return {
    reading: name,
    indicator: definition.id,
    unit: definition.unit,
    value: isReady ? value : null,
    ...(isReady ? {} : { pendingReason: pendingReasons[reasons[at] || pending.undefined] }),
  }
}
