import type { UnixMs } from '#model/ids.ts'
import { snapPriceAdverse } from '#model/instrument.ts'
import { product, share } from '#model/money.ts'
import { type Desk, report } from './desk.ts'
import { cancelOrder, feeRate, settlePosition } from './fills.ts'
import type { Lane } from './lane.ts'

/** Starts the liquidation when the mark price has reached its price: all working orders of the instrument go first. */
export function checkLiquidation(desk: Desk, lane: Lane, time: UnixMs, mark: number): void {
  const { position, liquidationPrice } = lane
  if (lane.liquidating || position.quantity === 0) return
  const reached = position.quantity > 0 ? mark <= liquidationPrice : mark >= liquidationPrice
  if (!reached) return
  lane.liquidating = true
  for (const order of lane.orders) {
    if (order.mode === 'taking' || order.mode === 'resting') cancelOrder(desk, lane, order, time, 'liquidated')
  }
}

/**
 * Closes the position at the first row after the trigger, whole, at its bankruptcy price: the isolated margin is lost to the
 * end, however soft the market was, and no more than it, however hard. Taker and liquidation fee come on top.
 */
export function takeOver(desk: Desk, lane: Lane, time: UnixMs): void {
  const { position, instrument } = lane
  const long = position.quantity > 0
  const side = long ? 'sell' : 'buy'
  const quantity = Math.abs(position.quantity)
  const price = Math.max(instrument.tickSize, snapPriceAdverse(instrument, position.bankruptcyPrice, side))
  const fee = share(product(price, quantity), feeRate(desk, lane, 'taker') + instrument.liquidationFeeRate)
  desk.cash += position.fill(instrument, side, price, quantity, 1) - fee
  const tradeId = `${instrument.id}-l${time}`
  report(desk, lane, { type: 'liquidated', instrumentId: instrument.id, tradeId, time, price, quantity, fee })
  settlePosition(desk, lane, time, false)
}
