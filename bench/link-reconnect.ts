import { instrumentId } from '#model/ids.ts'
import { startWs } from '#test/loopback-ws.ts'
import { type BookSync, createBookSync } from '../src/venues/link/book-sync.ts'
import { mergedVersions } from '../src/venues/link/chain-rules.ts'
import { createSnapshotGate } from '../src/venues/link/snapshot-gate.ts'
import { createSocketPool } from '../src/venues/link/socket-pool.ts'
import { systemTimers, wait } from '../src/venues/link/timers.ts'
import { createTokenBucket } from '../src/venues/link/token-bucket.ts'
import { spreadOf } from './measure.ts'

// node bench/link-reconnect.ts: 150 instruments × trades, depth, quotes on sockets of thirty; all are cut, until every book is whole again.
// One stream a frame, 20 frames a second and socket (MEXC); snapshots take 50 ms, eight at once.

const instruments = Array.from({ length: 150 }, (_, index) => `I${index}`)
const subscribed = new Set<string>()
let version = 1
const server = await startWs((socket) => {
  socket.on('message', (data: Buffer) => socket.send(data.toString()))
  const timer = setInterval(() => {
    version += 1
    socket.send(`tick ${version}`)
  }, 100)
  socket.on('close', () => clearInterval(timer))
})
const gate = createSnapshotGate(8)
const books = new Map<string, BookSync>(
  instruments.map((name) => [
    `depth:${name}`,
    createBookSync({
      instrumentId: instrumentId(name),
      rule: mergedVersions,
      timers: systemTimers,
      gate,
      snapshot: async () => {
        await wait(systemTimers, 50)
        return { version: 1, time: null, bids: [[1, 1]], asks: [[2, 1]] }
      },
      onUpdate: () => {},
    }),
  ]),
)
const pool = createSocketPool({
  socket: {
    url: () => server.url,
    timers: systemTimers,
    ping: { deadMs: 60_000 },
    connects: createTokenBucket({ count: 300, perMs: 300_000, timers: systemTimers }),
  },
  frames: (action, streams) => streams.map((stream) => `${action} ${stream}`),
  frameRate: { count: 20, perMs: 1_000 },
  onMessage: () => {},
  onStream(stream, state) {
    const book = books.get(stream)
    if (state === 'subscribed') {
      subscribed.add(stream)
      book?.start()
      book?.delta({ first: 1, last: 2, time: 0, bids: [], asks: [] }, systemTimers.now())
    } else {
      subscribed.delete(stream)
      book?.stop(state)
    }
  },
})
const whole = (): boolean => subscribed.size === 450 && [...books.values()].every(({ state }) => state === 'live')
const settle = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await wait(systemTimers, 2)
}
pool.add(instruments.flatMap((name) => [`trades:${name}`, `depth:${name}`, `quotes:${name}`]))
await settle(whole)
const sample: number[] = []
for (let round = 0; round < 5; round++) {
  const startedAt = performance.now()
  for (const socket of server.sockets) socket.terminate()
  await settle(() => subscribed.size === 0)
  await settle(whole)
  sample.push(performance.now() - startedAt)
}
const { median, high } = spreadOf(sample)
process.stdout.write(
  `150 books whole again after all 15 sockets were cut: ${(median / 1_000).toFixed(2)} s, worst ${(high / 1_000).toFixed(2)} s\n`,
)
await pool.close()
await server.close()
