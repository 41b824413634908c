import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { openMexcExample } from '#test/mexc-client.ts'
import { describeShared, sharedPath } from '#test/shared.ts'
import { isSigned } from './auth.ts'

let close = async (): Promise<void> => {}
afterEach(() => close())

async function opened() {
  const example = await openMexcExample()
  close = example.close
  const assets = '/api/v1/private/account/assets'
  return {
    ...example,
    code: async (headers: Record<string, unknown>, path = assets) => {
      const { status, body } = await example.send('GET', path, headers)
      return [status, body.success, body.code]
    },
  }
}

describe('signatures', () => {
  test('failures come with HTTP 200, a code and no data', async () => {
    const { code, signed } = await opened()
    expect(await code(signed(''))).toEqual([200, true, 0])
    expect(await code({})).toEqual([200, false, 401])
    expect(await code({ ...signed(''), ApiKey: 'nobody' })).toEqual([200, false, 402])
    expect(await code({ ...signed(''), Signature: 'f'.repeat(64) })).toEqual([200, false, 602])
    const { Signature, ...rest } = signed('')
    expect(await code({ ...rest, Signature: String(Signature).toUpperCase() })).toEqual([200, false, 602])
  })

  test('Request-Time may be 10 s off either way, or as far as Recv-Window says in seconds or milliseconds', async () => {
    const { code, signed, exchange } = await opened()
    const at = (offset: number) => signed('', String(exchange.now() + offset))
    expect(await code(at(-10_000))).toEqual([200, true, 0])
    expect(await code(at(10_000))).toEqual([200, true, 0])
    expect(await code(at(-10_001))).toEqual([200, false, 513])
    expect(await code(at(10_001))).toEqual([200, false, 513])
    expect(await code({ ...at(-25_000), 'Recv-Window': '30' })).toEqual([200, true, 0])
    expect(await code({ ...at(-25_000), 'Recv-Window': '30000' })).toEqual([200, true, 0])
    expect(await code({ ...at(-61_000), 'Recv-Window': '90000' })).toEqual([200, false, 513])
  })

  test('a query is signed sorted by name, its values raw or encoded; an empty value is signed too', async () => {
    const { code, signed } = await opened()
    const path = '/api/v1/private/order/batch_query?symbol=COIN_USDT&order_ids=1%2C2'
    expect(await code(signed('order_ids=1,2&symbol=COIN_USDT'), path)).toEqual([200, true, 0])
    expect(await code(signed('order_ids=1%2C2&symbol=COIN_USDT'), path)).toEqual([200, true, 0])
    expect(await code(signed('symbol=COIN_USDT&order_ids=1,2'), path)).toEqual([200, false, 602])
    const history = '/api/v1/private/order/list/history_orders?page_num=1&states='
    expect(await code(signed('page_num=1'), history)).toEqual([200, false, 602])
    expect(await code(signed('page_num=1&states='), history)).toEqual([200, true, 0])
  })

  test('a body is signed byte for byte', async () => {
    const { send, signed } = await opened()
    const path = '/api/v1/private/order/cancel_all'
    expect((await send('POST', path, signed('{}'), '{}')).body).toEqual({ success: true, code: 0 })
    expect((await send('POST', path, signed('{}'), '{ }')).body.code).toBe(602)
    expect((await send('POST', path, signed('{'), '{')).body.code).toBe(601)
  })

  test('what a key may not do has a code each', async () => {
    const { get, post, exchange, open } = await opened()
    exchange.control.setPermissions('test-key-one', { trade: false })
    expect((await post('order/create', { symbol: 'COIN_USDT', vol: 0 })).code).toBe(704)
    expect((await get('account/assets')).code).toBe(0)
    exchange.control.setPermissions('test-key-one', { read: false })
    expect((await get('account/assets')).code).toBe(701)
    expect((await get('position/open_positions')).code).toBe(703)
    expect(await open('ping')).toEqual({ success: true, code: 0, data: exchange.now() })
  })

  test('an order of no contracts proves key and permission', async () => {
    const { post } = await opened()
    const answer = { success: false, code: 2011, message: 'Order quantity error' }
    expect(await post('order/create', { symbol: 'COIN_USDT', vol: 0, side: 1, type: 5, openType: 1 })).toEqual(answer)
  })

  test('a socket logs in with key and time alone', async () => {
    const { stream, signature, exchange } = await opened()
    const socket = await stream()
    const reqTime = String(exchange.now())
    socket.tell('login', { apiKey: 'test-key-one', reqTime, signature: signature(`test-key-one${reqTime}x`) })
    expect(await socket.next('rs.error')).toMatchObject({ data: 'Signature verification failed' })
    await socket.login()
    expect(socket.frames.at(-1)).toEqual({ channel: 'rs.login', data: 'success', ts: exchange.now() })
    expect(exchange.connections.all().map(({ kind, accountId }) => [kind, accountId])).toEqual([['private', 'a1']])
  })
})

describeShared('signatures of the official demo SDK', () => {
  const vectors = sharedPath('wire-samples/captures/mexc-sign-vectors.json')

  test('verify', () => {
    const given = JSON.parse(readFileSync(vectors, 'utf8')) as {
      readonly secret: string
      readonly vectors: readonly { readonly target: string; readonly signature: string }[]
    }
    expect(given.vectors.map(({ target, signature }) => isSigned(given.secret, target, signature))).toEqual(
      Array(7).fill(true),
    )
  })
})
