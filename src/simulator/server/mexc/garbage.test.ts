import * as fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { openLong, openMexcExample } from '#test/mexc-client.ts'

let close = async (): Promise<void> => {}
afterEach(() => close())

const posts = [
  'order/create',
  'order/submit_batch',
  'order/cancel',
  'order/cancel_with_external',
  'order/batch_cancel_with_external',
  'order/cancel_all',
  'order/change_limit_order',
  'order/batch_query_with_external',
  'planorder/place/v2',
  'planorder/cancel',
  'planorder/change_price',
  'stoporder/place',
  'stoporder/cancel',
  'stoporder/change_price',
  'position/change_margin',
  'position/change_leverage',
  'position/change_position_mode',
  'position/reverse',
]
const gets = [
  'order/get/x',
  'order/external/COIN_USDT/%E0%A4%A',
  'order/batch_query',
  'order/list/history_orders',
  'order/list/order_deals/v3',
  'planorder/list/orders',
  'stoporder/list/orders',
  'position/list/history_positions',
  'position/funding_records',
  'account/risk_limit',
]
const word = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom('COIN_USDT', '__proto__', 'constructor', '', -1, 1e308, '1e999', '814218083416790528'),
)
/** An order object with some of its fields something else. */
const order = fc
  .dictionary(
    fc.constantFrom(
      ...Object.keys(openLong),
      'price',
      'externalOid',
      'stopLossPrice',
      'triggerPrice',
      'triggerType',
      'executeCycle',
      'trend',
      'orderType',
      'positionId',
      'orderId',
      'amount',
      'bboTypeNum',
    ),
    word,
  )
  .map((fields) => ({ ...openLong, ...fields }))
const body = fc.oneof(fc.jsonValue(), order, fc.array(order, { maxLength: 3 }))

describe('whatever is sent', () => {
  test('a request is answered with an envelope, and the next one as ever', async () => {
    const example = await openMexcExample()
    close = example.close
    const answered = async (path: string, text: string | null): Promise<void> => {
      const method = text === null ? 'GET' : 'POST'
      const reply = await example.send(
        method,
        `/api/v1/private/${path}`,
        example.signed(text ?? path.split('?')[1] ?? ''),
        text ?? undefined,
      )
      expect([path, text, typeof reply.body.success, typeof reply.body.code]).toEqual([path, text, 'boolean', 'number'])
      expect([200, 404]).toContain(reply.status)
    }
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...posts), body, (path, value) => answered(path, JSON.stringify(value))),
      { numRuns: 400 },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...gets),
        fc.constantFrom('symbol', 'states', 'page_num', 'page_size', 'start_time', 'order_ids'),
        fc.stringMatching(/^[\w.,-]{0,12}$/),
        (path, name, value) => answered(`${path}?${name}=${value}`, null),
      ),
      { numRuns: 200 },
    )
    await answered('order/create', '{"symbol":')
    await answered('order/create', `${'['.repeat(50_000)}${']'.repeat(50_000)}`)
    expect((await example.open('ping')).success).toBe(true)
  })

  test('a frame is answered or ignored, and the socket lives', async () => {
    const example = await openMexcExample()
    close = example.close
    const { socket, tell, caughtUp, ended } = await example.stream()
    const topics = ['deal', 'depth', 'depth.full', 'kline', 'ticker', 'constructor', '__proto__', 'toString']
    const methods = [
      ...topics.flatMap((topic) => [`sub.${topic}`, `unsub.${topic}`]),
      'login',
      'personal.filter',
      'ping',
    ]
    const param = fc.dictionary(
      fc.constantFrom('symbol', 'interval', 'limit', 'compress', 'filters', 'apiKey', 'reqTime', 'signature'),
      word,
    )
    fc.assert(
      fc.property(fc.constantFrom(...methods), fc.oneof(param, fc.jsonValue()), (method, value) => tell(method, value)),
      { numRuns: 500 },
    )
    for (const text of ['', '{', 'null', '[]', '1', '['.repeat(50_000)]) socket.send(text)
    await caughtUp()
    await example.timers.advance(2_000)
    await caughtUp()
    expect(ended()).toBeNull()
  })
})
