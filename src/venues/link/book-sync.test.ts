import { expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import type { BookUpdate } from '#model/market.ts'
import { createManualTimers } from '#test/manual-timers.ts'
import { type BookSnapshot, type BookSyncOptions, createBookSync, type Delta } from './book-sync.ts'
import { mergedVersions, previousVersion } from './chain-rules.ts'
import type { Level } from './local-book.ts'
import { createSnapshotGate } from './snapshot-gate.ts'

const btc = instrumentId('BTC_USDT')
const snapshotAt = (version: number, bids: readonly Level[] = [[100, 1]]): BookSnapshot => ({
  version,
  time: version,
  bids,
  asks: [[101, 1]],
})
const delta = (first: number, last: number, bids: readonly Level[] = []): Delta => ({
  first,
  last,
  time: last,
  bids,
  asks: [],
})

test('deltas are buffered, the snapshot is fetched on the first one, what it covers is dropped, the rest follows', async () => {
  const { sync, timers, snapshots, shown } = harness()
  sync.start()
  expect(snapshots.asked()).toBe(0)
  sync.delta(delta(8, 9, [[90, 9]]), 1)
  sync.delta(delta(10, 12, [[99, 2]]), 1)
  await timers.advance(0)
  expect(snapshots.asked()).toBe(1)
  sync.delta(delta(13, 13, [[100, 0]]), 1)
  await snapshots.answer(snapshotAt(10))
  sync.delta(delta(14, 15, [[98, 3]]), 1)
  expect(shown).toEqual([
    'resyncing: subscribed',
    'live: at 13',
    { snapshot: true, time: 13, bids: [[99, 2]], asks: [[101, 1]] },
    { snapshot: false, time: 15, bids: [[98, 3]], asks: [] },
  ])
})

test('a thin market gets its snapshot though no delta comes', async () => {
  const { sync, timers, snapshots } = harness()
  sync.start()
  await timers.advance(500)
  await snapshots.answer(snapshotAt(5))
  expect(sync.state).toBe('live')
  sync.delta(delta(6, 6), 1)
  expect(sync.version).toBe(6)
})

test('a gap makes the book invalid with the first message after it, then a new snapshot makes it whole', async () => {
  const { sync, snapshots, shown, stats } = await live(10)
  sync.delta(delta(12, 12), 1)
  expect([sync.state, sync.version, sync.book.bestBid()]).toEqual(['resyncing', null, null])
  expect(shown.at(-1)).toBe('resyncing: expected what follows 10, got 12 to 12')
  sync.delta(delta(13, 13, [[97, 1]]), 1)
  await snapshots.answer(snapshotAt(12))
  expect(sync.version).toBe(13)
  expect(stats()).toMatchObject({ gaps: 1, resyncs: 1, staleSnapshots: 0 })
})

test('repeated and older deltas change nothing', async () => {
  const { sync, shown, stats } = await live(10)
  sync.delta(delta(11, 12, [[99, 1]]), 1)
  const before = shown.length
  sync.delta(delta(11, 12, [[99, 7]]), 1)
  sync.delta(delta(9, 10, [[99, 7]]), 1)
  expect(shown).toHaveLength(before)
  expect(sync.book.bids()).toEqual([
    [100, 1],
    [99, 1],
  ])
  expect(stats()).toMatchObject({ duplicates: 2, gaps: 0 })
})

test('a frame that straddles what is known is applied whole', async () => {
  const { sync } = await live(10)
  sync.delta(delta(9, 12, [[99, 4]]), 1)
  expect([sync.version, sync.book.bids()]).toEqual([
    12,
    [
      [100, 1],
      [99, 4],
    ],
  ])
})

test('deltas that arrive in another order while there is no snapshot are put right', async () => {
  const { sync, timers, snapshots, stats } = harness()
  sync.start()
  sync.delta(delta(12, 12, [[99, 12]]), 1)
  sync.delta(delta(11, 11, [[99, 11]]), 1)
  await timers.advance(0)
  await snapshots.answer(snapshotAt(10))
  expect([sync.version, sync.book.bids()[1]]).toEqual([12, [99, 12]])
  expect(stats().gaps).toBe(0)
})

test('a snapshot older than the buffer is bridged by recent commits', async () => {
  const commits = [delta(13, 13, [[99, 13]]), delta(12, 12, [[99, 12]]), delta(11, 11), delta(10, 10)]
  const { sync, timers, snapshots, stats } = harness({ commits: () => Promise.resolve(commits) })
  sync.start()
  sync.delta(delta(13, 14, [[98, 1]]), 1)
  await timers.advance(0)
  await snapshots.answer(snapshotAt(10))
  expect([sync.version, sync.book.bids()]).toEqual([
    14,
    [
      [100, 1],
      [99, 13],
      [98, 1],
    ],
  ])
  expect(stats().staleSnapshots).toBe(0)
})

test('without commits an older snapshot is fetched again after a pause', async () => {
  const { sync, timers, snapshots, stats } = harness()
  sync.start()
  sync.delta(delta(13, 14), 1)
  await timers.advance(0)
  await snapshots.answer(snapshotAt(10))
  expect([sync.state, stats().staleSnapshots]).toEqual(['resyncing', 1])
  await timers.advance(200)
  await snapshots.answer(snapshotAt(13))
  expect([sync.state, sync.version, snapshots.asked()]).toEqual(['live', 14, 2])
})

test('after a reconnect a snapshot that goes back behind what was known is not believed', async () => {
  const { sync, timers, snapshots, stats } = await live(100)
  sync.stop('connection lost')
  expect([sync.state, sync.book.bestBid()]).toEqual(['waiting', null])
  sync.start()
  await timers.advance(500)
  await snapshots.answer(snapshotAt(98))
  expect([sync.state, stats().staleSnapshots]).toEqual(['resyncing', 1])
  await timers.advance(1_000)
  await snapshots.answer(snapshotAt(101))
  expect(sync.version).toBe(101)
})

test('a venue that counts anew is followed after five snapshots say so', async () => {
  const { sync, timers, snapshots } = await live(1_000)
  sync.stop('maintenance')
  sync.start()
  await timers.advance(500)
  for (let count = 1; count <= 6; count++) {
    expect(sync.state).toBe('resyncing')
    await snapshots.answer(snapshotAt(count))
    await timers.advance(10_000)
  }
  expect([sync.state, sync.version]).toEqual(['live', 6])
})

test('a book that only hears older versions for ten seconds starts over', async () => {
  const { sync, snapshots } = await live(1_000)
  for (let second = 0; second <= 10; second++) sync.delta(delta(second + 1, second + 1), 5_000 + second * 1_000)
  expect(sync.state).toBe('resyncing')
  await snapshots.answer(snapshotAt(11))
  expect([sync.state, sync.version]).toEqual(['live', 11])
})

test('a crossed book is invalid', async () => {
  const { sync, shown, stats } = await live(10)
  sync.delta(delta(11, 11, [[101, 1]]), 1)
  expect([sync.state, shown.at(-1), stats().crossed]).toEqual(['resyncing', 'resyncing: the book is crossed', 1])
})

test('a snapshot that fails is asked for again, ever more rarely; a book that breaks at once waits too', async () => {
  const { sync, timers, snapshots } = harness()
  sync.start()
  sync.delta(delta(1, 1), 1)
  await timers.advance(0)
  const pauses: number[] = []
  for (let count = 0; count < 4; count++) {
    await snapshots.fail()
    pauses.push(timers.pending()[0])
    await timers.advance(pauses[count])
  }
  expect(pauses).toEqual([150, 300, 600, 1_200])
  await snapshots.answer(snapshotAt(1))
  sync.delta(delta(9, 9), 1)
  await timers.advance(0)
  expect(snapshots.waiting()).toBe(0)
  await timers.advance(2_400)
  expect(snapshots.waiting()).toBe(1)
})

test('many books that fail together fetch only so many snapshots at once', async () => {
  const gate = createSnapshotGate(3)
  const books = Array.from({ length: 10 }, () => harness({ gate }))
  for (const { sync, timers } of books) {
    sync.start()
    sync.delta(delta(1, 1), 1)
    await timers.advance(0)
  }
  const waiting = (): number => books.reduce((sum, { snapshots }) => sum + snapshots.waiting(), 0)
  expect(waiting()).toBe(3)
  for (const { snapshots } of books) {
    await snapshots.answer(snapshotAt(1))
    expect(waiting()).toBeLessThanOrEqual(3)
  }
  expect(books.every(({ sync }) => sync.state === 'live')).toBe(true)
})

test('a snapshot that arrives after the stream was lost is not used', async () => {
  const { sync, timers, snapshots } = harness()
  sync.start()
  sync.delta(delta(1, 1), 1)
  await timers.advance(0)
  sync.stop('connection lost')
  await snapshots.answer(snapshotAt(1))
  expect(sync.state).toBe('waiting')
  sync.delta(delta(2, 2), 1)
  expect(sync.state).toBe('waiting')
})

test('Binance futures chain by the version before, numbers in between belong to others', async () => {
  const { sync, stats } = await live(100, { rule: previousVersion })
  sync.delta({ ...delta(98, 100), previous: 95 }, 1)
  sync.delta({ ...delta(104, 110, [[99, 1]]), previous: 100 }, 1)
  expect([sync.state, sync.version, stats().gaps]).toEqual(['live', 110, 0])
  sync.delta({ ...delta(120, 125), previous: 118 }, 1)
  expect([sync.state, stats().gaps]).toEqual(['resyncing', 1])
})

test('times of the book never go back, though a snapshot has none of its own', async () => {
  const { sync, snapshots, timers, shown } = await live(10)
  sync.delta({ ...delta(11, 11), time: 5_000 }, 1)
  sync.resync('a frame did not parse')
  await timers.advance(200)
  await snapshots.answer({ ...snapshotAt(11), time: 4_000 })
  expect(shown.at(-1)).toMatchObject({ snapshot: true, time: 5_000 })
})

/** A book that is live at this version. */
async function live(version: number, options: Partial<BookSyncOptions> = {}) {
  const made = harness(options)
  made.sync.start()
  await made.timers.advance(500)
  await made.snapshots.answer(snapshotAt(version))
  expect(made.sync.state).toBe('live')
  await made.timers.advance(10_000)
  return made
}

function harness(options: Partial<BookSyncOptions> = {}) {
  const timers = createManualTimers(0)
  const shown: unknown[] = []
  const open: { resolve: (snapshot: BookSnapshot) => void; reject: (error: Error) => void }[] = []
  let asked = 0
  const sync = createBookSync({
    instrumentId: btc,
    rule: mergedVersions,
    timers,
    gate: createSnapshotGate(4),
    random: () => 0.5,
    snapshot: () =>
      new Promise((resolve, reject) => {
        asked += 1
        open.push({ resolve, reject })
      }),
    onUpdate: ({ snapshot, time, bids, asks }: BookUpdate) => shown.push({ snapshot, time, bids, asks }),
    onState: (state, detail) => shown.push(`${state}: ${detail}`),
    ...options,
  })
  return {
    sync,
    timers,
    shown,
    stats: () => sync.stats,
    snapshots: {
      asked: () => asked,
      waiting: () => open.length,
      async answer(snapshot: BookSnapshot) {
        await timers.advance(0)
        open.shift()?.resolve(snapshot)
        await timers.advance(0)
      },
      async fail() {
        open.shift()?.reject(new Error('503'))
        await timers.advance(0)
      },
    },
  }
}

test('a delta with a number from nowhere does not keep the book away for ever', async () => {
  const { sync, timers, snapshots } = await live(10)
  sync.delta(delta(1_011, 1_011), 1)
  expect(sync.state).toBe('resyncing')
  for (let version = 12; sync.state !== 'live' && version < 40; version++) {
    sync.delta(delta(version, version), 1)
    await timers.advance(3_000)
    await snapshots.answer(snapshotAt(version))
  }
  expect(sync.state).toBe('live')
})
