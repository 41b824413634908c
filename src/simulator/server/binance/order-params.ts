import type { UnixMs } from '#model/ids.ts'
import type { Side } from '#model/market.ts'
import type { TimeInForce } from '#model/order.ts'
import type { PositionMode, PositionSide, VenueRules } from '../types.ts'
import { placesOf } from './decimals.ts'
import type { Listing } from './listings.ts'
import type { Params } from './params.ts'
import { missing, notRequired, notValid, WireError } from './wire-error.ts'

const clientIdShape = /^[.A-Z:/a-z0-9_-]{1,36}$/
const minGoodTill = 600_000
const timesInForce = ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'] as const

export function askedSide(params: Params): Side {
  if (!params.has('side')) throw missing('side')
  const side = params.choice('side', ['BUY', 'SELL'], new WireError(-1117, 'Invalid side.'))
  return side === 'BUY' ? 'buy' : 'sell'
}

/** Throws −4061 where it does not fit the account's mode. */
export function askedPositionSide(params: Params, mode: PositionMode): PositionSide {
  const word = params.choice('positionSide', ['BOTH', 'LONG', 'SHORT'], notValid('positionSide')) ?? 'BOTH'
  if ((mode === 'hedge') === (word === 'BOTH'))
    throw new WireError(-4061, "Order's position side does not match user's setting.")
  return ({ BOTH: 'net', LONG: 'long', SHORT: 'short' } as const)[word]
}

/** Not to be sent in hedge mode (−1106). */
export function askedReduceOnly(params: Params, mode: PositionMode): boolean {
  const reduceOnly = params.boolean('reduceOnly')
  if (reduceOnly !== undefined && mode === 'hedge') throw notRequired('reduceonly')
  return reduceOnly ?? false
}

/** `newClientOrderId` or `clientAlgoId`. Throws −4015. */
export function askedClientId(params: Params, name: string): { readonly clientId?: string } {
  const clientId = params.text(name)
  if (clientId === undefined) return {}
  if (clientId.length > 36) throw new WireError(-4015, 'Client order id length should not be more than 36 chars')
  if (!clientIdShape.test(clientId)) throw new WireError(-4015, 'Client order id is not valid.')
  return { clientId }
}

/** GTD comes as `gtc` with a date. Throws −1115, −1102, −5040. */
export function askedTimeInForce(
  params: Params,
  now: UnixMs,
): { readonly timeInForce: TimeInForce; readonly goodTillDate: number } | undefined {
  const word = params.choice('timeInForce', timesInForce, new WireError(-1115, 'Invalid timeInForce.'))
  if (word === undefined) return undefined
  if (word !== 'GTD') {
    return { timeInForce: ({ GTC: 'gtc', IOC: 'ioc', FOK: 'fok', GTX: 'postOnly' } as const)[word], goodTillDate: 0 }
  }
  const until = params.integer('goodTillDate')
  if (until === undefined) throw missing('goodTillDate')
  if (until <= now + minGoodTill || until >= 253_402_300_799_000) {
    throw new WireError(
      -5040,
      'The goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than 253402300799000',
    )
  }
  return { timeInForce: 'gtc', goodTillDate: Math.floor(until / 1000) * 1000 }
}

/** Throws −1111 for more digits than the lot has, −4003 at zero; the exchange checks the rest. */
export function quantityOf(listing: Listing, text: string): number {
  if (placesOf(text) > listing.quantityDecimals) throw precision()
  const quantity = Number(text)
  if (quantity <= 0) throw new WireError(-4003, 'Quantity less than or equal to zero.')
  return quantity
}

/** Throws −1111 for more digits than the tick has, −4001, −4002, −4013 out of its bounds. */
export function priceOf(listing: Listing, text: string, maxPrice: number): number {
  if (placesOf(text) > listing.priceDecimals) throw precision()
  const price = Number(text)
  if (price <= 0) throw new WireError(-4001, 'Price less than or equal to zero.')
  if (price > maxPrice) throw new WireError(-4002, 'Price greater than max price.')
  if (price < listing.instrument.tickSize) throw new WireError(-4013, 'Price less than min price.')
  return price
}

const modes = ['NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER'] as const

/** Which order goes when the account meets itself; both at once is not offered here (−1130). */
export function askedSelfTrade(params: Params): {
  readonly word: string
  readonly selfTrade?: VenueRules['selfTrade']
} {
  const name = 'selfTradePreventionMode'
  const word = params.choice(name, modes, notValid(name))
  if (word === undefined) return { word: 'EXPIRE_MAKER' }
  const selfTrade = ({ NONE: 'allow', EXPIRE_TAKER: 'expireTaker', EXPIRE_MAKER: 'expireMaker' } as const)[word]
  return { word, selfTrade }
}

const matches = [
  'OPPONENT',
  'OPPONENT_5',
  'OPPONENT_10',
  'OPPONENT_20',
  'QUEUE',
  'QUEUE_5',
  'QUEUE_10',
  'QUEUE_20',
] as const

/** The price `priceMatch` stands for now; undefined where it was not sent. Throws −1106 beside a price. */
export function matchedPrice(
  params: Params,
  listing: Listing,
  side: Side,
): { readonly word: string; readonly price: number } | undefined {
  const word = params.choice('priceMatch', matches, notValid('priceMatch'))
  if (word === undefined) return undefined
  if (params.has('price')) throw notRequired('price')
  const [which, depth = '1'] = word.split('_')
  const { bids, asks } = listing.market.book(Number(depth))
  const levels = (which === 'QUEUE') === (side === 'buy') ? bids : asks
  const level = levels[Number(depth) - 1]
  if (level === undefined) throw new WireError(-2020, 'Unable to fill.')
  return { word, price: level.price }
}

const precision = (): WireError => new WireError(-1111, 'Precision is over the maximum defined for this asset.')
