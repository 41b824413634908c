import type { AccountId, ExchangeOrder, MarginMode, OrderRequest, PositionRow } from '../types.ts'
import type { Fields } from './fields.ts'
import type { Listing } from './listings.ts'
import { directionOf, kinds, type WireSide, type WireType } from './order-words.ts'
import { worded } from './refusals.ts'
import type { Deps } from './routes.ts'
import { delistedContract, WireError } from './wire-error.ts'

/** Attached take-profit and stop-loss, set on the position as soon as the order has filled. */
export interface Attached {
  readonly stopLossPrice?: number
  readonly takeProfitPrice?: number
  readonly lossTrend: 1 | 2 | 3
  readonly profitTrend: 1 | 2 | 3
}

/** Places the order an order object describes. Success is an acknowledgement; throws what is refused before it. */
export function placeOrder(deps: Deps, accountId: AccountId, fields: Fields): ExchangeOrder {
  const vol = askedVol(fields)
  const listing = askedListing(deps, fields)
  const { side, type } = askedKind(fields)
  const { positionSide, direction, closes } = askedSides(deps, accountId, fields, side)
  const { type: kind, timeInForce } = kinds[type]
  const clientId = askedClientId(fields)
  const marginMode = askedMargin(fields)
  const leverage = fields.integer('leverage')
  const reduceOnly = positionSide === 'net' && (closes || fields.boolean('reduceOnly') === true)
  const opens = positionSide === 'net' ? !reduceOnly : !closes
  const attached = askedAttached(fields)
  if (opens) checkOpening(deps, accountId, listing, { positionSide, marginMode, leverage })
  const bbo = fields.choice('bboTypeNum', [0, 1, 2, 3, 4]) ?? 0
  if (bbo !== 0 && clientId !== undefined) throw new WireError(600, 'Parameter error: externalOid with bboTypeNum')
  const price = bbo === 0 ? fields.number('price') : bboPrice(listing, direction, bbo)
  const selfTrade = selfTrades[fields.choice('stpMode', [0, 1, 2, 3]) ?? 0]
  const request: OrderRequest = {
    instrumentId: listing.id,
    side: direction,
    positionSide,
    type: kind,
    timeInForce,
    quantity: listing.base(vol),
    reduceOnly,
    marginMode,
    selfTrade,
    ...(leverage === undefined || !opens ? {} : { leverage }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(kind === 'market' || price === undefined ? {} : { price }),
  }
  if (opens) checkBalance(deps, accountId, listing, request)
  deps.stopOrders.expect(attached)
  const outcome = deps.exchange.place(accountId, request)
  deps.stopOrders.placed(accountId, outcome.ok ? outcome.value : null)
  if (outcome.ok) return outcome.value
  const holds = heldOn(deps, accountId, listing, positionSide).length > 0
  throw worded(outcome.refusal, { side: direction, holds })
}

/** Contracts; looked at before anything else, so that none of them proves key and permission without an order. Throws 2011. */
export function askedVol(fields: Fields): number {
  const vol = fields.requiredNumber('vol')
  if (!(vol > 0)) throw new WireError(2011, 'Order quantity error')
  return vol
}

/** The contract of an order; closed to the API 1002, gone or unknown 1001. */
export function askedListing(deps: Deps, fields: Fields): Listing {
  const listing = deps.listings.asked(fields.required('symbol'))
  if (listing.isDelisted) throw delistedContract()
  if (deps.isClosedToApi(listing)) throw new WireError(1002, 'Contract is not activated')
  return listing
}

/** Throws 2001, 2029. */
export function askedKind(fields: Fields, name = 'type'): { readonly side: WireSide; readonly type: WireType } {
  const side = fields.choice<WireSide>('side', [1, 2, 3, 4], 2001)
  if (side === undefined) throw new WireError(2001, 'Order side error')
  const type = fields.choice<WireType>(name, [1, 2, 3, 4, 5, 6], 2029)
  if (type === undefined) throw new WireError(2029, 'Order type error')
  return { side, type }
}

/** By the account's own mode, or the order's, which fails later where it is another. */
export function askedSides(deps: Deps, accountId: AccountId, fields: Fields, side: WireSide) {
  const own = deps.exchange.positionMode(accountId)
  const given = fields.choice('positionMode', [1, 2])
  const mode = given === undefined ? own : given === 1 ? 'hedge' : 'oneWay'
  const { side: direction, positionSide, closes } = directionOf(side, mode)
  return { direction, positionSide, closes }
}

/** Throws 2002. */
export function askedMargin(fields: Fields): MarginMode {
  const openType = fields.choice('openType', [1, 2], 2002)
  if (openType === undefined) throw new WireError(2002, 'Open type error')
  return openType === 1 ? 'isolated' : 'cross'
}

/** Throws 2030. */
export function askedClientId(fields: Fields): string | undefined {
  const id = fields.text('externalOid')
  if (id === undefined || id === '') return undefined
  if (id.length > 32) throw new WireError(2030, 'externalOid is too long')
  return id
}

/** undefined where neither price is given. */
export function askedAttached(fields: Fields): Attached | undefined {
  const stopLossPrice = positive(fields, 'stopLossPrice')
  const takeProfitPrice = positive(fields, 'takeProfitPrice')
  if (stopLossPrice === undefined && takeProfitPrice === undefined) return undefined
  return {
    lossTrend: fields.choice('lossTrend', [1, 2, 3], 5004) ?? 1,
    profitTrend: fields.choice('profitTrend', [1, 2, 3], 5004) ?? 1,
    ...(stopLossPrice === undefined ? {} : { stopLossPrice }),
    ...(takeProfitPrice === undefined ? {} : { takeProfitPrice }),
  }
}

/** Isolated orders say their leverage, which must be the position's, and its margin mode is the only one on that side. */
export function checkOpening(
  deps: Deps,
  accountId: AccountId,
  listing: Listing,
  asked: {
    readonly positionSide: PositionRow['positionSide']
    readonly marginMode: MarginMode
    readonly leverage: number | undefined
  },
): void {
  const { positionSide, marginMode, leverage } = asked
  if (marginMode === 'isolated' && leverage === undefined) throw new WireError(2006, 'Leverage is out of range')
  for (const row of heldOn(deps, accountId, listing, positionSide)) {
    if (row.marginMode !== marginMode) throw new WireError(2027, 'Only one of cross or isolated margin per direction')
    if (marginMode === 'isolated' && row.leverage !== leverage)
      throw new WireError(2021, 'The leverage differs from that of the position')
  }
}

/** 0 of `stpMode` lets an account meet itself; 1 (cancel both) keeps the maker from trading and ends the taker, which is 3 here. */
const selfTrades = { 0: 'allow', 1: 'expireTaker', 2: 'expireMaker', 3: 'expireTaker' } as const

/** What the front of the exchange sees at once: margin without fees. The engine behind it counts them, and says so later (errorCode 2). */
function checkBalance({ exchange }: Deps, accountId: AccountId, listing: Listing, request: OrderRequest): void {
  const { instrument, market } = listing
  const row = exchange.balances(accountId).find(({ currency }) => currency === instrument.quote)
  const top = market.top()
  const touch = request.side === 'buy' ? top?.ask : top?.bid
  const price = request.price ?? touch ?? market.mark().mark
  const settings = exchange.settings(accountId, listing.id)
  const leverage = request.leverage ?? settings.leverage[request.side === 'buy' ? 'long' : 'short']
  const held = request.positionSide === 'net' ? (exchange.positions(accountId, listing.id)[0]?.quantity ?? 0) : 0
  const closing = Math.max(0, request.side === 'buy' ? -held : held)
  const margin = (price * Math.max(0, request.quantity - closing)) / leverage
  if (margin > Number(row?.available ?? 0n) / 1e8) throw new WireError(2005, 'Balance insufficient')
}

function heldOn(deps: Deps, accountId: AccountId, listing: Listing, side: PositionRow['positionSide']) {
  return deps.exchange.positions(accountId, listing.id).filter((row) => row.positionSide === side)
}

/** 1 the other side's best, 2 its fifth, 3 the own side's best, 4 its fifth. */
function bboPrice(listing: Listing, direction: 'buy' | 'sell', bbo: number): number {
  const { bids, asks } = listing.market.book(5)
  const own = direction === 'buy' ? bids : asks
  const other = direction === 'buy' ? asks : bids
  const level = (bbo <= 2 ? other : own)[bbo % 2 === 1 ? 0 : 4]
  if (level === undefined) throw new WireError(2035, 'Unsupported market depth tier')
  return level.price
}

/** 0 counts as absent. */
function positive(fields: Fields, name: string): number | undefined {
  const value = fields.number(name)
  if (value === undefined || value === 0) return undefined
  if (value < 0) throw new WireError(5003, `${name} error`)
  return value
}
