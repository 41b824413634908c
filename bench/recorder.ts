import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { instrumentId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketListener, MarketVenue } from '#model/venue.ts'
import { recordMarket } from '#session/session.ts'
import { openLiveSeries } from '#store/store.ts'

/**
 * How many rows a recording takes a second, and the memory it needs: 150 instruments with trades, quotes and depth by turns, in
 * bursts of 200 messages, through the recorder into the live end of the series store. `node bench/recorder.ts`
 */
const instruments = Array.from({ length: 150 }, (_, index) => instrumentOf(`COIN${index}_USDT`))
const rows = 1_500_000
const burst = 200

const dataDir = mkdtempSync(join(tmpdir(), 'riptide-bench-'))
const stop = new AbortController()
let listener: MarketListener | undefined
const link = { messages: 0, reconnects: 0, gaps: 0, resyncs: 0, rejected: {} }
const market = {
  id: venueId('mexc'),
  watch(_wants, told) {
    listener = told
    return {
      add: () => undefined,
      remove: () => undefined,
      status: () => [],
      stats: () => link,
      close: () => Promise.resolve(),
    }
  },
} as Pick<MarketVenue, 'id' | 'watch'> as MarketVenue

const series = await openLiveSeries(dataDir, instruments, {
  onError(error) {
    throw error
  },
})
const recording = recordMarket({
  market,
  sink: series,
  wants: instruments.map(({ id }) => ({ instrumentId: id, feeds: ['trade', 'quote', 'book'] })),
  timers: { now: () => Date.now(), after: () => () => undefined },
  signal: stop.signal,
})

let peak = 0
const start = Date.UTC(2026, 0, 5)
const began = performance.now()
for (let row = 0; row < rows; row++) {
  const { id } = instruments[row % instruments.length]
  const time = start + Math.floor(row / 10)
  const price = 1 + (row % 97) / 1_000
  const kind = row % 3
  if (kind === 0) listener?.onEvent({ type: 'trade', instrumentId: id, time, price, quantity: 1, side: 'buy' }, time)
  else if (kind === 1)
    listener?.onEvent(
      { type: 'quote', instrumentId: id, time, bid: price, ask: price + 0.001, bidSize: 3, askSize: 4 },
      time,
    )
  else {
    const bids = [[price, 5] as const, [price - 0.001, 0] as const]
    listener?.onEvent({ type: 'bookUpdate', instrumentId: id, time, snapshot: false, bids, asks: [] }, time)
  }
  if (row % burst === 0) {
    await setImmediate()
    peak = Math.max(peak, process.memoryUsage.rss())
  }
}
const seconds = (performance.now() - began) / 1_000
console.log(`recorder: ${Math.round(rows / seconds).toLocaleString('en-US')} rows/s, peak ${Math.round(peak / 1e6)} MB`)
stop.abort()
await recording.done
const folding = performance.now()
await series.close()
console.log(`into days of the store at the close: ${((performance.now() - folding) / 1_000).toFixed(1)} s`)
rmSync(dataDir, { recursive: true, force: true })

function instrumentOf(symbol: string): Instrument {
  return {
    id: instrumentId(symbol),
    venue: venueId('mexc'),
    symbol,
    kind: 'perpetual',
    base: symbol,
    quote: 'USDT',
    tickSize: 0.001,
    lotSize: 1,
    contractSize: 1,
    minQuantity: 1,
    minNotional: 0,
    maxLeverage: 20,
    makerFeeRate: 0.0006,
    takerFeeRate: 0.0008,
    marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 20 }],
    liquidationFeeRate: 0.0002,
  }
}
