import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import { createManualTimers } from '#test/manual-timers.ts'
import { describeShared, sharedPath } from '#test/shared.ts'
import { type BookSnapshot, createBookSync, type Delta } from './book-sync.ts'
import { type ChainRule, contiguousVersions, mergedVersions, previousVersion } from './chain-rules.ts'
import type { Level } from './local-book.ts'
import { createSnapshotGate } from './snapshot-gate.ts'

type Rows = readonly (readonly [string | number, string | number, number?])[]
interface Depth {
  readonly U: number
  readonly u: number
  readonly pu?: number
  readonly T?: number
  readonly b: Rows
  readonly a: Rows
}
interface Ticker {
  readonly u: number
  readonly b: string
  readonly B: string
  readonly a: string
  readonly A: string
}
interface Snapshot {
  readonly lastUpdateId: number
  readonly bids: Rows
  readonly asks: Rows
}
type Message = { readonly stream?: string; readonly data?: unknown } & Partial<Snapshot>

const levels = (rows: Rows): Level[] => rows.map(([price, size]): Level => [Number(price), Number(size)])
const deltaOf = ({ U, u, pu, T, b, a }: Depth): Delta => ({
  first: U,
  last: u,
  ...(pu !== undefined && { previous: pu }),
  time: T ?? 0,
  bids: levels(b),
  asks: levels(a),
})
const snapshotOf = ({ lastUpdateId, bids, asks }: Snapshot): BookSnapshot => ({
  version: lastUpdateId,
  time: null,
  bids: levels(bids),
  asks: levels(asks),
})

/** A capture played into a book; the snapshot is answered where it lies in the stream. */
async function play(file: string, rule: ChainRule, lose: (count: number) => boolean = () => false) {
  const text = gunzipSync(readFileSync(sharedPath('data/market/book_binance', file))).toString()
  const messages = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line.slice(line.indexOf(' ') + 1)) as Message)
  const timers = createManualTimers(0)
  const first = messages.find(({ lastUpdateId }) => lastUpdateId !== undefined) as Snapshot
  let answer: (snapshot: BookSnapshot) => void = () => {}
  const sync = createBookSync({
    instrumentId: instrumentId('BTC_USDT'),
    rule,
    timers,
    gate: createSnapshotGate(1),
    snapshot: () => new Promise((resolve) => void (answer = resolve)),
    onUpdate: () => {},
  })
  sync.start()
  const tops = new Map<number, readonly number[]>()
  const tickers: Ticker[] = []
  let depths = 0
  let crossed = 0
  let invalidAfterLoss = true
  for (const message of messages) {
    if (message.lastUpdateId !== undefined) {
      await timers.advance(500)
      answer(snapshotOf(first))
      await timers.advance(0)
    } else if (message.stream?.includes('@depth') === true) {
      depths += 1
      if (lose(depths)) continue
      sync.delta(deltaOf(message.data as Depth), 0)
      if (lose(depths - 1)) invalidAfterLoss &&= sync.version === null
      if (sync.version === null) continue
      if (sync.book.crossed()) crossed += 1
      tops.set(sync.version, [...sync.book.bestBid()!, ...sync.book.bestAsk()!])
    } else if (message.stream?.includes('@bookTicker') === true) {
      tickers.push(message.data as Ticker)
    }
  }
  const compared = tickers.filter(({ u }) => tops.has(u))
  const equal = compared.filter(({ u, b, B, a, A }) =>
    [b, B, a, A].every((value, index) => Number(value) === tops.get(u)?.[index]),
  )
  return {
    messages: messages.length,
    stats: sync.stats,
    compared: compared.length,
    equal: equal.length,
    crossed,
    invalidAfterLoss,
  }
}

describeShared('books kept from recordings of Binance', () => {
  test('93,954 messages of the perpetual: no gap, never crossed, the best prices are those of bookTicker', async () => {
    expect(await play('usdm_btcusdt_20240808.jsonl.gz', previousVersion)).toMatchObject({
      messages: 93_954,
      compared: 629,
      equal: 629,
      crossed: 0,
      stats: { gaps: 0, resyncs: 0, staleSnapshots: 0, crossed: 0 },
    })
  })

  test('41,249 messages of spot: no gap, never crossed, the best prices are those of bookTicker', async () => {
    expect(await play('spot_btcusdt_20240808.jsonl.gz', contiguousVersions)).toMatchObject({
      messages: 41_249,
      compared: 564,
      equal: 564,
      crossed: 0,
      stats: { gaps: 0, resyncs: 0, staleSnapshots: 0, crossed: 0 },
    })
  })

  test.each<[string, ChainRule]>([
    ['usdm_btcusdt_20240808.jsonl.gz', previousVersion],
    ['spot_btcusdt_20240808.jsonl.gz', contiguousVersions],
  ])('one lost message is found on the next one (%s)', async (file, rule) => {
    const { invalidAfterLoss, stats } = await play(file, rule, (count) => count === 2_000)
    expect({ invalidAfterLoss, gaps: stats.gaps }).toEqual({ invalidAfterLoss: true, gaps: 1 })
  })

  test('four thin perpetuals of 2021 chain from their snapshots', async () => {
    const read = (name: string): string[] =>
      gunzipSync(readFileSync(sharedPath('data/market/book_ws_captures', name)))
        .toString()
        .split('\n')
    const frames = read('binance_usdm_20210722_ws.txt.gz')
      .filter((line) => line.includes('"depthUpdate"'))
      .map((line) => (JSON.parse(line.slice(line.indexOf(': ') + 2)) as { data: Depth & { s: string } }).data)
    const outcome: Record<string, unknown> = {}
    for (const line of read('binance_usdm_20210722_depth_snapshots.txt.gz')) {
      const symbol = /depth\?symbol=(\w+)/.exec(line)?.[1]
      if (symbol === undefined) continue
      const snapshot = JSON.parse(line.slice(line.indexOf(': {') + 2)) as Snapshot
      const timers = createManualTimers(0)
      const sync = createBookSync({
        instrumentId: instrumentId('BTC_USDT'),
        rule: previousVersion,
        timers,
        gate: createSnapshotGate(1),
        snapshot: () => Promise.resolve(snapshotOf(snapshot)),
        onUpdate: () => {},
      })
      sync.start()
      for (const frame of frames) if (frame.s === symbol) sync.delta(deltaOf(frame), 0)
      await timers.advance(0)
      outcome[symbol] = [sync.state, sync.stats.gaps, sync.version === frames.findLast(({ s }) => s === symbol)?.u]
    }
    expect(outcome).toEqual({
      SUSHIUSDT: ['live', 0, true],
      AKROUSDT: ['live', 0, true],
      KEEPUSDT: ['live', 0, true],
      CTKUSDT: ['live', 0, true],
    })
  })
})

describeShared('frames recorded from MEXC', () => {
  interface Frame {
    readonly symbol: string
    readonly channel: string
    readonly data: { begin?: number; end?: number; version: number; cts?: number; bids: Rows; asks: Rows }
  }
  const frames = (): Frame[] =>
    ['mexc-public-ws-frames-2026-09-15.jsonl', 'mexc-push-depth-2025-05-19.jsonl']
      .flatMap((name) => readFileSync(sharedPath('wire-samples/captures', name), 'utf8').split('\n'))
      .filter((line) => line.includes('"push.depth"'))
      .map((line) => JSON.parse(line) as Frame)
  const delta = ({ data: { begin, end, version, cts, bids, asks } }: Frame): Delta => ({
    first: begin ?? version,
    last: end ?? version,
    time: cts ?? 0,
    bids: levels(bids),
    asks: levels(asks),
  })

  test.each([
    ['DOGE_USDT', 8_752_808_000, [0.08008, 3_453], [0.08009, 2_700]],
    ['SKHYNIXSTOCK_USDT', 1_111_084_805, null, [1_235.06, 606]],
    ['ETH_USDT', 37_723_308_979, null, [2_384.59, 42]],
    ['BTC_USDT', 25_133_684_084, [103_115.5, 100_190], [103_116.1, 89_918]],
  ])('of %s continue a snapshot of their version, merged or not', async (symbol, version, bid, ask) => {
    const timers = createManualTimers(0)
    const sync = createBookSync({
      instrumentId: instrumentId(symbol),
      rule: mergedVersions,
      timers,
      gate: createSnapshotGate(1),
      snapshot: () => Promise.resolve({ version, time: null, bids: [], asks: [] }),
      onUpdate: () => {},
    })
    sync.start()
    const own = frames().filter((frame) => frame.symbol === symbol)
    for (const frame of own) sync.delta(delta(frame), 0)
    await timers.advance(0)
    expect([sync.state, sync.version, sync.stats.gaps]).toEqual(['live', own.at(-1)?.data.version, 0])
    expect([sync.book.bestBid(), sync.book.bestAsk()]).toEqual([bid, ask])
  })
})
