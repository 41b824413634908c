import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import { asset, fundingRecord, leverageRow, position, positionMode, riskLimits, tieredFeeRate } from './account.ts'
import { oneOrMany, rowsOf } from './envelope.ts'
import { reasonOf } from '../../link/rejection.ts'
import {
  contractDetail,
  deals,
  depth,
  depthCommits,
  fairPrice,
  fundingRate,
  klines,
  settledFunding,
  ticker,
} from './market.ts'
import { cancelItems, createdOrder, fill, order, placedPlanOrder, planOrder } from './orders.ts'

const t = 1_789_500_000_000
const orderRow = {
  orderId: '8142',
  symbol: 'A_USDT',
  price: 1.5,
  vol: 5,
  side: 1,
  orderType: 1,
  category: 1,
  dealVol: 0,
  state: 2,
  createTime: t,
}
const fillRow = {
  id: '1',
  orderId: 8142,
  symbol: 'A_USDT',
  side: 1,
  vol: 5,
  price: 1.5,
  fee: 1e-7,
  feeCurrency: 'USDT',
  timestamp: t,
  taker: true,
}
const planRow = {
  id: 5,
  symbol: 'A_USDT',
  side: 4,
  vol: 5,
  triggerPrice: 1.4,
  triggerType: 2,
  trend: 1,
  orderType: 5,
  state: 1,
  createTime: t,
}
const detailRow = {
  symbol: 'A_USDT',
  baseCoin: 'A',
  quoteCoin: 'USDT',
  settleCoin: 'USDT',
  contractSize: 1e7,
  priceUnit: 1e-9,
  volUnit: 1,
  minVol: 1,
  maxVol: 1e6,
  maxLeverage: 50,
  maintenanceMarginRate: 0.01,
  initialMarginRate: 0.02,
  riskBaseVol: 1e5,
  riskIncrVol: 1e5,
  riskIncrMmr: 0.01,
  riskIncrImr: 0.01,
  riskLevelLimit: 5,
  liquidationFeeRate: 0.0002,
  state: 0,
}
const page = (rows: readonly unknown[]): unknown => ({
  pageSize: 20,
  totalCount: 1,
  totalPage: 1,
  currentPage: 1,
  resultList: rows,
})

/** Every reply that is read, in the shapes that the documents and recordings know. */
const replies: readonly (readonly [name: string, schema: z.ZodType, sample: unknown])[] = [
  ['detail', oneOrMany(contractDetail), [detailRow]],
  [
    'detail of one',
    oneOrMany(contractDetail),
    { ...detailRow, riskLimitCustom: [{ level: 1, maxVol: 5e4, mmr: 0.001, imr: 0.002, maxLeverage: 500 }] },
  ],
  ['depth', depth, { asks: [[1.6, 3, 1]], bids: [[9.75e4, 25_329, 58]], version: 7, timestamp: t, cts: null }],
  ['depth commits', depthCommits, [{ asks: [[1.6, 0, 0]], bids: [], version: 7, cts: t }]],
  ['deals', deals, [{ p: 1.5, v: 3, T: 2, O: 3, M: 1, t }]],
  ['klines', klines, { time: [1], open: [1], close: [1], high: [1], low: [1], vol: [0], amount: [0] }],
  [
    'funding rates',
    oneOrMany(fundingRate),
    { symbol: 'A_USDT', fundingRate: -1e-5, collectCycle: 4, nextSettleTime: t, timestamp: t, fairPrice: 1.5 },
  ],
  ['funding history', rowsOf(settledFunding), page([{ symbol: 'A_USDT', fundingRate: 1e-5, settleTime: t }])],
  ['fair price', fairPrice, { symbol: 'A_USDT', fairPrice: 1.5, timestamp: t }],
  ['ticker', oneOrMany(ticker), [{ symbol: 'A_USDT', lastPrice: 0, fairPrice: 1.5, timestamp: t }]],
  ['assets', asset, { currency: 'USDT', equity: 10.5, unrealized: -0.5, availableBalance: 9 }],
  [
    'positions',
    rowsOf(position),
    [
      {
        positionId: 1,
        symbol: 'A_USDT',
        positionType: 2,
        openType: 1,
        state: 1,
        holdVol: 5,
        holdAvgPrice: 1.5,
        leverage: 3,
      },
    ],
  ],
  ['position mode', positionMode, 1],
  ['leverage', leverageRow, { positionType: 1, level: 1, leverage: 20 }],
  ['fee rate', tieredFeeRate, { realMakerFee: 0.0006, realTakerFee: 0.0008 }],
  [
    'risk limits',
    riskLimits,
    { A_USDT: [{ level: 1, maxVol: 5, maxLeverage: 20, mmr: 0.01, imr: 0.02, symbol: 'A_USDT' }] },
  ],
  [
    'funding records',
    rowsOf(fundingRecord),
    page([{ id: 1, symbol: 'A_USDT', funding: -0.01, rate: 1e-4, settleTime: t }]),
  ],
  ['created', createdOrder, { orderId: '814218083416790528', ts: t }],
  ['created, as of old', createdOrder, 102_015_012],
  ['placed plan', placedPlanOrder, '555'],
  ['orders', rowsOf(order), [orderRow]],
  ['orders, paged', rowsOf(order), page([orderRow])],
  ['fills', rowsOf(fill), [fillRow]],
  ['fills of lists', rowsOf(fill), [{ ...fillRow, taker: undefined, isTaker: false }]],
  ['canceled', cancelItems, [{ orderId: '1', errorCode: 2041, errorMsg: 'order state cannot be cancelled' }]],
  ['plans', rowsOf(planOrder), [planRow]],
]

test.each(replies)('%s is understood as it is told, and with fields that nobody knows', (_name, schema, sample) => {
  expect(schema.safeParse(sample).error).toBeUndefined()
  const [row, rest] = Array.isArray(sample) ? [sample[0] as unknown, 'list'] : [sample, 'one']
  const isRow = typeof row === 'object' && row !== null && schema !== riskLimits
  const more = isRow ? { ...row, priceStr: '1.5', showCancelReason: 0 } : row
  expect(schema.safeParse(rest === 'list' ? [more] : more).error).toBeUndefined()
})

test.each(replies)(
  '%s with anything anywhere is understood or refused with a reason, without a number that is none',
  (_name, schema, sample) => {
    const junk = fc.oneof(
      fc.constantFrom(null, Number.NaN, Infinity, -1, 1e300, '', '1.5', [], {}, true, 2 ** 60),
      fc.anything({ maxDepth: 1 }),
    )
    fc.assert(
      fc.property(fc.nat(200), junk, fc.boolean(), (at, value, remove) => {
        const parsed = schema.safeParse(changed(sample, at, value, remove))
        const isSound = parsed.success
          ? numbersIn(parsed.data).every(Number.isFinite)
          : /^[\w.[\] ]{4,80}$/.test(reasonOf(parsed.error))
        expect(isSound).toBe(true)
      }),
      { numRuns: 300 },
    )
  },
)

test('a fill that does not say who took is refused', () => {
  expect(fill.safeParse({ ...fillRow, taker: undefined }).success).toBe(false)
})

function changed(sample: unknown, at: number, value: unknown, remove: boolean): unknown {
  const copy = structuredClone({ whole: sample }) as Record<string, unknown>
  const places: { holder: Record<string, unknown>; key: string }[] = []
  const visit = (holder: unknown): void => {
    if (typeof holder !== 'object' || holder === null) return
    for (const key of Object.keys(holder)) {
      places.push({ holder: holder as Record<string, unknown>, key })
      visit((holder as Record<string, unknown>)[key])
    }
  }
  visit(copy)
  const { holder, key } = places[at % places.length]
  if (remove) delete holder[key]
  else holder[key] = value
  return copy['whole']
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : []
}
