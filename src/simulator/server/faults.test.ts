import { expect, test } from 'vitest'
import { UserError } from '#model/failure.ts'
import { createManualTimers } from '#test/manual-timers.ts'
import { coin, exampleExchange, order } from '#test/example-exchange.ts'
import { createFaults, type FaultPlan } from './faults.ts'
import { corruptFrame } from './ws-faults.ts'

const planned = (plan: FaultPlan, seed = 1) => {
  const timers = createManualTimers(0)
  const faults = createFaults(seed, timers)
  faults.set(plan)
  return { faults, timers }
}

test('equal seeds strike at equal occasions, other seeds at others', () => {
  const strikes = (seed: number) => {
    const { faults } = planned([{ place: 'ws-drop', kind: 'drop', probability: 0.3 }], seed)
    return Array.from({ length: 100 }, () => faults.decide('ws-drop') !== null)
  }
  expect(strikes(7)).toEqual(strikes(7))
  expect(strikes(8)).not.toEqual(strikes(7))
  const share = strikes(7).filter(Boolean).length
  expect(share).toBeGreaterThan(15)
  expect(share).toBeLessThan(45)
})

test('a rule does not disturb the draws of another', () => {
  const drop = { place: 'ws-drop', kind: 'drop', probability: 0.5 } as const
  const alone = planned([drop])
  const together = planned([drop, { place: 'latency', kind: 'delay', delayMs: [0, 100] }])
  const strikes = Array.from({ length: 50 }, () => {
    together.faults.decide('latency')
    return [alone.faults.decide('ws-drop') !== null, together.faults.decide('ws-drop') !== null]
  })
  expect(strikes.every(([a, b]) => a === b)).toBe(true)
})

test('`at` alone strikes once, at the first occasion after it', async () => {
  const { faults, timers } = planned([{ place: 'http-before-apply', kind: 'drop', at: 1_000 }])
  expect(faults.decide('http-before-apply')).toBeNull()
  await timers.advance(1_500)
  expect(faults.decide('http-before-apply')).toMatchObject({ kind: 'drop' })
  expect(faults.decide('http-before-apply')).toBeNull()
})

test('a fault with a duration holds for that long, and then is over', async () => {
  const { faults, timers } = planned([{ place: 'ws-stall', kind: 'silent', at: 1_000, durationMs: 5_000 }])
  await timers.advance(2_000)
  expect(faults.decide('ws-stall')?.until).toBe(6_000)
  await timers.advance(3_900)
  expect(faults.decide('ws-stall')).not.toBeNull()
  await timers.advance(200)
  expect(faults.decide('ws-stall')).toBeNull()
})

test('a fault that begins by chance lasts as long as drawn from its range', async () => {
  const { faults, timers } = planned([
    { place: 'http-status', kind: '503', probability: 1, count: 1, durationMs: [1_000, 2_000] },
  ])
  const first = faults.decide('http-status')
  expect(first?.until).toBeGreaterThanOrEqual(1_000)
  expect(first?.until).toBeLessThanOrEqual(2_000)
  await timers.advance(2_001)
  expect(faults.decide('http-status')).toBeNull()
})

test('a rule strikes where every word of its match fits', () => {
  const { faults } = planned([{ place: 'ws-drop', kind: 'drop', match: { socket: 'public', stream: '*@depth*' } }])
  expect(faults.decide('ws-drop', { socket: 'public', stream: 'btcusdt@depth@100ms' })).not.toBeNull()
  expect(faults.decide('ws-drop', { socket: 'private', stream: 'btcusdt@depth@100ms' })).toBeNull()
  expect(faults.decide('ws-drop', { socket: 'public', stream: 'btcusdt@trade' })).toBeNull()
  expect(faults.decide('ws-drop', { socket: 'public' })).toBeNull()
})

test('while sockets are cut for a time, none can be opened', async () => {
  const { faults, timers } = planned([{ place: 'ws-cut', kind: 'cut', at: 0, durationMs: 30_000 }])
  expect(faults.decide('connect')).toBeNull()
  expect(faults.decide('ws-cut')).toMatchObject({ kind: 'cut' })
  expect(faults.decide('connect')).toMatchObject({ kind: 'refuse' })
  await timers.advance(30_001)
  expect(faults.decide('connect')).toBeNull()
})

test('every strike is logged so that one line reproduces it', () => {
  const { faults } = planned([{ place: 'latency', kind: 'delay', delayMs: 20, count: 1 }], 42)
  faults.decide('latency', { path: '/x' })
  faults.decide('latency', { path: '/x' })
  expect(faults.log()).toMatchObject([
    { time: 0, repro: 'seed=42 rule=0 occasion=1', fault: { kind: 'delay', delayMs: 20 }, context: { path: '/x' } },
  ])
  expect(faults.counts()).toEqual({ 'latency delay': 1 })
})

test.each([
  [{ place: 'nowhere', kind: 'drop' }, 'rule 0.place'],
  [{ place: 'latency', kind: 'drop' }, 'rule 0.kind'],
  [{ place: 'latency', kind: 'delay', chance: 1 }, 'rule 0'],
  [{ place: 'latency', kind: 'delay', probability: 2 }, 'rule 0.probability'],
])('a plan that cannot be read is refused, naming rule and field: %j', (rule, where) => {
  const { faults } = planned([])
  expect(() => faults.set([rule])).toThrow(expect.objectContaining({ code: 'faultPlan', where }))
  expect(() => faults.set([rule])).toThrow(UserError)
})

test('an order is rejected or filled in part as the plan says', async () => {
  const { exchange, one } = await exampleExchange({
    faults: [
      { place: 'order', kind: 'reject', count: 1, match: { account: 'a1' } },
      { place: 'order', kind: 'partial', count: 1, value: 0.25 },
    ],
  })
  expect(exchange.place(one, order('buy', 4))).toMatchObject({ ok: false, refusal: { code: 'injected' } })
  expect(exchange.place(one, order('buy', 4))).toMatchObject({
    ok: true,
    value: { status: 'canceled', reason: 'system', filledQuantity: 1 },
  })
  expect(exchange.place(one, order('buy', 4))).toMatchObject({ ok: true, value: { status: 'filled' } })
})

test('a new order is not shown by queries for a while, and yet it is there', async () => {
  const { exchange, timers, one } = await exampleExchange({
    faults: [{ place: 'order', kind: 'invisible', delayMs: 3_000, count: 1 }],
  })
  exchange.place(one, { ...order('buy', 1, 99), clientId: 'mine' })
  expect(exchange.order(one, { clientId: 'mine' })).toBeUndefined()
  expect(exchange.openOrders(one)).toEqual([])
  expect(exchange.orders(one)).toEqual([])
  await timers.advance(3_001)
  expect(exchange.order(one, { clientId: 'mine' })).toMatchObject({ status: 'new' })
  expect(exchange.openOrders(one)).toHaveLength(1)
})

test('grid, smallest notional and tiers change while orders rest', async () => {
  const { exchange, timers, one } = await exampleExchange({
    faults: [
      { place: 'market', kind: 'step-change', at: 1_000, value: 100 },
      { place: 'market', kind: 'notional-change', at: 2_000, value: 500 },
      { place: 'market', kind: 'tier-change', at: 3_000, value: 0.2 },
    ],
  })
  exchange.place(one, order('buy', 1.5, 99))
  exchange.place(one, order('buy', 2, 99))
  await timers.advance(4_000)
  expect(exchange.orders(one)).toMatchObject([{ status: 'canceled', reason: 'tickChange' }, { status: 'new' }])
  expect(exchange.place(one, order('buy', 0.5))).toMatchObject({ ok: false, refusal: { code: 'lotSize' } })
  expect(exchange.place(one, order('buy', 2))).toMatchObject({ ok: false, refusal: { code: 'minNotional' } })
  expect(exchange.tiers(coin.id).map(({ maxLeverage }) => maxLeverage)).toEqual([10, 2])
})

test('the exchange does to accounts, markets, clock and sockets by itself what the plan says', async () => {
  const { exchange, timers, one, events } = await exampleExchange({
    faults: [
      { place: 'account', kind: 'leverage', at: 1_000, value: 3 },
      { place: 'account', kind: 'adl', at: 2_000, value: 0.5 },
      { place: 'account', kind: 'liquidation', at: 3_000 },
      { place: 'account', kind: 'transfer', at: 4_000, value: -100, match: { account: 'a1' } },
      { place: 'market', kind: 'absurd-price', at: 5_000, value: 1_000 },
      { place: 'clock-skew', kind: 'jump', at: 6_000, value: 3_600_000 },
      { place: 'ws-cut', kind: 'cut', at: 7_000 },
      { place: 'market', kind: 'delist', at: 8_000 },
    ],
  })
  let cut = 0
  exchange.connections.add({ id: 'c1', kind: 'public', openedAt: 0, cut: () => void cut++ })
  exchange.place(one, order('buy', 4))
  await timers.advance(10_000)
  expect(exchange.fills(one).map(({ origin, quantity }) => [origin, quantity])).toEqual([
    ['client', 4],
    ['adl', 2],
    ['liquidation', 2],
  ])
  expect(events.find(({ type }) => type === 'config')).toMatchObject({ settings: { leverage: { long: 3, short: 3 } } })
  expect(exchange.income(one).map(({ kind, amount }) => [kind, amount])).toContainEqual(['transfer', -100_0000_0000n])
  expect(events.flatMap((event) => (event.type === 'trade' ? [event.trade.price] : [])).at(-1)).toBe(100_100)
  expect(exchange.now() - timers.now()).toBe(3_600_000)
  expect(cut).toBe(1)
  expect(exchange.market(coin.id)?.state).toBe('delisted')
  expect(exchange.faults.log()).toHaveLength(8)
})

test.each(['cut', 'garbage', 'nan', 'wrong-type', 'missing-field', 'proto', 'deep', 'empty', 'huge'] as const)(
  'a frame broken as %s differs from the whole one, and always in the same way',
  (kind) => {
    const frame = '{"e":"trade","p":"1.5","q":2,"b":[["1","2"]],"T":17}'
    const broken = corruptFrame(frame, { kind, draw: 0.4 })
    expect(broken).not.toBe(frame)
    expect(corruptFrame(frame, { kind, draw: 0.4 })).toBe(broken)
  },
)
