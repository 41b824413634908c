import type { UnixMs } from '#model/ids.ts'
import type { EventScore, FalseAlert, PumpEvent, TimedPrice } from './score.ts'
import type { Tape } from './tape.ts'

/** Around an onset, or around a false alert. */
const beforeMs = 120_000
const afterMs = 600_000
const priceStepMs = 2_000
const volumeStepMs = 10_000

/** A small picture of one moment; times are ms after `zero`, an onset or a false alert. */
export interface PumpChart {
  readonly kind: EventScore['outcome'] | 'false'
  readonly title: string
  readonly zero: UnixMs
  readonly from: number
  readonly to: number
  /** Time, lowest, highest and last price of every 2 s with a trade. */
  readonly prices: readonly (readonly [time: number, low: number, high: number, last: number])[]
  /** Quote units traded in every 10 s. */
  readonly turnover: readonly number[]
  readonly turnoverStepMs: number
  readonly alerts: readonly { readonly time: number; readonly price: number }[]
  /** Price before the rise, and at its peak. */
  readonly prePrice: number | null
  readonly peakPrice: number | null
}

export function eventChart(
  event: EventScore,
  pumps: readonly PumpEvent[],
  alerts: readonly TimedPrice[],
  tape: Tape,
): PumpChart {
  const pump = pumps.find(({ eventId }) => eventId === event.eventId)
  return {
    kind: event.outcome,
    title: event.eventId,
    ...pictureAt(event.onset, alerts, tape),
    prePrice: pump?.prePrice ?? null,
    peakPrice: pump?.peakPrice ?? null,
  }
}

export function falseAlertChart(alert: FalseAlert, alerts: readonly TimedPrice[], tape: Tape): PumpChart {
  return {
    kind: 'false',
    title: alert.instrumentId,
    ...pictureAt(alert.time, alerts, tape),
    prePrice: tape.medianPrice(alert.time - 3_600_000, alert.time - 300_000),
    peakPrice: null,
  }
}

function pictureAt(
  zero: UnixMs,
  alerts: readonly TimedPrice[],
  tape: Tape,
): Omit<PumpChart, 'kind' | 'title' | 'prePrice' | 'peakPrice'> {
  const { time, price, quantity } = tape.trades
  const [first, end] = tape.rows(zero - beforeMs, zero + afterMs)
  const prices = new Map<number, [number, number, number, number]>()
  const turnover = new Array<number>((beforeMs + afterMs) / volumeStepMs).fill(0)
  for (let row = first; row < end; row++) {
    const at = time[row] - zero
    const bin = Math.floor(at / priceStepMs) * priceStepMs
    const seen = prices.get(bin)
    if (seen) prices.set(bin, [bin, Math.min(seen[1], price[row]), Math.max(seen[2], price[row]), price[row]])
    else prices.set(bin, [bin, price[row], price[row], price[row]])
    const slot = Math.min(turnover.length - 1, Math.floor((at + beforeMs) / volumeStepMs))
    turnover[slot] += price[row] * quantity[row]
  }
  return {
    zero,
    from: -beforeMs,
    to: afterMs,
    prices: [...prices.values()],
    turnover,
    turnoverStepMs: volumeStepMs,
    alerts: alerts
      .filter((alert) => alert.time >= zero - beforeMs && alert.time <= zero + afterMs)
      .map((alert) => ({ time: alert.time - zero, price: alert.price })),
  }
}
