import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { describeShared, sharedPath } from '#test/shared.ts'
import { openFiles } from './open-files.ts'

/** Rows of the README's tables by file, which some name with their folder and some without. */
function tableRows(): ReadonlyMap<string, readonly string[]> {
  const lines = readFileSync(sharedPath('data/market/README.md'), 'utf8').split('\n')
  const rows = lines
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
  return new Map(rows.map(([name = '', ...cells]) => [name.replaceAll('`', ''), cells]))
}

const count = (cell: string | undefined): number => Number(cell?.replaceAll(',', ''))

describeShared('recorded data opens with the rows its README counts', () => {
  const table = tableRows()

  test('trades, without the rows told twice', async () => {
    const source = await openFiles([sharedPath('data/market/trades_binance_spot')])
    expect(source.files).toHaveLength(41)
    for (const { path, rows, repeatedRows } of source.files) {
      const [, total, repeated] = table.get(basename(path)) ?? []
      expect([basename(path), rows + repeatedRows, repeatedRows]).toEqual([
        basename(path),
        count(total),
        count(repeated),
      ])
    }
    expect(source.skipped.map(({ path }) => basename(path))).toEqual(['events.csv', 'other_jumps.csv'])
    expect(
      source.instruments.every(
        ({ kind, quote, takerFeeRate }) => kind === 'spot' && quote === 'BTC' && takerFeeRate === 0.001,
      ),
    ).toBe(true)
  })

  test.each(['candles_binance_usdm_1m', 'candles_binance_usdm_5m', 'candles_binance_usdm_15m', 'candles_mexc_spot_1m'])(
    '%s',
    async (folder) => {
      const source = await openFiles([sharedPath('data/market', folder)])
      for (const { path, rows, from } of source.files) {
        const [, total, first] = table.get(`${folder}/${basename(path)}`) ?? table.get(basename(path)) ?? []
        const intervalMs = folder.endsWith('15m') ? 900_000 : folder.endsWith('5m') ? 300_000 : 60_000
        expect([basename(path), rows]).toEqual([basename(path), count(total)])
        expect(new Date(from - intervalMs).toISOString().slice(0, 16).replace('T', ' ')).toBe(first)
      }
      const [instrument] = source.instruments
      expect([instrument?.venue, instrument?.kind]).toEqual(
        folder.includes('mexc') ? ['mexc', 'spot'] : ['binance', 'perpetual'],
      )
    },
  )

  test.each([
    ['usdm_btcusdt_20240808.jsonl.gz', 'perpetual', 0.1],
    ['spot_btcusdt_20240808.jsonl.gz', 'spot', 0.01],
  ])('%s: trades, quotes and an unbroken book', async (name, kind, tickSize) => {
    const source = await openFiles([sharedPath('data/market/book_binance', name)])
    const [, , bookTickers, trades] = table.get(name) ?? []
    expect(source.instruments[0]).toMatchObject({ kind, tickSize })
    expect(source.files[0]).toMatchObject({ bookGaps: 0 })
    let [quoteRows, tradeRows, snapshots, last] = [0, 0, 0, -Infinity]
    let book = { bid: NaN, ask: NaN }
    const bids = new Map<number, number>()
    const asks = new Map<number, number>()
    for await (const block of source.segments[0].read()) {
      quoteRows += block.quotes?.time.length ?? 0
      tradeRows += block.trades?.time.length ?? 0
      for (const event of block.events ?? []) {
        expect(event.time).toBeGreaterThanOrEqual(last)
        last = event.time
        if (event.type !== 'bookUpdate') throw new Error(`unexpected ${event.type}`)
        if (event.snapshot) snapshots++
        for (const [side, levels] of [
          [bids, event.bids],
          [asks, event.asks],
        ] as const) {
          for (const [price, size] of levels) {
            if (size === 0) side.delete(price)
            else side.set(price, size)
          }
        }
      }
      book = { bid: Math.max(...bids.keys()), ask: Math.min(...asks.keys()) }
      expect(book.bid).toBeLessThan(book.ask)
    }
    expect([quoteRows, snapshots]).toEqual([count(bookTickers), 1])
    expect(tradeRows).toBe(count(trades))
  })

  test('the same trades, unpacked, have the same checksum', async () => {
    const source = await openFiles([sharedPath('data/market/trades_binance_spot/MTHBTC_2021-07-27T1700.csv.gz')])
    expect(source.files[0]).toMatchObject({ rows: 762, repeatedRows: 111 })
    expect(source.segments[0]?.checksum).toMatch(/^[0-9a-f]{64}$/)
  })
})
