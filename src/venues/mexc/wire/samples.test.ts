import { readFileSync } from 'node:fs'
import { mutated } from '#test/mutated.ts'
import { describeShared, sharedPath } from '#test/shared.ts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openEnvelope } from './envelope.ts'
import { type Frame, readFrame } from './frames.ts'
import { depth, fundingRate } from './market.ts'
import { createdOrder, order } from './orders.ts'
import { personalFrames } from './personal-frames.ts'

const captures = (name: string): string => readFileSync(sharedPath('wire-samples/captures', name), 'utf8')
const framesOf = (name: string): unknown[] =>
  captures(name)
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
const recorded = (): unknown[] => [
  ...framesOf('mexc-public-ws-frames-2026-09-15.jsonl'),
  ...framesOf('mexc-push-depth-2025-05-19.jsonl'),
]

describeShared('frames recorded from the exchange', () => {
  test('all of them are understood', () => {
    expect(recorded().map((json) => readFrame(json).channel)).toEqual([
      'ack',
      'rs.error',
      'push.depth',
      'push.depth',
      'push.depth',
      'push.depth',
      'push.depth.full',
      'pong',
      'ignored',
      'push.fair.price',
      'push.funding.rate',
      'push.depth',
    ])
  })

  test('a merged frame covers its versions, an unmerged one its own', () => {
    const books = recorded()
      .map(readFrame)
      .filter((frame) => frame.channel === 'push.depth')
    expect(books.map(({ first, last }) => [first, last])).toEqual([
      [8752807948, 8752808003],
      [1111084806, 1111084807],
      [37723308980, 37723308980],
      [37723308981, 37723308981],
      [25133684085, 25133684088],
    ])
  })

  test('exponents and trailing zeros are numbers, and the time is the push where the engine tells none', () => {
    const [frame] = framesOf('mexc-push-depth-2025-05-19.jsonl').map(readFrame)
    expect(frame).toMatchObject({
      time: 1_747_645_131_820,
      bids: [
        [103115.4, 99835, 2],
        [103115.5, 100190, 2],
        [97_500, 25_329, 58],
      ],
    })
  })

  test('every fragment of REST is read as what it is', () => {
    const replies = JSON.parse(captures('mexc-rest-2026-09.json')) as Record<string, unknown>
    const byName = (part: string): unknown => Object.entries(replies).find(([name]) => name.includes(part))?.[1]
    expect(fundingRate.parse(byName('one row of the array'))).toMatchObject({ collectCycle: 8, fairPrice: 77240.4 })
    const delisted = openEnvelope(byName('empty, frozen timestamp'))
    expect(delisted.type === 'success' && depth.parse(delisted.data)).toMatchObject({ asks: [], bids: [] })
    expect(openEnvelope(byName('(delisted)'))).toEqual({ type: 'failure', code: 1001, message: 'Contract not exists' })
    expect(openEnvelope(byName('with vol 0'))).toMatchObject({ type: 'failure', code: 2011 })
    const unknown = openEnvelope(byName('unknown externalOid'))
    expect(unknown).toEqual({ type: 'success', data: undefined })
    expect(order.nullish().parse(undefined)).toBeUndefined()
    const created = openEnvelope(byName('order of an accepted') ?? byName('accepted order'))
    expect(created.type === 'success' && createdOrder.parse(created.data)).toEqual({
      orderId: '814218083416790528',
      ts: 1_779_795_118_533,
    })
  })

  test('whatever is done to a frame, it is understood or dropped with a reason, and never crashes', () => {
    fc.assert(
      fc.property(mutated([...recorded(), ...personalFrames]), (json) => {
        expect(isSound(json)).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })

  test('the reasons are few, whatever comes', () => {
    const reasons = new Set<string>()
    for (const json of fc.sample(mutated([...recorded(), ...personalFrames]), 5_000)) {
      const frame = readFrame(json)
      if (frame.channel === 'rejected') reasons.add(frame.reason)
    }
    expect(reasons.size).toBeGreaterThan(10)
    expect(reasons.size).toBeLessThan(400)
  })
})

test('anything at all is a frame or a reason', () => {
  fc.assert(
    fc.property(fc.anything(), (json) => {
      expect(isSound(json)).toBe(true)
    }),
    { numRuns: 3_000 },
  )
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(isSound(JSON.parse(text))).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})

test('replies that are anything at all open as success, failure or malformed', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.record({ success: fc.anything(), code: fc.anything(), data: fc.anything() })),
      (json) => {
        expect(['success', 'failure', 'malformed']).toContain(openEnvelope(json).type)
      },
    ),
  )
})

test('success with a code that is not 0 is a failure', () => {
  expect(openEnvelope({ success: true, code: 510 })).toEqual({ type: 'failure', code: 510, message: '' })
  expect(openEnvelope({ success: false })).toEqual({ type: 'malformed', reason: 'failure without code' })
})

test('one deal as an object is a deal, as before merging', () => {
  const deal = { p: 1.5, v: 3, T: 1, O: 3, M: 1, t: 1 }
  const frame = { channel: 'push.deal', symbol: 'A_USDT', ts: 2 }
  expect(readFrame({ ...frame, data: deal })).toEqual(readFrame({ ...frame, data: [deal] }))
})

test('a price of zero, a missing size, infinity and an unknown side are dropped with their reason', () => {
  const deal = (changes: object): unknown => ({
    channel: 'push.deal',
    symbol: 'A_USDT',
    ts: 2,
    data: [{ p: 1.5, v: 3, T: 1, t: 1, ...changes }],
  })
  const reason = (changes: object) => readFrame(deal(changes))
  expect(reason({ p: 0 })).toEqual({ channel: 'rejected', reason: 'push.deal: p' })
  expect(reason({ p: JSON.parse('1e400') })).toEqual({ channel: 'rejected', reason: 'push.deal: p' })
  expect(reason({ v: undefined })).toEqual({ channel: 'rejected', reason: 'push.deal: v' })
  expect(reason({ T: 3 })).toEqual({ channel: 'rejected', reason: 'push.deal: T' })
  expect(reason({ t: -1 })).toEqual({ channel: 'rejected', reason: 'push.deal: t' })
})

test('ids come as text whatever they came as, and a number that lost digits is refused', () => {
  const [orderFrame] = personalFrames as readonly { data: object }[]
  const read = (orderId: unknown): Frame => readFrame({ ...orderFrame, data: { ...orderFrame.data, orderId } })
  expect(read('814218083416790528')).toMatchObject({ order: { orderId: '814218083416790528' } })
  expect(read(102015012)).toMatchObject({ order: { orderId: '102015012' } })
  expect(read(814218083416790500)).toMatchObject({ channel: 'rejected' })
})

/** Understood with every price and size a finite number, or dropped with a reason. */
function isSound(json: unknown): boolean {
  const frame = readFrame(json)
  switch (frame.channel) {
    case 'rejected':
      return /^[\w. :[\]-]{4,100}$/.test(frame.reason)
    case 'push.deal':
      return frame.deals.every(({ p, v, t }) => p > 0 && v > 0 && Number.isFinite(p * v) && Number.isSafeInteger(t))
    case 'push.depth':
    case 'push.depth.full':
      return [...frame.asks, ...frame.bids].every(
        ([price, size]) => price > 0 && size >= 0 && Number.isFinite(price * size),
      )
    case 'push.fair.price':
      return frame.price > 0 && Number.isFinite(frame.price)
    default:
      return true
  }
}
