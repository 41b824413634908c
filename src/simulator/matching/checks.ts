import type { UnixMs } from '#model/ids.ts'
import { toNumber } from '#model/money.ts'
import type { Order } from '#model/order.ts'
import type { RejectCode } from './codes.ts'
import type { Desk } from './desk.ts'
import { feeRate } from './fills.ts'
import type { Lane } from './lane.ts'
import { allowedLeverage } from './position.ts'
import { signOf, worse } from './pricing.ts'
import type { WorkingOrder } from './working-order.ts'

export interface Refusal {
  readonly code: RejectCode
  readonly message: string
}

/** Why the venue refuses an order that arrives at `time`; null = it does not. The first reason wins, as at an exchange. */
export function refusalOf(desk: Desk, lane: Lane, order: WorkingOrder, time: UnixMs): Refusal | null {
  return (
    malformed(lane, order.order) ??
    impossible(lane, order, time) ??
    (order.order.reduceOnly ? null : unaffordable(desk, lane, order, time))
  )
}

/** Whether a limit order would take on arrival: its price is at the best known touch or beyond. False when nothing is known. */
export function marketable(lane: Lane, order: WorkingOrder, time: UnixMs): boolean {
  const { side, price = NaN } = order.order
  return signOf(side) * (price - lane.knownTouch(side, time)) >= 0
}

function malformed({ instrument }: Lane, order: Order): Refusal | null {
  const { quantity, price, stopPrice, type } = order
  const { lotSize, tickSize, minQuantity } = instrument
  if (!(quantity > 0) || !Number.isFinite(quantity)) return refuse('invalidQuantity', `quantity ${quantity}`)
  if (offGrid(quantity, lotSize)) return refuse('lotSize', `quantity ${quantity} is no multiple of ${lotSize}`)
  if (!order.reduceOnly && quantity < minQuantity)
    return refuse('minQuantity', `quantity ${quantity} is below ${minQuantity}`)
  const asked = type === 'limit' ? price : type === 'stopMarket' ? stopPrice : tickSize
  if (asked === undefined || !(asked > 0) || !Number.isFinite(asked))
    return refuse('invalidPrice', `${type} at ${asked}`)
  return offGrid(asked, tickSize) ? refuse('tickSize', `price ${asked} is no multiple of ${tickSize}`) : null
}

function impossible(lane: Lane, order: WorkingOrder, time: UnixMs): Refusal | null {
  const { type, timeInForce } = order.order
  if (lane.liquidating) return refuse('liquidating', 'the position is being liquidated')
  if (lane.ended && type !== 'market') return refuse('endOfData', 'the recording has ended')
  if (lane.ended && Number.isNaN(lane.recording.lastPrice(Infinity))) return refuse('noMarket', 'nothing has traded')
  const takes = type === 'limit' && timeInForce === 'postOnly' && marketable(lane, order, time)
  return takes
    ? refuse('postOnlyWouldTake', `${order.order.price} would take at ${lane.knownTouch(order.order.side, time)}`)
    : null
}

/** Reduce-only orders skip these: a rest below the minimum must still be closable. */
function unaffordable(desk: Desk, lane: Lane, { order }: WorkingOrder, time: UnixMs): Refusal | null {
  const { instrument, position } = lane
  const { side, quantity, leverage, decisionPrice } = order
  const price = order.price ?? order.stopPrice ?? worse(side, decisionPrice, lane.knownTouch(side, time))
  const notional = price * quantity
  if (notional < instrument.minNotional)
    return refuse('minNotional', `notional ${notional} is below ${instrument.minNotional}`)
  const signed = signOf(side) * position.quantity
  const opening = Math.max(0, quantity + Math.min(0, signed))
  const allowed = allowedLeverage(instrument, price * (opening + Math.max(0, signed)))
  if (!(leverage >= 1 && leverage <= allowed))
    return refuse('leverage', `leverage ${leverage} is not within 1 and ${allowed}`)
  const needed = price * opening * (1 / leverage + feeRate(desk, lane, 'taker'))
  const free = freeMargin(desk)
  return needed > free ? refuse('insufficientMargin', `${needed} needed, ${free} free`) : null
}

/** Quote units not set aside for positions and working entry orders. */
function freeMargin(desk: Desk): number {
  let free = toNumber(desk.cash)
  for (const lane of desk.active) {
    free -= toNumber(lane.position.margin)
    for (const { mode, remaining, order } of lane.orders) {
      if (order.reduceOnly || (mode !== 'taking' && mode !== 'resting')) continue
      free -= (remaining * (order.price ?? order.stopPrice ?? order.decisionPrice)) / order.leverage
    }
  }
  return free
}

function offGrid(value: number, step: number): boolean {
  const steps = value / step
  return Math.abs(steps - Math.round(steps)) > 1e-6 * Math.max(1, Math.abs(steps) * 1e-6)
}

function refuse(code: RejectCode, message: string): Refusal {
  return { code, message }
}
