import { decimalsOf, type Instrument, snapQuantity } from '#model/instrument.ts'
import { maintenanceMargin, tierOf } from '#model/liquidation.ts'
import type { Side } from '#model/market.ts'
import { type Money, toMoney, toNumber } from '#model/money.ts'
import type { Account, HeldPosition } from './account.ts'
import { accountOf, type Core } from './core.ts'
import type { ServedMarket } from './market.ts'
import type { AccountId, BalanceRow, ExchangeOrder, PositionRow, PositionSide } from './types.ts'
import { remainingOf } from './working-order.ts'

/** Everything of one currency of an account in quote units. */
export interface MarginSummary {
  readonly wallet: number
  /** Wallet less isolated margins. */
  readonly crossWallet: number
  readonly isolatedMargin: number
  readonly crossProfit: number
  readonly isolatedProfit: number
  readonly crossInitial: number
  /** Maintenance margin and the fee of closing, of cross positions. */
  readonly crossNeeded: number
  readonly maintenance: number
  readonly orderMargin: number
  readonly available: number
}

export function marginOf(core: Core, account: Account, currency: string): MarginSummary {
  const wallet = toNumber(account.wallet(currency))
  let isolatedMargin = 0
  let crossProfit = 0
  let isolatedProfit = 0
  let crossInitial = 0
  let crossNeeded = 0
  let maintenance = 0
  for (const position of account.positions.values()) {
    if (position.held.quantity === 0) continue
    const market = core.markets.get(position.instrumentId)
    if (market === undefined || market.instrument.quote !== currency) continue
    const notional = Math.abs(position.held.quantity) * markOf(market)
    const profit = profitOf(position, market)
    maintenance += neededOf(market.instrument, notional)
    if (position.marginMode === 'isolated') {
      isolatedMargin += toNumber(position.held.margin)
      isolatedProfit += profit
    } else {
      crossProfit += profit
      crossInitial += notional / position.leverage
      crossNeeded += neededOf(market.instrument, notional) + notional * market.instrument.takerFeeRate
    }
  }
  const orderMargin = orderMarginOf(core, account, currency)
  const crossWallet = wallet - isolatedMargin
  const available = Math.max(0, crossWallet + crossProfit - crossInitial - orderMargin)
  return {
    wallet,
    crossWallet,
    isolatedMargin,
    crossProfit,
    isolatedProfit,
    crossInitial,
    crossNeeded,
    maintenance,
    orderMargin,
    available,
  }
}

export function balanceRow(core: Core, account: Account, currency: string): BalanceRow {
  const margin = marginOf(core, account, currency)
  const wallet = account.wallet(currency)
  const unrealizedProfit = toMoney(round(margin.crossProfit + margin.isolatedProfit))
  return {
    accountId: account.id,
    currency,
    wallet,
    crossWallet: wallet - isolatedOf(core, account, currency),
    unrealizedProfit,
    positionMargin: toMoney(round(margin.crossInitial + margin.isolatedMargin)),
    orderMargin: toMoney(round(margin.orderMargin)),
    maintenanceMargin: toMoney(round(margin.maintenance)),
    available: toMoney(round(margin.available)),
    equity: wallet + unrealizedProfit,
  }
}

/** Currencies it holds or may trade in. */
export function balanceRows(core: Core, accountId: AccountId): readonly BalanceRow[] {
  const account = accountOf(core, accountId)
  return [...account.wallets.keys()].map((currency) => balanceRow(core, account, currency))
}

export function positionRow(core: Core, account: Account, position: HeldPosition): PositionRow {
  const market = core.markets.get(position.instrumentId) as ServedMarket
  const { instrument } = market
  const { held, marginMode, leverage } = position
  const mark = markOf(market)
  const notional = Math.abs(held.quantity) * mark
  const isolated = marginMode === 'isolated'
  const flat = held.quantity === 0
  const initial = isolated ? toNumber(held.margin) : notional / leverage
  const profit = flat ? 0 : profitOf(position, market)
  return {
    positionId: position.positionId,
    accountId: account.id,
    instrumentId: position.instrumentId,
    positionSide: position.positionSide,
    quantity: held.quantity,
    entryPrice: flat ? 0 : Number(held.entryPrice.toPrecision(15)),
    markPrice: mark,
    leverage,
    marginMode,
    isolatedMargin: isolated ? held.margin : 0n,
    initialMargin: toMoney(round(initial)),
    maintenanceMargin: flat ? 0n : toMoney(round(neededOf(instrument, notional))),
    unrealizedProfit: toMoney(round(profit)),
    realizedProfit: position.realized,
    fees: position.fees,
    funding: position.funding,
    liquidationPrice: flat ? null : liquidationPriceOf(core, account, position),
    frozenQuantity: flat
      ? 0
      : closingQuantity(market, account, position.positionSide, held.quantity > 0 ? 'sell' : 'buy'),
    closedQuantity: position.closedQuantity,
    closeAveragePrice: position.closedQuantity > 0 ? toNumber(position.closedNotional) / position.closedQuantity : 0,
    adlLevel: adlLevel(initial > 0 ? profit / initial : 0),
    openedAt: position.openedAt,
    updatedAt: position.updatedAt,
  }
}

/** Mark price that liquidates the position, the others as they are; null when none above 0 does. */
export function liquidationPriceOf(core: Core, account: Account, position: HeldPosition): number | null {
  const market = core.markets.get(position.instrumentId) as ServedMarket
  const { instrument } = market
  const { held } = position
  const price =
    position.marginMode === 'isolated'
      ? held.liquidationPrice(instrument)
      : crossLiquidationPrice(core, account, position, market)
  if (!(price > 0)) return null
  return Number(price.toFixed(Math.min(12, decimalsOf(instrument.tickSize) + 4)))
}

function crossLiquidationPrice(core: Core, account: Account, position: HeldPosition, market: ServedMarket): number {
  const { instrument } = market
  const { quantity, entryPrice } = position.held
  const mark = markOf(market)
  const margin = marginOf(core, account, instrument.quote)
  const own = Math.abs(quantity) * mark
  const ownNeeded = neededOf(instrument, own) + own * instrument.takerFeeRate
  const others = margin.crossWallet + margin.crossProfit - profitOf(position, market) - (margin.crossNeeded - ownNeeded)
  const sign = Math.sign(quantity)
  const size = Math.abs(quantity)
  let price = mark
  // the tier depends on the price found; it settles in a few rounds
  for (let round = 0; round < 4; round++) {
    const tier = tierOf(instrument, size * price) ?? instrument.marginTiers.at(-1)
    const rate = (tier?.maintenanceRate ?? 0.01) + instrument.takerFeeRate
    price = (sign * size * entryPrice - others - (tier?.deduction ?? 0)) / (sign * size - size * rate)
    if (!(price > 0)) return NaN
  }
  return price
}

/** Base units that orders already in the book would close of a position, on that side. */
export function closingQuantity(
  market: ServedMarket,
  account: Account,
  positionSide: PositionSide,
  side: Side,
): number {
  let quantity = 0
  for (const order of account.open.values()) {
    if (order.instrumentId !== market.instrument.id || order.side !== side || order.positionSide !== positionSide)
      continue
    if (isClosing(order)) quantity += remainingOf(market.instrument, order)
  }
  return snapQuantity(market.instrument, quantity)
}

/** Whether an order can only make a position smaller. */
export function isClosing(order: Pick<ExchangeOrder, 'positionSide' | 'side' | 'reduceOnly'>): boolean {
  if (order.positionSide === 'long') return order.side === 'sell'
  if (order.positionSide === 'short') return order.side === 'buy'
  return order.reduceOnly
}

/** Base units of `quantity` on that side that would not merely close what is held, the open orders before it counted. */
export function openingPart(
  account: Account,
  instrument: Instrument,
  order: {
    readonly side: Side
    readonly positionSide: PositionSide
    readonly quantity: number
    readonly reduceOnly: boolean
  },
  orders: Iterable<ExchangeOrder>,
): number {
  if (isClosing(order)) return 0
  if (order.positionSide !== 'net') return order.quantity
  const held = account.position(instrument.id, 'net')?.held.quantity ?? 0
  let closable = Math.max(0, order.side === 'buy' ? -held : held)
  for (const other of orders) {
    if (other.instrumentId === instrument.id && other.side === order.side && other.positionSide === 'net') {
      closable -= remainingOf(instrument, other)
    }
  }
  return snapQuantity(instrument, Math.max(0, order.quantity - Math.max(0, closable)))
}

function orderMarginOf(core: Core, account: Account, currency: string): number {
  let sum = 0
  const before: ExchangeOrder[] = []
  for (const order of account.open.values()) {
    const instrument = core.markets.get(order.instrumentId)?.instrument
    if (instrument === undefined || instrument.quote !== currency || order.price === null) continue
    const rest = { ...order, quantity: remainingOf(instrument, order) }
    sum += (openingPart(account, instrument, rest, before) * order.price) / order.leverage
    before.push(order)
  }
  return sum
}

function isolatedOf(core: Core, account: Account, currency: string): Money {
  let sum = 0n
  for (const { held, marginMode, instrumentId } of account.positions.values()) {
    if (marginMode === 'isolated' && core.markets.get(instrumentId)?.instrument.quote === currency) sum += held.margin
  }
  return sum
}

/** The price margins go by: the mark, or the last price before there is one. */
export function markOf(market: ServedMarket): number {
  return Number.isNaN(market.fair.price) ? (market.last()?.price ?? 0) : market.fair.price
}

export function profitOf({ held }: HeldPosition, market: ServedMarket): number {
  return held.quantity * markOf(market) - toNumber(held.cost)
}

/** Maintenance margin; 1 % where the instrument has no tiers. */
export function neededOf(instrument: Instrument, notional: number): number {
  return instrument.marginTiers.length === 0 ? notional * 0.01 : maintenanceMargin(instrument, notional)
}

function adlLevel(returnOnMargin: number): number {
  if (returnOnMargin <= 0) return 1
  return returnOnMargin < 0.25 ? 2 : returnOnMargin < 0.5 ? 3 : returnOnMargin < 1 ? 4 : 5
}

const round = (value: number): number => Math.round(value * 1e8) / 1e8
