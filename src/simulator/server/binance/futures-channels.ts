import type { Exchange } from '../exchange.ts'
import type { AggTrades } from './agg-trades.ts'
import type { Channel } from './channel.ts'
import { diffChannel, partialChannel } from './depth-channel.ts'
import { forcedChannel } from './forced-channel.ts'
import { everySymbol } from './futures-arrays.ts'
import { depthWords, markFrame, miniText, tickerText, topText } from './futures-frames.ts'
import type { ChannelFactory } from './hub.ts'
import { isInterval } from './intervals.ts'
import { klineChannel, klineText } from './kline-channel.ts'
import type { Listing, Listings } from './listings.ts'
import { futuresIds } from './update-ids.ts'

/** Which of the futures hosts' paths a stream comes on. */
export type MarketPath = 'public' | 'market'

/** Kinds that are told under `/public`; `trade` is undocumented, and clients find it on both. */
const publicKinds = /^(depth|rpiDepth|bookTicker|trade)/

/** Whether a stream is told under that path; else it is acknowledged and stays silent. */
export function isToldOn(path: MarketPath, stream: string): boolean {
  const kind = stream.startsWith('!') ? stream.slice(1) : (stream.split('@')[1] ?? '')
  return path === 'public' ? publicKinds.test(kind) : kind === 'trade' || !publicKinds.test(kind)
}

/** Every market stream of USDⓈ-M futures. */
export function futuresChannels(exchange: Exchange, listings: Listings, aggTrades: AggTrades): ChannelFactory {
  return (stream) => {
    if (stream.startsWith('!')) return everySymbol(listings, stream)
    const at = stream.indexOf('@')
    if (at < 0) return null
    const [symbol, contract] = stream.slice(0, at).split('_')
    const listing = listings.find(symbol.toUpperCase())
    if (listing === undefined || symbol !== symbol.toLowerCase()) return null
    const kind = stream.slice(at + 1)
    if (contract !== undefined) return contract === 'perpetual' ? continuous(listing, stream, kind) : null
    return ofSymbol(exchange, listing, aggTrades, stream, kind)
  }
}

function ofSymbol(
  exchange: Exchange,
  listing: Listing,
  aggTrades: AggTrades,
  stream: string,
  kind: string,
): Channel | null {
  const context = { stream, symbol: listing.id as string }
  const depth = /^(?:depth(5|10|20)?|rpiDepth)(?:@(100|250|500)ms)?$/.exec(kind)
  if (depth !== null) {
    const cadenceMs = Number(depth[2] ?? (kind.startsWith('rpi') ? 500 : 250))
    const shared = { ids: futuresIds, cadenceMs, words: depthWords }
    if (depth[1] === undefined) return diffChannel(exchange, listing, stream, shared)
    return partialChannel(listing, stream, { ...shared, levels: Number(depth[1]) })
  }
  if (kind.startsWith('kline_')) {
    const interval = kind.slice(6)
    if (!isInterval(interval)) return null
    return klineChannel(listing, stream, interval, {
      cadenceMs: 250,
      words: (bar, now) =>
        `{"e":"kline","E":${now},"s":"${listing.symbol}",` +
        `"k":${klineText(listing, bar, interval, { symbol: true, unit: 1 })},"ps":"${listing.symbol}","st":1}`,
    })
  }
  switch (kind) {
    case 'bookTicker':
      return {
        context,
        onBook: ({ top, topChanged, time }) => (topChanged && top !== null ? topText(listing, top, time) : null),
      }
    case 'trade':
      return {
        context,
        onTrade: ({ trade, time }) =>
          `{"e":"trade","E":${time},"T":${trade.time},"s":"${listing.symbol}","t":${trade.tradeId},` +
          `"p":"${listing.price(trade.price)}","q":"${listing.quantity(trade.quantity)}","X":"MARKET",` +
          `"m":${trade.side === 'sell'}}`,
      }
    case 'aggTrade': {
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
              `{"e":"aggTrade","E":${now},"s":"${listing.symbol}","a":${trade.id},` +
              `"p":"${listing.price(trade.price)}","q":"${listing.quantity(trade.quantity)}",` +
              `"nq":"${listing.quantity(trade.quantity)}","f":${trade.firstId},"l":${trade.lastId},` +
              `"T":${trade.time},"m":${trade.side === 'sell'},"st":1}`,
          )
        },
      }
    }
    case 'markPrice':
      return { context, cadenceMs: 3000, tick: (now) => [markFrame(listing, now)] }
    case 'markPrice@1s':
      return { context, cadenceMs: 1000, tick: (now) => [markFrame(listing, now)] }
    case 'ticker':
      return { context, cadenceMs: 2000, tick: whenChanged(listing, tickerText) }
    case 'miniTicker':
      return { context, cadenceMs: 500, tick: whenChanged(listing, miniText) }
    case 'forceOrder':
      return forcedChannel(context, () => listing)
    default:
      return null
  }
}

function continuous(listing: Listing, stream: string, kind: string): Channel | null {
  const interval = kind.slice('continuousKline_'.length)
  if (!kind.startsWith('continuousKline_') || !isInterval(interval)) return null
  return klineChannel(listing, stream, interval, {
    cadenceMs: 250,
    words: (bar, now) =>
      `{"e":"continuous_kline","E":${now},"ps":"${listing.symbol}","ct":"PERPETUAL",` +
      `"k":${klineText(listing, bar, interval, { symbol: false, unit: 1 })}}`,
  })
}

/** One frame where something was printed since the last. */
function whenChanged(
  listing: Listing,
  text: (listing: Listing, now: number) => string,
): (now: number) => readonly string[] {
  let told = ''
  return (now) => {
    const last = listing.market.last()?.tradeId ?? ''
    if (last === told) return []
    told = last
    return [text(listing, now)]
  }
}
