import type { Exchange } from '../exchange.ts'
import type { AggTrades } from './agg-trades.ts'
import type { Channel } from './channel.ts'
import { type DepthWords, diffChannel, partialChannel } from './depth-channel.ts'
import type { ChannelFactory } from './hub.ts'
import { isInterval } from './intervals.ts'
import { klineChannel, klineText } from './kline-channel.ts'
import type { Listing, Listings } from './listings.ts'
import { isTold } from './market-routes.ts'
import { averagePrice } from './spot-routes.ts'
import { spotIds } from './update-ids.ts'

/** Every market stream of spot; `#us` behind a name asks for microseconds. */
export function spotChannels(exchange: Exchange, listings: Listings, aggTrades: AggTrades): ChannelFactory {
  return (name) => {
    const [stream, suffix] = name.split('#')
    const unit = suffix === 'us' ? 1000 : 1
    if (stream === '!miniTicker@arr') return allMini(listings, stream, unit)
    const at = stream.indexOf('@')
    const symbol = at < 0 ? '' : stream.slice(0, at)
    const listing = symbol === symbol.toLowerCase() ? listings.find(symbol.toUpperCase()) : undefined
    return listing === undefined ? null : ofSymbol(exchange, listing, aggTrades, stream, stream.slice(at + 1), unit)
  }
}

function ofSymbol(
  exchange: Exchange,
  listing: Listing,
  aggTrades: AggTrades,
  stream: string,
  kind: string,
  unit: number,
): Channel | null {
  const context = { stream, symbol: listing.id as string }
  const depth = /^depth(5|10|20)?(?:@(100|1000)ms)?$/.exec(kind)
  if (depth !== null) {
    const shared = { ids: spotIds, cadenceMs: Number(depth[2] ?? 1000) }
    if (depth[1] === undefined) return diffChannel(exchange, listing, stream, { ...shared, words: diffWords(unit) })
    return partialChannel(listing, stream, { ...shared, levels: Number(depth[1]), words: partialWords })
  }
  if (kind.startsWith('kline_')) {
    const interval = kind.slice(6)
    if (!isInterval(interval)) return null
    return klineChannel(listing, stream, interval, {
      cadenceMs: 2000,
      words: (bar, now) =>
        `{"e":"kline","E":${now * unit},"s":"${listing.symbol}",` +
        `"k":${klineText(listing, bar, interval, { symbol: true, unit })}}`,
    })
  }
  switch (kind) {
    case 'bookTicker':
      return {
        context,
        onBook: ({ top, topChanged }) =>
          topChanged && top !== null
            ? `{"u":${spotIds.of(top.version)},"s":"${listing.symbol}","b":"${listing.price(top.bid)}",` +
              `"B":"${listing.quantity(top.bidSize)}","a":"${listing.price(top.ask)}","A":"${listing.quantity(top.askSize)}"}`
            : null,
      }
    case 'trade':
      return {
        context,
        onTrade: ({ trade, time }) =>
          `{"e":"trade","E":${time * unit},"s":"${listing.symbol}","t":${trade.tradeId},` +
          `"p":"${listing.price(trade.price)}","q":"${listing.quantity(trade.quantity)}","T":${trade.time * unit},` +
          `"m":${trade.side === 'sell'},"M":true}`,
      }
    case 'aggTrade':
      return aggTradeChannel(listing, aggTrades, context, unit)
    case 'ticker':
      return { context, cadenceMs: 1000, tick: (now) => [dayText(listing, now, unit)] }
    case 'miniTicker':
      return { context, cadenceMs: 1000, tick: (now) => [miniText(listing, now, unit)] }
    case 'avgPrice':
      return {
        context,
        cadenceMs: 1000,
        tick: (now) => [
          `{"e":"avgPrice","E":${now * unit},"s":"${listing.symbol}","i":"5m",` +
            `"w":"${listing.price(averagePrice(listing, now))}","T":${(listing.market.last()?.time ?? now) * unit}}`,
        ],
      }
    default:
      return null
  }
}

function aggTradeChannel(listing: Listing, aggTrades: AggTrades, context: Channel['context'], unit: number): Channel {
  const tape = aggTrades.of(listing.id)
  tape.seal()
  let told = tape.lastId
  return {
    context,
    cadenceMs: 100,
    tick(now) {
      tape.seal()
      const fresh = tape.after(told)
      told = tape.lastId
      return fresh.map(
        (trade) =>
          `{"e":"aggTrade","E":${now * unit},"s":"${listing.symbol}","a":${trade.id},` +
          `"p":"${listing.price(trade.price)}","q":"${listing.quantity(trade.quantity)}",` +
          `"f":${trade.firstId},"l":${trade.lastId},"T":${trade.time * unit},"m":${trade.side === 'sell'},"M":true}`,
      )
    },
  }
}

function allMini(listings: Listings, stream: string, unit: number): Channel {
  const told = new Map<Listing, string>()
  return {
    context: { stream },
    cadenceMs: 1000,
    tick(now) {
      const changed = listings.all().filter((listing) => {
        const last = listing.market.last()?.tradeId ?? ''
        if (!isTold(listing) || told.get(listing) === last) return false
        told.set(listing, last)
        return true
      })
      return changed.length === 0 ? [] : [`[${changed.map((listing) => miniText(listing, now, unit)).join(',')}]`]
    },
  }
}

const diffWords =
  (unit: number): DepthWords =>
  ({ listing, now, first, last, bids, asks }) =>
    `{"e":"depthUpdate","E":${now * unit},"s":"${listing.symbol}","U":${first},"u":${last},"b":${bids},"a":${asks}}`

/** Without an event name, a symbol or a time. */
const partialWords: DepthWords = ({ last, bids, asks }) => `{"lastUpdateId":${last},"bids":${bids},"asks":${asks}}`

function miniText(listing: Listing, now: number, unit: number): string {
  const day = listing.market.day()
  return (
    `{"e":"24hrMiniTicker","E":${now * unit},"s":"${listing.symbol}","c":"${listing.price(day.last)}",` +
    `"o":"${listing.price(day.open)}","h":"${listing.price(day.high)}","l":"${listing.price(day.low)}",` +
    `"v":"${listing.quantity(day.volume)}","q":"${day.notional.toFixed(8)}"}`
  )
}

function dayText(listing: Listing, now: number, unit: number): string {
  const day = listing.market.day()
  const top = listing.market.top()
  const change = day.last - day.open
  const average = day.volume > 0 ? day.notional / day.volume : day.last
  return (
    `{"e":"24hrTicker","E":${now * unit},"s":"${listing.symbol}","p":"${listing.price(change)}",` +
    `"P":"${(day.open > 0 ? (100 * change) / day.open : 0).toFixed(3)}","w":"${listing.price(average)}",` +
    `"x":"${listing.price(day.open)}","c":"${listing.price(day.last)}","Q":"${listing.quantity(day.lastQuantity)}",` +
    `"b":"${listing.price(top?.bid ?? 0)}","B":"${listing.quantity(top?.bidSize ?? 0)}",` +
    `"a":"${listing.price(top?.ask ?? 0)}","A":"${listing.quantity(top?.askSize ?? 0)}",` +
    `"o":"${listing.price(day.open)}","h":"${listing.price(day.high)}","l":"${listing.price(day.low)}",` +
    `"v":"${listing.quantity(day.volume)}","q":"${day.notional.toFixed(8)}","O":${day.openTime * unit},` +
    `"C":${day.closeTime * unit},"F":${day.firstTradeId ?? -1},"L":${day.lastTradeId ?? -1},"n":${day.trades}}`
  )
}
