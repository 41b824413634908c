import { numberText } from '../report/format.ts'
import type { Interval } from '../pumps/statistics.ts'
import { watchedCoins } from '../pumps/score-rows.ts'
import type { AlarmClass } from './alarms.ts'
import type { Grain } from './recording.ts'

/** `ticks`, `1m candles`. */
export function grainText(grain: Grain): string {
  if (grain === 'ticks') return grain
  const minutes = grain / 60_000
  return `${minutes < 1 ? `${grain / 1_000}s` : minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`} candles`
}

/** `perpetual larger, 5m candles`; without the grain where all are together. */
export const classText = ({ kind, liquidity, grain }: Pick<AlarmClass, 'kind' | 'liquidity' | 'grain'>): string =>
  `${kind} ${liquidity}${grain === null ? '' : `, ${grainText(grain)}`}`

/** What a rate means for who watches 300 coins: alarms a day. */
export const inLife = (perCoinDay: number | null): number | null =>
  perCoinDay === null ? null : perCoinDay * watchedCoins

export const intervalText = (interval: Interval | null): string =>
  interval === null ? '' : `${numberText(interval.low, 4)}–${numberText(interval.high, 4)}`
