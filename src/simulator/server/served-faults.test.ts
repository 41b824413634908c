import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { exampleExchange } from '#test/example-exchange.ts'
import type { FaultKind, FaultPlan } from './faults.ts'
import { serveWithFaults } from './http-faults.ts'
import { createFaultySender } from './ws-faults.ts'

const closing: (() => void)[] = []
afterAll(() => closing.forEach((close) => close()))

/** A door with one endpoint, which counts how often it was carried out. */
async function served(plan: FaultPlan, order = false) {
  const example = await exampleExchange({ faults: plan })
  let applied = 0
  const server = createServer((_request, response) =>
    serveWithFaults(example.exchange, response, {
      context: { path: '/thing' },
      order,
      apply: () => ({ status: 200, body: JSON.stringify({ applied: ++applied, pad: 'x'.repeat(1_000) }) }),
      failure: (kind: FaultKind, retryAfterS) => ({
        status: Number(kind.slice(0, 3)),
        body: JSON.stringify({ kind }),
        ...(retryAfterS === null ? {} : { headers: { 'retry-after': String(retryAfterS) } }),
      }),
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/thing`
  return { ...example, ask: () => fetch(url), applied: () => applied }
}

test('without a fault the answer comes whole', async () => {
  const { ask } = await served([])
  expect(await (await ask()).json()).toMatchObject({ applied: 1 })
})

test('a connection lost before the request is carried out leaves nothing done, one lost after it everything', async () => {
  const { ask, applied } = await served([
    { place: 'http-before-apply', kind: 'drop', count: 1 },
    { place: 'http-after-apply', kind: 'drop', count: 1 },
  ])
  await expect(ask()).rejects.toThrow('fetch failed')
  expect(applied()).toBe(0)
  await expect(ask()).rejects.toThrow('fetch failed')
  expect(applied()).toBe(1)
  expect((await ask()).status).toBe(200)
})

test('an error is answered instead, with its Retry-After, carried out or not', async () => {
  const { ask, applied } = await served([
    { place: 'http-status', kind: '429', retryAfterS: 3, count: 1 },
    { place: 'http-status', kind: '503', applied: true, count: 1 },
    { place: 'http-status', kind: 'html', count: 1 },
  ])
  const limited = await ask()
  expect([limited.status, limited.headers.get('retry-after'), applied()]).toEqual([429, '3', 0])
  expect([(await ask()).status, applied()]).toEqual([503, 1])
  const page = await ask()
  expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html'])
})

test('a body is cut in its middle', async () => {
  const { ask } = await served([{ place: 'http-body-cut', kind: 'cut' }])
  const reply = await ask()
  expect(reply.status).toBe(200)
  await expect(reply.text()).rejects.toThrow('terminated')
})

test('a late answer waits on the exchange’s timers', async () => {
  const { ask, timers } = await served([{ place: 'latency', kind: 'delay', delayMs: 700 }])
  const reply = ask()
  let answered = false
  void reply.then(() => (answered = true))
  while (!timers.pending().includes(700)) await new Promise((resolve) => void setImmediate(resolve))
  expect(answered).toBe(false)
  await timers.advance(700)
  expect((await reply).status).toBe(200)
})

test('an order with unknown outcome was carried out, was not, or is half a minute later', async () => {
  const { ask, applied, timers } = await served(
    [
      { place: 'order', kind: 'unknown-not-applied', count: 1, delayMs: 1 },
      { place: 'order', kind: 'unknown-applied', count: 1, delayMs: 1 },
      { place: 'order', kind: 'unknown-late', count: 1 },
    ],
    true,
  )
  const lost = async () => {
    const outcome: string[] = []
    void ask().then(
      () => outcome.push('answered'),
      () => outcome.push('lost'),
    )
    while (outcome.length === 0) {
      await timers.advance(1)
      await new Promise((resolve) => void setImmediate(resolve))
    }
    return outcome[0]
  }
  expect([await lost(), applied()]).toEqual(['lost', 0])
  expect([await lost(), applied()]).toEqual(['lost', 1])
  expect([await lost(), applied()]).toEqual(['lost', 1])
  await timers.advance(30_000)
  expect(applied()).toBe(2)
})

async function sending(plan: FaultPlan) {
  const example = await exampleExchange({ faults: plan })
  const sent: string[] = []
  const socket = { readyState: 1, send: (frame: string) => void sent.push(frame) }
  const sender = createFaultySender(example.exchange, socket as never, { socket: 'public', connection: 'c1' })
  return { ...example, sent, socket, send: (text: string, stream = 'trade') => sender.send(text, { stream }), sender }
}

test('frames are dropped, doubled and swapped as the plan says', async () => {
  const { send, sent } = await sending([
    { place: 'ws-drop', kind: 'drop', count: 1, match: { stream: 'a' } },
    { place: 'ws-duplicate', kind: 'duplicate', count: 1, value: 2, match: { stream: 'b' } },
    { place: 'ws-reorder', kind: 'swap', count: 1, match: { stream: 'c' } },
  ])
  send('1', 'a')
  send('2', 'b')
  send('3', 'c')
  send('4', 'c')
  send('5', 'a')
  expect(sent).toEqual(['2', '2', '2', '4', '3', '5'])
})

test('a delayed frame comes later, and not at all on a socket that closed', async () => {
  const { send, sent, timers, socket } = await sending([{ place: 'ws-delay', kind: 'delay', delayMs: 500, count: 2 }])
  send('1')
  send('2')
  send('3')
  expect(sent).toEqual(['3'])
  await timers.advance(400)
  expect(sent).toEqual(['3'])
  await timers.advance(100)
  expect(sent).toEqual(['3', '1', '2'])
  socket.readyState = 3
  send('4')
  expect(sent).toHaveLength(3)
})

test('one stream of many falls silent for a time', async () => {
  const { send, sent, timers } = await sending([
    { place: 'ws-stall', kind: 'silent', at: 0, durationMs: 10_000, match: { stream: 'quiet' } },
  ])
  send('1', 'quiet')
  send('2', 'loud')
  await timers.advance(10_001)
  send('3', 'quiet')
  expect(sent).toEqual(['2', '3'])
})
