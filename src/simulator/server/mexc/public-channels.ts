import type { Exchange } from '../exchange.ts'
import type { PublicTrade } from '../types.ts'
import { fullDepth, mergedDepth, rawDepth } from './depth-channels.ts'
import { detailRow } from './detail.ts'
import type { Channel } from './hub.ts'
import { isInterval } from './intervals.ts'
import { klinePush } from './klines.ts'
import type { Listing } from './listings.ts'
import { dealRow, known, tickerRow, tickersRow } from './market-rows.ts'
import type { Deps } from './routes.ts'

/** What a subscription asks for; `error` is told with `rs.error`, null is never answered. */
export type Asked = { readonly key: string; readonly create: () => Channel } | { readonly error: string } | null

const dealMs = 100
const klineMs = 500
const tickersMs = 2_000
const tickerMs = 3_000
const fullLimits = [5, 10, 20, 50]

/** The channel of `sub.<topic>` with its `param`. */
export function publicChannel(deps: Deps, topic: string, param: Readonly<Record<string, unknown>>): Asked {
  const { exchange, listings, isClosedToApi } = deps
  if (topic === 'tickers') return { key: topic, create: () => tickers(deps) }
  if (topic === 'contract' || topic === 'event.contract') {
    const detail = (listing: Listing) => detailRow(listing, isClosedToApi(listing))
    return { key: topic, create: () => contracts(topic, (id) => detail(listings.of(id))) }
  }
  if (!Object.hasOwn(ofSymbol, topic)) return null
  const { symbol } = param
  const name = typeof symbol === 'string' ? symbol : 'null'
  const listing = listings.find(name)
  if (listing === undefined || listing.isDelisted) return { error: `Contract [${name}] not exists` }
  return ofSymbol[topic](exchange, listing, param)
}

type Make = (exchange: Exchange, listing: Listing, param: Readonly<Record<string, unknown>>) => Asked

const ofSymbol: Readonly<Record<string, Make>> = {
  deal(_exchange, listing, { compress }) {
    const merged = compress !== false
    return { key: `deal ${listing.symbol} ${merged}`, create: () => deals(listing, merged) }
  },
  depth(exchange, listing, { compress }) {
    const merged = compress !== false
    const create = () => (merged ? mergedDepth(exchange, listing) : rawDepth(exchange, listing))
    return { key: `depth ${listing.symbol} ${merged}`, create }
  },
  'depth.full'(_exchange, listing, { limit }) {
    const levels = limit === undefined ? 20 : Number(limit)
    if (!fullLimits.includes(levels)) return { error: `Depth limit [${levels}] not supported` }
    return { key: `depth.full ${listing.symbol} ${levels}`, create: () => fullDepth(listing, levels) }
  },
  ticker: (_exchange, listing) => ({
    key: `ticker ${listing.symbol}`,
    create: () => polled(listing, 'push.ticker', tickerMs, () => tickerRow(listing)),
  }),
  kline(exchange, listing, { interval }) {
    const word = typeof interval === 'string' ? interval : ''
    if (!isInterval(word)) return { error: `Interval [${word}] not exists` }
    const create = () => polled(listing, 'push.kline', klineMs, () => klinePush(listing, word, exchange.now()))
    return { key: `kline ${listing.symbol} ${word}`, create }
  },
  'funding.rate': (_exchange, listing) =>
    ofMark(listing, 'funding.rate', ({ fundingRate, nextFundingAt }) => ({
      rate: fundingRate,
      nextSettleTime: nextFundingAt ?? 0,
    })),
  'index.price': (_exchange, listing) => ofMark(listing, 'index.price', ({ index }) => ({ price: known(index) })),
  'fair.price': (_exchange, listing) => ofMark(listing, 'fair.price', ({ mark }) => ({ price: known(mark) })),
}

/** Prints of 100 ms in one frame, or one print in each; always an array. */
function deals(listing: Listing, merged: boolean): Channel {
  const waiting: PublicTrade[] = []
  const frame = (trades: readonly PublicTrade[], now: number): string =>
    frameOf(
      'push.deal',
      listing,
      trades.map((trade) => dealRow(listing, trade)),
      now,
    )
  return {
    context: { stream: 'push.deal', symbol: listing.symbol },
    instrumentId: listing.id,
    cadenceMs: dealMs,
    onTrade: (trade) => void waiting.push(trade),
    tick(now) {
      if (waiting.length === 0) return []
      const trades = waiting.splice(0)
      return merged ? [frame(trades, now)] : trades.map((trade) => frame([trade], now))
    },
  }
}

/** Told again when it is another than before. */
function polled(listing: Listing, channel: string, cadenceMs: number, row: () => unknown): Channel {
  let told = ''
  return {
    context: { stream: channel, symbol: listing.symbol },
    instrumentId: listing.id,
    cadenceMs,
    tick(now) {
      const data = row()
      const text = JSON.stringify(data)
      if (data === null || text === told) return []
      told = text
      return [frameOf(channel, listing, data, now)]
    },
  }
}

function ofMark(
  listing: Listing,
  topic: string,
  row: (mark: Parameters<NonNullable<Channel['onMark']>>[0]) => object,
): Asked {
  const channel = `push.${topic}`
  return {
    key: `${topic} ${listing.symbol}`,
    create: () => ({
      context: { stream: channel, symbol: listing.symbol },
      instrumentId: listing.id,
      onMark: (mark, time) => [frameOf(channel, listing, { symbol: listing.symbol, ...row(mark) }, time)],
    }),
  }
}

/** Rows that changed since they were last told. */
function tickers({ listings }: Deps): Channel {
  const told = new Map<string, string>()
  return {
    context: { stream: 'push.tickers' },
    instrumentId: null,
    cadenceMs: tickersMs,
    tick(now) {
      const rows: string[] = []
      for (const listing of listings.listed()) {
        const text = JSON.stringify(tickersRow(listing))
        if (told.get(listing.symbol) === text) continue
        told.set(listing.symbol, text)
        rows.push(text)
      }
      return rows.length === 0 ? [] : [`{"channel":"push.tickers","data":[${rows.join(',')}],"ts":${now}}`]
    },
  }
}

function contracts(topic: string, row: (id: Listing['id']) => object): Channel {
  const channel = `push.${topic}`
  return {
    context: { stream: channel },
    instrumentId: null,
    onInstrument: ({ instrument, time }) => [JSON.stringify({ channel, data: row(instrument.id), ts: time })],
  }
}

function frameOf(channel: string, { symbol }: Listing, data: unknown, ts: number): string {
  return JSON.stringify({ symbol, data, channel, ts })
}
