import type { Instrument } from '#model/instrument.ts'
import type { StoredRun } from '#model/run.ts'
import { durationText, percentText, readableName } from './format.ts'

/** One thing the simulated venue assumed, in words. */
export interface Assumption {
  readonly name: string
  readonly text: string
}

/** Assumptions of the simulator in reading order; settings it does not know are shown as they are. */
export function assumptionsOf(run: Pick<StoredRun, 'spec' | 'kind'>): readonly Assumption[] {
  if (run.kind === 'live' || run.kind === 'rehearsal') return []
  const { latency, reportLatencyMs, participation, impact, fees, assumedFundingRate, ...rest } = run.spec.simulator
  return [
    { name: 'latency', text: latencyText(latency) },
    ...(typeof reportLatencyMs === 'number' ? [{ name: 'answers after', text: durationText(reportLatencyMs) }] : []),
    ...(typeof participation === 'number'
      ? [{ name: 'participation', text: `at most ${percentText(participation, 0)} of what trades` }]
      : []),
    ...(typeof impact === 'number'
      ? [{ name: 'impact', text: impact === 0 ? 'off' : `square root, factor ${impact}` }]
      : []),
    { name: 'fees', text: feeText(fees, run.spec.instruments) },
    {
      name: 'funding',
      text:
        typeof assumedFundingRate === 'number'
          ? `recorded, else ${percentText(assumedFundingRate, 3)} per interval paid`
          : 'as recorded',
    },
    ...Object.entries(rest).map(([name, value]) => ({ name: readableName(name), text: plain(value) })),
  ].filter(({ text }) => text !== '')
}

/** How long a decision takes to the venue. */
export function latencyText(latency: unknown): string {
  if (typeof latency === 'number') return durationText(latency)
  if (typeof latency !== 'object' || latency === null) return ''
  const of = latency as Readonly<Record<string, unknown>>
  const ms = (name: string): string => (typeof of[name] === 'number' ? durationText(of[name]) : '?')
  switch (of['type']) {
    case 'fixed':
      return ms('ms')
    case 'uniform':
      return `${ms('minMs')} to ${ms('maxMs')}`
    case 'lognormal':
      return `median ${ms('medianMs')}, 99 % under ${ms('p99Ms')}`
    default:
      return plain(latency)
  }
}

function feeText(fees: unknown, instruments: readonly Instrument[]): string {
  const of = (typeof fees === 'object' && fees !== null ? fees : {}) as Readonly<Record<string, unknown>>
  const maker = of['makerRate'] ?? of['maker']
  const taker = of['takerRate'] ?? of['taker']
  if (typeof maker === 'number' && typeof taker === 'number')
    return `maker ${percentText(maker, 3)}, taker ${percentText(taker, 3)}`
  if (instruments.length === 0) return ''
  return `maker ${rangeText(instruments.map(({ makerFeeRate }) => makerFeeRate))}, taker ${rangeText(instruments.map(({ takerFeeRate }) => takerFeeRate))}`
}

function rangeText(rates: readonly number[]): string {
  const low = rates.reduce((a, b) => Math.min(a, b))
  const high = rates.reduce((a, b) => Math.max(a, b))
  return low === high ? percentText(low, 3) : `${percentText(low, 3)} to ${percentText(high, 3)}`
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
