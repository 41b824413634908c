import { afterEach, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { startWs } from '#test/loopback-ws.ts'
import { createManualTimers } from '#test/manual-timers.ts'
import { until } from '#test/until.ts'
import { createSocketPool, type SocketPoolOptions } from './socket-pool.ts'
import { systemTimers } from './timers.ts'
import { createTokenBucket } from './token-bucket.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

test('streams are spread over sockets of thirty, each subscribed once', async () => {
  const { pool, server, told } = await harness()
  pool.add(names(75))
  pool.add(names(10))
  await until(() => told.length === 75 && server.received.flat().length === 75)
  expect(pool.stats).toMatchObject({ sockets: 3, streams: 75 })
  expect(server.received.map((frames) => frames.length).sort((a, b) => a - b)).toEqual([15, 30, 30])
  expect(new Set(server.received.flat())).toEqual(new Set(names(75).map((name) => `subscribe ${name}`)))
  expect(told).toEqual(expect.arrayContaining(['s0 subscribed', 's74 subscribed']))
})

test('control frames keep the pace the venue allows', async () => {
  const { pool, server, timers } = await harness({ frameRate: { count: 10, perMs: 1_000 } })
  pool.add(names(25))
  await until(() => (server.received[0]?.length ?? 0) === 10)
  await timers.advance(999)
  expect(server.received[0]).toHaveLength(10)
  await timers.advance(1)
  await until(() => server.received[0].length === 20)
  await timers.advance(1_000)
  await until(() => server.received[0].length === 25)
})

test('what is added and removed while connected is subscribed and unsubscribed; an empty socket goes', async () => {
  const { pool, server, told } = await harness()
  pool.add(['a'])
  await until(() => told.length === 1)
  pool.add(['b'])
  pool.remove(['a'])
  await until(() => server.received[0].length === 3)
  expect(server.received[0]).toEqual(['subscribe a', 'subscribe b', 'unsubscribe a'])
  pool.remove(['b'])
  await until(() => server.open() === 0)
  expect(pool.stats).toMatchObject({ sockets: 0, streams: 0 })
})

test('after a lost connection its streams are told and subscribed again, those of others are left alone', async () => {
  const { pool, server, timers, told } = await harness({ perSocket: 2 })
  pool.add(['a', 'b', 'c'])
  await until(() => told.length === 3)
  told.length = 0
  const index = server.received.findIndex((frames) => frames.includes('subscribe a'))
  server.sockets[index].terminate()
  await until(() => told.length === 2)
  expect(told).toEqual(['a down', 'b down'])
  await timers.advance(188)
  await until(() => told.length === 6)
  expect(told.slice(2)).toEqual(['a connecting', 'b connecting', 'a subscribed', 'b subscribed'])
  await until(() => server.received[2].length === 2)
  expect(server.received[2]).toEqual(['subscribe a', 'subscribe b'])
})

test('a renewal subscribes everything on the new socket before the old one goes, and nobody hears of it', async () => {
  const { pool, server, timers, told, messages } = await harness()
  pool.add(['a', 'b'])
  await until(() => told.length === 2)
  pool.renew('a')
  await until(() => server.received[1]?.length === 2)
  server.sockets[1].send('2')
  server.sockets[0].send('1')
  await until(() => messages.length === 1)
  expect(server.open()).toBe(2)
  await until(() => timers.pending().includes(1_000))
  await timers.advance(1_000)
  await until(() => server.open() === 1)
  expect(messages).toEqual(['1', '2'])
  expect(told).toEqual(['a subscribed', 'b subscribed'])
  expect(pool.stats).toMatchObject({ renewals: 1, reconnects: 0 })
})

test('what is added during a renewal is subscribed on both', async () => {
  const { pool, server, told } = await harness()
  pool.add(['a'])
  await until(() => told.length === 1)
  pool.renew('a')
  await until(() => server.received[1]?.length === 1)
  pool.add(['b'])
  await until(() => server.received.every((frames) => frames.includes('subscribe b')))
  expect(told).toEqual(['a subscribed', 'b subscribed'])
})

test('a silent stream is unsubscribed and subscribed anew', async () => {
  const { pool, server, told } = await harness()
  pool.add(['a', 'b'])
  await until(() => told.length === 2)
  pool.resubscribe('b')
  await until(() => server.received[0].length === 4)
  expect(server.received[0].slice(2)).toEqual(['unsubscribe b', 'subscribe b'])
})

test('450 streams on fifteen sockets that all break are all there again, within the limit of connections', async () => {
  const connects = createTokenBucket({ count: 300, perMs: 300_000, timers: systemTimers })
  const live = new Set<string>()
  const { pool, server } = await harness({
    socket: {
      url: () => server.url,
      timers: systemTimers,
      ping: { deadMs: 60_000 },
      connects,
      backoff: { baseMs: 20, maxMs: 1_000 },
    },
    frameRate: { count: 1_000, perMs: 1_000 },
    onStream: (stream, state) => void (state === 'subscribed' ? live.add(stream) : live.delete(stream)),
  })
  pool.add(names(450))
  await until(() => live.size === 450)
  for (const socket of server.sockets.slice()) socket.terminate()
  await until(() => live.size === 0)
  await until(() => live.size === 450)
  expect(server.sockets).toHaveLength(30)
  expect(pool.stats).toMatchObject({ sockets: 15, reconnects: 15 })
})

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `s${index}`)

async function harness(options: Partial<SocketPoolOptions> = {}, onConnection: (socket: WebSocket) => void = () => {}) {
  const timers = createManualTimers()
  const server = await startWs(onConnection)
  const messages: string[] = []
  const told: string[] = []
  const pool = createSocketPool({
    socket: { url: () => server.url, timers, ping: { deadMs: 60_000 }, random: () => 0.5 },
    frames: (action, streams) => streams.map((stream) => `${action} ${stream}`),
    frameRate: { count: 100, perMs: 1_000 },
    onMessage: (text) => messages.push(text),
    onStream: (stream, state) => told.push(`${stream} ${state}`),
    ...options,
  })
  closing.push(server.close, () => pool.close())
  return { pool, server, timers, messages, told }
}
