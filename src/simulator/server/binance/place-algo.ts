import type { AccountId, ConditionalKind, ConditionalOrder } from '../types.ts'
import { maxPriceOf } from './exchange-info.ts'
import type { AlgoExtra } from './extras.ts'
import type { Listing } from './listings.ts'
import {
  askedClientId,
  askedPositionSide,
  askedReduceOnly,
  askedSelfTrade,
  askedSide,
  askedTimeInForce,
  matchedPrice,
  priceOf,
  quantityOf,
} from './order-params.ts'
import type { Params } from './params.ts'
import { accepted, type OrderDeps, requiredDecimal } from './place.ts'
import { notRequired, notValid, WireError } from './wire-error.ts'

/** Reads, checks and places a conditional order. Throws the venue's refusal. */
export function placeAlgo(
  { exchange, listings, extras }: OrderDeps,
  accountId: AccountId,
  params: Params,
): { listing: Listing; order: ConditionalOrder } {
  if (params.required('algoType') !== 'CONDITIONAL') throw notValid('algoType')
  const listing = listings.asked(params)
  const mode = exchange.positionMode(accountId)
  const side = askedSide(params)
  const kind = algoTypes[params.required('type')]
  if (kind === undefined) throw new WireError(-1116, 'Invalid orderType.')
  const positionSide = askedPositionSide(params, mode)
  const closePosition = params.boolean('closePosition') ?? false
  if (closePosition && (params.has('quantity') || params.has('reduceOnly')))
    throw new WireError(-4137, 'Quantity and reduceOnly must not be sent with closePosition equal to true.')
  const limit = kind === 'stopLimit' || kind === 'takeProfitLimit'
  if (closePosition && limit)
    throw new WireError(
      -4136,
      `Target strategy invalid for orderType '${params.required('type')}',closePosition 'true'.`,
    )
  const reduceOnly = closePosition ? false : askedReduceOnly(params, mode)
  const maxPrice = maxPriceOf(listing.instrument.tickSize)
  const triggerPrice = priceOf(listing, requiredDecimal(params, 'triggerPrice'), maxPrice)
  const quantity = closePosition ? undefined : quantityOf(listing, requiredDecimal(params, 'quantity'))
  const matched = limit ? matchedPrice(params, listing, side) : undefined
  if (!limit && params.has('price')) throw notRequired('price')
  const price = limit ? (matched?.price ?? priceOf(listing, requiredDecimal(params, 'price'), maxPrice)) : undefined
  const tif = askedTimeInForce(params, exchange.now()) ?? { timeInForce: 'gtc' as const, goodTillDate: 0 }
  const working = params.choice('workingType', ['MARK_PRICE', 'CONTRACT_PRICE'], notValid('workingType'))
  const extra: AlgoExtra = {
    priceMatch: matched?.word ?? 'NONE',
    selfTrade: askedSelfTrade(params).word,
    goodTillDate: tif.goodTillDate,
    priceProtect: params.boolean('priceProtect') ?? false,
  }
  const outcome = exchange.placeConditional(accountId, {
    instrumentId: listing.id,
    side,
    positionSide,
    kind,
    triggerPrice,
    trigger: working === 'MARK_PRICE' ? 'mark' : 'last',
    closePosition,
    reduceOnly,
    refuseReached: true,
    ...askedClientId(params, 'clientAlgoId'),
    ...(quantity === undefined ? {} : { quantity }),
    ...(price === undefined ? {} : { price, timeInForce: tif.timeInForce }),
    ...(tif.goodTillDate > 0 ? { expiresAt: tif.goodTillDate } : {}),
  })
  if (outcome.ok) extras.algo(outcome.value.conditionalId, kind, extra)
  return { listing, order: accepted(outcome, listing, { side, ...(limit ? { type: 'limit' } : {}) }) }
}

const algoTypes: Readonly<Record<string, ConditionalKind>> = {
  STOP: 'stopLimit',
  STOP_MARKET: 'stopMarket',
  TAKE_PROFIT: 'takeProfitLimit',
  TAKE_PROFIT_MARKET: 'takeProfitMarket',
}
