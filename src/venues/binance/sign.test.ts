import { readFileSync } from 'node:fs'
import { describeShared, sharedPath } from '#test/shared.ts'
import { expect, test } from 'vitest'
import { encodeParams } from '../link/http.ts'
import { sign, signed } from './sign.ts'

interface Vector {
  readonly secret: string
  readonly payload: string
  readonly signature: string
}

const keys = { apiKey: 'key-of-a-test', secret: 'secret-of-a-test' }

describeShared('the vectors of the documents', () => {
  const { vectors } = JSON.parse(
    readFileSync(sharedPath('wire-samples/captures/binance-sign-vectors.json'), 'utf8'),
  ) as { readonly vectors: readonly Vector[] }

  test('each payload has the signature that the venue publishes', () => {
    expect(vectors).toHaveLength(3)
    for (const { secret, payload, signature } of vectors) expect(sign(secret, payload)).toBe(signature)
  })

  test('a symbol of other letters is encoded before it is signed', () => {
    const [, { payload }] = vectors
    expect(encodeParams({ symbol: '１２３４５６', side: 'BUY' })).toBe(payload.split('&type')[0])
  })
})

test('time, window and signature come last, in the query of a read and of a cancel', () => {
  for (const method of ['GET', 'DELETE'] as const) {
    const { query, body } = signed(keys, { method, path: '/fapi/v1/order', query: 'symbol=BTCUSDT', body: '', time: 5 })
    const payload = 'symbol=BTCUSDT&recvWindow=5000&timestamp=5'
    expect(query).toBe(`${payload}&signature=${sign(keys.secret, payload)}`)
    expect(body).toBeUndefined()
  }
})

test('in the body of what is posted, so that no address shows an order', () => {
  const { query, body } = signed(keys, { method: 'POST', path: '/fapi/v1/order', query: '', body: 'a=1', time: 5 })
  const payload = 'a=1&recvWindow=5000&timestamp=5'
  expect(body).toBe(`${payload}&signature=${sign(keys.secret, payload)}`)
  expect(query).toBeUndefined()
})

test('a request without parameters is signed too', () => {
  const { query } = signed(keys, { method: 'GET', path: '/fapi/v3/balance', query: '', body: '', time: 5 })
  expect(query).toMatch(/^recvWindow=5000&timestamp=5&signature=[0-9a-f]{64}$/)
})
