import type { InstrumentId, UnixMs } from '#model/ids.ts'
import { Bounded } from '../bounded.ts'
import type { Exchange } from '../exchange.ts'
import type { Market, MarkState, ServedBar } from '../types.ts'
import { plain } from './decimals.ts'
import { barsOf, closeTimeOf } from './intervals.ts'
import type { Listing } from './listings.ts'
import { markText } from './market-rows.ts'
import type { Params } from './params.ts'
import { notValid } from './wire-error.ts'

export type MarkSeries = 'mark' | 'index' | 'premium'

const minute = 60_000
const kept = 10_000
const periods: Readonly<Record<string, number>> = {
  '5m': 5 * minute,
  '15m': 15 * minute,
  '30m': 30 * minute,
  '1h': 60 * minute,
  '2h': 120 * minute,
  '4h': 240 * minute,
  '6h': 360 * minute,
  '12h': 720 * minute,
  '1d': 1440 * minute,
}

/** Minutes of mark price, index, premium and open interest, from when the door was opened. */
export class MarkBars {
  readonly #rows = new Map<InstrumentId, Bounded<Minute>>()
  readonly #exchange: Exchange
  readonly #stop: () => void

  constructor(exchange: Exchange) {
    this.#exchange = exchange
    this.#stop = exchange.subscribe((event) => {
      if (event.type === 'mark') this.#add(event.instrumentId, event.mark, event.time)
    })
  }

  klines(listing: Listing, params: Params, series: MarkSeries) {
    const interval = params.required('interval')
    const limit = Math.min(params.limit(500, 10_000), 1500)
    const from = params.integer('startTime')
    const to = params.integer('endTime') ?? Infinity
    const bars = barsOf(this.#market(listing.id, series), interval).filter(
      ({ openTime }) => openTime >= (from ?? 0) && openTime <= to,
    )
    const told = from === undefined ? bars.slice(-limit) : bars.slice(0, limit)
    return told.map((bar) => [
      bar.openTime,
      markText(bar.open),
      markText(bar.high),
      markText(bar.low),
      markText(bar.close),
      '0',
      closeTimeOf(bar, interval),
      '0',
      bar.trades,
      '0',
      '0',
      '0',
    ])
  }

  /** Open interest at the ends of periods. */
  openInterest(listing: Listing, params: Params) {
    const period = periods[params.required('period')]
    if (period === undefined) throw notValid('period')
    const limit = params.limit(30, 500)
    const from = params.integer('startTime') ?? 0
    const to = params.integer('endTime') ?? Infinity
    const ends = new Map<UnixMs, Minute>()
    for (const row of this.#rows.get(listing.id)?.items ?? []) {
      ends.set(Math.floor(row.openTime / period) * period, row)
    }
    return [...ends]
      .filter(([time]) => time >= from && time <= to)
      .slice(-limit)
      .map(([timestamp, { interest, mark }]) => ({
        symbol: listing.symbol,
        sumOpenInterest: plain(interest),
        sumOpenInterestValue: (interest * mark[3]).toFixed(8),
        CMCCirculatingSupply: '0',
        timestamp,
      }))
  }

  close(): void {
    this.#stop()
  }

  #add(id: InstrumentId, { mark, index }: MarkState, time: UnixMs): void {
    let rows = this.#rows.get(id)
    if (rows === undefined) this.#rows.set(id, (rows = new Bounded<Minute>(kept)))
    const openTime = Math.floor(time / minute) * minute
    const premium = index > 0 ? mark / index - 1 : 0
    const interest = this.#exchange.market(id)?.openInterest() ?? 0
    const last = rows.last
    if (last?.openTime !== openTime) {
      rows.push({ openTime, mark: flat(mark), index: flat(index), premium: flat(premium), points: 1, interest })
      return
    }
    grow(last.mark, mark)
    grow(last.index, index)
    grow(last.premium, premium)
    last.points++
    last.interest = interest
  }

  /** The minutes of a series as a market's bars, so that every interval can be made of them. */
  #market(id: InstrumentId, series: MarkSeries): Pick<Market, 'bars'> {
    const minutes = this.#rows.get(id)?.items ?? []
    return {
      bars: (intervalMs) => {
        const bars: ServedBar[] = []
        for (const row of minutes) {
          const [open, high, low, close] = row[series]
          const openTime = row.openTime - (row.openTime % intervalMs)
          const last = bars[bars.length - 1]
          const joins = last?.openTime === openTime
          const bar: ServedBar = {
            openTime,
            intervalMs,
            open: joins ? last.open : open,
            high: joins ? Math.max(last.high, high) : high,
            low: joins ? Math.min(last.low, low) : low,
            close,
            volume: 0,
            notional: 0,
            buyVolume: 0,
            buyNotional: 0,
            trades: (joins ? last.trades : 0) + row.points,
            firstTradeId: null,
            lastTradeId: null,
            closed: true,
          }
          if (joins) bars[bars.length - 1] = bar
          else bars.push(bar)
        }
        return bars
      },
    }
  }
}

/** Open, high, low, close. */
type Prices = [number, number, number, number]

interface Minute {
  readonly openTime: UnixMs
  readonly mark: Prices
  readonly index: Prices
  readonly premium: Prices
  points: number
  interest: number
}

const flat = (value: number): Prices => [value, value, value, value]

function grow(prices: Prices, value: number): void {
  prices[1] = Math.max(prices[1], value)
  prices[2] = Math.min(prices[2], value)
  prices[3] = value
}
