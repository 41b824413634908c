import { describe, expect, test } from 'vitest'
import { venueId, instrumentId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { Strategy } from '#model/strategy.ts'
import { Protection } from './protection.ts'

const instrument: Instrument = {
  id: instrumentId('PEPE_USDT'),
  venue: venueId('simulator'),
  symbol: 'PEPE_USDT',
  kind: 'perpetual',
  base: 'PEPE',
  quote: 'USDT',
  tickSize: 1,
  lotSize: 1,
  contractSize: 1,
  minQuantity: 1,
  minNotional: 0,
  maxLeverage: 10,
  makerFeeRate: 0,
  takerFeeRate: 0,
  marginTiers: [],
  liquidationFeeRate: 0,
}
const opened = 1_700_000_000_000

type Rules = Partial<Strategy['protection']>
function protectionOf(
  direction: 1 | -1,
  { trigger = 'last', ...rules }: Rules & { trigger?: 'last' | 'mark' } = {},
  changes: Partial<ConstructorParameters<typeof Protection>[0]> = {},
): Protection {
  return new Protection({
    instrument,
    direction,
    entryPrice: 1_000,
    openedAt: opened,
    stopPrice: 1_000 - direction * 50,
    takeProfitPrice: 1_000 + direction * 100,
    liquidationPrice: 1_000 - direction * 200,
    rules: { stopLoss: { distancePct: 5, trigger }, ...rules },
    ...changes,
  })
}
const none = Number.NaN

describe('levels', () => {
  test.each([1, -1] as const)('are reached at the level itself (%i)', (direction) => {
    const protection = protectionOf(direction)
    const check = (move: number): string | undefined => protection.check(1_000 + direction * move, none, opened + 1)
    expect(check(-49)).toBeUndefined()
    expect(check(-50)).toBe('stopLoss')
    expect(check(99)).toBeUndefined()
    expect(check(100)).toBe('takeProfit')
  })

  test('a stop on mark price looks at the mark where there is one, the target always at the last trade', () => {
    const protection = protectionOf(1, { trigger: 'mark' })
    expect(protection.check(940, 960, opened)).toBeUndefined()
    expect(protection.check(960, 940, opened)).toBe('stopLoss')
    expect(protection.check(940, none, opened)).toBe('stopLoss')
    expect(protection.check(1_000, 1_100, opened)).toBeUndefined()
    expect(protectionOf(1).check(960, 940, opened)).toBeUndefined()
  })

  test('the breach is timed from its first instant, and over when the price comes back', () => {
    const protection = protectionOf(1)
    protection.check(950, none, opened + 10)
    protection.check(940, none, opened + 20)
    expect(protection.breachedAt).toBe(opened + 10)
    protection.check(951, none, opened + 30)
    expect(protection.breachedAt).toBeNaN()
  })

  test('the time limit runs from the opening', () => {
    const protection = protectionOf(1, { timeLimitMs: 60_000 })
    expect(protection.check(1_000, none, opened + 59_999)).toBeUndefined()
    expect(protection.check(1_000, none, opened + 60_000)).toBe('timeLimit')
  })

  test('less than a tenth of the way to liquidation left is too near, measured on the mark', () => {
    const protection = protectionOf(1, {}, { stopPrice: 700 })
    expect(protection.check(1_000, 820, opened)).toBeUndefined()
    expect(protection.check(1_000, 819, opened)).toBe('liquidationDistance')
    expect(protection.check(819, none, opened)).toBe('liquidationDistance')
    expect(protectionOf(1, {}, { stopPrice: 700, liquidationPrice: null }).check(1, none, opened)).toBe('stopLoss')
  })
})

describe('trailing', () => {
  const rules = { trailingStop: { activatePct: 4, distancePct: 3 } }

  test.each([1, -1] as const)(
    'begins at its activation and follows the best price at its distance (%i)',
    (direction) => {
      const protection = protectionOf(direction, rules)
      const trail = (move: number): number => (protection.trail(1_000 + direction * move) - 1_000) * direction
      expect(trail(39)).toBeNaN()
      // 1040 × 0.97 = 1008.8, 960 × 1.03 = 988.8: rounded to the far side
      expect(trail(40)).toBe(direction === 1 ? 8 : 11)
      protection.stopPrice = direction === 1 ? 1_008 : 989
      expect(trail(20)).toBeNaN()
      expect(trail(60)).toBe(direction === 1 ? 28 : 31)
    },
  )

  test('moves in steps of a tenth of its distance, never by nothing and never back', () => {
    const protection = protectionOf(1, rules)
    protection.stopPrice = 1_005
    // a tenth of 3 % of 1040 is 3.12
    expect(protection.trail(1_040)).toBe(1_008)
    protection.stopPrice = 1_008
    expect(protection.trail(1_041)).toBeNaN()
    expect(protection.trail(1_042)).toBeNaN()
    expect(protection.trail(1_044)).toBe(1_012)
  })

  test('on a coarse grid a step that rounds away is none', () => {
    const coarse = { ...instrument, tickSize: 10 }
    const protection = protectionOf(1, rules, { instrument: coarse, stopPrice: 1_000 })
    expect(protection.trail(1_040)).toBeNaN()
    expect(protection.trail(1_042)).toBe(1_010)
  })
})

test('a protection restored from a snapshot goes on as it was', () => {
  const rules: Rules = { timeLimitMs: 60_000, trailingStop: { activatePct: 4, distancePct: 3 } }
  const protection = protectionOf(1, rules)
  protection.trail(1_060)
  protection.trailing = true
  protection.stopPrice = 1_028
  protection.check(1_020, none, opened + 5)
  const full: Strategy['protection'] = { stopLoss: { distancePct: 5, trigger: 'last' }, ...rules }
  const restored = Protection.restore(structuredClone(protection.snapshot()), instrument, full)
  expect(restored.snapshot()).toEqual(protection.snapshot())
  expect(restored.check(1_020, none, opened + 9)).toBe('trailingStop')
  expect(restored.breachedAt).toBe(opened + 5)
  expect(restored.trail(1_070)).toBe(protection.trail(1_070))
})
