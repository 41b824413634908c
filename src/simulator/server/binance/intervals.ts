import type { UnixMs } from '#model/ids.ts'
import type { Market, ServedBar } from '../types.ts'
import { WireError } from './wire-error.ts'

const minute = 60_000
const day = 86_400_000
const lengths: Readonly<Record<string, number>> = {
  '1m': minute,
  '3m': 3 * minute,
  '5m': 5 * minute,
  '15m': 15 * minute,
  '30m': 30 * minute,
  '1h': 60 * minute,
  '2h': 120 * minute,
  '4h': 240 * minute,
  '6h': 360 * minute,
  '8h': 480 * minute,
  '12h': 720 * minute,
  '1d': day,
  '3d': 3 * day,
  '1w': 7 * day,
}

/** Whether a word is an interval; `1s` is spot's and not kept here. */
export const isInterval = (word: string): boolean => word === '1M' || lengths[word] !== undefined

/** Bars of an interval word, ascending by open time, the forming one last. Throws −1120. */
export function barsOf(
  market: Pick<Market, 'bars'>,
  interval: string,
  range: { readonly from?: UnixMs; readonly to?: UnixMs } = {},
): readonly ServedBar[] {
  if (interval === '1M') return months(market.bars(day), range)
  const length = lengths[interval]
  if (length === undefined) throw new WireError(-1120, 'Invalid interval.')
  return market.bars(length, range)
}

/** Last instant of a bar, inclusive. */
export function closeTimeOf(bar: ServedBar, interval: string): UnixMs {
  if (interval !== '1M') return bar.openTime + bar.intervalMs - 1
  const open = new Date(bar.openTime)
  return Date.UTC(open.getUTCFullYear(), open.getUTCMonth() + 1) - 1
}

function months(days: readonly ServedBar[], { from = -Infinity, to = Infinity }: { from?: UnixMs; to?: UnixMs }) {
  const rows: ServedBar[] = []
  for (const bar of days) {
    const at = new Date(bar.openTime)
    const openTime = Date.UTC(at.getUTCFullYear(), at.getUTCMonth())
    const last = rows[rows.length - 1]
    if (last?.openTime === openTime) rows[rows.length - 1] = joined(last, bar)
    else {
      if (last !== undefined) rows[rows.length - 1] = { ...last, closed: true }
      rows.push({ ...bar, openTime, intervalMs: 30 * day, closed: false })
    }
  }
  return rows.filter(({ openTime }) => openTime >= from && openTime <= to)
}

function joined(month: ServedBar, bar: ServedBar): ServedBar {
  return {
    ...month,
    high: Math.max(month.high, bar.high),
    low: Math.min(month.low, bar.low),
    close: bar.close,
    volume: month.volume + bar.volume,
    notional: month.notional + bar.notional,
    buyVolume: month.buyVolume + bar.buyVolume,
    buyNotional: month.buyNotional + bar.buyNotional,
    trades: month.trades + bar.trades,
    firstTradeId: month.firstTradeId ?? bar.firstTradeId,
    lastTradeId: bar.lastTradeId ?? month.lastTradeId,
  }
}
