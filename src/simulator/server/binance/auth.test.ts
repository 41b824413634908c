import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { openExample, queryOf, signatureOf } from '#test/binance-client.ts'
import { describeShared, sharedPath } from '#test/shared.ts'
import { signatureOf as expected } from './auth.ts'

const path = '/fapi/v3/balance'
const key = { 'X-MBX-APIKEY': 'test-key-one' }

describe('signed requests', () => {
  let close = async (): Promise<void> => {}
  afterEach(() => close())

  async function opened() {
    const example = await openExample()
    close = example.close
    return example
  }

  test('the signature covers the query as it was sent, and may be in capitals', async () => {
    const { send, exchange } = await opened()
    const query = queryOf({ timestamp: exchange.now(), recvWindow: 5000 })
    const signature = signatureOf('not-secret-one', query)
    expect((await send('GET', path, `${query}&signature=${signature}`, key)).status).toBe(200)
    expect((await send('GET', path, `${query}&signature=${signature.toUpperCase()}`, key)).status).toBe(200)
    expect(
      await send('GET', path, `recvWindow=5000&timestamp=${exchange.now()}&signature=${signature}`, key),
    ).toMatchObject({ status: 400, body: { code: -1022, msg: 'Signature for this request is not valid.' } })
  })

  test('query and form body are signed as one text', async () => {
    const { door, exchange } = await opened()
    const query = 'symbol=COINUSDT&leverage=5'
    const body = `timestamp=${exchange.now()}`
    const signature = signatureOf('not-secret-one', query + body)
    const response = await fetch(`${door.url}/fapi/v1/leverage?${query}`, {
      method: 'POST',
      headers: { ...key, 'content-type': 'application/x-www-form-urlencoded' },
      body: `${body}&signature=${signature}`,
    })
    expect(await response.json()).toMatchObject({ leverage: 5, symbol: 'COINUSDT' })
  })

  test('keys are refused as missing or malformed, and as unknown', async () => {
    const { send } = await opened()
    expect(await send('GET', path, 'timestamp=1&signature=x')).toMatchObject({ status: 401, body: { code: -2014 } })
    const unknown = await send('GET', path, 'timestamp=1&signature=x', { 'X-MBX-APIKEY': 'nobody' })
    expect(unknown).toMatchObject({ status: 401, body: { code: -2015 } })
  })

  test('time and signature must be there', async () => {
    const { send, exchange } = await opened()
    expect((await send('GET', path, 'signature=x', key)).body.code).toBe(-1102)
    expect((await send('GET', path, `timestamp=${exchange.now()}`, key)).body.code).toBe(-1102)
  })

  test('a request may be 999 ms ahead and as old as its window', async () => {
    const { signed, exchange } = await opened()
    const code = async (ageMs: number, recvWindow = 5000) =>
      (await signed('GET', path, { timestamp: exchange.now() - ageMs, recvWindow })).body.code
    expect(await code(-999)).toBeUndefined()
    expect(await code(-1000)).toBe(-1021)
    expect(await code(5000)).toBeUndefined()
    expect(await code(5001)).toBe(-1021)
    expect(await code(5001, 6000)).toBeUndefined()
    expect(await code(0, 60_001)).toBe(-1131)
  })

  test('a key without trading rights reads but does not trade', async () => {
    const { signed, exchange } = await opened()
    exchange.control.setPermissions('test-key-one', { trade: false })
    expect((await signed('GET', path)).status).toBe(200)
    const order = { symbol: 'COINUSDT', side: 'BUY', type: 'MARKET', quantity: 1 }
    expect(await signed('POST', '/fapi/v1/order', order)).toMatchObject({ status: 401, body: { code: -2015 } })
  })

  test('unknown paths and duplicate parameters', async () => {
    const { send, open } = await opened()
    expect(await open('/fapi/v1/nothing')).toMatchObject({ status: 404, body: { code: -5000 } })
    expect((await send('GET', '/fapi/v1/depth', 'symbol=COINUSDT&symbol=COINUSDT')).body.code).toBe(-1101)
    expect((await open('/fapi/v1/depth')).body).toEqual({
      code: -1102,
      msg: "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.",
    })
    expect((await open('/fapi/v1/depth', { symbol: 'NOSUCH' })).body).toEqual({ code: -1121, msg: 'Invalid symbol.' })
  })
})

interface Vector {
  readonly secret: string
  readonly payload: string
  readonly signature: string
}

describeShared('published signature vectors', () => {
  test('give the published signatures, wherever the payload is split', () => {
    const file = sharedPath('wire-samples', 'captures', 'binance-sign-vectors.json')
    const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: readonly Vector[] }
    expect(vectors).toHaveLength(3)
    for (const { secret, payload, signature } of vectors) {
      expect(expected(secret, `${payload}&signature=${signature}`, '')).toBe(signature)
      const at = payload.indexOf('&recvWindow')
      expect(expected(secret, payload.slice(0, at), `${payload.slice(at)}&signature=${signature}`)).toBe(signature)
    }
  })
})
