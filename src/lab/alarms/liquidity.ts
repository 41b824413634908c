import type { Instrument } from '#model/instrument.ts'
import type { BarColumns } from '#model/market.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

/** From this share of bars without trades on, a market is thin. */
const thinShare = 0.2
/** From this mean daily turnover on, in dollars, a market is larger. */
const largerTurnover = 5_000_000
/** Below this mean move a minute, percent, a market is larger: it follows the whole market rather than its own orders. */
const largerMovePct = 0.1
const dollars: readonly string[] = ['USD', 'USDT', 'USDC', 'BUSD', 'FDUSD', 'TUSD']

/** `thin`: trades are rare. `larger`: much is traded, or the price moves little. `small`: active small coins, the rest. */
export type Liquidity = 'thin' | 'small' | 'larger'

/** How liquid a market was, told by its bars alone. */
export interface LiquidityMeasures {
  readonly bars: number
  /** Share of the bars in which nothing traded. */
  readonly emptyShare: number
  /** Quote units a day. */
  readonly turnoverPerDay: number
  /** Mean change from close to close, whichever way, scaled to a minute by the square root of time. */
  readonly movePct: number
}

/** Adds up bars of one market, which may come from several recordings. */
export class LiquidityTally {
  #bars = 0
  #empty = 0
  #turnover = 0
  #ms = 0
  #moves = 0
  #moved = 0

  add({ intervalMs, high, low, close, volume }: BarColumns): void {
    const toMinute = 100 / Math.sqrt(intervalMs / minuteMs)
    for (let at = 0; at < close.length; at++) {
      this.#bars++
      if (volume[at] === 0) this.#empty++
      this.#turnover += (volume[at] * (high[at] + low[at] + close[at])) / 3
      this.#ms += intervalMs
      if (at === 0) continue
      this.#moves++
      this.#moved += Math.abs(Math.log(close[at] / close[at - 1])) * toMinute
    }
  }

  measures(): LiquidityMeasures {
    return {
      bars: this.#bars,
      emptyShare: this.#empty / this.#bars,
      turnoverPerDay: (this.#turnover / this.#ms) * dayMs,
      movePct: this.#moves === 0 ? 0 : this.#moved / this.#moves,
    }
  }
}

/** Class of a market by what was measured; turnover counts only where it is in dollars. */
export function liquidityOf(
  { emptyShare, turnoverPerDay, movePct }: LiquidityMeasures,
  { quote }: Pick<Instrument, 'quote'>,
): Liquidity {
  if (emptyShare >= thinShare) return 'thin'
  const isMuch = dollars.includes(quote) && turnoverPerDay >= largerTurnover
  return isMuch || movePct < largerMovePct ? 'larger' : 'small'
}

/** The thresholds, in one line. */
export const liquidityText =
  `thin: ${thinShare * 100} % or more of the bars without trades; larger: a mean daily turnover of ` +
  `${largerTurnover / 1e6} million dollars or more, or a mean move below ${largerMovePct} % a minute; small: the others`
