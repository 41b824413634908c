import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import { createManualTimers } from '#test/manual-timers.ts'
import { type BookSnapshot, createBookSync, type Delta } from './book-sync.ts'
import { type ChainRule, mergedVersions, previousVersion } from './chain-rules.ts'
import type { Level } from './local-book.ts'
import { createSnapshotGate } from './snapshot-gate.ts'

type Fault = 'none' | 'drop' | 'twice' | 'swap' | 'reconnect'

/** One frame of a market: the levels it changes, whether it merges several versions, what happens to it on the way. */
const frame = fc.record({
  span: fc.integer({ min: 1, max: 4 }),
  foreign: fc.integer({ min: 0, max: 3 }),
  changes: fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 3 })), { maxLength: 3 }),
  fault: fc.constantFrom<Fault>('none', 'none', 'none', 'none', 'drop', 'twice', 'swap', 'reconnect'),
  pauseMs: fc.constantFrom(0, 20, 300),
  /** How many frames old a snapshot is that is answered now. */
  staleness: fc.integer({ min: 0, max: 6 }),
})

test.each<[string, ChainRule]>([
  ['merged versions', mergedVersions],
  ['previous version', previousVersion],
])(
  'whatever is lost, repeated, reordered or stale, a book that is live is the book of the venue (%s)',
  async (_name, rule) => {
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 5, maxLength: 60 }), async (frames) => {
        const timers = createManualTimers(0)
        const truth = new Map<number, ReadonlyMap<number, number>>()
        const history: Snapshotlike[] = []
        let now = new Map<number, number>([[5, 1]])
        let version = 100
        let staleness = 0
        truth.set(version, now)
        history.push({ version, levels: now })
        const shown = new Map<number, number>()
        const sync = createBookSync({
          instrumentId: instrumentId('BTC_USDT'),
          rule,
          timers,
          gate: createSnapshotGate(1),
          random: () => 0.5,
          snapshot: () => Promise.resolve(snapshotOf(history[Math.max(0, history.length - 1 - staleness)])),
          onUpdate: ({ snapshot, bids }) => {
            if (snapshot) shown.clear()
            for (const [price, size] of bids) {
              if (size === 0) shown.delete(price)
              else shown.set(price, size)
            }
          },
        })
        const check = (): void => {
          if (sync.version === null) return
          const expected = truth.get(sync.version)
          expect(sorted(shown)).toEqual(sorted(expected ?? new Map()))
          expect(sync.book.bids().length).toBe(expected?.size)
        }
        sync.start()
        let swapped: Delta | null = null
        for (const { span, foreign, changes, fault, pauseMs, staleness: old } of frames) {
          staleness = old
          now = new Map(now)
          for (const [price, size] of changes) {
            if (size === 0) now.delete(price)
            else now.set(price, size)
          }
          const previous = version
          // Binance counts over all instruments: numbers in between belong to others.
          const first = version + 1 + (rule === previousVersion ? foreign : 0)
          version = first + span - 1
          truth.set(version, now)
          history.push({ version, levels: now })
          const bids = changes.map(([price]): Level => [price, now.get(price) ?? 0])
          const sent: Delta = { first, last: version, previous, time: version, bids, asks: [] }
          if (fault === 'reconnect') {
            sync.stop('connection lost')
            check()
            sync.start()
          } else if (fault === 'swap') {
            swapped = sent
            continue
          } else if (fault !== 'drop') {
            sync.delta(sent, timers.now())
            check()
            if (fault === 'twice') sync.delta(sent, timers.now())
          }
          if (swapped !== null) {
            sync.delta(swapped, timers.now())
            swapped = null
          }
          check()
          await timers.advance(pauseMs)
          check()
        }
        // The venue is well again: the book comes back and is the newest.
        staleness = 0
        for (let count = 0; count < 3; count++) {
          sync.delta(
            { first: version + 1, last: version + 1, previous: version, time: 0, bids: [], asks: [] },
            timers.now(),
          )
          truth.set(version + 1, now)
          version += 1
          history.push({ version, levels: now })
          await timers.advance(30_000)
        }
        expect(sync.version).toBe(version)
        check()
      }),
      { numRuns: 150 },
    )
  },
)

interface Snapshotlike {
  readonly version: number
  readonly levels: ReadonlyMap<number, number>
}

function snapshotOf({ version, levels }: Snapshotlike): BookSnapshot {
  return { version, time: version, bids: [...levels].map(([price, size]): Level => [price, size]), asks: [] }
}

function sorted(levels: ReadonlyMap<number, number>): readonly (readonly [number, number])[] {
  return [...levels].sort(([a], [b]) => a - b)
}
