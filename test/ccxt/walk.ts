import { instrumentId, type UnixMs, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { SideCode } from '#model/market.ts'
import type { MarketSegment, MarketSource } from '#model/source.ts'
import type { Timers } from '#model/venue.ts'

/** For tests: the wall clock, which sockets and foreign clients live by. */
export const wallTimers: Timers = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, 2 ** 31 - 1))
    return () => clearTimeout(timer)
  },
}

const start: UnixMs = Date.UTC(2026, 10, 1)

/** For tests: a perpetual of 1 USDT per unit of its grid, as Binance lists them. */
export function perpetual(base: string, given: Partial<Instrument> = {}): Instrument {
  return {
    id: instrumentId(`${base}_USDT`),
    venue: venueId('binance'),
    symbol: `${base}USDT`,
    kind: 'perpetual',
    base,
    quote: 'USDT',
    tickSize: 0.1,
    lotSize: 0.001,
    contractSize: 1,
    minQuantity: 0.001,
    minNotional: 5,
    maxLeverage: 125,
    makerFeeRate: 0.0002,
    takerFeeRate: 0.0005,
    marginTiers: [
      { notionalCap: 50_000, maintenanceRate: 0.004, deduction: 0, maxLeverage: 125 },
      { notionalCap: 600_000, maintenanceRate: 0.005, deduction: 50, maxLeverage: 100 },
      { notionalCap: Infinity, maintenanceRate: 0.05, deduction: 27_050, maxLeverage: 20 },
    ],
    liquidationFeeRate: 0.0125,
    fundingIntervalMs: 8 * 3_600_000,
    ...given,
  }
}

/** For tests: prints every 200 ms and a quote after each, walking one tick up and down around a price. */
export function walk(
  markets: readonly { readonly instrument: Instrument; readonly price: number }[],
  lengthMs: number,
  everyMs = 200,
): MarketSource {
  return {
    instruments: markets.map(({ instrument }) => instrument),
    segments: markets.map(({ instrument, price }) => segmentOf(instrument, price, lengthMs, everyMs)),
  }
}

function segmentOf(instrument: Instrument, price: number, lengthMs: number, everyMs: number): MarketSegment {
  const rows = Math.floor(lengthMs / everyMs)
  const time = new Float64Array(rows)
  const prices = new Float64Array(rows)
  const quantity = new Float64Array(rows)
  const side = new Int8Array(rows)
  const bid = new Float64Array(rows)
  const ask = new Float64Array(rows)
  const size = new Float64Array(rows)
  const { tickSize, lotSize } = instrument
  const grid = (value: number): number => Number((Math.round(value / tickSize) * tickSize).toFixed(8))
  for (let row = 0; row < rows; row++) {
    const middle = price + tickSize * Math.round(20 * Math.sin(row / 40))
    const taker = (row % 3 === 0 ? -1 : 1) as SideCode
    time[row] = start + row * everyMs
    bid[row] = grid(middle - tickSize)
    ask[row] = grid(middle + tickSize)
    prices[row] = taker > 0 ? ask[row] : bid[row]
    quantity[row] = Number((lotSize * (1 + (row % 7))).toFixed(8))
    size[row] = Number((lotSize * (4_000 + (row % 50))).toFixed(8))
    side[row] = taker
  }
  return {
    instrumentId: instrument.id,
    feeds: ['trade', 'side', 'quote'],
    from: time[0],
    to: time[rows - 1],
    rows,
    label: `walk of ${instrument.id}`,
    checksum: '',
    async *read() {
      yield {
        instrumentId: instrument.id,
        trades: { time, price: prices, quantity, side },
        quotes: { time, bid, ask, bidSize: size, askSize: size },
      }
    },
  }
}
