import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { instrumentId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketBlock, MarketEvent } from '#model/market.ts'
import { type LiveSeries, openLiveSeries } from './live-series.ts'
import { openSeries } from './open-series.ts'
import { openTail, tailFolder } from './tail-file.ts'

const id = instrumentId('PUMP_USDT')
const instrument: Instrument = {
  id,
  venue: venueId('mexc'),
  symbol: 'PUMP_USDT',
  kind: 'perpetual',
  base: 'PUMP',
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
  fundingIntervalMs: 28_800_000,
}
const start = Date.UTC(2026, 10, 20, 23, 59, 58)
const rows: readonly Exclude<MarketEvent, { type: 'instrumentChanged' }>[] = [
  { type: 'trade', instrumentId: id, time: start, price: 1.001, quantity: 3, side: 'buy' },
  { type: 'trade', instrumentId: id, time: start, price: 1.001, quantity: 3, side: 'buy' },
  { type: 'quote', instrumentId: id, time: start + 5, bid: 1, ask: 1.001, bidSize: 7, askSize: 2 },
  { type: 'bookUpdate', instrumentId: id, time: start + 5, snapshot: true, bids: [[1, 7]], asks: [[1.001, 2]] },
  { type: 'trade', instrumentId: id, time: start + 900, price: 1.002, quantity: 1, side: 'sell' },
  { type: 'feedGap', instrumentId: id, from: start + 900, time: start + 1_500 },
  { type: 'markPrice', instrumentId: id, time: start + 1_600, price: 1.0015 },
  { type: 'funding', instrumentId: id, time: start + 2_000, rate: 0.0001, markPrice: 1.0015 },
  { type: 'trade', instrumentId: id, time: start + 2_500, price: 1.003, quantity: 2 },
]

let dataDir = ''
const errors: unknown[] = []
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'riptide-live-'))
  errors.length = 0
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const record = (into = dataDir): Promise<LiveSeries> =>
  openLiveSeries(into, [instrument], { onError: (error) => errors.push(error) })

/** Trades as `time price quantity side`, quotes and events as they are, of everything stored. */
async function stored(): Promise<{ trades: string[]; quotes: number; events: MarketEvent[] }> {
  const source = await openSeries(dataDir)
  const blocks: MarketBlock[] = []
  for (const segment of source.segments) for await (const block of segment.read()) blocks.push(block)
  return {
    trades: blocks.flatMap(({ trades }) =>
      trades
        ? Array.from(trades.time, (time, row) =>
            [time - start, trades.price[row], trades.quantity[row], trades.side[row]].join(' '),
          )
        : [],
    ),
    quotes: blocks.reduce((sum, { quotes }) => sum + (quotes?.time.length ?? 0), 0),
    events: blocks.flatMap(({ events }) => events ?? []),
  }
}

const everyTrade = ['0 1.001 3 1', '0 1.001 3 1', '900 1.002 1 -1', '2500 1.003 2 0']
const tails = (): string[] =>
  readdirSync(join(tailFolder(dataDir), id))
    .sort()
    .map((name) => join(tailFolder(dataDir), id, name))
/** Rows are handed over within the turn in which they came. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a live recording', () => {
  test('is the same rows in the store once it is closed, equal prints included, over midnight', async () => {
    const live = await record()
    for (const row of rows) live.add(row)
    await live.close()
    expect(errors).toEqual([])
    expect(live.rows).toBe(rows.length)
    const found = await stored()
    expect(found.trades).toEqual(everyTrade)
    expect(found.quotes).toBe(1)
    expect(found.events).toEqual(rows.filter(({ type }) => type !== 'trade' && type !== 'quote'))
    expect(tails()).toEqual([])
  })

  test('goes on where it stopped, without losing or doubling rows', async () => {
    for (const part of [rows.slice(0, 4), rows.slice(4, 8), rows.slice(8)]) {
      const live = await record()
      for (const row of part) live.add(row)
      await live.close()
    }
    expect((await stored()).trades).toEqual(everyTrade)
  })

  test('gives a row that comes late the time of the one before it, and says how many did', async () => {
    const live = await record()
    live.add(rows[4])
    live.add(rows[0])
    await live.close()
    expect(live.late).toBe(1)
    expect((await stored()).trades).toEqual(['900 1.002 1 -1', '900 1.001 3 1'])
  })

  test('is refused while another one runs', async () => {
    const live = await record()
    await expect(record()).rejects.toMatchObject({ code: 'seriesLocked' })
    await live.close()
    await (await record()).close()
  })

  test('of an instrument nobody asked for is a mistake that is told, not a row', async () => {
    const live = await record()
    live.add({ ...rows[0], instrumentId: instrumentId('OTHER_USDT') })
    await live.close()
    expect(errors).toHaveLength(1)
    expect(live.rows).toBe(0)
  })
})

describe('after the process died', () => {
  test('everything of the turns before is found', async () => {
    const live = await record()
    for (const row of rows.slice(0, 4)) live.add(row)
    await nextTurn()
    // the process dies: another one finds its files, not its lock
    const copy = join(dataDir, 'copy')
    for (const path of tails()) {
      const to = path.replace(dataDir, copy)
      mkdirSync(dirname(to), { recursive: true })
      copyFileSync(path, to)
    }
    const next = await record(copy)
    expect(next.recovered).toBe(4)
    await next.close()
    await live.close()
  })

  test('a tail cut at any byte gives its whole chunks, and nothing else', async () => {
    const live = await record()
    const wholeAt: number[] = []
    for (const row of rows.slice(0, 7)) {
      live.add(row)
      await nextTurn()
      wholeAt.push(readFileSync(tails()[0]).length)
    }
    const bytes = readFileSync(tails()[0])
    const path = join(dataDir, 'cut.tail')
    for (let length = 0; length <= bytes.length; length++) {
      writeFileSync(path, bytes)
      truncateSync(path, length)
      const source = await openTail(path, id)
      const expected = wholeAt.filter((end) => end <= length).length
      expect([length, source?.segments[0].rows ?? 0]).toEqual([length, expected])
    }
    await live.close()
  })

  test('a flipped byte ends what is believed there', async () => {
    const live = await record()
    for (const row of rows.slice(0, 4)) {
      live.add(row)
      await nextTurn()
    }
    const path = tails()[0]
    const whole = readFileSync(path)
    const broken = join(dataDir, 'flip.tail')
    for (let at = 0; at < whole.length; at += 7) {
      const bytes = Buffer.from(whole)
      bytes[at] ^= 0x10
      writeFileSync(broken, bytes)
      const read = (await openTail(broken, id))?.segments[0].rows ?? 0
      expect(read).toBeLessThan(4)
    }
    await live.close()
  })

  test('a day that was taken over but whose tail was not removed yet counts once', async () => {
    const live = await record()
    for (const row of rows) live.add(row)
    await nextTurn()
    const kept = tails().map((path) => ({ path, bytes: readFileSync(path) }))
    await live.close()
    for (const { path, bytes } of kept) writeFileSync(path, bytes)
    await (await record()).close()
    expect((await stored()).trades).toEqual(everyTrade)
    expect((await stored()).events).toHaveLength(4)
  })
})
