import { describe, expect, test } from 'vitest'
import { openFiles } from '#store/store.ts'
import { describeShared, sharedPath } from '#test/shared.ts'
import { detectSignals, recordingsOf } from './detect.ts'
import { priceAbove, tapeOf } from './example.ts'
import { signalOnly } from './signal-only.ts'

const start = Date.UTC(2024, 0, 1)
const at = (seconds: number): number => start + Math.round(seconds * 1_000)
const timesOf = async (...args: Parameters<typeof detectSignals>): Promise<number[]> =>
  (await detectSignals(...args)).alerts.map(({ time }) => (time - start) / 1_000)

describe('signals of a recording', () => {
  test('an alert has the time and price of the print that met S1, and the numbers behind it', async () => {
    const { alerts, rows } = await detectSignals(
      tapeOf([
        [at(0), 10],
        [at(5.25), 12],
        [at(7), 11],
      ]),
      priceAbove(12),
    )
    expect(rows).toBe(3)
    expect(alerts).toEqual([
      {
        instrumentId: 'COIN_BTC',
        time: at(5.25),
        price: 12,
        verdicts: [expect.objectContaining({ reading: 'price', value: 12, threshold: 12, margin: 0, verdict: 'met' })],
      },
    ])
  })

  test('after an alert there is none until the refractory time is over, then the next comes', async () => {
    const tape = tapeOf(Array.from({ length: 100 }, (_, index) => [at(index), 12] as const))
    expect(await timesOf(tape, priceAbove(12), { refractoryMs: 30_000 })).toEqual([0, 31, 62, 93])
    expect(await timesOf(tape, priceAbove(12))).toEqual([0])
  })

  test('Z1, O1 and cooldowns of the strategy play no part', async () => {
    const tape = tapeOf([
      [at(0), 10],
      [at(1), 12],
      [at(2), 10],
      [at(90), 12],
      [at(91), 10],
    ])
    const strategy = priceAbove(12, {
      cancel: { when: { reading: 'price', is: 'lte', value: 100 }, timeoutMs: 60_000, cooldownMs: 86_400_000 },
    })
    expect(await timesOf(tape, strategy, { refractoryMs: 60_000 })).toEqual([1, 90])
  })

  test('readings that S1 does not name ask for nothing', () => {
    const strategy = priceAbove(12, {
      readings: { price: { indicator: 'lastPrice' }, drain: { indicator: 'liquidityDrainIndex' } },
      exit: { when: { reading: 'drain', is: 'gte', value: 1 } },
    })
    expect(strategy.feeds).toContain('book')
    expect(signalOnly(strategy, 1_000).feeds).toEqual(['trade'])
  })

  test('data without a feed that S1 needs is refused', async () => {
    const strategy = priceAbove(1, {
      readings: { price: { indicator: 'liquidityDrainIndex' } },
    })
    await expect(detectSignals(tapeOf([[at(0), 10]]), strategy)).rejects.toMatchObject({ code: 'missingFeed' })
  })
})

describe('a watch', () => {
  const rising = tapeOf([
    [at(0), 10],
    [at(100), 11.5],
    [at(200), 10],
    [at(230), 11],
    [at(300), 10],
    [at(400), 12],
  ])

  test('tells how close S1 came in it, and in nothing before or after', async () => {
    const watches = [
      { from: at(205), to: at(255) },
      { from: at(205), to: at(300) },
      { from: at(300.5), to: at(399.5) },
    ]
    const { watched } = await detectSignals(rising, priceAbove(12), { watches })
    expect(watched.map(([miss]) => [miss.bestValue, miss.bestMargin])).toEqual([
      [11, -1],
      [11, -1],
      [10, -2],
    ])
    expect(watched[0][0]).toMatchObject({ bestAt: at(230), askedMs: 50_000, blockedAloneMs: 50_000 })
  })

  test('changes no alert, wherever it lies', async () => {
    const prices = Array.from({ length: 400 }, (_, index) => [at(index * 7.3), 10 + ((index * 37) % 11)] as const)
    const strategy = priceAbove(16.5, { readings: { price: { indicator: 'twpa', params: { fromMs: 30_000 } } } })
    const without = await detectSignals(tapeOf(prices), strategy, { refractoryMs: 60_000 })
    const watches = Array.from({ length: 300 }, (_, index) => ({ from: at(index * 9.1), to: at(index * 9.1 + 5) }))
    const { alerts, instants } = await detectSignals(tapeOf(prices), strategy, { refractoryMs: 60_000, watches })
    expect(without.alerts.length).toBeGreaterThan(3)
    expect({ alerts, instants }).toEqual({ alerts: without.alerts, instants: without.instants })
  })

  test('beyond the recording has no account', async () => {
    const { watched } = await detectSignals(rising, priceAbove(12), { watches: [{ from: at(500), to: at(600) }] })
    expect(watched).toEqual([[]])
  })
})

describeShared('signals of recorded pumps', () => {
  test('come where every condition of S1 is met', async () => {
    const path = sharedPath('data/market/trades_binance_spot/BRDBTC_2021-02-24T1700.csv.gz')
    const [recording] = recordingsOf(await openFiles([path]))
    const change = { indicator: 'windowChangePct', params: { fromMs: 60_000, toMs: 0 } }
    const strategy = priceAbove(0, {
      readings: { change, flow: { indicator: 'orderFlowImbalance', params: { fromMs: 10_000, toMs: 0 } } },
      signal: {
        when: {
          all: [
            { reading: 'change', is: 'gte', value: 15 },
            { reading: 'flow', is: 'gte', value: 30 },
          ],
        },
      },
    })
    const { alerts, rows } = await detectSignals(recording, strategy)
    expect(rows).toBe(30_287 - 697)
    const onset = Date.UTC(2021, 1, 24, 17, 0, 1, 987)
    expect(alerts.some(({ time }) => time > onset && time <= onset + 5_000)).toBe(true)
    for (const { verdicts } of alerts) expect(verdicts.map(({ verdict }) => verdict)).toEqual(['met', 'met'])
  })
})
