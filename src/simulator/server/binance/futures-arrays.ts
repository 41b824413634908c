import type { Channel } from './channel.ts'
import { futuresStatus } from './exchange-info.ts'
import { forcedChannel } from './forced-channel.ts'
import { contractText, markFrame, miniText, tickerText, topText } from './futures-frames.ts'
import type { Listing, Listings } from './listings.ts'
import { isTold } from './market-routes.ts'

/** Streams of all symbols; those that mix products carry a COIN-M row too, which clients must leave out (`st` 2). */
export function everySymbol(listings: Listings, stream: string): Channel | null {
  const context = { stream }
  const told = (): readonly Listing[] => listings.all().filter(isTold)
  const all = (now: number, row: (listing: Listing, now: number) => string): string[] => {
    const rows = told().map((listing) => row(listing, now))
    return rows.length === 0 ? [] : [`[${[...rows, coinMargined(rows[0])].join(',')}]`]
  }
  switch (stream) {
    case '!bookTicker':
      return {
        context,
        cadenceMs: 5000,
        tick(now) {
          const rows = told().flatMap((listing) => {
            const top = listing.market.top()
            return top === null ? [] : [topText(listing, top, now)]
          })
          return rows.length === 0 ? [] : [...rows, coinMargined(rows[0])]
        },
      }
    case '!markPrice@arr':
      return { context, cadenceMs: 3000, tick: (now) => all(now, markFrame) }
    case '!markPrice@arr@1s':
      return { context, cadenceMs: 1000, tick: (now) => all(now, markFrame) }
    case '!ticker@arr':
      return { context, cadenceMs: 1000, tick: changedOnes(told, tickerText) }
    case '!miniTicker@arr':
      return { context, cadenceMs: 1000, tick: changedOnes(told, miniText) }
    case '!forceOrder@arr':
      return forcedChannel(context, (order) => listings.of(order.instrumentId))
    case '!contractInfo':
      return {
        context,
        onInstrument({ instrument, state, time }) {
          const listing = listings.of(instrument.id)
          return listing === undefined ? null : contractText(listing, futuresStatus(state), time)
        },
      }
    default:
      return null
  }
}

/** One array of those that traded since the last one. */
function changedOnes(
  listings: () => readonly Listing[],
  text: (listing: Listing, now: number) => string,
): (now: number) => readonly string[] {
  const told = new Map<Listing, string>()
  return (now) => {
    const changed = listings().filter((listing) => told.get(listing) !== lastTrade(listing))
    for (const listing of changed) told.set(listing, lastTrade(listing))
    if (changed.length === 0) return []
    const rows = changed.map((listing) => text(listing, now))
    return [`[${[...rows, coinMargined(rows[0])].join(',')}]`]
  }
}

/** The coin-margined twin of a row. */
function coinMargined(row: string): string {
  return row
    .replace(/"s":"([A-Z0-9]+?)USD[TC]?"/, '"s":"$1USD_PERP"')
    .replace(/"ps":"([A-Z0-9]+?)USD[TC]?"/, '"ps":"$1USD"')
    .replace('"st":1', '"st":2')
}

const lastTrade = (listing: Listing): string => listing.market.last()?.tradeId ?? ''
