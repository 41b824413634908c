import type { InstrumentId, UnixMs } from '#model/ids.ts'
import { Bounded } from '../bounded.ts'
import type { ExchangeEvent, ServedBar } from '../types.ts'
import type { BarSource } from './intervals.ts'

export type PriceSeries = 'fair' | 'index'

const minute = 60_000
/** Two days. */
const kept = 2_880
/** 1970-01-05 was a Monday. */
const monday = 4 * 86_400_000

/** Open, high, low, close. */
type Prices = [number, number, number, number]

interface Minute {
  readonly openTime: UnixMs
  readonly fair: Prices
  readonly index: Prices
}

/** Minutes of fair and index price, from when the door was opened. */
export class PriceBars {
  readonly #rows = new Map<InstrumentId, Bounded<Minute>>()

  take(event: ExchangeEvent): void {
    if (event.type !== 'mark') return
    const { mark, index } = event.mark
    if (Number.isNaN(mark) || Number.isNaN(index)) return
    let rows = this.#rows.get(event.instrumentId)
    if (rows === undefined) this.#rows.set(event.instrumentId, (rows = new Bounded<Minute>(kept)))
    const openTime = Math.floor(event.time / minute) * minute
    const { last } = rows
    if (last?.openTime === openTime) {
      grow(last.fair, mark)
      grow(last.index, index)
    } else rows.push({ openTime, fair: flat(mark), index: flat(index) })
  }

  source(id: InstrumentId, series: PriceSeries): BarSource {
    const minutes = this.#rows.get(id)?.items ?? []
    return {
      bars: (intervalMs, { from = -Infinity, to = Infinity } = {}) => {
        const bars: ServedBar[] = []
        for (const row of minutes) {
          const [open, high, low, close] = row[series]
          const origin = intervalMs === 7 * 1_440 * minute ? monday : 0
          const openTime = Math.floor((row.openTime - origin) / intervalMs) * intervalMs + origin
          const last = bars.at(-1)
          const joins = last?.openTime === openTime
          const bar = {
            ...empty,
            openTime,
            intervalMs,
            open: joins ? last.open : open,
            high: joins ? Math.max(last.high, high) : high,
            low: joins ? Math.min(last.low, low) : low,
            close,
          }
          if (joins) bars[bars.length - 1] = bar
          else bars.push(bar)
        }
        return bars.filter(({ openTime }) => openTime >= from && openTime <= to)
      },
    }
  }
}

const empty = {
  volume: 0,
  notional: 0,
  buyVolume: 0,
  buyNotional: 0,
  trades: 0,
  firstTradeId: null,
  lastTradeId: null,
  closed: false,
}

const flat = (price: number): Prices => [price, price, price, price]

function grow(prices: Prices, price: number): void {
  prices[1] = Math.max(prices[1], price)
  prices[2] = Math.min(prices[2], price)
  prices[3] = price
}
