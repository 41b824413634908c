import { lowerBound } from '#model/block.ts'
import type { TradeColumns } from '#model/market.ts'
import { snapPrice, snapQuantity } from '#model/instrument.ts'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decoysPerDay } from './example.ts'
import { defaultOptions, generateMarket } from './generator.ts'
import type { GeneratedMarket, GeneratedSeries, GeneratorOptions, MarketLabel } from './generator.ts'
import { decoyKinds } from './labels.ts'

const small: Partial<GeneratorOptions> = { instruments: 3, days: 1 }
const noDecoys = decoysPerDay(0)
const everyDecoy = decoysPerDay(1)

describe('a seed', () => {
  test('the same options give the same bytes', () => {
    expect(checksums(generateMarket({ ...small, seed: 7 }))).toEqual(checksums(generateMarket({ ...small, seed: 7 })))
  })

  test('another seed gives another market', () => {
    const [first, second] = [generateMarket({ ...small, seed: 7 }), generateMarket({ ...small, seed: 8 })]
    expect(checksums(first)).not.toEqual(checksums(second))
    expect(first.labels.map(({ onset }) => onset)).not.toEqual(second.labels.map(({ onset }) => onset))
  })

  test('an instrument does not depend on how many others there are', () => {
    const [one, three] = [generateMarket({ ...small, instruments: 1 }), generateMarket(small)]
    expect(checksums(three)[0]).toBe(checksums(one)[0])
  })
})

describe('the tape', () => {
  test('prices and sizes are positive and on the grid, times ascend, quotes are never crossed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 4 }), (seed, pumps) => {
        const market = generateMarket({
          ...small,
          seed,
          pumpsPerInstrumentDay: pumps,
          decoysPerInstrumentDay: everyDecoy,
        })
        for (const series of market.series) {
          expect(firstBadTrade(series)).toBe(-1)
          expect(firstBadQuote(series)).toBe(-1)
          expect(series.quotes.time[0]).toBe(market.from)
          expect(series.trades.time.at(-1)).toBeLessThan(market.to)
        }
      }),
      { numRuns: 8 },
    )
  })

  test('orders take from the touch, at or beyond it by what they walk, and never inside the spread', () => {
    for (const { trades, quotes } of generateMarket(small).series) {
      let inside = 0
      let far = 0
      for (let row = 0; row < trades.time.length; row++) {
        const before = lowerBound(quotes.time, trades.time[row]) - 1
        const after = lowerBound(quotes.time, trades.time[row] + 1) - 1
        const buy = trades.side[row] === 1
        const beyond = buy ? trades.price[row] - quotes.ask[before] : quotes.bid[before] - trades.price[row]
        const edge = buy ? trades.price[row] - quotes.ask[after] : quotes.bid[after] - trades.price[row]
        if (beyond < 0) inside++
        if (edge > 0) far++
      }
      expect({ inside, far }).toEqual({ inside: 0, far: 0 })
    }
  })

  test('the default market has 300 000 to 450 000 trades and a similar number of quotes', () => {
    const { series } = generateMarket()
    const trades = series.reduce((sum, { trades }) => sum + trades.time.length, 0)
    const quotes = series.reduce((sum, { quotes }) => sum + quotes.time.length, 0)
    expect(trades).toBeGreaterThan(300_000)
    expect(trades).toBeLessThan(450_000)
    expect(quotes / trades).toBeGreaterThan(0.8)
    expect(quotes / trades).toBeLessThan(1.4)
  })

  test('marks come every minute, fundings at 08 and 16 UTC, the mark of that time first', () => {
    const { series, from } = generateMarket({ ...small, instruments: 1 })
    const fundings = series[0].events.filter(({ type }) => type === 'funding')
    expect(fundings.map(({ time }) => (time - from) / 3_600_000)).toEqual([8, 16])
    expect(series[0].events.length).toBe(1_439 + 2)
    expect(series[0].events.slice(479, 481).map(({ type }) => type)).toEqual(['markPrice', 'funding'])
  })
})

describe('the labels', () => {
  const market = generateMarket({ ...small, days: 2, pumpsPerInstrumentDay: 3, decoysPerInstrumentDay: everyDecoy })

  test('every kind is there, a thin jump only on the thin instrument', () => {
    expect([...new Set(market.labels.map(({ kind }) => kind))].sort()).toEqual([...decoyKinds, 'dump', 'pump'].sort())
    const thin = market.series[2].instrument.id
    expect(market.labels.filter(({ kind }) => kind === 'thinJump').every((label) => label.instrumentId === thin)).toBe(
      true,
    )
  })

  test('a trade happens at the very millisecond of each onset', () => {
    for (const label of market.labels) {
      const { time } = tradesOf(market, label)
      expect(time[lowerBound(time, label.onset)]).toBe(label.onset)
    }
  })

  test('a pump opens with a buy, has milliseconds that many buys share, and reaches the planned rise', () => {
    const pumps = market.labels.filter(({ kind }) => kind === 'pump')
    expect(pumps.length).toBeGreaterThan(10)
    for (const pump of pumps) {
      const { time, side } = tradesOf(market, pump)
      expect(side[lowerBound(time, pump.onset)]).toBe(1)
      expect(mostBuysAtOnce(time, side, pump.onset, pump.peakTime + 10_000)).toBeGreaterThan(4)
      expect(Math.abs(pump.risePct - pump.plannedRisePct)).toBeLessThan(4 + 0.25 * pump.plannedRisePct)
      expect(pump.peakTime - pump.onset).toBeLessThan(300_000)
      expect(pump.afterPct).toBeLessThan(0)
    }
  })

  test('each kind does what its name says', () => {
    for (const label of market.labels) {
      expect({ label, fits: fits(label, tradesOf(market, label)) }).toEqual({ label, fits: true })
    }
  })

  test('more events than fit are refused', () => {
    expect(() => generateMarket({ ...small, pumpsPerInstrumentDay: 40 })).toThrow(RangeError)
  })
})

test('ordinary minutes have fat tails, clustered volatility and clustered arrivals', () => {
  const quiet = generateMarket({ pumpsPerInstrumentDay: 0, decoysPerInstrumentDay: noDecoys })
  expect(quiet.labels).toEqual([])
  for (const { trades } of quiet.series) {
    const { returns, counts } = minutesOf(trades.time, trades.price, quiet.from, quiet.to)
    const square = mean(returns.map((value) => value ** 2))
    expect(mean(returns.map((value) => value ** 4)) / square ** 2).toBeGreaterThan(3.5)
    expect(autocorrelation(returns.map(Math.abs))).toBeGreaterThan(0.05)
    expect(Math.abs(autocorrelation(returns))).toBeLessThan(0.25)
    // a Poisson stream has 1
    expect(mean(counts.map((count) => (count - mean(counts)) ** 2)) / mean(counts)).toBeGreaterThan(2)
    expect(Math.sqrt(square * 1_440)).toBeGreaterThan(0.025)
    expect(Math.sqrt(square * 1_440)).toBeLessThan(0.13)
  }
})

function checksums(market: GeneratedMarket): string[] {
  return market.segments.map(({ checksum }) => checksum)
}

function tradesOf(market: GeneratedMarket, label: MarketLabel) {
  return (market.series.find(({ instrument }) => instrument.id === label.instrumentId) as GeneratedSeries).trades
}

function mostBuysAtOnce(time: Float64Array, side: Int8Array, from: number, to: number): number {
  let most = 0
  let run = 0
  for (let row = lowerBound(time, from); row < lowerBound(time, to); row++) {
    run = side[row] === 1 ? (time[row] === time[row - 1] ? run + 1 : 1) : 0
    most = Math.max(most, run)
  }
  return most
}

function firstBadTrade({ instrument, trades }: GeneratedSeries): number {
  const { time, price, quantity, side } = trades
  return time.findIndex((at, row) => {
    const ordered = Number.isInteger(at) && (row === 0 || at >= time[row - 1])
    const priced = price[row] > 0 && price[row] === snapPrice(instrument, price[row])
    const sized = quantity[row] > 0 && quantity[row] === snapQuantity(instrument, quantity[row])
    return !(ordered && priced && sized && Math.abs(side[row]) === 1)
  })
}

function firstBadQuote({ instrument, quotes }: GeneratedSeries): number {
  const { time, bid, ask, bidSize, askSize } = quotes
  return time.findIndex((at, row) => {
    const ordered = Number.isInteger(at) && (row === 0 || at > time[row - 1])
    const snapped = bid[row] === snapPrice(instrument, bid[row]) && ask[row] === snapPrice(instrument, ask[row])
    return !(ordered && snapped && bid[row] > 0 && bid[row] < ask[row] && bidSize[row] > 0 && askSize[row] > 0)
  })
}

function fits(label: MarketLabel, trades: TradeColumns): boolean {
  const { kind, risePct, afterPct = 0, peakTime, onset } = label
  switch (kind) {
    case 'pump':
      return risePct > 0.75 * defaultOptions.pumpRisePct[0]
    case 'dump':
      return risePct < -1
    case 'newsRamp':
      return risePct > 1 && peakTime - onset > 600_000 && afterPct > -4
    case 'liquidationCascade':
      return risePct < -2 && afterPct > 0 && peakTime - onset < 60_000
    case 'shortSqueeze':
      return risePct > 2 && afterPct < 0 && peakTime - onset < 60_000
    case 'fatFinger':
      return risePct > 1 && peakTime === onset && afterPct < -1
    case 'thinJump':
      return risePct > 1
    case 'volumeBurst':
      return widestMove(trades, onset, label.end) < 0.04
  }
}

/** Largest distance of a price in [from, to) from the last one before, as a fraction. */
function widestMove({ time, price }: TradeColumns, from: number, to: number): number {
  const start = lowerBound(time, from)
  const before = price[start - 1]
  return price.slice(start, lowerBound(time, to)).reduce((most, at) => Math.max(most, Math.abs(at / before - 1)), 0)
}

function minutesOf(time: Float64Array, price: Float64Array, from: number, to: number) {
  const returns: number[] = []
  const counts: number[] = []
  let last = price[0]
  for (let at = from; at < to; at += 60_000) {
    const [first, end] = [lowerBound(time, at), lowerBound(time, at + 60_000)]
    const close = price[Math.max(0, end - 1)]
    returns.push(Math.log(close / last))
    counts.push(end - first)
    last = close
  }
  return { returns, counts }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function autocorrelation(values: readonly number[]): number {
  const center = mean(values)
  const lagged = values.slice(1).map((value, index) => (value - center) * (values[index] - center))
  return mean(lagged) / mean(values.map((value) => (value - center) ** 2))
}
