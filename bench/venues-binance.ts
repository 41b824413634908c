import { gunzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { sharedFolder } from '#test/shared-folder.ts'
import { createBookSync } from '../src/venues/link/book-sync.ts'
import { contiguousVersions, previousVersion } from '../src/venues/link/chain-rules.ts'
import { createQuoteFeed } from '../src/venues/link/quote-feed.ts'
import { createSnapshotGate } from '../src/venues/link/snapshot-gate.ts'
import { systemTimers } from '../src/venues/link/timers.ts'
import { toSpot } from '../src/venues/binance/instruments.ts'
import { toDelta, toTrade } from '../src/venues/binance/market-mapper.ts'
import { readFrame } from '../src/venues/binance/wire/frames.ts'
import { depth, spotSymbol } from '../src/venues/binance/wire/market.ts'
import type { Rate } from './venues.ts'

const contract = toSpot(
  spotSymbol.parse({
    symbol: 'BTCUSDT',
    status: 'TRADING',
    baseAsset: 'BTC',
    quoteAsset: 'USDT',
    isSpotTradingAllowed: true,
    filters: [
      { filterType: 'PRICE_FILTER', tickSize: '0.01' },
      { filterType: 'LOT_SIZE', stepSize: '0.00001' },
    ],
  }),
)!
const { id } = contract.instrument

/** Recordings of 2024 in their order: text of each frame to what the engine is given; once more with the book kept whole. */
export async function measureBinance(seconds: number): Promise<readonly Rate[]> {
  const rates: Rate[] = []
  for (const [venue, name] of [
    ['binance-usdm', 'usdm_btcusdt_20240808'],
    ['binance-spot', 'spot_btcusdt_20240808'],
  ] as const) {
    const texts = recorded(name)
    const frames = texts.filter((text) => !text.includes('"lastUpdateId"'))
    const of = (event: string): readonly string[] => frames.filter((text) => text.includes(event))
    rates.push(
      rate(venue, 'every recorded frame, mapped', frames, seconds),
      rate(venue, 'recorded depth', of('@depth'), seconds),
      rate(venue, 'recorded bookTicker', of('@bookTicker'), seconds),
      rate(venue, 'recorded trade', of('@trade'), seconds),
      await withBook(venue, texts, seconds),
    )
  }
  return rates
}

function recorded(name: string): readonly string[] {
  const bytes = readFileSync(`${sharedFolder}/data/market/book_binance/${name}.jsonl.gz`)
  const lines = gunzipSync(bytes).toString('utf8').trim().split('\n')
  return lines.map((line) => line.slice(line.indexOf(' ') + 1))
}

let sink = 0
const quotes = createQuoteFeed(id, () => void (sink += 1))

function take(text: string, onDelta: (delta: ReturnType<typeof toDelta>) => void): void {
  const frame = readFrame(JSON.parse(text))
  switch (frame.channel) {
    case 'depthUpdate':
      onDelta(toDelta(frame))
      return
    case 'bookTicker':
      quotes.tell(frame.time ?? 1, frame.bid, frame.bidSize, frame.ask, frame.askSize, 1)
      return
    case 'trade':
      sink += toTrade(contract, frame.print).quantity
      return
    case 'rejected':
      throw new Error(frame.reason)
    default:
  }
}

function rate(venue: string, frames: string, texts: readonly string[], seconds: number): Rate {
  const run = (until: number): number => {
    let count = 0
    while (performance.now() < until)
      for (const text of texts) {
        take(text, (delta) => void (sink += delta.last))
        count += 1
      }
    return count
  }
  run(performance.now() + 300)
  const start = performance.now()
  const count = run(start + seconds * 1_000)
  return { venue, frames, bytes: meanOf(texts), perSecond: (count / (performance.now() - start)) * 1_000 }
}

/** Each round begins with the recorded snapshot and must end with the book whole. */
async function withBook(venue: string, texts: readonly string[], seconds: number): Promise<Rate> {
  const snapshotText = texts.find((text) => text.includes('"lastUpdateId"')) ?? ''
  const frames = texts.filter((text) => text !== snapshotText)
  let [count, elapsed] = [0, 0]
  while (elapsed < seconds * 1_000) {
    const sync = createBookSync({
      instrumentId: id,
      rule: venue === 'binance-usdm' ? previousVersion : contiguousVersions,
      timers: systemTimers,
      gate: createSnapshotGate(1),
      snapshot: async () => {
        const { lastUpdateId, T, bids, asks } = depth.parse(JSON.parse(snapshotText))
        return { version: lastUpdateId, time: T ?? null, bids, asks }
      },
      onUpdate: ({ bids }) => void (sink += bids.length),
    })
    sync.start()
    // from the frame on that the snapshot connects to; the fetch takes a turn of the event loop
    for (const text of frames.slice(0, 400)) take(text, (delta) => sync.delta(delta, 1))
    while (sync.state !== 'live') await new Promise((resolve) => void setTimeout(resolve, 1))
    const start = performance.now()
    for (const text of frames.slice(400)) take(text, (delta) => sync.delta(delta, 1))
    elapsed += performance.now() - start
    count += frames.length - 400
    if (sync.stats.gaps > 0) throw new Error('the book is not whole')
  }
  return {
    venue,
    frames: 'the same with the book kept whole',
    bytes: meanOf(frames),
    perSecond: (count / elapsed) * 1_000,
  }
}

const meanOf = (texts: readonly string[]): number =>
  Math.round(texts.reduce((sum, text) => sum + text.length, 0) / texts.length)
