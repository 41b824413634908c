import { liquidationPrice } from '#model/liquidation.ts'
import { atLeast, type Check } from '../check.ts'

/**
 * Distance from stop to liquidation price ÷ distance from entry to liquidation price: 1 = stop at the entry, 0 = stop
 * at liquidation, −1 = beyond it or liquidated on entry. Where nothing can liquidate, price 0 takes its place.
 */
export const liquidationReserve: Check = ({ draft, instrument, entryPrice, stopPrice, direction, limits }) => {
  const quantity = direction * draft.quantity
  const liquidation = liquidationPrice({ instrument, quantity, entryPrice, leverage: draft.leverage }) ?? 0
  const room = direction * (entryPrice - liquidation)
  const kept = direction * (stopPrice - liquidation)
  const reserve = room <= 0 ? -1 : Math.max(-1, kept / room)
  return atLeast('liquidationReserve', reserve, limits.minLiquidationReserve)
}
