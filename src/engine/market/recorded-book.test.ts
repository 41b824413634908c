import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { describeShared, sharedPath } from '#test/shared.ts'
import { exampleId } from './example.ts'
import { OrderBook } from './order-book.ts'

interface Depth {
  readonly U: number
  readonly u: number
  /** Futures only: `u` of the message before. */
  readonly pu?: number
  readonly b: readonly [string, string][]
  readonly a: readonly [string, string][]
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
  readonly bids: readonly [string, string][]
  readonly asks: readonly [string, string][]
}

const levels = (rows: readonly [string, string][]): (readonly [number, number])[] =>
  rows.map(([price, size]) => [Number(price), Number(size)] as const)

/** The capture's messages of one stream, without our time of arrival. */
function messagesOf(file: string): { depths: Depth[]; tickers: Ticker[]; snapshot: Snapshot } {
  const depths: Depth[] = []
  const tickers: Ticker[] = []
  let snapshot: Snapshot | undefined
  const text = gunzipSync(readFileSync(sharedPath('data/market/book_binance', file))).toString()
  for (const line of text.split('\n')) {
    if (line === '') continue
    const message = JSON.parse(line.slice(line.indexOf(' ') + 1)) as { stream?: string; data?: unknown }
    if (message.stream?.includes('@depth') === true) depths.push(message.data as Depth)
    else if (message.stream?.includes('@bookTicker') === true) tickers.push(message.data as Ticker)
    else if (message.stream === undefined) snapshot ??= message as Snapshot
  }
  if (!snapshot) throw new Error(`${file} has no snapshot`)
  return { depths, tickers, snapshot }
}

describeShared('a book made of a recorded snapshot and its changes', () => {
  test.each(['spot_btcusdt_20240808.jsonl.gz', 'usdm_btcusdt_20240808.jsonl.gz'])(
    'has the best bid and ask the exchange says, at every update id both know (%s)',
    (file) => {
      const { depths, tickers, snapshot } = messagesOf(file)
      const book = new OrderBook()
      const event = { type: 'bookUpdate', instrumentId: exampleId, time: 1 } as const
      book.apply({ ...event, snapshot: true, bids: levels(snapshot.bids), asks: levels(snapshot.asks) })
      let known = snapshot.lastUpdateId
      let next = 0
      let compared = 0
      let gaps = 0
      let crossed = 0
      const wrong: object[] = []
      for (const { U, u, pu, b, a } of depths) {
        if (u <= snapshot.lastUpdateId) continue
        const chained = known === snapshot.lastUpdateId || (pu === undefined ? U === known + 1 : pu === known)
        if (!chained) gaps++
        known = u
        book.apply({ ...event, snapshot: false, bids: levels(b), asks: levels(a) })
        if (!book.sound) crossed++
        // the newest ticker not past this update says what is best there
        while (next < tickers.length && tickers[next].u <= u) next++
        const ticker = tickers[next - 1]
        if (ticker.u < U) continue
        compared++
        const ours = [book.bids.price(0), book.bids.size(0), book.asks.price(0), book.asks.size(0)]
        const theirs = [ticker.b, ticker.B, ticker.a, ticker.A].map(Number)
        if (ours.some((value, index) => value !== theirs[index])) wrong.push({ u, ours, theirs })
      }
      expect({ gaps, crossed }).toEqual({ gaps: 0, crossed: 0 })
      expect(wrong).toEqual([])
      expect(compared).toBeGreaterThan(1_000)
    },
  )
})
