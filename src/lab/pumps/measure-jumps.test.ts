import { expect, test } from 'vitest'
import { openFiles } from '#store/store.ts'
import { describeShared, sharedPath } from '#test/shared.ts'
import { tapeOf, type Print } from './example.ts'
import { readJumps, readLabels } from './labels.ts'
import { measureJumps } from './measure-jumps.ts'
import { readTape } from './tape.ts'

const start = Date.UTC(2024, 0, 1)
const minute = (count: number): number => start + count * 60_000

/** A coin a minute at 100, and in one minute more of it at another price. */
const quietThen = (at: number, price: number, quantity: number): Print[] =>
  Array.from({ length: 1_600 }, (_, index) =>
    index === at ? ([minute(index), price, quantity] as const) : ([minute(index), 100, 1] as const),
  )
const jumpsOf = async (prints: readonly Print[]) => measureJumps(await readTape(tapeOf(prints)))

test('a minute 8 % above the hour before, with 15 times the usual turnover, is a jump', async () => {
  // five minutes: 4 × 100 + 108 × 66 = 7 528, usual 500
  expect(await jumpsOf(quietThen(1_500, 108, 66))).toEqual([
    { minute: minute(1_500), risePct: expect.closeTo(8, 9), volumeRatio: expect.closeTo(15.056, 9) },
  ])
  expect(await jumpsOf(quietThen(1_500, 107.9, 70))).toEqual([])
  expect(await jumpsOf(quietThen(1_500, 108, 65))).toEqual([])
})

test('what follows within an hour belongs to the jump; the first hour has nothing to compare with', async () => {
  const prints = quietThen(1_500, 120, 100).map(([time, price, quantity], index): Print =>
    index === 1_540 || index === 1_570 ? [time, 150, 500] : [time, price, quantity ?? 1],
  )
  expect((await jumpsOf(prints)).map((jump) => (jump.minute - start) / 60_000)).toEqual([1_500, 1_570])
  expect(await jumpsOf(quietThen(30, 120, 100))).toEqual([])
})

describeShared('jumps of the recorded trades', () => {
  test('are those of the list that comes with them, and prices before and at the peak those of the events', async () => {
    const folder = 'data/market/trades_binance_spot'
    const listed = await readJumps(sharedPath(folder, 'other_jumps.csv'))
    const labels = await readLabels(sharedPath(folder, 'events.csv'))
    for (const file of ['POABTC_2020-03-12T1900.csv.gz', 'EDOBTC_2020-03-26T1559.csv.gz']) {
      const tape = await readTape(await openFiles([sharedPath(folder, file)]))
      const minutes = listed.filter((jump) => jump.file === file).map((jump) => jump.minute)
      expect(measureJumps(tape).map((jump) => jump.minute)).toEqual(minutes)
      const label = labels.find((one) => one.file === file)
      const around = label?.listed ?? 0
      expect(tape.medianPrice(around - 3_600_000, around - 300_000)).toBe(label?.prePrice)
      expect(tape.highest(around - 300_000, around + 900_000)).toEqual({
        time: label?.peakTime,
        price: label?.peakPrice,
      })
    }
  })
})
