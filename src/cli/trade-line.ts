import { decimalsOf, type Instrument } from '#model/instrument.ts'
import type { TradeColumns } from '#model/market.ts'

export const tradeHeader = 'timestamp,side,price,quantity'

/** Rows of trades as CSV, by number: time in ms, side (empty when unknown), plain decimals. */
export function tradeLine(instrument: Instrument, trades: TradeColumns): (row: number) => string {
  const price = decimal(instrument.tickSize)
  const quantity = decimal(instrument.lotSize)
  return (row) => {
    const side = trades.side[row] === 0 ? '' : trades.side[row] > 0 ? 'buy' : 'sell'
    return `${trades.time[row]},${side},${price(trades.price[row])},${quantity(trades.quantity[row])}`
  }
}

/** Numbers of a grid with its decimals, with more where they are off it; never an exponent. */
export function decimal(step: number): (value: number) => string {
  const decimals = decimalsOf(step)
  return (value) => {
    const text = value.toFixed(decimals)
    return Number(text) === value ? text : value.toFixed(20).replace(/\.?0+$/, '')
  }
}
