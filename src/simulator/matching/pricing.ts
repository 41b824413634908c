import { type Instrument, snapPriceAdverse } from '#model/instrument.ts'
import type { Side, SideCode } from '#model/market.ts'
import type { Slippage } from '#model/order.ts'

/** A price and the two prices that explain it: what traded, and what the touch made of it. */
export interface Priced {
  readonly price: number
  /** Print, mid or bar open that the fill leans on. */
  readonly reference: number
  /** Best price on the other side, never better than `reference`. */
  readonly touch: number
}

/** +1 for a buy, −1 for a sell. */
export const signOf = (side: Side): 1 | -1 => (side === 'buy' ? 1 : -1)

/** Best ask and bid there can have been beside a print. */
export interface PrintTouch {
  readonly ask: number
  readonly bid: number
}

/** A print happened on one side of the book: the other side was a tick away at the least. Of an unknown taker it may have been either. */
export function besidePrint({ tickSize }: Instrument, price: number, taker: SideCode): PrintTouch {
  const ask = taker === -1 ? price + tickSize : price
  const bid = taker === 1 ? Math.max(tickSize, price - tickSize) : price
  return { ask, bid }
}

/** The worse of two prices for that side; a NaN second one counts for nothing. */
export function worse(side: Side, price: number, other: number): number {
  if (Number.isNaN(other)) return price
  return side === 'buy' ? Math.max(price, other) : Math.min(price, other)
}

/**
 * Square-root law: `Y · σ · √(Q / V)` as a fraction of price, Q being the order's own quote notional so far.
 * Where nothing traded in the hour before, the order counts as that hour's whole volume.
 */
export function impactFraction(factor: number, volatility: number, quoteVolume: number, quoteFilled: number): number {
  const share = quoteVolume > 0 ? quoteFilled / quoteVolume : 1
  return factor * volatility * Math.sqrt(share)
}

/** Taker price: touch made worse by the impact fraction, rounded against us; at least one tick. */
export function takerPrice(
  instrument: Instrument,
  side: Side,
  reference: number,
  known: number,
  fraction: number,
): Priced {
  const touch = worse(side, reference, known)
  const price = snapPriceAdverse(instrument, touch * (1 + signOf(side) * fraction), side)
  return { price: Math.max(price, instrument.tickSize), reference, touch }
}

/** `side × (price − decisionPrice)` taken apart; spread and impact are never negative. */
export function slippageOf(side: Side, decisionPrice: number, priced: Priced): Slippage {
  const sign = signOf(side)
  const spread = Math.max(0, sign * (priced.touch - priced.reference))
  const impact = Math.max(0, sign * (priced.price - priced.touch))
  return { delay: sign * (priced.reference - decisionPrice), spread, impact }
}

/** A maker fill pays no spread and has no impact: all of its distance to the decision is delay. */
export function atLimit(limit: number): Priced {
  return { price: limit, reference: limit, touch: limit }
}
