import type { UnixMs } from '#model/ids.ts'
import { snapPrice } from '#model/instrument.ts'
import type { LevelChange, PublicTrade } from '../types.ts'
import type { Listing } from './listings.ts'
import { mexcRules } from './rules.ts'

const opens = { open: 1, close: 2, none: 3 } as const

/** A print: `T` 1 buy 2 sell, `O` 1 opens 2 closes 3 neither, `M` 2 = not with itself. */
export function dealRow(listing: Listing, trade: PublicTrade) {
  return {
    p: trade.price,
    v: listing.vol(trade.quantity),
    T: trade.side === 'buy' ? 1 : 2,
    O: opens[trade.opens],
    M: 2,
    t: trade.time,
  }
}

/** What left the list stays with a price of 0. */
export function tickerRow(listing: Listing) {
  const { market, instrument, symbol } = listing
  const day = market.day()
  const { mark, index, fundingRate } = market.mark()
  const top = market.top()
  const gone = listing.isDelisted
  const rise = gone ? 0 : day.last - day.open
  return {
    contractId: listing.contractId,
    symbol,
    lastPrice: gone ? 0 : day.last,
    bid1: top?.bid ?? 0,
    ask1: top?.ask ?? 0,
    volume24: gone ? 0 : listing.vol(day.volume),
    amount24: gone ? 0 : Number(day.notional.toFixed(5)),
    holdVol: gone ? 0 : listing.vol(market.openInterest()),
    lower24Price: gone ? 0 : day.low,
    high24Price: gone ? 0 : day.high,
    riseFallRate: gone || day.open === 0 ? 0 : Number((rise / day.open).toFixed(4)),
    riseFallValue: Number(rise.toFixed(8)),
    indexPrice: gone ? 0 : known(index),
    fairPrice: gone ? 0 : known(mark),
    fundingRate: gone ? 0 : fundingRate,
    maxBidPrice: gone ? 0 : snapPrice(instrument, known(mark) * (1 + mexcRules.priceBand)),
    minAskPrice: gone ? 0 : snapPrice(instrument, known(mark) * (1 - mexcRules.priceBand)),
    // of the last print, so it says nothing about freshness
    timestamp: market.last()?.time ?? listing.delistedAt ?? market.listedAt,
  }
}

/** Row of `push.tickers`: no funding rate. */
export function tickersRow(listing: Listing) {
  const {
    symbol,
    lastPrice,
    riseFallRate,
    fairPrice,
    indexPrice,
    volume24,
    amount24,
    maxBidPrice,
    minAskPrice,
    lower24Price,
    high24Price,
    timestamp,
  } = tickerRow(listing)
  return {
    symbol,
    lastPrice,
    riseFallRate,
    fairPrice,
    indexPrice,
    volume24,
    amount24,
    maxBidPrice,
    minAskPrice,
    lower24Price,
    high24Price,
    timestamp,
  }
}

export function fundingRow(listing: Listing, now: UnixMs) {
  const { mark, index, fundingRate, nextFundingAt } = listing.market.mark()
  return {
    symbol: listing.symbol,
    fundingRate,
    maxFundingRate: 0.003,
    minFundingRate: -0.003,
    collectCycle: cycleOf(listing),
    nextSettleTime: nextFundingAt ?? 0,
    timestamp: now,
    idxPrice: known(index),
    fairPrice: known(mark),
  }
}

/** Hours between settlements. */
export const cycleOf = ({ instrument }: Listing): number => (instrument.fundingIntervalMs ?? 0) / 3_600_000

/** Newest first, one changed level each. */
export function commitRow(listing: Listing, change: LevelChange) {
  const row = [[change.price, listing.vol(change.size), change.orders]]
  return {
    cts: change.time,
    asks: change.side === 'ask' ? row : [],
    bids: change.side === 'bid' ? row : [],
    version: change.version,
  }
}

/** 0 before there is a price. */
export const known = (price: number): number => (Number.isNaN(price) ? 0 : price)
