import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openExample } from '#test/binance-client.ts'

const paths = [
  'GET /fapi/v1/depth',
  'GET /fapi/v1/klines',
  'GET /fapi/v1/aggTrades',
  'GET /fapi/v1/trades',
  'GET /fapi/v1/fundingRate',
  'GET /fapi/v1/markPriceKlines',
  'GET /futures/data/openInterestHist',
  'POST /fapi/v1/order',
  'PUT /fapi/v1/order',
  'DELETE /fapi/v1/order',
  'GET /fapi/v1/order',
  'GET /fapi/v1/allOrders',
  'GET /fapi/v1/userTrades',
  'GET /fapi/v1/forceOrders',
  'GET /fapi/v1/income',
  'POST /fapi/v1/batchOrders',
  'DELETE /fapi/v1/batchOrders',
  'POST /fapi/v1/algoOrder',
  'GET /fapi/v1/algoOrder',
  'GET /fapi/v1/allAlgoOrders',
  'DELETE /fapi/v1/algoOrder',
  'POST /fapi/v1/leverage',
  'POST /fapi/v1/marginType',
  'POST /fapi/v1/positionMargin',
  'POST /fapi/v1/positionSide/dual',
  'POST /fapi/v1/countdownCancelAll',
] as const

const names = `symbol pair side type quantity price timeInForce positionSide reduceOnly interval limit orderId
  origClientOrderId newClientOrderId startTime endTime fromId leverage amount algoType algoId clientAlgoId triggerPrice
  closePosition batchOrders orderIdList marginType goodTillDate priceMatch countdownTime recvWindow dualSidePosition
  period page incomeType`.split(/\s+/)
const words =
  `COINUSDT NOSUCH BUY SELL LIMIT MARKET STOP STOP_MARKET GTC IOC FOK GTX GTD CONDITIONAL BOTH LONG true false
  1m 1M 5m QUEUE OPPONENT_20 ISOLATED CROSSED 0 1 100 95.5 -1 1e400 NaN 99999999999999999999 9007199254740993
  __proto__ [] [1,null,{}] [{"symbol":"COINUSDT","side":"BUY","type":"MARKET","quantity":1}] { null 💥 \u0000`.split(
    /\s+/,
  )
const value = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('', ...words) },
  fc.string({ unit: 'grapheme', maxLength: 12 }),
)
const fields = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 10, noNullPrototype: true })

describe('whatever is sent', () => {
  let door: Awaited<ReturnType<typeof openExample>>
  beforeAll(async () => {
    const limits = { weight: 1e9, ordersTenSeconds: 1e9, ordersMinute: 1e9 }
    door = await openExample({}, { limits, sockets: { messagesPerSecond: 1e9 } })
  })
  afterAll(() => door.close())

  test('every request is answered with 200 or a refusal that has a code', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fields, async (route, sent) => {
        const [method, path] = route.split(' ')
        const { status, body } = await door.signed(method, path, { symbol: 'COINUSDT', ...sent })
        const worded = typeof body.code === 'number' && typeof body.msg === 'string'
        expect(status === 200 || (status === 400 && worded)).toBe(true)
      }),
      { numRuns: 600 },
    )
  })

  test('nothing in the raw query or path takes the door down', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 60 }), async (text) => {
        const { status } = await door.send('GET', '/fapi/v1/depth', encodeURI(text).replaceAll('#', ''))
        expect(status).toBe(400)
      }),
      { numRuns: 200 },
    )
    expect((await door.send('GET', '/fapi/v1/depth', 'symbol=%ff')).body.code).toBe(-1100)
    expect((await door.open('/fapi/v1/time')).status).toBe(200)
  })

  test('every control frame is answered, and the socket goes on', async () => {
    const socket = await door.stream('/public/ws')
    const frame = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .record({
          method: fc.oneof(fc.constantFrom('SUBSCRIBE', 'UNSUBSCRIBE', 'SET_PROPERTY', 'GET_PROPERTY'), fc.string()),
          params: fc.oneof(
            fc.array(fc.oneof(fc.string(), fc.constantFrom('coinusdt@depth', 'combined'))),
            fc.jsonValue(),
          ),
          id: fc.oneof(fc.integer(), fc.string(), fc.jsonValue()),
        })
        .map((command) => JSON.stringify(command)),
    )
    let id = 0
    await fc.assert(
      fc.asyncProperty(frame, async (text) => {
        socket.socket.send(text)
        id++
        const answer = await socket.ask('LIST_SUBSCRIPTIONS', [], 1_000_000 + id)
        expect(Array.isArray(answer.result)).toBe(true)
      }),
      { numRuns: 300 },
    )
    expect(socket.ended()).toBeNull()
  })
})
