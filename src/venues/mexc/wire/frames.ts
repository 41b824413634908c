import { z } from 'zod'
import { isRecord, reasonOf, rejection, type Rejection } from '../../link/rejection.ts'
import { assetPush, position, positionModePush } from './account.ts'
import { oneOrMany } from './envelope.ts'
import { type Contracts, largest, price, rate, symbol, unixMs } from './fields.ts'
import { contractDetail, type ContractDetail, type Deal, type Level } from './market.ts'
import { fill, order, planOrder, type WireFill, type WireOrder, type WirePlanOrder } from './orders.ts'

export interface DealFrame {
  readonly channel: 'push.deal'
  readonly symbol: string
  readonly deals: readonly Deal[]
  readonly ts: number
}

/** Covers the versions `first` to `last`; rows are unordered and absolute. */
export interface DepthFrame {
  readonly channel: 'push.depth'
  readonly symbol: string
  readonly asks: readonly Level[]
  readonly bids: readonly Level[]
  readonly first: number
  readonly last: number
  /** Matching engine's time where told, else the push's. */
  readonly time: number
}

/** The top of the book, whole. */
export interface FullDepthFrame {
  readonly channel: 'push.depth.full'
  readonly symbol: string
  readonly asks: readonly Level[]
  readonly bids: readonly Level[]
  readonly version: number
  readonly time: number
}

const kline = z.object({
  symbol,
  interval: z.string(),
  t: z.int().nonnegative(),
  o: price,
  h: price,
  l: price,
  c: price,
  q: z.number().nonnegative().brand<'Contracts'>(),
})
export type KlinePush = z.infer<typeof kline>

// documents show `fundingRate` beside `rate`
const fundingPush = z
  .object({ symbol, rate: rate.nullish(), fundingRate: rate.nullish(), nextSettleTime: unixMs })
  .transform((row) => ({ symbol: row.symbol, rate: row.rate ?? row.fundingRate, nextSettleTime: row.nextSettleTime }))
  .refine((row): row is typeof row & { rate: number } => typeof row.rate === 'number', { path: ['rate'] })

const fairPush = z.object({ symbol, price })
const changedContracts = oneOrMany(contractDetail)

/** A frame of either kind of stream, read and checked. */
export type Frame =
  | DealFrame
  | DepthFrame
  | FullDepthFrame
  | { readonly channel: 'push.kline'; readonly kline: KlinePush; readonly ts: number }
  | {
      readonly channel: 'push.funding.rate'
      readonly symbol: string
      readonly rate: number
      readonly nextSettleTime: number
      readonly ts: number
    }
  | { readonly channel: 'push.fair.price'; readonly symbol: string; readonly price: number; readonly ts: number }
  | { readonly channel: 'push.contract'; readonly contracts: readonly ContractDetail[]; readonly ts: number }
  | { readonly channel: 'pong'; readonly time: number }
  | { readonly channel: 'ack'; readonly method: string }
  | { readonly channel: 'rs.error'; readonly message: string }
  | { readonly channel: 'push.personal.order'; readonly order: WireOrder; readonly ts: number }
  | { readonly channel: 'push.personal.order.deal'; readonly fill: WireFill; readonly ts: number }
  | { readonly channel: 'push.personal.position'; readonly position: z.infer<typeof position>; readonly ts: number }
  | { readonly channel: 'push.personal.asset'; readonly currency: string; readonly ts: number }
  | { readonly channel: 'push.personal.plan.order'; readonly order: WirePlanOrder; readonly ts: number }
  | { readonly channel: 'push.personal.position.mode'; readonly positionMode: 1 | 2 }
  /** Said by the venue and not used here. */
  | { readonly channel: 'ignored' }
  | Rejection

const ignored = { channel: 'ignored' } as const

/** Reads one parsed text frame. Never throws; what is not understood is told with a reason from a bounded set. */
export function readFrame(json: unknown): Frame {
  if (!isRecord(json)) return rejection('frame: not an object')
  const { channel, data } = json
  if (typeof channel !== 'string') return rejection('frame: no channel')
  switch (channel) {
    case 'push.depth':
      return readDepth(json, data)
    case 'push.deal':
      return readDeals(json, data)
    case 'push.depth.full':
      return readFullDepth(json, data)
    default:
      return channel.startsWith('push.') ? readRarer(channel, json['ts'], data) : readReply(channel, data)
  }
}

function readDeals(frame: Record<string, unknown>, data: unknown): Frame {
  const { symbol, ts } = frame
  if (typeof symbol !== 'string') return rejection('push.deal: symbol')
  if (!isTime(ts)) return rejection('push.deal: ts')
  // merged since August 2025; one object before
  const rows: readonly unknown[] = Array.isArray(data) ? data : [data]
  for (const row of rows) {
    if (!isRecord(row)) return rejection('push.deal: row')
    if (!isPrice(row['p'])) return rejection('push.deal: p')
    if (!isPrice(row['v'])) return rejection('push.deal: v')
    if (row['T'] !== 1 && row['T'] !== 2) return rejection('push.deal: T')
    if (!isTime(row['t'])) return rejection('push.deal: t')
  }
  return { channel: 'push.deal', symbol, deals: rows as readonly Deal[], ts }
}

function readDepth(frame: Record<string, unknown>, data: unknown): Frame {
  const { symbol, ts } = frame
  if (typeof symbol !== 'string') return rejection('push.depth: symbol')
  if (!isTime(ts)) return rejection('push.depth: ts')
  if (!isRecord(data)) return rejection('push.depth: data')
  const { asks, bids, cts } = data
  if (!areLevels(asks)) return rejection('push.depth: asks')
  if (!areLevels(bids)) return rejection('push.depth: bids')
  if (cts !== undefined && cts !== null && !isTime(cts)) return rejection('push.depth: cts')
  // older captures carry only one kind of number
  const first = data['begin'] ?? data['version']
  const last = data['end'] ?? data['version']
  if (!isTime(first) || !isTime(last) || first > last) return rejection('push.depth: versions')
  return { channel: 'push.depth', symbol, asks, bids, first, last, time: cts ?? ts }
}

function readFullDepth(frame: Record<string, unknown>, data: unknown): Frame {
  const { symbol, ts } = frame
  if (typeof symbol !== 'string') return rejection('push.depth.full: symbol')
  if (!isTime(ts)) return rejection('push.depth.full: ts')
  if (!isRecord(data)) return rejection('push.depth.full: data')
  const { asks, bids, cts, version } = data
  if (!areLevels(asks)) return rejection('push.depth.full: asks')
  if (!areLevels(bids)) return rejection('push.depth.full: bids')
  if (cts !== undefined && cts !== null && !isTime(cts)) return rejection('push.depth.full: cts')
  if (!isTime(version)) return rejection('push.depth.full: version')
  return { channel: 'push.depth.full', symbol, asks, bids, version, time: cts ?? ts }
}

function readRarer(channel: string, ts: unknown, data: unknown): Frame {
  if (!isTime(ts)) return rejection('push: ts')
  switch (channel) {
    case 'push.fair.price':
      return read(channel, fairPush, data, (row) => ({ channel, ...row, ts }))
    case 'push.funding.rate':
      return read(channel, fundingPush, data, (row) => ({ channel, ...row, ts }))
    case 'push.kline':
      return read(channel, kline, data, (kline) => ({ channel, kline, ts }))
    case 'push.contract':
      return read(channel, changedContracts, data, (contracts) => ({ channel, contracts, ts }))
    case 'push.personal.order':
      return read(channel, order, data, (order) => ({ channel, order, ts }))
    case 'push.personal.order.deal':
      return read(channel, fill, data, (fill) => ({ channel, fill, ts }))
    case 'push.personal.position':
      return read(channel, position, data, (position) => ({ channel, position, ts }))
    case 'push.personal.asset':
      return read(channel, assetPush, data, ({ currency }) => ({ channel, currency, ts }))
    case 'push.personal.plan.order':
      return read(channel, planOrder, data, (order) => ({ channel, order, ts }))
    case 'push.personal.position.mode':
      return read(channel, positionModePush, data, ({ positionMode }) => ({ channel, positionMode }))
    default:
      return knownAndUnused.has(channel) ? ignored : rejection('push: unknown channel')
  }
}

const knownAndUnused: ReadonlySet<string> = new Set([
  'push.ticker',
  'push.tickers',
  'push.index.price',
  'push.event.contract',
  'push.personal.stop.order',
  'push.personal.stop.planorder',
  'push.personal.track.order',
  'push.personal.risk.limit',
  'push.personal.adl.level',
  'push.personal.leverage.mode',
  'push.personal.liquidate.risk',
  'push.personal.generic.notify',
  'push.personal.reverse.position',
  'push.personal.order.chase',
])

function readReply(channel: string, data: unknown): Frame {
  if (channel === 'pong') return isTime(data) ? { channel, time: data } : rejection('pong: data')
  if (channel === 'rs.error') return { channel, message: typeof data === 'string' ? data : 'no text' }
  if (!channel.startsWith('rs.')) return rejection('frame: unknown channel')
  return data === 'success' ? { channel: 'ack', method: channel.slice(3) } : rejection('rs: not a success')
}

function read<Row>(
  channel: string,
  schema: z.ZodType<Row>,
  data: unknown,
  make: (row: Row) => Exclude<Frame, Rejection>,
): Frame {
  const parsed = schema.safeParse(data)
  return parsed.success ? make(parsed.data) : rejection(`${channel}: ${reasonOf(parsed.error)}`)
}

// By hand for the three channels that come thousands of times a second.
const isPrice = (value: unknown): value is number => typeof value === 'number' && value > 0 && value <= largest
const isSize = (value: unknown): value is Contracts => typeof value === 'number' && value >= 0 && value <= largest
const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

function areLevels(rows: unknown): rows is readonly Level[] {
  if (!Array.isArray(rows)) return false
  for (const row of rows as readonly unknown[])
    if (!Array.isArray(row) || row.length !== 3 || !isPrice(row[0]) || !isSize(row[1]) || !isSize(row[2])) return false
  return true
}
