import type { InstanceId, InstrumentId, PositionId, SignalId, UnixMs } from '#model/ids.ts'
import { type Instrument, snapQuantity } from '#model/instrument.ts'
import { liquidationPrice } from '#model/liquidation.ts'
import { type Money, portion, product, toNumber, unitPrice } from '#model/money.ts'
import type { Costs, Order, OrderFilled, Position } from '#model/order.ts'

/** One open position with everything its round trip will need; plain data, changed in place. */
export interface Held {
  readonly positionId: PositionId
  readonly instanceId: InstanceId
  readonly instrumentId: InstrumentId
  readonly signalId: SignalId
  readonly strategy: string
  readonly leverage: number
  readonly openedAt: UnixMs
  /** Signed, base units. */
  quantity: number
  /** Signed like `quantity`. */
  cost: Money
  /** `cost` as a number, for the hot path. */
  costNumber: number
  lastPrice: number
  unrealized: number
  highestPrice: number
  lowestPrice: number
  largestQuantity: number
  entryQuantity: number
  entryNotional: Money
  exitQuantity: number
  exitNotional: Money
  grossProfit: Money
  costs: { -readonly [Name in keyof Costs]: Money }
  view: Position
}

/** What a change of size did to the money. */
export interface Booking {
  /** Signed change of the quantity. */
  readonly quantity: number
  /** Change of the position account. */
  readonly cost: Money
  /** Change of the cash account; `cash + cost = profit`. */
  readonly cash: Money
  /** Realised, before fees. */
  readonly profit: Money
}

/** Where a new position comes from. */
export interface Opening {
  readonly positionId: PositionId
  readonly order: Order
  readonly strategy: string
  readonly time: UnixMs
  readonly price: number
}

/** A position of quantity 0, ready for its first fill. */
export function toHeld({ positionId, order, strategy, time, price }: Opening): Held {
  const { instanceId, instrumentId, signalId, leverage } = order
  const names = { positionId, instanceId, instrumentId, signalId, leverage, openedAt: time }
  return {
    ...names,
    strategy,
    quantity: 0,
    cost: 0n,
    costNumber: 0,
    lastPrice: price,
    unrealized: 0,
    highestPrice: price,
    lowestPrice: price,
    largestQuantity: 0,
    entryQuantity: 0,
    entryNotional: 0n,
    exitQuantity: 0,
    exitNotional: 0n,
    grossProfit: 0n,
    costs: { fee: 0n, spread: 0n, impact: 0n, delay: 0n, funding: 0n },
    view: { ...names, quantity: 0, cost: 0n, entryPrice: price, liquidationPrice: null },
  }
}

/** Adds `quantity` (same sign as held) at `price`. */
export function increase(held: Held, instrument: Instrument, quantity: number, price: number): Booking {
  const cost = product(price, quantity)
  held.entryQuantity = snapQuantity(instrument, held.entryQuantity + Math.abs(quantity))
  held.entryNotional += absolute(cost)
  resize(held, instrument, quantity, cost, price)
  held.largestQuantity = Math.max(held.largestQuantity, Math.abs(held.quantity))
  return { quantity, cost, cash: -cost, profit: 0n }
}

/** Takes `quantity` (opposite sign, at most what is held) off at `price`; the cost leaves in proportion, the rest is exact. */
export function reduce(held: Held, instrument: Instrument, quantity: number, price: number): Booking {
  const isLast = snapQuantity(instrument, held.quantity + quantity) === 0
  const cost = isLast ? -held.cost : -portion(held.cost, Math.abs(quantity), Math.abs(held.quantity))
  const cash = -product(price, quantity)
  const profit = cash + cost
  held.exitQuantity = snapQuantity(instrument, held.exitQuantity + Math.abs(quantity))
  held.exitNotional += absolute(cash)
  held.grossProfit += profit
  resize(held, instrument, quantity, cost, price)
  return { quantity, cost, cash, profit }
}

/** Adds the fee of a fill and, where the venue says how the price came about, its parts. */
export function addCosts(held: Held, fee: Money, quantity: number, slippage: OrderFilled['slippage']): void {
  held.costs.fee += fee
  if (slippage === undefined) return
  held.costs.spread += product(slippage.spread, quantity)
  held.costs.impact += product(slippage.impact, quantity)
  held.costs.delay += product(slippage.delay, quantity)
}

/** Values the position at `price`; number arithmetic only. */
export function revalue(held: Held, price: number): void {
  held.lastPrice = price
  held.unrealized = held.quantity * price - held.costNumber
  if (price > held.highestPrice) held.highestPrice = price
  if (price < held.lowestPrice) held.lowestPrice = price
}

/** Independent of the original; views are immutable and shared. */
export function copyHeld(held: Held): Held {
  return { ...held, costs: { ...held.costs } }
}

function resize(held: Held, instrument: Instrument, quantity: number, cost: Money, price: number): void {
  held.quantity = snapQuantity(instrument, held.quantity + quantity)
  held.cost += cost
  held.costNumber = toNumber(held.cost)
  // the fill is a price the position met, but not a newer mark than the last one
  const { lastPrice } = held
  revalue(held, price)
  revalue(held, lastPrice)
  if (held.quantity === 0) held.unrealized = 0
  else held.view = toView(held, instrument)
}

function toView(held: Held, instrument: Instrument): Position {
  const { quantity, cost, leverage } = held
  const entryPrice = unitPrice(cost, quantity)
  const liquidation = liquidationPrice({ instrument, quantity, entryPrice, leverage })
  return { ...held.view, quantity, cost, entryPrice, liquidationPrice: Number.isNaN(liquidation) ? null : liquidation }
}

function absolute(amount: Money): Money {
  return amount < 0n ? -amount : amount
}
