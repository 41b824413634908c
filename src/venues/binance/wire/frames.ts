import { z } from 'zod'
import { isRecord, reasonOf, rejection, type Rejection } from '../../link/rejection.ts'
import { amount, decimalOf, isTime, largest, price, symbol, unixMs } from './fields.ts'
import type { AggTrade, Level } from './market.ts'

export interface TradeFrame {
  readonly channel: 'aggTrade'
  readonly symbol: string
  readonly trade: AggTrade
}

/** One print with its own id; a price of 0 and prints of the insurance fund are no trades of the market. */
export interface PrintFrame {
  readonly channel: 'trade'
  readonly symbol: string
  readonly print: AggTrade
}

/** Changed levels, absolute; `previous` only on futures. */
export interface DepthFrame {
  readonly channel: 'depthUpdate'
  readonly symbol: string
  readonly first: number
  readonly last: number
  readonly previous: number | undefined
  readonly time: number
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}

/** Spot tells no time. A side that is empty is 0. */
export interface TickerFrame {
  readonly channel: 'bookTicker'
  readonly symbol: string
  readonly updateId: number
  readonly time: number | undefined
  readonly bid: number
  readonly bidSize: number
  readonly ask: number
  readonly askSize: number
}

/** `nextFunding` is 0 where none is paid. */
export interface MarkFrame {
  readonly channel: 'markPriceUpdate'
  readonly symbol: string
  readonly price: number
  readonly nextFunding: number
  readonly time: number
}

const kline = z.object({
  s: symbol,
  k: z.object({
    t: unixMs,
    T: unixMs,
    i: z.string(),
    o: price,
    h: price,
    l: price,
    c: price,
    v: amount,
    x: z.boolean(),
  }),
})
export type KlinePush = z.infer<typeof kline>['k']

/** `cs` is the status, `bks` the leverage brackets; both say only what is new. */
const contractInfo = z.object({ s: symbol, cs: z.string(), ct: z.string(), E: unixMs })

/** A frame of the market streams, read and checked. */
export type Frame =
  | TradeFrame
  | PrintFrame
  | DepthFrame
  | TickerFrame
  | MarkFrame
  | { readonly channel: 'kline'; readonly symbol: string; readonly kline: KlinePush }
  | { readonly channel: 'contractInfo'; readonly symbol: string; readonly status: string; readonly time: number }
  | { readonly channel: 'ack' }
  | { readonly channel: 'refusal'; readonly message: string }
  /** The venue is about to close the connection. */
  | { readonly channel: 'serverShutdown' }
  /** Said by the venue and not used here. */
  | { readonly channel: 'ignored' }
  | Rejection

const ignored = { channel: 'ignored' } as const
const knownAndUnused: ReadonlySet<string> = new Set([
  '24hrTicker',
  '24hrMiniTicker',
  'forceOrder',
  'continuous_kline',
  'compositeIndex',
  'assetIndexUpdate',
  'EquityUpdate',
  '1hTicker',
  '4hTicker',
  '1dTicker',
  'blockTrade',
  'referencePrice',
  'avgPrice',
])

/** Reads one parsed text frame, wrapped or bare. Never throws; what is not understood is told with a reason from a bounded set. */
export function readFrame(json: unknown): Frame {
  if (!isRecord(json)) return rejection('frame: not an object')
  const wrapped = json['data']
  const frame = isRecord(wrapped) && typeof json['stream'] === 'string' ? wrapped : json
  // the platform of inverse contracts sends on the same all-market streams
  if (frame['st'] === 2) return ignored
  switch (frame['e']) {
    case 'bookTicker':
      return readTicker(frame)
    case 'aggTrade':
      return readTrade(frame)
    case 'trade':
      return readPrint(frame)
    case 'depthUpdate':
      return readDepth(frame)
    case 'markPriceUpdate':
      return readMark(frame)
    case 'kline':
      return read('kline', kline, frame, ({ s, k }) => ({ channel: 'kline', symbol: s, kline: k }))
    case 'contractInfo':
      return read('contractInfo', contractInfo, frame, ({ s, cs, E }) => ({
        channel: 'contractInfo',
        symbol: s,
        status: cs,
        time: E,
      }))
    case 'serverShutdown':
      return { channel: 'serverShutdown' }
    case undefined:
      return 'u' in frame && 's' in frame ? readTicker(frame) : readReply(frame)
    default:
      return knownAndUnused.has(frame['e'] as string) ? ignored : rejection('frame: unknown event')
  }
}

function readTrade(frame: Record<string, unknown>): Frame {
  const trade = tradeOf(frame, frame['a'])
  return typeof trade === 'string'
    ? rejection(`aggTrade: ${trade}`)
    : { channel: 'aggTrade', symbol: frame['s'] as string, trade }
}

function readPrint(frame: Record<string, unknown>): Frame {
  if (typeof frame['X'] === 'string' && frame['X'] !== 'MARKET') return ignored
  const print = tradeOf(frame, frame['t'])
  return typeof print === 'string'
    ? rejection(`trade: ${print}`)
    : { channel: 'trade', symbol: frame['s'] as string, print }
}

/** The trade, or which field is wrong. */
function tradeOf(frame: Record<string, unknown>, a: unknown): AggTrade | string {
  const { T, m } = frame
  if (typeof frame['s'] !== 'string') return 's'
  const p = decimalOf(frame['p'])
  const q = decimalOf(frame['q'])
  if (!isTime(a)) return 'id'
  if (!isPrice(p)) return 'p'
  if (!isPrice(q)) return 'q'
  if (!isTime(T)) return 'T'
  if (typeof m !== 'boolean') return 'm'
  return { a, p, q, T, m }
}

function readDepth(frame: Record<string, unknown>): Frame {
  const { s, U, u, pu } = frame
  const time = frame['T'] ?? frame['E']
  if (typeof s !== 'string') return rejection('depthUpdate: s')
  if (!isTime(U) || !isTime(u) || U > u) return rejection('depthUpdate: versions')
  if (pu !== undefined && (!isTime(pu) || pu > u)) return rejection('depthUpdate: pu')
  if (!isTime(time)) return rejection('depthUpdate: T')
  const bids = levelsOf(frame['b'])
  if (bids === null) return rejection('depthUpdate: b')
  const asks = levelsOf(frame['a'])
  if (asks === null) return rejection('depthUpdate: a')
  return { channel: 'depthUpdate', symbol: s, first: U, last: u, previous: pu, time, bids, asks }
}

function readTicker(frame: Record<string, unknown>): Frame {
  const { s, u, T } = frame
  if (typeof s !== 'string') return rejection('bookTicker: s')
  if (!isTime(u)) return rejection('bookTicker: u')
  if (T !== undefined && !isTime(T)) return rejection('bookTicker: T')
  const bid = decimalOf(frame['b'])
  const bidSize = decimalOf(frame['B'])
  const ask = decimalOf(frame['a'])
  const askSize = decimalOf(frame['A'])
  if (!isSize(bid) || !isSize(bidSize)) return rejection('bookTicker: bid')
  if (!isSize(ask) || !isSize(askSize)) return rejection('bookTicker: ask')
  return { channel: 'bookTicker', symbol: s, updateId: u, time: T, bid, bidSize, ask, askSize }
}

function readMark(frame: Record<string, unknown>): Frame {
  const { s, E, T } = frame
  if (typeof s !== 'string') return rejection('markPriceUpdate: s')
  if (!isTime(E)) return rejection('markPriceUpdate: E')
  const p = decimalOf(frame['p'])
  if (!isPrice(p)) return rejection('markPriceUpdate: p')
  if (T !== undefined && !isTime(T)) return rejection('markPriceUpdate: T')
  return { channel: 'markPriceUpdate', symbol: s, price: p, nextFunding: T ?? 0, time: E }
}

/** Answers to what we asked on the socket. */
function readReply(frame: Record<string, unknown>): Frame {
  const error = isRecord(frame['error']) ? frame['error'] : frame
  if (typeof error['code'] === 'number') {
    return { channel: 'refusal', message: typeof error['msg'] === 'string' ? error['msg'] : 'no text' }
  }
  return 'result' in frame && 'id' in frame ? { channel: 'ack' } : rejection('frame: no event')
}

function read<Row>(
  channel: string,
  schema: z.ZodType<Row>,
  frame: unknown,
  make: (row: Row) => Exclude<Frame, Rejection>,
): Frame {
  const parsed = schema.safeParse(frame)
  return parsed.success ? make(parsed.data) : rejection(`${channel}: ${reasonOf(parsed.error)}`)
}

// By hand, NaN included, for what comes thousands of times a second.
const isPrice = (value: number): boolean => value > 0 && value <= largest
const isSize = (value: number): boolean => value >= 0 && value <= largest

/** Null where one of them is not a level. */
function levelsOf(rows: unknown): readonly Level[] | null {
  if (!Array.isArray(rows)) return null
  const levels: Level[] = []
  for (const row of rows as readonly unknown[]) {
    if (!Array.isArray(row) || row.length < 2) return null
    const at = decimalOf(row[0])
    const size = decimalOf(row[1])
    if (!isPrice(at) || !isSize(size)) return null
    levels.push([at, size])
  }
  return levels
}
