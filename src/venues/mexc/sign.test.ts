import { readFileSync } from 'node:fs'
import { describeShared, sharedPath } from '#test/shared.ts'
import { expect, test } from 'vitest'
import { loginFrame, type Query, queryText, sign, signedHeaders } from './sign.ts'

interface Vectors {
  readonly accessKey: string
  readonly secret: string
  readonly requestTime: string
  readonly vectors: readonly { name: string; method: string; params: unknown; target: string; signature: string }[]
}

const keys = { accessKey: 'key-of-a-test', secret: 'secret-of-a-test' }

describeShared('the vectors of the official signer', () => {
  const read = (): Vectors =>
    JSON.parse(readFileSync(sharedPath('wire-samples/captures/mexc-sign-vectors.json'), 'utf8')) as Vectors

  test('every request without a value that needs encoding is signed as the venue signs it', () => {
    const { accessKey, secret, requestTime, vectors } = read()
    const plain = vectors.filter(({ name }) => !name.includes('comma'))
    expect(plain).toHaveLength(6)
    for (const { method, params, target, signature } of plain) {
      const parameters = method === 'GET' ? queryText(params as Query) : JSON.stringify(params)
      expect(`${accessKey}${requestTime}${parameters}`).toBe(target)
      expect(sign({ accessKey, secret }, requestTime, parameters)).toBe(signature)
    }
  })

  test('the login of a socket signs key and time only', () => {
    const { accessKey, secret, requestTime, vectors } = read()
    expect(JSON.parse(loginFrame({ accessKey, secret }, Number(requestTime)))).toEqual({
      method: 'login',
      param: { apiKey: accessKey, reqTime: requestTime, signature: vectors[0].signature },
    })
  })
})

test('a query is sorted by key, without what is null', () => {
  expect(queryText({ symbol: 'BTC_USDT', page_size: 20, states: null, page_num: 1, side: undefined })).toBe(
    'page_num=1&page_size=20&symbol=BTC_USDT',
  )
})

test('a query value that would need encoding is refused, because the venue is ambiguous about it', () => {
  expect(() => queryText({ order_ids: '1,2,3' })).toThrow('query value of order_ids would need encoding')
})

test('the headers carry the key, the time that was signed, and no secret', () => {
  const headers = signedHeaders(keys, 1_657_186_536_762, '{}')
  expect(headers).toMatchObject({ ApiKey: 'key-of-a-test', 'Request-Time': '1657186536762' })
  expect(JSON.stringify(headers)).not.toContain(keys.secret)
})
