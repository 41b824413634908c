import { toDelta } from '../src/venues/mexc/book-feed.ts'
import { toContract } from '../src/venues/mexc/instruments.ts'
import { toTrade } from '../src/venues/mexc/mapper.ts'
import { type Frame, readFrame } from '../src/venues/mexc/wire/frames.ts'
import { contractDetail } from '../src/venues/mexc/wire/market.ts'
import type { Rate } from './venues.ts'

const detail = contractDetail.parse({
  symbol: 'BTC_USDT',
  baseCoin: 'BTC',
  quoteCoin: 'USDT',
  settleCoin: 'USDT',
  contractSize: 0.0001,
  priceUnit: 0.1,
  volUnit: 1,
  minVol: 1,
  maxVol: 1e6,
  maxLeverage: 200,
  maintenanceMarginRate: 0.004,
  initialMarginRate: 0.005,
  riskBaseVol: 1e5,
  riskIncrVol: 1e5,
  riskIncrMmr: 0.004,
  riskIncrImr: 0.004,
  riskLevelLimit: 5,
  liquidationFeeRate: 0.0004,
  state: 0,
})
const contract = toContract(detail, { fairPrice: 76_000, fundingIntervalMs: 28_800_000 })!

/** Text of a frame to what the engine is given. */
function take(text: string): number {
  const frame: Frame = readFrame(JSON.parse(text))
  if (frame.channel === 'push.depth') return toDelta(contract, frame).last
  if (frame.channel === 'push.deal') return frame.deals.reduce((sum, deal) => sum + toTrade(contract, deal).quantity, 0)
  if (frame.channel === 'rejected') throw new Error(frame.reason)
  return 1
}

export function measureMexc(read: (path: string) => string, seconds: number): readonly Rate[] {
  const recorded = ['mexc-public-ws-frames-2026-09-15.jsonl', 'mexc-push-depth-2025-05-19.jsonl']
    .flatMap((name) => read(`wire-samples/captures/${name}`).trim().split('\n'))
    .filter((text) => text.includes('"push.'))
  const books = recorded.filter((text) => text.includes('"push.depth"'))
  // no deal was recorded: the documented shape, with the digits of the books
  const deals = [1, 3, 8].map((prints) =>
    JSON.stringify({
      symbol: 'BTC_USDT',
      data: Array.from({ length: prints }, (_, at) => ({
        p: 76_027.1,
        v: 37 + at,
        T: 1,
        O: 3,
        M: 1,
        t: 1_789_498_321_789,
      })),
      channel: 'push.deal',
      ts: 1_789_498_321_790,
    }),
  )
  return [
    rate('every recorded push', recorded, seconds),
    rate('recorded push.depth', books, seconds),
    rate('push.deal of 1, 3 and 8 prints (documented)', deals, seconds),
  ]
}

function rate(frames: string, texts: readonly string[], seconds: number): Rate {
  let sink = 0
  const run = (until: number): number => {
    let count = 0
    while (performance.now() < until)
      for (let round = 0; round < 100; round++)
        for (const text of texts) {
          sink += take(text)
          count += 1
        }
    return count
  }
  run(performance.now() + 300)
  const start = performance.now()
  const count = run(start + seconds * 1_000)
  if (Number.isNaN(sink)) throw new Error('not a number')
  const bytes = Math.round(texts.reduce((sum, text) => sum + text.length, 0) / texts.length)
  return { venue: 'mexc', frames, bytes, perSecond: (count / (performance.now() - start)) * 1_000 }
}
