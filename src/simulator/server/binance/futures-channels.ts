import type { Exchange } from '../exchange.ts'
import type { DayStats, ExchangeOrder } from '../types.ts'
import type { AggTrades } from './agg-trades.ts'
import type { Channel } from './channel.ts'
import { type DepthWords, diffChannel, partialChannel } from './depth-channel.ts'
import { futuresStatus } from './exchange-info.ts'
import type { ChannelFactory } from './hub.ts'
import { isInterval } from './intervals.ts'
import { klineChannel, klineText } from './kline-channel.ts'
import type { Listing, Listings } from './listings.ts'
import { isTold } from './market-routes.ts'
import { markText } from './market-rows.ts'
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
    case 'forceOrder': {
      const pending = new Map<string, ExchangeOrder>()
      return {
        context,
        cadenceMs: 1000,
        onForced: ({ order }) => keepLargest(pending, order),
        tick: forced(pending, () => listing),
      }
    }
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

/** Streams of all symbols; those that mix products carry a COIN-M row too, which clients must leave out (`st` 2). */
function everySymbol(listings: Listings, stream: string): Channel | null {
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
    case '!forceOrder@arr': {
      const pending = new Map<string, ExchangeOrder>()
      return {
        context,
        cadenceMs: 1000,
        onForced: ({ order }) => keepLargest(pending, order),
        tick: forced(pending, (order) => listings.of(order.instrumentId)),
      }
    }
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

const depthWords: DepthWords = ({ listing, now, time, first, last, previous, bids, asks }) =>
  `{"e":"depthUpdate","E":${now},"T":${time},"s":"${listing.symbol}","U":${first},"u":${last},"pu":${previous},` +
  `"b":${bids},"a":${asks},"ps":"${listing.symbol}","st":1}`

function topText(
  listing: Listing,
  top: { version: number; time: number; bid: number; bidSize: number; ask: number; askSize: number },
  now: number,
): string {
  return (
    `{"e":"bookTicker","u":${futuresIds.of(top.version)},"s":"${listing.symbol}","ps":"${listing.symbol}",` +
    `"b":"${listing.price(top.bid)}","B":"${listing.quantity(top.bidSize)}",` +
    `"a":"${listing.price(top.ask)}","A":"${listing.quantity(top.askSize)}","T":${top.time},"E":${now},"st":1}`
  )
}

function markFrame(listing: Listing, now: number): string {
  const { mark, index, fundingRate, nextFundingAt } = listing.market.mark()
  return (
    `{"e":"markPriceUpdate","E":${now},"s":"${listing.symbol}","p":"${markText(mark)}","ap":"${markText(mark)}",` +
    `"i":"${markText(index)}","P":"${markText(index)}","r":"${nextFundingAt === null ? '' : fundingRate.toFixed(8)}",` +
    `"T":${nextFundingAt ?? 0},"ps":"${listing.symbol}","st":1}`
  )
}

/** The start of both 24 h frames' fields. */
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

function miniText(listing: Listing, now: number): string {
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

/** What changed with the last print. */
function lastOf(listing: Listing): string {
  return listing.market.last()?.tradeId ?? ''
}

function whenChanged(
  listing: Listing,
  text: (listing: Listing, now: number) => string,
): (now: number) => readonly string[] {
  let told = ''
  return (now) => {
    const last = lastOf(listing)
    if (last === told) return []
    told = last
    return [text(listing, now)]
  }
}

/** One array of those that traded since the last one. */
function changedOnes(
  listings: () => readonly Listing[],
  text: (listing: Listing, now: number) => string,
): (now: number) => readonly string[] {
  const told = new Map<Listing, string>()
  return (now) => {
    const changed = listings().filter((listing) => told.get(listing) !== lastOf(listing))
    for (const listing of changed) told.set(listing, lastOf(listing))
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

/** Only the largest one of a symbol within the second is told. */
function keepLargest(pending: Map<string, ExchangeOrder>, order: ExchangeOrder): void {
  const kept = pending.get(order.instrumentId)
  if (kept === undefined || order.quantity >= kept.quantity) pending.set(order.instrumentId, order)
}

function forced(
  pending: Map<string, ExchangeOrder>,
  listingOf: (order: ExchangeOrder) => Listing | undefined,
): (now: number) => readonly string[] {
  return (now) => {
    const orders = [...pending.values()]
    pending.clear()
    return orders.flatMap((order) => {
      const listing = listingOf(order)
      if (listing === undefined) return []
      const price = listing.price(order.price ?? order.averagePrice ?? 0)
      const average = listing.price(order.averagePrice ?? order.price ?? 0)
      const quantity = listing.quantity(order.quantity)
      const filled = listing.quantity(order.filledQuantity)
      return [
        `{"e":"forceOrder","E":${now},"o":{"s":"${listing.symbol}","S":"${order.side === 'buy' ? 'BUY' : 'SELL'}",` +
          `"o":"LIMIT","f":"IOC","q":"${quantity}","p":"${price}","ap":"${average}","X":"FILLED",` +
          `"l":"${filled}","z":"${filled}","T":${order.updatedAt}},"ps":"${listing.symbol}","st":1}`,
      ]
    })
  }
}

function contractText(listing: Listing, status: string, now: number): string {
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
