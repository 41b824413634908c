import type { DayStats, Top } from '../types.ts'
import type { DepthWords } from './depth-channel.ts'
import type { Listing } from './listings.ts'
import { markText } from './market-rows.ts'
import { futuresIds } from './update-ids.ts'

export const depthWords: DepthWords = ({ listing, now, time, first, last, previous, bids, asks }) =>
  `{"e":"depthUpdate","E":${now},"T":${time},"s":"${listing.symbol}","U":${first},"u":${last},"pu":${previous},` +
  `"b":${bids},"a":${asks},"ps":"${listing.symbol}","st":1}`

export function topText(listing: Listing, top: Top, now: number): string {
  return (
    `{"e":"bookTicker","u":${futuresIds.of(top.version)},"s":"${listing.symbol}","ps":"${listing.symbol}",` +
    `"b":"${listing.price(top.bid)}","B":"${listing.quantity(top.bidSize)}",` +
    `"a":"${listing.price(top.ask)}","A":"${listing.quantity(top.askSize)}","T":${top.time},"E":${now},"st":1}`
  )
}

export function markFrame(listing: Listing, now: number): string {
  const { mark, index, fundingRate, nextFundingAt } = listing.market.mark()
  return (
    `{"e":"markPriceUpdate","E":${now},"s":"${listing.symbol}","p":"${markText(mark)}","ap":"${markText(mark)}",` +
    `"i":"${markText(index)}","P":"${markText(index)}","r":"${nextFundingAt === null ? '' : fundingRate.toFixed(8)}",` +
    `"T":${nextFundingAt ?? 0},"ps":"${listing.symbol}","st":1}`
  )
}

export function tickerText(listing: Listing, now: number): string {
  const day = listing.market.day()
  const change = day.last - day.open
  const percent = (day.open > 0 ? (100 * change) / day.open : 0).toFixed(3)
  const average = day.volume > 0 ? day.notional / day.volume : day.last
  return (
    `{"e":"24hrTicker","E":${now},"s":"${listing.symbol}","p":"${listing.price(change)}","P":"${percent}",` +
    `"w":"${listing.price(average)}","c":"${listing.price(day.last)}","Q":"${listing.quantity(day.lastQuantity)}",` +
    `${pricesText(listing, day)},"O":${day.openTime},"C":${day.closeTime},"F":${day.firstTradeId ?? -1},` +
    `"L":${day.lastTradeId ?? -1},"n":${day.trades},"ps":"${listing.symbol}","st":1}`
  )
}

export function miniText(listing: Listing, now: number): string {
  const day = listing.market.day()
  return (
    `{"e":"24hrMiniTicker","E":${now},"s":"${listing.symbol}","c":"${listing.price(day.last)}",` +
    `${pricesText(listing, day)},"ps":"${listing.symbol}","st":1}`
  )
}

function pricesText(listing: Listing, day: DayStats): string {
  return (
    `"o":"${listing.price(day.open)}","h":"${listing.price(day.high)}","l":"${listing.price(day.low)}",` +
    `"v":"${listing.quantity(day.volume)}","q":"${day.notional.toFixed(2)}"`
  )
}

export function contractText(listing: Listing, status: string, now: number): string {
  const { marginTiers } = listing.instrument
  const brackets = marginTiers.map(({ notionalCap, maintenanceRate, deduction, maxLeverage }, at) => ({
    bs: at + 1,
    bnf: at === 0 ? 0 : marginTiers[at - 1].notionalCap,
    bnc: Number.isFinite(notionalCap) ? notionalCap : 9_223_372_036_854_776_000,
    mmr: maintenanceRate,
    cf: deduction,
    mi: 1,
    ma: maxLeverage,
  }))
  return JSON.stringify({
    e: 'contractInfo',
    E: now,
    s: listing.symbol,
    ps: listing.symbol,
    ct: 'PERPETUAL',
    dt: 4_133_404_800_000,
    ot: listing.market.listedAt,
    cs: status,
    bks: brackets,
    st: 1,
  })
}
