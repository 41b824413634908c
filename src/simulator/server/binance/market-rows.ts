import type { UnixMs } from '#model/ids.ts'
import { product } from '#model/money.ts'
import type { BookSnapshot, PublicTrade, ServedBar } from '../types.ts'
import type { AggTrade } from './agg-trades.ts'
import { amount, plain } from './decimals.ts'
import { closeTimeOf } from './intervals.ts'
import type { Listing } from './listings.ts'

/** `[price, size]` rows of one side. */
export function levelRows(listing: Listing, levels: BookSnapshot['bids']): string[][] {
  return levels.map(({ price, size }) => [listing.price(price), listing.quantity(size)])
}

/** Of `/trades`; `extra` is what only one of futures and spot has. */
export function tradeRow(listing: Listing, trade: PublicTrade, extra: Readonly<Record<string, boolean>>) {
  return {
    id: Number(trade.tradeId),
    price: listing.price(trade.price),
    qty: listing.quantity(trade.quantity),
    quoteQty: amount(product(trade.price, trade.quantity)),
    time: trade.time,
    isBuyerMaker: trade.side === 'sell',
    ...extra,
  }
}

export function aggTradeRow(listing: Listing, trade: AggTrade, extra: Readonly<Record<string, unknown>>) {
  return {
    a: trade.id,
    p: listing.price(trade.price),
    q: listing.quantity(trade.quantity),
    ...extra,
    f: Number(trade.firstId),
    l: Number(trade.lastId),
    T: trade.time,
    m: trade.side === 'sell',
  }
}

/** The twelve columns of a kline. */
export function klineRow(listing: Listing, bar: ServedBar, interval: string) {
  return [
    bar.openTime,
    listing.price(bar.open),
    listing.price(bar.high),
    listing.price(bar.low),
    listing.price(bar.close),
    listing.quantity(bar.volume),
    closeTimeOf(bar, interval),
    bar.notional.toFixed(8),
    bar.trades,
    listing.quantity(bar.buyVolume),
    bar.buyNotional.toFixed(8),
    '0',
  ]
}

/** The 24 h window as REST tells it. */
export function dayRow(listing: Listing) {
  const day = listing.market.day()
  const change = day.last - day.open
  return {
    symbol: listing.symbol,
    priceChange: listing.price(change),
    priceChangePercent: (day.open > 0 ? (100 * change) / day.open : 0).toFixed(3),
    weightedAvgPrice: listing.price(day.volume > 0 ? day.notional / day.volume : day.last),
    lastPrice: listing.price(day.last),
    lastQty: listing.quantity(day.lastQuantity),
    openPrice: listing.price(day.open),
    highPrice: listing.price(day.high),
    lowPrice: listing.price(day.low),
    volume: listing.quantity(day.volume),
    quoteVolume: day.notional.toFixed(2),
    openTime: day.openTime,
    closeTime: day.closeTime,
    firstId: Number(day.firstTradeId ?? -1),
    lastId: Number(day.lastTradeId ?? -1),
    count: day.trades,
  }
}

/** Mark prices have eight places whatever the tick. */
export const markText = (value: number): string => value.toFixed(8)

export function premiumRow(listing: Listing, now: UnixMs) {
  const mark = listing.market.mark()
  return {
    symbol: listing.symbol,
    markPrice: markText(mark.mark),
    indexPrice: markText(mark.index),
    estimatedSettlePrice: markText(mark.index),
    lastFundingRate: mark.fundingRate.toFixed(8),
    interestRate: '0.00010000',
    nextFundingTime: mark.nextFundingAt ?? 0,
    time: now,
  }
}

export function openInterestRow(listing: Listing, now: UnixMs) {
  return { symbol: listing.symbol, openInterest: plain(listing.market.openInterest()), time: now }
}
