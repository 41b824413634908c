import { describe, expect, test } from 'vitest'
import { UserError } from '#model/failure.ts'
import { perpetual, venueOf } from './fixtures.ts'

describe('an assumption that cannot be simulated is refused at the start', () => {
  test.each([
    ['participation', { participation: 0 }],
    ['participation', { participation: 10 }],
    ['impact', { impact: -1 }],
    ['reportLatencyMs', { reportLatencyMs: -1 }],
    ['assumedFundingRate', { assumedFundingRate: -0.0001 }],
    ['fees', { fees: { makerRate: -0.0001, takerRate: 0.001 } }],
    ['fees', { fees: { makerRate: 0.02, takerRate: 6 } }],
    ['latency.ms', { latency: { type: 'fixed', ms: Number.NaN } }],
    ['latency', { latency: { type: 'uniform', minMs: 5, maxMs: 4 } }],
    ['latency', { latency: { type: 'lognormal', medianMs: 0, p99Ms: 4 } }],
    ['balance', { balance: 0n }],
    ['instruments', { instruments: [perpetual, { ...perpetual, quote: 'BTC' }] }],
  ] as const)('%s', (field, changes) => {
    expect(() => venueOf(changes)).toThrow(
      expect.objectContaining({ code: 'simulatorConfig', where: `simulator.${field}` }),
    )
    expect(() => venueOf(changes)).toThrow(UserError)
  })
})
