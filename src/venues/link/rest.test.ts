import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { venueId } from '#model/ids.ts'
import { VenueError } from '#model/venue.ts'
import { type Received, startHttp } from '#test/loopback-http.ts'
import { createManualTimers } from '#test/manual-timers.ts'
import { until } from '#test/until.ts'
import { createBreaker } from './breaker.ts'
import { createRest, type Failure, type Reply, type RestOptions, type RestRequest } from './rest.ts'
import { createWeightBudget } from './weight-budget.ts'

type Answer = (request: Received, reply: ServerResponse) => void

const read: RestRequest = { method: 'GET', path: '/read', kind: 'read', weight: { weight: 1 } }
const order: RestRequest = { method: 'POST', path: '/order', kind: 'order', body: { price: 1e-7 }, signed: true }
const secret = 'test-secret-0123456789'

const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (_request, reply) =>
    void reply.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
const html = json('<html>maintenance</html>', 200, { 'content-type': 'text/html' })
const hangUp: Answer = (_request, reply) => void reply.socket?.destroy()
const cut: Answer = (_request, reply) => {
  reply.writeHead(200, { 'content-length': '100' }).write('{"orderId":"1')
  reply.socket?.end()
}
const silent: Answer = () => {}

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

test('what is signed is what is sent: encoded query, JSON written once, the time of the venue, signing last', async () => {
  const seen: unknown[] = []
  const { rest, server } = await harness([json({ orderId: 1 }), json({ orderId: 2 })], {
    sign: (unsigned) => {
      seen.push({ ...unsigned, time: typeof unsigned.time })
      return { query: `${unsigned.query}&signature=abc`, headers: { 'x-key': 'key' } }
    },
  })
  await rest.request({ ...order, query: { symbol: 'BTC USDT', none: undefined, nil: null, size: 1e-7 } })
  expect(seen).toEqual([
    {
      method: 'POST',
      path: '/order',
      query: 'symbol=BTC%20USDT&size=0.0000001',
      body: '{"price":1e-7}',
      time: 'number',
    },
  ])
  expect(server.received[0]).toMatchObject({
    url: '/order?symbol=BTC%20USDT&size=0.0000001&signature=abc',
    body: '{"price":1e-7}',
    headers: { 'content-type': 'application/json', 'x-key': 'key' },
  })
  await rest.request({ ...order, body: { quantity: 1e-7, note: 'a&b' }, bodyType: 'form' })
  expect(server.received[1]).toMatchObject({
    body: 'quantity=0.0000001&note=a%26b',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
})

test('an order id beyond 2^53 comes back whole', async () => {
  const { rest } = await harness([json('{"orderId":123456789012345678}')])
  expect(await rest.request(order)).toEqual({ orderId: '123456789012345678' })
})

test.each<[string, Answer, string]>([
  ['the connection is lost', hangUp, 'connectionLost'],
  ['the body is cut', cut, 'connectionLost'],
  ['HTML comes instead of JSON', html, 'malformed'],
  ['a gateway answers 502', json('<html></html>', 502), 'http502'],
  ['a code comes that is not in the table', json({ code: -9_999 }, 400), 'http400'],
  ['the venue itself does not know', json({ code: -1_007 }, 408), '-1007'],
])('an order is of unknown fate when %s, and is sent once', async (_when, answer, code) => {
  const { rest, server } = await harness([answer])
  await expect(rest.request(order)).rejects.toMatchObject({ name: 'VenueError', fate: 'unknown', code })
  expect(server.received).toHaveLength(1)
})

test('an order that gets no answer in time is of unknown fate', async () => {
  const { rest, server, timers } = await harness([silent])
  const outcome = failureOf(rest.request(order))
  await until(() => server.received.length === 1)
  await timers.advance(10_000)
  expect(await outcome).toMatchObject({ fate: 'unknown', code: 'timeout' })
})

test('an order that reached nobody is provably not done', async () => {
  const { rest, server } = await harness([silent])
  await server.close()
  expect(await failureOf(rest.request(order))).toMatchObject({ fate: 'retry', code: 'noConnection' })
})

test('only the table makes a refusal', async () => {
  const { rest } = await harness([json({ code: -2_019, msg: 'Margin is insufficient.' }, 400)])
  expect(await failureOf(rest.request(order))).toMatchObject({
    fate: 'refused',
    code: '-2019',
    message: 'test: POST /order: Margin is insufficient. (-2019)',
  })
})

test('a read is repeated through lost connections, HTML and 5xx until it is answered', async () => {
  const { rest, server, timers } = await harness([hangUp, html, json('', 503), json({ price: 1 })])
  const answer = rest.request(read)
  const pauses = [175, 350, 700]
  for (const [index, pause] of pauses.entries()) {
    await until(() => server.received.length === index + 1 && timers.pending().includes(pause))
    await timers.advance(pause)
  }
  expect(await answer).toEqual({ price: 1 })
  expect(server.received).toHaveLength(4)
})

test('a read that is refused is not repeated', async () => {
  const { rest, server } = await harness([json({ code: -1_121, msg: 'Invalid symbol.' }, 400)])
  expect(await failureOf(rest.request(read))).toMatchObject({ fate: 'refused', code: '-1121' })
  expect(server.received).toHaveLength(1)
})

test.each([
  ['429 with Retry-After', 429, { 'retry-after': '7' }, 7_000],
  ['429 without', 429, {}, 10_000],
  ['418 with Retry-After', 418, { 'retry-after': '120' }, 120_000],
  ['418 without', 418, {}, 120_000],
])('after %s nothing is sent until its end, then the exit goes first', async (_name, status, headers, silenceMs) => {
  const { rest, server, timers, budget } = await harness([json({}, status, headers), json({ done: true })])
  expect(await failureOf(rest.request({ ...order, weight: { weight: 1 } }))).toMatchObject({
    fate: 'retry',
    code: String(status),
  })
  expect(budget.bannedUntil()).toBe(timers.now() + silenceMs)
  const poll = rest.request(read)
  const exit = rest.request({ ...order, path: '/exit', lane: 'urgent' })
  await timers.advance(silenceMs - 1)
  expect(server.received).toHaveLength(1)
  await timers.advance(1)
  expect(await exit).toEqual({ done: true })
  expect(await poll).toEqual({ done: true })
  expect(server.received.map(({ url }) => url)).toEqual(['/order', '/exit', '/read'])
})

test('a limit that goes on is answered with a silence twice as long', async () => {
  const { rest, timers, budget } = await harness([json({}, 429), json({}, 429), json({}), json({}, 429)])
  const silences: number[] = []
  for (let count = 0; count < 4; count++) {
    const outcome = await rest.request(order).then(
      () => null,
      () => budget.bannedUntil()! - timers.now(),
    )
    if (outcome === null) continue
    silences.push(outcome)
    await timers.advance(outcome)
  }
  expect(silences).toEqual([10_000, 20_000, 10_000])
})

test('a limit told in the body silences as long as the table says', async () => {
  const { rest, timers, budget } = await harness([json({ code: 510 })])
  expect(await failureOf(rest.request(order))).toMatchObject({ fate: 'retry', code: '510' })
  expect(budget.bannedUntil()).toBe(timers.now() + 2_000)
})

test('the weight another program used is taken from the headers of every reply', async () => {
  const { rest, budget } = await harness([json({ code: -2_019 }, 400, { 'x-used': '75' })])
  await failureOf(rest.request(order))
  expect(budget.used('weight')).toBe(75)
})

test('a clock error measures the clock and sends once more, signed anew; a second one is final', async () => {
  const times: number[] = []
  const late = json({ code: -1_021 }, 400)
  const { rest, server, timers } = await harness(
    [late, ...Array.from({ length: 5 }, () => json({ serverTime: 1_700_000_005_000 })), late],
    {
      sign: ({ time }) => {
        times.push(time - 1_700_000_000_000)
        return {}
      },
      time: {
        request: { method: 'GET', path: '/time', kind: 'read' },
        read: (body) => (body as { serverTime: number }).serverTime,
      },
    },
  )
  expect(await failureOf(rest.request(order))).toMatchObject({ fate: 'refused', code: '-1021' })
  expect(server.received.map(({ url }) => url)).toEqual(['/order', ...Array(5).fill('/time'), '/order'])
  expect(times).toEqual([0, 5_000])
  expect(rest.clock.now()).toBe(timers.now() + 5_000)
})

test('an entry whose time has passed while it waited is not sent, and is signed by nobody', async () => {
  let signed = 0
  const { rest, server, timers, budget } = await harness([json({})], { sign: () => ({ query: String(++signed) }) })
  budget.ban(timers.now() + 60_000)
  const outcome = failureOf(rest.request({ ...order, deadline: timers.now() + 2_000 }))
  await timers.advance(2_000)
  expect(await outcome).toMatchObject({ fate: 'refused', code: 'expired' })
  expect([server.received.length, signed]).toEqual([0, 0])
})

test('what cannot be written is refused by us and not sent', async () => {
  const { rest, server } = await harness([json({})])
  expect(await failureOf(rest.request({ ...order, query: { price: NaN } }))).toMatchObject({
    fate: 'refused',
    code: 'invalidRequest',
  })
  expect(server.received).toHaveLength(0)
})

test('a sick venue is spared reads, exits go on', async () => {
  const { rest, server } = await harness([...Array.from({ length: 5 }, () => json('', 503)), json({ done: true })])
  for (let count = 0; count < 5; count++) await failureOf(rest.request(order))
  expect(await failureOf(rest.request(read))).toMatchObject({ fate: 'retry', code: 'breakerOpen' })
  expect(server.received).toHaveLength(5)
  expect(await rest.request({ ...order, lane: 'urgent' })).toEqual({ done: true })
})

test('refusals and limits do not open the breaker', async () => {
  const { rest, breaker, timers } = await harness([
    ...Array.from({ length: 6 }, () => json({ code: -2_019 }, 400)),
    ...Array.from({ length: 6 }, () => json({}, 429, { 'retry-after': '1' })),
  ])
  for (let count = 0; count < 12; count++) {
    await failureOf(rest.request(order))
    if (count >= 6) await timers.advance(1_000)
  }
  expect(breaker.state).toBe('closed')
})

test('no error holds a key, a secret or a signature', async () => {
  const leaky = json({ code: -2_019, msg: `bad signature=deadbeefdeadbeef for ${secret}` }, 400)
  const { rest } = await harness([leaky], {
    sign: ({ query }) => ({ query: `${query}&signature=cafecafecafecafe`, headers: { 'x-key': secret } }),
  })
  const unreachable = createRest({
    ...base(createManualTimers()),
    baseUrl: 'http://127.0.0.1:1',
    sign: () => ({ query: `signature=cafecafecafecafe&key=${secret}` }),
  })
  for (const failure of [await failureOf(rest.request(order)), await failureOf(unreachable.request(order))]) {
    const shown = JSON.stringify([
      failure.message,
      failure.stack,
      String(failure.cause),
      failure.cause,
      Object.entries(failure),
    ])
    expect(shown).not.toMatch(/deadbeef|cafecafe/)
    expect(shown).not.toContain(secret)
  }
})

test('a redirect is not followed: the signature would go elsewhere', async () => {
  const { rest, server } = await harness([json('', 302, { location: '/elsewhere' })])
  expect(await failureOf(rest.request(order))).toMatchObject({ fate: 'unknown', code: 'http302' })
  expect(server.received).toHaveLength(1)
})

test('what still waits when it is closed is refused, nothing is sent', async () => {
  const { rest, server, timers, budget } = await harness([json({})])
  budget.ban(timers.now() + 60_000)
  const outcome = failureOf(rest.request(read))
  rest.close()
  expect(await outcome).toMatchObject({ fate: 'refused', code: 'closed' })
  expect(server.received).toHaveLength(0)
})

/** A venue's closed table, small. */
function classify({ body }: Reply): Failure | null {
  const { code, msg = 'no' } = (body ?? {}) as { code?: number; msg?: string }
  if (code === -2_019 || code === -1_121) return { fate: 'refused', code: String(code), message: msg }
  if (code === -1_007) return { fate: 'unknown', code: String(code), message: msg }
  if (code === -1_021) return { fate: 'refused', code: String(code), message: msg, clock: true }
  if (code === 510) return { fate: 'retry', code: String(code), message: msg, silenceMs: 2_000 }
  return null
}

function base(timers: ReturnType<typeof createManualTimers>) {
  return {
    venue: venueId('test'),
    timers,
    budget: createWeightBudget({ limits: [{ id: 'weight', capacity: 100, windowMs: 60_000 }], timers }),
    breaker: createBreaker({ timers }),
    classify,
    usedWeights: (headers: Headers): Record<string, number> =>
      headers.has('x-used') ? { weight: Number(headers.get('x-used')) } : {},
    secrets: [secret],
    random: () => 0.4,
  }
}

async function harness(script: readonly Answer[], options: Partial<RestOptions> = {}) {
  const timers = createManualTimers()
  const server = await startHttp(script)
  closing.push(server.close)
  const common = base(timers)
  const rest = createRest({ ...common, baseUrl: server.baseUrl, sign: () => ({}), ...options })
  return { rest, server, timers, budget: common.budget, breaker: common.breaker }
}

async function failureOf(outcome: Promise<unknown>): Promise<VenueError> {
  const error: unknown = await outcome.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  )
  if (!(error instanceof VenueError)) throw error
  return error
}
