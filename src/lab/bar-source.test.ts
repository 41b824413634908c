import { expect, test } from 'vitest'
import type { BarColumns, MarketEvent } from '#model/market.ts'
import type { MarketSource } from '#model/source.ts'
import { inBars } from './bar-source.ts'
import { detectSignals } from './pumps/detect.ts'
import { type Print, priceAbove, tapeOf } from './pumps/example.ts'

async function barsOf(source: MarketSource): Promise<number[][]> {
  const rows: number[][] = []
  for (const segment of source.segments)
    for await (const { bars } of segment.read()) if (bars) rows.push(...rowsOf(bars))
  return rows
}

const rowsOf = ({ time, open, high, low, close, volume }: BarColumns): number[][] =>
  [...time].map((at, row) => [at, open[row], high[row], low[row], close[row], volume[row]])

test('trades become candles, minutes without any flat ones, and the last minute, which never closed, is missing', async () => {
  const source = inBars(
    tapeOf([
      [61_000, 10, 1],
      [70_000, 12, 2],
      [119_999, 11, 3],
      [120_000, 9, 4],
      [250_000, 8, 5],
      [310_000, 7, 6],
    ]),
    60_000,
  )
  expect(await barsOf(source)).toEqual([
    [120_000, 10, 12, 10, 11, 6],
    [180_000, 9, 9, 9, 9, 4],
    [240_000, 9, 9, 9, 9, 0],
    [300_000, 8, 8, 8, 8, 5],
  ])
  expect(source.segments[0]).toMatchObject({ feeds: ['bar'], from: 120_000, to: 300_000, rows: 4 })
})

test('a bar that a gap falls into never closes, and the next one begins with the next trade', async () => {
  const tape = tapeOf([
    [10_000, 10],
    [70_000, 11],
    [200_000, 20],
    [260_000, 21],
  ])
  const gap: MarketEvent = { type: 'feedGap', instrumentId: tape.instruments[0].id, from: 80_000, time: 190_000 }
  const [segment] = tape.segments
  const broken: MarketSource = {
    ...tape,
    segments: [
      {
        ...segment,
        async *read() {
          for await (const block of segment.read()) yield { ...block, events: [gap] }
        },
      },
    ],
  }
  const blocks = []
  for await (const block of inBars(broken, 60_000).segments[0].read())
    blocks.push(block.bars ? rowsOf(block.bars).map(([time]) => time) : block.events)
  expect(blocks).toEqual([[60_000], [gap], [240_000]])
})

test('candles stay as they are', () => {
  const bars = inBars(tapeOf([[0, 1]]), 60_000)
  expect(inBars(bars, 300_000).segments[0]).toBe(bars.segments[0])
})

test('a detector on bars says the same at the same time on the ticks and on their candles', async () => {
  const prints: Print[] = []
  for (let at = 0; at < 500; at++) prints.push([at * 7_000, 100 + ((at * 37) % 11), 1 + (at % 3)])
  const tape = tapeOf(prints)
  const crossing = priceAbove(0, {
    readings: { close: { indicator: 'barClose' } },
    signal: { when: { reading: 'close', is: 'crossesAbove', value: 105 } },
  })
  const [onTicks, onCandles] = await Promise.all(
    [tape, inBars(tape, 60_000)].map(async (source) => {
      const { alerts } = await detectSignals(source, crossing, { refractoryMs: 1_000 })
      return alerts.map(({ time }) => time)
    }),
  )
  expect(onTicks).toHaveLength(11)
  expect(onCandles).toEqual(onTicks)
})
