import type { EngineOutput } from '#model/events.ts'
import { formatMoney } from '#model/money.ts'
import { priceText, timeText } from './format.ts'
import type { ReportRun } from './report-run.ts'

/** A leaf of the runs' specifications that differs; `undefined` on one side = absent there. */
export interface SpecDifference {
  readonly path: string
  readonly a: unknown
  readonly b: unknown
}

/** Where two runs part; null on a side = it decided nothing more. */
export interface DecisionDifference {
  readonly index: number
  readonly at: string
  readonly a: string | null
  readonly b: string | null
}

/** Settings in which two runs differ, by path. */
export function specDifferences(a: ReportRun, b: ReportRun): readonly SpecDifference[] {
  const left = leaves(specOf(a))
  const right = leaves(specOf(b))
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((path) => JSON.stringify(left.get(path)) !== JSON.stringify(right.get(path)))
    .sort()
    .map((path) => ({ path, a: left.get(path), b: right.get(path) }))
}

/** What was asked for; the data by their hashes, the simulator by its own settings. */
function specOf({ spec }: ReportRun): unknown {
  return {
    seed: spec.seed,
    capital: `${formatMoney(spec.capital)} ${spec.currency}`,
    from: timeText(spec.from),
    to: timeText(spec.to),
    strategies: Object.fromEntries(spec.strategies.map(({ name, document }) => [name, document])),
    limits: spec.limits,
    instruments: Object.fromEntries(spec.instruments.map((instrument) => [instrument.id, instrument])),
    data: Object.fromEntries(spec.data.map(({ label, checksum }) => [label, checksum])),
    simulator: spec.simulator,
    settings: spec.settings,
  }
}

function leaves(value: unknown, path = '', into = new Map<string, unknown>()): ReadonlyMap<string, unknown> {
  if (typeof value === 'bigint') into.set(path, formatMoney(value))
  else if (value === null || typeof value !== 'object') into.set(path, value)
  else for (const [key, child] of Object.entries(value)) leaves(child, path === '' ? key : `${path}.${key}`, into)
  return into
}

/** The first decision that is not the same in both. */
export function firstDifference(a: readonly EngineOutput[], b: readonly EngineOutput[]): DecisionDifference | null {
  const length = Math.max(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a[index]
    const right = b[index]
    if (left !== undefined && right !== undefined && stable(left) === stable(right)) continue
    const time = Math.min(left === undefined ? Infinity : timeOf(left), right === undefined ? Infinity : timeOf(right))
    return {
      index,
      at: timeText(time),
      a: left === undefined ? null : decisionText(left),
      b: right === undefined ? null : decisionText(right),
    }
  }
  return null
}

/** Ids that carry the session or the strategy's hash differ by design and decide nothing. */
const identities = new Set(['instanceId', 'signalId', 'positionId', 'orderId', 'venueOrderId'])
const stable = (fact: EngineOutput): string =>
  JSON.stringify(fact, (key, value: unknown) =>
    identities.has(key) ? undefined : typeof value === 'bigint' ? value.toString() : value,
  )

const timeOf = (fact: EngineOutput): number => (fact.type === 'posted' ? fact.posting.time : fact.time)

function decisionText(fact: EngineOutput): string {
  const at = timeText(timeOf(fact))
  switch (fact.type) {
    case 'transitioned':
      return `${at} ${fact.instrumentId} ${fact.from} → ${fact.to} (${fact.cause}) at ${priceText(fact.price)}`
    case 'signalDetected':
      return `${at} ${fact.instrumentId} signal at ${priceText(fact.price)}`
    case 'signalSkipped':
      return `${at} ${fact.instrumentId} signal skipped (${fact.reasons.join(', ')})`
    case 'orderDenied':
      return `${at} ${fact.instrumentId} denied (${fact.reasons.map((reason) => reason.code).join(', ')})`
    case 'submitOrder':
    case 'orderUpdated':
      return `${at} ${fact.order.instrumentId} ${fact.order.purpose} ${fact.order.side} ${fact.order.quantity}, ${fact.order.status}`
    default:
      return `${at} ${'instrumentId' in fact ? `${fact.instrumentId} ` : ''}${fact.type}`
  }
}
