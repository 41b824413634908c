import type { Instrument } from '#model/instrument.ts'
import { tierOf } from '#model/liquidation.ts'
import type { Side } from '#model/market.ts'
import type { Account } from './account.ts'
import { type Core, refuse } from './core.ts'
import { closingQuantity, isClosing, marginOf, markOf, openingPart } from './margin.ts'
import type { ServedMarket } from './market.ts'
import { closableOf } from './settle.ts'
import type { MarginMode, OrderRequest, PositionSide, Refusal } from './types.ts'
import { remainingOf } from './working-order.ts'

/** A request with everything that may be left out filled in. */
export interface Asked extends OrderRequest {
  readonly positionSide: PositionSide
  readonly timeInForce: NonNullable<OrderRequest['timeInForce']>
  readonly reduceOnly: boolean
  readonly leverage: number
  readonly marginMode: MarginMode
}

/** Fills in what the request leaves to the account's settings. */
export function completed(account: Account, request: OrderRequest): Asked {
  const positionSide = request.positionSide ?? 'net'
  const settings = account.settings(request.instrumentId)
  const held = account.position(request.instrumentId, positionSide)
  const open = held !== undefined && held.held.quantity !== 0
  const long = positionSide === 'long' || (positionSide === 'net' && request.side === 'buy')
  const leverage = request.leverage ?? (long ? settings.long : settings.short)
  return {
    ...request,
    positionSide,
    timeInForce: request.type === 'market' ? 'ioc' : (request.timeInForce ?? 'gtc'),
    reduceOnly: request.reduceOnly ?? false,
    // an open position keeps its own
    leverage: open ? held.leverage : leverage,
    marginMode: open ? held.marginMode : (request.marginMode ?? settings.marginMode),
  }
}

/** Why the exchange refuses; null = it does not. The first reason wins. */
export function refusalOf(
  core: Core,
  account: Account,
  market: ServedMarket | undefined,
  asked: Asked,
): Refusal | null {
  if (market === undefined) return refuse('unknownInstrument', `${asked.instrumentId} is not listed`)
  if (market.state === 'delisted') return refuse('delisted', `${asked.instrumentId} is delisted`)
  if (market.state === 'halted') return refuse('halted', `${asked.instrumentId} is halted`)
  return (
    malformed(market.instrument, asked) ??
    misplaced(core, account, market, asked) ??
    taken(core, account, asked) ??
    outOfBand(core, market, asked) ??
    unclosable(core, account, market, asked) ??
    unaffordable(core, account, market, asked) ??
    untradable(account, market, asked)
  )
}

/** Size and price on the grid. */
export function malformed(
  { lotSize, tickSize, minQuantity, id }: Instrument,
  { quantity, type, price, reduceOnly }: Pick<Asked, 'quantity' | 'type' | 'price' | 'reduceOnly'>,
): Refusal | null {
  if (!(quantity > 0) || !Number.isFinite(quantity)) return refuse('invalidQuantity', `quantity ${quantity}`)
  if (offGrid(quantity, lotSize)) return refuse('lotSize', `quantity ${quantity} is no multiple of ${lotSize} (${id})`)
  if (!reduceOnly && quantity < minQuantity)
    return refuse('minQuantity', `quantity ${quantity} is below ${minQuantity}`)
  if (quantity > maxQuantityOf({ lotSize })) return refuse('maxQuantity', `quantity ${quantity} is too large`)
  if (type === 'market') return null
  if (price === undefined || !(price > 0) || !Number.isFinite(price)) return refuse('invalidPrice', `limit at ${price}`)
  return offGrid(price, tickSize) ? refuse('tickSize', `price ${price} is no multiple of ${tickSize}`) : null
}

/** Largest order: a hundred million lots. */
export const maxQuantityOf = ({ lotSize }: Pick<Instrument, 'lotSize'>): number => lotSize * 1e8

/** Price at which a taker of that side could begin; null without a market. */
export function touchOf(market: ServedMarket, side: Side): number | null {
  return market.depth.best(side === 'buy' ? 'ask' : 'bid')?.price ?? null
}

/** Base units an order of that side finds within its limit, its own account's orders aside. */
export function reachable(account: Account, market: ServedMarket, side: Side, limit: number): number {
  const sign = side === 'buy' ? 1 : -1
  let quantity = 0
  for (const level of market.depth.opposite(side)) {
    if (sign * (level.price - limit) > 0) break
    quantity += level.background
    for (const order of level.orders) {
      if (order.accountId !== account.id) quantity += remainingOf(market.instrument, order)
    }
  }
  return quantity
}

/** Farthest price a market order walks to. */
export function marketLimit(core: Core, market: ServedMarket, side: Side): number {
  const sign = side === 'buy' ? 1 : -1
  return markOf(market) * (1 + sign * core.rules.priceBand)
}

function misplaced(core: Core, account: Account, market: ServedMarket, asked: Asked): Refusal | null {
  const { positionSide } = asked
  const fits = account.mode === 'hedge' ? positionSide !== 'net' : positionSide === 'net'
  if (!fits) return refuse('positionSideMismatch', `${positionSide} in ${account.mode} mode`)
  if (account.mode === 'hedge' && asked.reduceOnly && core.rules.closingOrders === 'reduce')
    return refuse('reduceOnlyRejected', 'reduce-only in hedge mode')
  if (market.depth.best('bid') === undefined && market.depth.best('ask') === undefined && asked.type === 'market')
    return refuse('noMarket', 'nobody trades')
  return null
}

function taken(core: Core, account: Account, { clientId, instrumentId }: Asked): Refusal | null {
  if (clientId !== undefined && clientIdTaken(core, account, clientId))
    return refuse('duplicateClientId', `${clientId} exists`)
  let open = 0
  for (const order of account.open.values()) if (order.instrumentId === instrumentId) open++
  return open >= core.rules.maxOpenOrders ? refuse('tooManyOrders', `${open} open orders`) : null
}

/** Whether the client id may not be used, by the venue's rule. */
export function clientIdTaken(core: Core, account: Account, clientId: string): boolean {
  if (core.rules.clientIds === 'ever') return account.usedClientIds.has(clientId)
  for (const order of account.open.values()) if (order.clientId === clientId) return true
  return false
}

function outOfBand(core: Core, market: ServedMarket, { type, price, side }: Asked): Refusal | null {
  if (type === 'market' || price === undefined) return null
  const mark = markOf(market)
  const high = mark * (1 + core.rules.priceBand)
  const low = mark * (1 - core.rules.priceBand)
  // worse for the trader only: far orders on the other side merely wait
  if (side === 'buy' && price > high) return refuse('priceBand', `${price} is above ${high}`)
  if (side === 'sell' && price < low) return refuse('priceBand', `${price} is below ${low}`)
  return null
}

function unclosable(core: Core, account: Account, market: ServedMarket, asked: Asked): Refusal | null {
  if (!isClosing(asked)) return null
  const closable = closableOf(market, account, asked)
  if (closable <= 0) {
    return asked.positionSide === 'net'
      ? refuse('reduceOnlyRejected', 'nothing to reduce')
      : refuse('noPosition', `no ${asked.positionSide} position`)
  }
  if (core.rules.closingOrders === 'reduce') return null
  const free = closable - closingQuantity(market, account, asked.positionSide, asked.side)
  return asked.quantity > free + market.instrument.lotSize / 2
    ? refuse('noPosition', `${free} of the position is not reserved by other orders`)
    : null
}

function unaffordable(core: Core, account: Account, market: ServedMarket, asked: Asked): Refusal | null {
  if (isClosing(asked)) return null
  const { instrument } = market
  const price = asked.price ?? touchOf(market, asked.side) ?? markOf(market)
  const notional = price * asked.quantity
  const opening = openingPart(account, instrument, asked, account.open.values())
  if (opening > 0 && notional < instrument.minNotional)
    return refuse('minNotional', `notional ${notional} is below ${instrument.minNotional}`)
  const held = Math.abs(account.position(instrument.id, asked.positionSide)?.held.quantity ?? 0)
  const allowed = allowedLeverage(instrument, price * (opening + (opening === asked.quantity ? held : 0)))
  if (!(asked.leverage >= 1) || asked.leverage > instrument.maxLeverage)
    return refuse('leverage', `leverage ${asked.leverage} is not within 1 and ${instrument.maxLeverage}`)
  if (opening > 0 && asked.leverage > allowed)
    return refuse('maxPosition', `a position of that size has at most ${allowed}x`)
  const needed = price * opening * (1 / asked.leverage + account.feesOf(instrument).taker)
  const { available } = marginOf(core, account, instrument.quote)
  return needed > available ? refuse('insufficientMargin', `${needed} needed, ${available} free`) : null
}

function untradable(account: Account, market: ServedMarket, asked: Asked): Refusal | null {
  if (asked.type === 'market' || asked.price === undefined) return null
  const touch = touchOf(market, asked.side)
  const crosses = touch !== null && (asked.side === 'buy' ? asked.price >= touch : asked.price <= touch)
  if (asked.timeInForce === 'postOnly' && crosses)
    return refuse('postOnlyWouldTake', `${asked.price} would take at ${touch}`)
  const short = asked.timeInForce === 'fok' && reachable(account, market, asked.side, asked.price) < asked.quantity
  return short ? refuse('fokUnfilled', 'the book does not fill it whole') : null
}

/** Highest leverage of a position of that notional. */
export function allowedLeverage(instrument: Instrument, notional: number): number {
  const tier = tierOf(instrument, notional)
  return tier === undefined ? instrument.maxLeverage : Math.min(instrument.maxLeverage, tier.maxLeverage)
}

export function offGrid(value: number, step: number): boolean {
  const steps = value / step
  return Math.abs(steps - Math.round(steps)) > 1e-6 * Math.max(1, Math.abs(steps) * 1e-6)
}
