import { floorQuantity, snapPriceAdverse, snapQuantity } from '#model/instrument.ts'
import { product, share, toNumber } from '#model/money.ts'
import type { Account, HeldPosition } from './account.ts'
import { cancelConditionals } from './conditionals.ts'
import { type Core, now, post } from './core.ts'
import { marginOf, markOf, neededOf, positionRow, profitOf } from './margin.ts'
import type { ServedMarket } from './market.ts'
import { cancelOrders, createOrder } from './orders.ts'
import { bookFill, tellAccount } from './settle.ts'
import type { OrderOrigin } from './types.ts'
import { snapshotOf } from './working-order.ts'

const warnAt = 0.8

/** Liquidates whatever the mark prices of now no longer carry, and warns of what comes near. */
export function checkLiquidations(core: Core): void {
  for (const account of core.accounts.values()) {
    for (const position of account.positions.values()) {
      if (position.held.quantity === 0 || position.marginMode !== 'isolated') continue
      const market = core.markets.get(position.instrumentId) as ServedMarket
      while (position.held.quantity !== 0 && isolatedRatio(position, market) >= 1) {
        liquidateStep(core, account, position, market)
      }
      if (position.held.quantity !== 0) warn(core, account, position, isolatedRatio(position, market))
    }
    for (const currency of account.wallets.keys()) checkCross(core, account, currency)
  }
}

/** Takes the whole position over, tier by tier, as if its price had come. */
export function liquidatePosition(core: Core, account: Account, position: HeldPosition): void {
  const market = core.markets.get(position.instrumentId) as ServedMarket
  while (position.held.quantity !== 0) liquidateStep(core, account, position, market)
}

/** Closes part of a position at a price without the book: ADL, settlement. */
export function closeAt(
  core: Core,
  account: Account,
  position: HeldPosition,
  closing: {
    readonly price: number
    readonly quantity: number
    readonly origin: OrderOrigin
    readonly feeRate: number
  },
): void {
  const market = core.markets.get(position.instrumentId) as ServedMarket
  const { price, quantity, origin, feeRate } = closing
  const { quantity: held } = position.held
  const order = createOrder(
    core,
    account,
    {
      instrumentId: position.instrumentId,
      side: held > 0 ? 'sell' : 'buy',
      positionSide: position.positionSide,
      type: 'limit',
      timeInForce: 'ioc',
      quantity,
      price,
      reduceOnly: position.positionSide === 'net',
      leverage: position.leverage,
      marginMode: position.marginMode,
    },
    { origin },
  )
  account.open.set(order.orderId, order)
  core.tell({ type: 'order', accountId: account.id, change: 'new', order: snapshotOf(order), fill: null })
  bookFill(core, market, account, order, {
    price,
    quantity,
    liquidity: 'taker',
    tradeId: market.nextTradeId(),
    feeRate,
  })
  if (origin === 'liquidation') core.tell({ type: 'forced', order: snapshotOf(order) })
  clearDebt(core, account, market.instrument.quote)
}

/** Settles funding of every position in a market, and tells the market's rate. */
export function settleFunding(core: Core, market: ServedMarket, rate = market.fair.fundingRate()): void {
  const { instrument } = market
  const settled = market.settled(rate)
  for (const account of core.accounts.values()) chargeFunding(core, account, market, rate)
  core.tell({ type: 'funding', instrumentId: instrument.id, settled })
}

/** Funding of one account's positions: longs pay a positive rate. */
export function chargeFunding(core: Core, account: Account, market: ServedMarket, rate: number): void {
  const { instrument } = market
  for (const position of account.positions.values()) {
    const { quantity } = position.held
    if (position.instrumentId !== instrument.id || quantity === 0) continue
    const amount = share(product(markOf(market), quantity), rate)
    post(core, account, {
      kind: 'funding',
      currency: instrument.quote,
      amount: -amount,
      instrumentId: instrument.id,
      positionSide: position.positionSide,
      rate,
      quantity,
    })
    position.funding += amount
    if (position.marginMode === 'isolated') position.held.margin -= amount
    position.updatedAt = now(core)
    tellAccount(core, account, 'funding', position, { funding: { instrumentId: instrument.id, rate, amount } })
  }
}

function checkCross(core: Core, account: Account, currency: string): void {
  for (;;) {
    const crossed = [...account.positions.values()].filter(
      ({ marginMode, held, instrumentId }) =>
        marginMode === 'cross' && held.quantity !== 0 && core.markets.get(instrumentId)?.instrument.quote === currency,
    )
    if (crossed.length === 0) return
    const margin = marginOf(core, account, currency)
    const equity = margin.crossWallet + margin.crossProfit
    if (equity > margin.crossNeeded) {
      const ratio = margin.crossNeeded / equity
      for (const position of crossed) warn(core, account, position, ratio)
      return
    }
    const canceled = cancelOrders(
      core,
      account,
      ({ instrumentId }) => core.markets.get(instrumentId)?.instrument.quote === currency,
      'liquidated',
    )
    if (canceled.length > 0) continue
    const marketOf = ({ instrumentId }: HeldPosition): ServedMarket => core.markets.get(instrumentId) as ServedMarket
    const needed = (position: HeldPosition): number =>
      neededOf(marketOf(position).instrument, Math.abs(position.held.quantity) * markOf(marketOf(position)))
    const [largest] = crossed.toSorted((a, b) => needed(b) - needed(a))
    liquidateStep(core, account, largest, marketOf(largest))
  }
}

/** One tier down, or out of the lowest: at the bankruptcy price, with taker and liquidation fee. */
function liquidateStep(core: Core, account: Account, position: HeldPosition, market: ServedMarket): void {
  const { instrument } = market
  const own = ({ instrumentId }: { readonly instrumentId: string }): boolean => instrumentId === instrument.id
  cancelOrders(core, account, own, 'liquidated')
  cancelConditionals(core, account, (order) => own(order) && order.closePosition, 'liquidated')
  const size = Math.abs(position.held.quantity)
  const mark = markOf(market)
  const tier = instrument.marginTiers.findIndex(({ notionalCap }) => size * mark <= notionalCap)
  const below = tier > 0 ? floorQuantity(instrument, instrument.marginTiers[tier - 1].notionalCap / mark) : 0
  const quantity = below > 0 && below < size ? snapQuantity(instrument, size - below) : size
  const side = position.held.quantity > 0 ? 'sell' : 'buy'
  const price = Math.max(
    instrument.tickSize,
    snapPriceAdverse(instrument, bankruptcyPrice(core, account, position, market), side),
  )
  const feeRate = account.feesOf(instrument).taker + instrument.liquidationFeeRate
  closeAt(core, account, position, { price, quantity, origin: 'liquidation', feeRate })
}

/** Price at which what carries the position is gone; never better than the mark. */
function bankruptcyPrice(core: Core, account: Account, position: HeldPosition, market: ServedMarket): number {
  const mark = markOf(market)
  if (position.marginMode === 'isolated') {
    const price = position.held.bankruptcyPrice
    return Number.isNaN(price) ? mark : price
  }
  const margin = marginOf(core, account, market.instrument.quote)
  const left = Math.max(0, margin.crossWallet + margin.crossProfit)
  return mark - left / position.held.quantity
}

/** Needed over left of an isolated position; 1 and more liquidates. */
function isolatedRatio(position: HeldPosition, market: ServedMarket): number {
  const { instrument } = market
  const notional = Math.abs(position.held.quantity) * markOf(market)
  const left = toNumber(position.held.margin) + profitOf(position, market)
  const needed = neededOf(instrument, notional) + notional * instrument.takerFeeRate
  return left <= 0 ? Infinity : needed / left
}

function warn(core: Core, account: Account, position: HeldPosition, ratio: number): void {
  if (ratio < warnAt) position.warned = false
  if (ratio < warnAt || position.warned) return
  position.warned = true
  core.tell({
    type: 'liquidationRisk',
    accountId: account.id,
    position: positionRow(core, account, position),
    marginRatio: ratio,
  })
}

/** The insurance fund pays what a liquidation left below zero. */
function clearDebt(core: Core, account: Account, currency: string): void {
  const wallet = account.wallet(currency)
  const holds = [...account.positions.values()].some(
    ({ held, instrumentId }) => held.quantity !== 0 && core.markets.get(instrumentId)?.instrument.quote === currency,
  )
  if (wallet >= 0n || holds) return
  post(core, account, { kind: 'insuranceClear', currency, amount: -wallet })
  tellAccount(core, account, 'insuranceClear', null, { currency })
}
