import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { startWs } from '#test/loopback-ws.ts'
import { createManualTimers } from '#test/manual-timers.ts'
import { until } from '#test/until.ts'
import { createSocket, type SocketOptions } from './socket.ts'
import { createTokenBucket } from './token-bucket.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

test('it connects, greets, delivers text and unpacks gzip', async () => {
  const { socket, server, messages, states, settled } = await harness({
    onOpen: (connection) => void connection.send('hello'),
  })
  await settled('live')
  server.sockets[0].send('{"a":1}')
  server.sockets[0].send(gzipSync('{"b":2}'))
  server.sockets[0].send(Buffer.from([1, 2, 3]))
  await until(() => messages.length === 2 && socket.stats.rejected === 1)
  expect(messages).toEqual(['1:{"a":1}', '1:{"b":2}'])
  expect(server.received[0]).toEqual(['hello'])
  expect(states).toEqual(['live'])
})

test('a lost connection is made again after a jittered pause that grows until data comes', async () => {
  const { socket, server, states, settled, timers } = await harness(
    {},
    (ws, number) => void (number <= 2 && ws.terminate()),
  )
  const pauses: number[] = []
  for (let count = 0; count < 2; count++) {
    await until(() => socket.state === 'down')
    pauses.push(timers.pending()[0])
    await timers.advance(pauses[count])
    await until(() => server.sockets.length === count + 2)
  }
  await settled('live')
  server.sockets[2].send('data')
  await until(() => socket.stats.messages === 1)
  server.sockets[2].terminate()
  await until(() => socket.state === 'down')
  pauses.push(timers.pending()[0])
  expect(pauses).toEqual([188, 375, 188])
  expect(states.at(-1)).toBe('down: closed with 1006')
})

test('what the venue expects to hear is sent regularly', async () => {
  const { server, settled, timers } = await harness({
    ping: { send: { everyMs: 15_000, frame: () => 'ping' }, deadMs: 60_000 },
  })
  await settled('live')
  await timers.advance(45_000)
  await until(() => server.received[0].length === 3)
  expect(server.received[0]).toEqual(['ping', 'ping', 'ping'])
})

test('a connection that says nothing at all, not even pong, is given up', async () => {
  const { socket, settled, states, timers } = await harness()
  await settled('live')
  await timers.advance(59_999)
  expect(socket.state).toBe('live')
  await timers.advance(15_001)
  await until(() => socket.state !== 'live')
  expect(states).toEqual(['live', 'down: nothing received for 60000 ms'])
})

test('a ping of the server is answered and counts as a sign of life; a step of our clock is no silence', async () => {
  const { socket, server, settled, timers } = await harness()
  await settled('live')
  let pongs = 0
  server.sockets[0].on('pong', () => (pongs += 1))
  for (let count = 1; count <= 4; count++) {
    await timers.advance(50_000)
    server.sockets[0].ping()
    await until(() => pongs === count)
  }
  timers.step(3_600_000)
  await timers.advance(30_000)
  expect(socket.state).toBe('live')
})

test('before its lifetime ends a successor greets, only then the old connection goes; nothing is lost or out of order', async () => {
  const { socket, server, messages, states, settled, timers } = await harness({
    lifetimeMs: 40_000,
    holdBack: true,
  })
  const say = async (index: number, text: string): Promise<void> => {
    const before = socket.stats.messages
    server.sockets[index].send(text)
    await until(() => socket.stats.messages === before + 1)
  }
  await settled('live')
  await timers.advance(37_999)
  expect(server.sockets).toHaveLength(1)
  await timers.advance(1)
  await until(() => server.sockets.length === 2)
  expect(server.open()).toBe(2)
  await say(0, 'a1')
  await say(1, 'a2')
  await say(0, 'a2')
  await say(1, 'a3')
  expect(messages).toEqual(['1:a1', '1:a2'])
  await timers.advance(1_000)
  expect(messages).toEqual(['1:a1', '1:a2', '2:a2', '2:a3'])
  await until(() => server.open() === 1)
  await say(1, 'a4')
  expect(messages.at(-1)).toBe('2:a4')
  expect(states).toEqual(['live'])
  expect(socket.stats).toMatchObject({ renewals: 1, reconnects: 0 })
})

test('when the old connection is lost while both are there, the successor takes over at once', async () => {
  const { socket, server, messages, states, settled } = await harness({ holdBack: true })
  await settled('live')
  socket.renew()
  await until(() => server.sockets.length === 2)
  server.sockets[1].send('early')
  await until(() => socket.stats.messages === 1)
  server.sockets[0].terminate()
  await until(() => messages.length === 1)
  expect(messages).toEqual(['2:early'])
  expect(states).toEqual(['live'])
})

test('a renewal that fails leaves the old connection alone and is tried again', async () => {
  const { socket, server, states, settled, timers } = await harness(
    {},
    (ws, number) => void (number === 2 && ws.terminate()),
  )
  await settled('live')
  socket.renew()
  await until(() => server.sockets.length === 2 && server.open() === 1 && timers.pending().some((ms) => ms === 188))
  await timers.advance(188)
  await until(() => server.sockets.length === 3)
  await timers.advance(1_000)
  await until(() => socket.stats.renewals === 1)
  expect(states).toEqual(['live'])
})

test('a greeting that is refused counts as a failed connection', async () => {
  let refusals = 0
  const { socket, settled, timers } = await harness({
    onOpen: () => (refusals++ === 0 ? Promise.reject(new Error('login refused')) : Promise.resolve()),
  })
  await until(() => socket.state === 'down')
  await timers.advance(188)
  await settled('live')
  expect(refusals).toBe(2)
})

test('one that is not ready in time is given up', async () => {
  const { socket, server, timers } = await harness({ onOpen: () => new Promise(() => {}) })
  await until(() => server.sockets.length === 1)
  await timers.advance(10_000)
  await until(() => socket.state !== 'connecting')
  expect(socket.state).toBe('down')
})

test('connections of a venue are limited however often they break', async () => {
  const timers = createManualTimers()
  const connects = createTokenBucket({ count: 5, perMs: 300_000, timers })
  const { server } = await harness({ connects, timers }, (ws) => ws.terminate())
  for (let count = 0; count < 25; count++) await timers.advance(10_000)
  expect(server.sockets.length).toBe(5)
})

test('restart drops a connection that is not trusted and makes another', async () => {
  const { socket, server, settled, timers, states } = await harness()
  await settled('live')
  socket.restart('silent')
  await until(() => socket.state === 'down')
  await timers.advance(188)
  await settled('live')
  expect(server.sockets).toHaveLength(2)
  expect(states).toEqual(['live', 'down: silent', 'connecting: silent', 'live'])
})

test('closed, it stays closed and sends nothing', async () => {
  const { socket, server, settled, timers } = await harness()
  await settled('live')
  expect(socket.send('x')).toBe(true)
  await socket.close()
  await timers.advance(600_000)
  expect([socket.state, socket.send('y'), server.sockets.length]).toEqual(['closed', false, 1])
})

async function harness(
  options: Partial<SocketOptions> = {},
  onConnection: (socket: WebSocket, number: number) => void = () => {},
) {
  const timers = createManualTimers()
  const server = await startWs(onConnection)
  const messages: string[] = []
  const states: string[] = []
  const socket = createSocket({
    url: () => server.url,
    timers,
    ping: { deadMs: 60_000 },
    random: () => 0.5,
    onMessage: (text, _receivedAt, { number }) => messages.push(`${number}:${text}`),
    onState: (state, detail) => states.push(detail === undefined ? state : `${state}: ${detail}`),
    ...options,
  })
  closing.push(server.close, () => socket.close())
  const settled = (state: string): Promise<void> => until(() => socket.state === state)
  return { socket, server, messages, states, settled, timers: (options.timers as typeof timers | undefined) ?? timers }
}
