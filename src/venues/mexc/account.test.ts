import { instanceId, instrumentId, orderId, signalId } from '#model/ids.ts'
import type { Order, VenueEvent } from '#model/order.ts'
import type { AccountVenue, Timers, Venue } from '#model/venue.ts'
import { createManualTimers } from '#test/manual-timers.ts'
import { until } from '#test/until.ts'
import { afterEach, expect, test } from 'vitest'
import { openMexc } from './mexc.ts'
import { failure, hangUp, startScriptedMexc, status, time } from '#test/scripted-mexc.ts'

const btc = instrumentId('BTC_USDT')
const keys = { apiKey: 'mx0test-of-riptide', secret: 'not-a-secret-of-anybody' }
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

type Scripted = Awaited<ReturnType<typeof startScriptedMexc>>

async function opened(routes: Parameters<typeof startScriptedMexc>[0] = {}, timers?: Timers) {
  const script: Scripted = await startScriptedMexc(routes)
  const venue: Venue = openMexc({ hosts: script.hosts, keys, timers })
  closing.push(
    () => script.close(),
    () => venue.close(),
  )
  const account = venue.account as AccountVenue
  const events: VenueEvent[] = []
  account.subscribe((event) => void events.push(event))
  const of = (type: VenueEvent['type']): VenueEvent[] => events.filter((event) => event.type === type)
  const loggedIn = (): Promise<void> =>
    until(() => script.ws.received.flat().some((frame) => frame.includes('"login"')))
  return { script, venue, account, events, of, loggedIn }
}

function order(changes: Partial<Order> = {}): Order {
  return {
    orderId: orderId('7-o12'),
    instanceId: instanceId('pump@12345678/BTC_USDT'),
    instrumentId: btc,
    signalId: signalId('7-s1'),
    purpose: 'entry',
    side: 'buy',
    type: 'market',
    timeInForce: 'gtc',
    quantity: 0.0005,
    reduceOnly: false,
    leverage: 10,
    decisionPrice: 76_000,
    decidedAt: time,
    status: 'submitted',
    filledQuantity: 0,
    averagePrice: null,
    submittedAt: time,
    updatedAt: time,
    cancelRequested: false,
    ...changes,
  }
}

const stop = order({
  orderId: orderId('7-o13'),
  purpose: 'stopLoss',
  side: 'sell',
  type: 'stopMarket',
  stopPrice: 75_000,
  trigger: 'mark',
  reduceOnly: true,
})

const record = (changes: Readonly<Record<string, unknown>> = {}): unknown => ({
  orderId: '814218083416790528',
  symbol: 'BTC_USDT',
  price: 0,
  vol: 5,
  side: 1,
  orderType: 5,
  category: 1,
  dealAvgPrice: 76_000,
  dealVol: 0,
  state: 2,
  externalOid: '7-o12',
  errorCode: 0,
  createTime: time,
  updateTime: time + 10,
  version: 1,
  ...changes,
})

const fill = (changes: Readonly<Record<string, unknown>> = {}): unknown => ({
  id: '901',
  orderId: '814218083416790528',
  symbol: 'BTC_USDT',
  side: 1,
  vol: 5,
  price: 76_000.5,
  fee: 0.0304002,
  feeCurrency: 'USDT',
  category: 1,
  timestamp: time + 5,
  isTaker: true,
  ...changes,
})

const plan = (changes: Readonly<Record<string, unknown>> = {}): unknown => ({
  id: '555',
  symbol: 'BTC_USDT',
  side: 4,
  vol: 5,
  triggerPrice: 75_000,
  triggerType: 2,
  trend: 2,
  orderType: 5,
  price: 0,
  state: 1,
  createTime: time,
  updateTime: time,
  ...changes,
})

const created = (): unknown => ({ orderId: '814218083416790528', ts: time })

test('an entry in hedge mode opens long in contracts, under our id, and its fill is in coins', async () => {
  const { script, account, of, loggedIn } = await opened({ 'POST /private/order/create': created })
  await loggedIn()
  await account.submit(order())
  expect(script.posted('/private/order/create')).toEqual([
    {
      symbol: 'BTC_USDT',
      side: 1,
      type: 5,
      openType: 1,
      vol: 5,
      price: 0,
      leverage: 10,
      externalOid: '7-o12',
      positionMode: 1,
    },
  ])
  expect(of('orderAccepted')).toEqual([
    { type: 'orderAccepted', orderId: '7-o12', venueOrderId: '814218083416790528', time },
  ])
  script.push('push.personal.order.deal', 'BTC_USDT', fill())
  await until(() => of('orderFilled').length > 0)
  expect(of('orderFilled')).toEqual([
    {
      type: 'orderFilled',
      orderId: '7-o12',
      tradeId: '901',
      time: time + 5,
      price: 76_000.5,
      quantity: 0.0005,
      liquidity: 'taker',
      fee: 3_040_020n,
    },
  ])
})

test('an exit in hedge mode closes by its side alone, in one-way mode it says reduce-only', async () => {
  const exit = order({ purpose: 'exit', side: 'sell', reduceOnly: true })
  const hedge = await opened({ 'POST /private/order/create': created })
  await hedge.account.submit(exit)
  expect(hedge.script.posted('/private/order/create')[0]).toMatchObject({ side: 4, positionMode: 1 })
  expect(hedge.script.posted('/private/order/create')[0]).not.toHaveProperty('reduceOnly')
  const oneWay = await opened({ 'POST /private/order/create': created, 'GET /private/position/position_mode': () => 2 })
  await oneWay.account.submit(exit)
  expect(oneWay.script.posted('/private/order/create')[0]).toMatchObject({ side: 4, positionMode: 2, reduceOnly: true })
})

test('what cannot be sent is refused here: below the smallest size, a foreign id', async () => {
  const { script, account, of } = await opened()
  await account.submit(order({ quantity: 0.00005 }))
  await account.submit(order({ orderId: orderId('an id with spaces') }))
  expect(of('orderRejected')).toMatchObject([{ code: 'belowMinimum' }, { code: 'clientOrderId' }])
  expect(script.posted('/private/order/create')).toEqual([])
})

test('a definitive refusal rejects with the code of the venue', async () => {
  const { account, events } = await opened({
    'POST /private/order/create': () => failure(2005, 'Balance insufficient'),
  })
  await account.submit(order())
  expect(events.filter(({ type }) => type.startsWith('order'))).toMatchObject([
    { type: 'orderRejected', orderId: '7-o12', code: '2005' },
  ])
})

test('too frequent was not executed: sent again under the same id', async () => {
  let count = 0
  const { script, account, of } = await opened({
    'POST /private/order/create': () => (++count === 1 ? failure(510) : created()),
  })
  await account.submit(order())
  const ids = script.posted('/private/order/create').map((body) => (body as { externalOid: string }).externalOid)
  expect(ids).toEqual(['7-o12', '7-o12'])
  expect(of('orderAccepted')).toHaveLength(1)
  expect(of('orderRejected')).toEqual([])
})

test('an order whose time has passed is not sent', async () => {
  const { script, account, of } = await opened({ 'POST /private/order/create': created })
  await account.submit(order({ expiresAt: 1 }))
  expect(of('orderExpired')).toMatchObject([{ code: 'deadline' }])
  expect(script.posted('/private/order/create')).toEqual([])
})

for (const [name, answer] of [
  ['a gateway error', status(502)],
  ['busy', failure(500)],
  ['a cut connection', hangUp],
  ['a code that nobody knows', failure(987_654)],
  ['an answer without an id', {}],
] as const)
  test(`${name} leaves the order uncertain, and the look-up by our id finds it`, async () => {
    const { account, of, script } = await opened({
      'POST /private/order/create': () => answer,
      'GET /private/order/external/*': () => record(),
    })
    await account.submit(order())
    expect(of('orderUncertain')).toMatchObject([{ orderId: '7-o12' }])
    await until(() => of('orderAccepted').length > 0)
    expect(of('orderRejected')).toEqual([])
    expect(script.posted('/private/order/create')).toHaveLength(1)
  })

test('a taken client id is proof that the order exists', async () => {
  const { account, of } = await opened({
    'POST /private/order/create': () => failure(2042),
    'GET /private/order/external/*': () => record(),
  })
  await account.submit(order())
  await until(() => of('orderAccepted').length > 0)
  expect(of('orderRejected')).toEqual([])
})

test('an order that nobody has seen is given up only when it cannot be accepted any more', async () => {
  const timers = createManualTimers(time)
  const { account, of, script } = await opened({ 'POST /private/order/create': () => hangUp }, timers)
  await until(() => of('balanceReported').length > 0)
  const submitted = account.submit(order())
  await until(() => of('orderUncertain').length > 0)
  await submitted
  const uncertainAt = timers.now()
  while (of('orderRejected').length === 0) await timers.advance(50)
  expect(timers.now() - uncertainAt).toBeGreaterThanOrEqual(35_000)
  expect(timers.now() - uncertainAt).toBeLessThan(45_000)
  expect(of('orderRejected')).toMatchObject([{ code: 'neverAccepted' }])
  expect(script.posted('/private/order/create')).toHaveLength(1)
  expect(script.asked('/private/order/list/history_orders')).toBeGreaterThan(0)
})

test('one that shows up after it was given up is told of, and canceled', async () => {
  const timers = createManualTimers(time)
  const { account, of, script } = await opened(
    {
      'POST /private/order/create': () => hangUp,
      'POST /private/order/cancel': () => [{ orderId: '1', errorCode: 0 }],
    },
    timers,
  )
  await until(() => of('balanceReported').length > 0)
  void account.submit(order())
  while (of('orderRejected').length === 0) await timers.advance(50)
  script.push('push.personal.order', 'BTC_USDT', record())
  await until(() => script.posted('/private/order/cancel').length > 0)
  expect(of('orderAccepted')).toHaveLength(1)
  expect(script.posted('/private/order/cancel')).toEqual([['814218083416790528']])
})

test('post-only, IOC and refusals after the acknowledgement end the order with their reason', async () => {
  const { script, account, of, loggedIn } = await opened({ 'POST /private/order/create': created })
  await loggedIn()
  await account.submit(order({ type: 'limit', price: 76_000, timeInForce: 'postOnly' }))
  script.push('push.personal.order', 'BTC_USDT', record({ state: 5, errorCode: 20, version: 2 }))
  await until(() => of('orderRejected').length > 0)
  expect(of('orderRejected')).toMatchObject([{ orderId: '7-o12', code: 'postOnlyWouldCross' }])
})

test('an end waits for the fills that its record speaks of, and they are fetched when no push brings them', async () => {
  const { script, account, events, of, loggedIn } = await opened({
    'POST /private/order/create': created,
    'GET /private/order/deal_details/*': () => [fill({ vol: 2 })],
  })
  await loggedIn()
  await account.submit(order({ type: 'limit', price: 76_000, timeInForce: 'ioc' }))
  script.push('push.personal.order', 'BTC_USDT', record({ state: 4, errorCode: 18, dealVol: 2, version: 3 }))
  await until(() => of('orderExpired').length > 0)
  expect(events.filter(({ type }) => type.startsWith('order')).map(({ type }) => type)).toEqual([
    'orderAccepted',
    'orderFilled',
    'orderExpired',
  ])
  expect(of('orderExpired')).toMatchObject([{ code: 'immediateOrCancel' }])
})

test('older news of an order and repeated fills change nothing', async () => {
  const { script, account, of, loggedIn } = await opened({ 'POST /private/order/create': created })
  await loggedIn()
  await account.submit(order({ type: 'limit', price: 70_000 }))
  for (let copy = 0; copy < 3; copy++) script.push('push.personal.order.deal', 'BTC_USDT', fill({ vol: 2 }))
  script.push('push.personal.order', 'BTC_USDT', record({ state: 2, dealVol: 2, version: 4 }))
  script.push('push.personal.order', 'BTC_USDT', record({ state: 4, dealVol: 0, version: 3 }))
  script.push('push.personal.order', 'BTC_USDT', record({ state: 4, dealVol: 2, version: 5 }))
  await until(() => of('orderCanceled').length > 0)
  expect(of('orderFilled')).toHaveLength(1)
  expect(of('orderCanceled')).toMatchObject([{ code: 'byUser' }])
})

test('a stop is a plan order on its reference price, and what it became fills under our id', async () => {
  const { script, account, of, loggedIn } = await opened({
    'POST /private/planorder/place/v2': () => '555',
    'GET /private/order/get/*': () => record({ orderId: '9001', side: 4, externalOid: null, state: 3, dealVol: 5 }),
  })
  await loggedIn()
  await account.submit(stop)
  expect(script.posted('/private/planorder/place/v2')).toEqual([
    {
      symbol: 'BTC_USDT',
      vol: 5,
      leverage: 10,
      side: 4,
      openType: 1,
      triggerPrice: 75_000,
      triggerType: 2,
      executeCycle: 2,
      orderType: 5,
      price: 0,
      trend: 2,
      positionMode: 1,
    },
  ])
  // the fill overtakes the news that the plan became an order
  script.push('push.personal.order.deal', 'BTC_USDT', fill({ orderId: '9001', side: 4 }))
  script.push('push.personal.plan.order', 'BTC_USDT', plan({ state: 3, orderId: '9001', updateTime: time + 10 }))
  await until(() => of('orderFilled').length > 0)
  expect(of('orderFilled')).toMatchObject([{ orderId: '7-o13', quantity: 0.0005 }])
})

test('a stop whose placing is unknown is found in the list by what it is', async () => {
  const { account, of } = await opened({
    'POST /private/planorder/place/v2': () => status(504),
    'GET /private/planorder/list/orders': () => [
      plan({ id: '554', triggerPrice: 74_000 }),
      plan({ createTime: Date.now() }),
    ],
  })
  await account.submit(stop)
  await until(() => of('orderAccepted').length > 0)
  expect(of('orderAccepted')).toMatchObject([{ orderId: '7-o13', venueOrderId: '555' }])
})

test('a plan that ended by its age is told as expired', async () => {
  const { script, account, of, loggedIn } = await opened({ 'POST /private/planorder/place/v2': () => 555 })
  await loggedIn()
  await account.submit(stop)
  script.push('push.personal.plan.order', 'BTC_USDT', plan({ state: 4, updateTime: time + 10 }))
  await until(() => of('orderExpired').length > 0)
  expect(of('orderExpired')).toMatchObject([{ orderId: '7-o13', code: 'executeCycle' }])
})

test('a cancel by id says requested, and gone when the venue has nothing to cancel', async () => {
  const { script, account, of } = await opened({
    'POST /private/order/create': created,
    'POST /private/order/cancel': () => [{ orderId: '814218083416790528', errorCode: 0, errorMsg: 'success' }],
  })
  await account.submit(order({ type: 'limit', price: 70_000 }))
  const ref = { orderId: orderId('7-o12'), instrumentId: btc, type: 'limit' } as const
  expect(await account.cancel(ref)).toBe('requested')
  expect(script.posted('/private/order/cancel')).toEqual([['814218083416790528']])
  script.answer('POST /private/order/cancel', () => [{ orderId: '814218083416790528', errorCode: 2041 }])
  script.answer('GET /private/order/external/*', () => record({ state: 3, dealVol: 5, version: 9 }))
  script.answer('GET /private/order/deal_details/*', () => [fill()])
  expect(await account.cancel(ref)).toBe('gone')
  await until(() => of('orderFilled').length > 0)
})

test('a cancel without the id of the venue goes by ours, in the form that is not ambiguous', async () => {
  const { script, account } = await opened({
    'POST /private/order/batch_cancel_with_external': () => [{ externalOid: '7-o1', errorCode: 0 }],
  })
  expect(await account.cancel({ orderId: orderId('7-o1'), instrumentId: btc, type: 'limit' })).toBe('requested')
  expect(script.posted('/private/order/batch_cancel_with_external')).toEqual([
    [{ symbol: 'BTC_USDT', externalOid: '7-o1' }],
  ])
})

test('cancel all reaches orders, plans and the stops of positions', async () => {
  const ok = (): undefined => undefined
  const { script, account } = await opened({
    'POST /private/order/cancel_all': ok,
    'POST /private/planorder/cancel_all': ok,
    'POST /private/stoporder/cancel_all': ok,
  })
  await account.cancelAll(btc)
  for (const kind of ['order', 'planorder', 'stoporder'])
    expect(script.posted(`/private/${kind}/cancel_all`)).toEqual([{ symbol: 'BTC_USDT' }])
})

test('after every login the account is compared with what the venue has, fills included', async () => {
  const { script, account, of, loggedIn } = await opened({ 'POST /private/order/create': created })
  await loggedIn()
  await account.submit(order({ type: 'limit', price: 76_000 }))
  script.answer('GET /private/order/list/order_deals/v3', () => [fill({ timestamp: Date.now() })])
  script.answer('GET /private/order/external/*', () => record({ state: 3, dealVol: 5, version: 7 }))
  script.answer('GET /private/order/deal_details/*', () => [fill()])
  script.answer('GET /private/position/open_positions', () => [
    {
      positionId: 77,
      symbol: 'BTC_USDT',
      positionType: 1,
      openType: 1,
      state: 1,
      holdVol: 5,
      holdAvgPrice: 76_000.5,
      leverage: 10,
      updateTime: time,
    },
  ])
  for (const socket of script.ws.sockets) socket.terminate()
  await until(() => of('orderFilled').length > 0 && of('positionReported').length > 0)
  expect(of('orderFilled')).toHaveLength(1)
  expect(of('positionReported')).toMatchObject([{ quantity: 0.0005, entryPrice: 76_000.5 }])
})

test('positions are told as signed coins, flat when closed or gone, and older news is ignored', async () => {
  const { script, of, loggedIn } = await opened()
  await loggedIn()
  const position = (changes: object): unknown => ({
    positionId: 77,
    symbol: 'BTC_USDT',
    positionType: 2,
    openType: 2,
    state: 1,
    holdVol: 5,
    holdAvgPrice: 76_000,
    leverage: 10,
    updateTime: time,
    version: 2,
    ...changes,
  })
  await until(() => of('balanceReported').length > 0)
  script.push('push.personal.position', 'BTC_USDT', position({}))
  script.push('push.personal.position', 'BTC_USDT', position({ holdVol: 9, version: 1 }))
  script.push('push.personal.position', 'BTC_USDT', position({ state: 3, holdVol: 0, version: 3 }))
  await until(() => of('positionReported').length > 1)
  expect(of('positionReported').map((event) => 'quantity' in event && event.quantity)).toEqual([-0.0005, 0])
})

test('what the venue closed by force is told as that, once', async () => {
  const { script, of, loggedIn } = await opened()
  await loggedIn()
  await until(() => of('balanceReported').length > 0)
  const forced = fill({ id: '77', orderId: '1', side: 4, category: 2, fee: 0.5 })
  script.push('push.personal.order.deal', 'BTC_USDT', forced)
  script.push('push.personal.order.deal', 'BTC_USDT', forced)
  script.push('push.personal.order.deal', 'BTC_USDT', fill({ id: '78', orderId: '1', side: 4, category: 4 }))
  await until(() => of('liquidated').length > 1)
  expect(of('liquidated')).toMatchObject([{ tradeId: '77', quantity: 0.0005, fee: 50_000_000n }, { tradeId: '78' }])
})

test('a balance is equity less unrealized profit, whatever a push says', async () => {
  const { script, of, loggedIn } = await opened()
  await loggedIn()
  await until(() => of('balanceReported').length > 0)
  expect(of('balanceReported')).toMatchObject([{ currency: 'USDT', balance: 100_000_000_000n }])
  script.answer('GET /private/account/assets', () => [
    { currency: 'USDT', equity: 990, unrealized: -5, availableBalance: 800 },
  ])
  script.push('push.personal.asset', undefined, { currency: 'USDT', availableBalance: 800 })
  await until(() => of('balanceReported').length > 1)
  expect(of('balanceReported')[1]).toMatchObject({ balance: 99_500_000_000n })
})

test('fills come by cursor, ascending, each once, also those that are readable late', async () => {
  const rows = [fill({ id: '3', timestamp: time + 3 }), fill({ id: '1', timestamp: time + 1 })]
  const { script, account } = await opened({ 'GET /private/order/list/order_deals/v3': () => rows })
  const first = await account.fills(btc, null)
  expect(first.fills.map(({ tradeId }) => tradeId)).toEqual(['1', '3'])
  rows.push(fill({ id: '2', timestamp: time + 2 }), fill({ id: '4', timestamp: time + 4 }))
  const second = await account.fills(btc, first.next)
  expect(second.fills.map(({ tradeId }) => tradeId)).toEqual(['2', '4'])
  expect((await account.fills(btc, second.next)).fills).toEqual([])
  expect(script.asked('/private/order/list/order_deals/v3')).toBeGreaterThan(2)
})

test('leverage is set per side where it is not so already', async () => {
  const { script, account } = await opened({
    'GET /private/position/leverage': () => [
      { positionType: 1, level: 1, imr: 0.1, mmr: 0.05, leverage: 10, openType: 1 },
      { positionType: 2, level: 1, imr: 0.1, mmr: 0.05, leverage: 20, openType: 1 },
    ],
    'POST /private/position/change_leverage': () => undefined,
  })
  expect(await account.settings?.(btc)).toEqual({ leverage: null, marginMode: 'isolated' })
  await account.configure(btc, { leverage: 10, marginMode: 'isolated' })
  expect(script.posted('/private/position/change_leverage')).toEqual([
    { symbol: 'BTC_USDT', openType: 1, positionType: 2, leverage: 10 },
  ])
})

test('fees are those that orders by API really pay, tiers those of the account', async () => {
  const { account } = await opened({
    'GET /private/account/tiered_fee_rate/v2': () => ({ level: 0, realMakerFee: 0.0006, realTakerFee: 0.0008 }),
    'GET /private/account/risk_limit': () => ({
      BTC_USDT: [
        { level: 1, maxVol: 10_000, maxLeverage: 200, mmr: 0.002, imr: 0.005, symbol: 'BTC_USDT', positionType: 1 },
        { level: 2, maxVol: 20_000, maxLeverage: 100, mmr: 0.004, imr: 0.01, symbol: 'BTC_USDT', positionType: 1 },
        { level: 1, maxVol: 9_000, maxLeverage: 200, mmr: 0.003, imr: 0.005, symbol: 'BTC_USDT', positionType: 2 },
      ],
    }),
  })
  expect(await account.fees(btc)).toEqual({ maker: 0.0006, taker: 0.0008 })
  expect(await account.riskTiers(btc)).toEqual([
    { notionalCap: 68_400, maintenanceRate: 0.003, deduction: 0, maxLeverage: 200 },
    { notionalCap: Infinity, maintenanceRate: 0.004, deduction: 0, maxLeverage: 100 },
  ])
})

test('a key is inspected without an order that could trade', async () => {
  const { script, account } = await opened({
    'POST /private/order/create': () => failure(2011, 'Order quantity error'),
  })
  expect(await account.inspect()).toMatchObject({
    permissions: { read: 'yes', trade: 'yes', withdraw: 'unknown' },
    positionMode: 'hedge',
  })
  expect(script.posted('/private/order/create')).toMatchObject([{ vol: 0 }])
  script.answer('POST /private/order/create', () => failure(704, 'no permission'))
  expect(await account.inspect()).toMatchObject({ permissions: { trade: 'no' } })
})

test('no secret is in an error or in an address', async () => {
  const { script, account } = await opened({ 'GET /private/account/assets': () => failure(602, `bad ${keys.secret}`) })
  await expect(account.balances()).rejects.toThrow('(602)')
  await expect(account.balances()).rejects.not.toThrow(keys.secret)
  expect(script.received.some(({ url }) => url.includes(keys.secret) || url.includes(keys.apiKey))).toBe(false)
})
