import { z } from 'zod'
import { isRecord, reasonOf, rejection, type Rejection } from '../../link/rejection.ts'
import { amount, asset, decimal, isTime, money, positionSide, symbol, unixMs } from './fields.ts'
import { algoUpdate, type AlgoUpdate, orderUpdate, type OrderUpdate } from './orders.ts'

/** Only what changed. */
const accountChange = z.object({
  m: z.string(),
  B: z.array(z.object({ a: asset, wb: money })).optional(),
  P: z.array(z.object({ s: symbol, pa: decimal, ep: amount, mt: z.string().optional(), ps: positionSide })).optional(),
})
export type AccountChange = z.infer<typeof accountChange>

const orderFrame = z.object({ E: unixMs, T: unixMs, o: orderUpdate })
const algoFrame = z.object({ E: unixMs, T: unixMs, o: algoUpdate })
const accountFrame = z.object({ E: unixMs, T: unixMs, a: accountChange })
const configFrame = z.object({
  E: unixMs,
  ac: z.object({ s: symbol, l: z.number().positive() }).optional(),
})
const expiredFrame = z.object({ E: unixMs, listenKey: z.string().optional() })

/** A frame of the user data stream, read and checked. */
export type UserFrame =
  | { readonly channel: 'order'; readonly order: OrderUpdate; readonly time: number }
  | { readonly channel: 'algo'; readonly algo: AlgoUpdate; readonly time: number }
  | { readonly channel: 'account'; readonly account: AccountChange; readonly time: number }
  | { readonly channel: 'leverage'; readonly symbol: string; readonly leverage: number }
  | { readonly channel: 'listenKeyExpired' }
  /** Said by the venue and not used here; TRADE_LITE repeats what comes whole a moment later. */
  | { readonly channel: 'ignored' }
  | Rejection

const ignored = { channel: 'ignored' } as const
const knownAndUnused: ReadonlySet<string> = new Set([
  'TRADE_LITE',
  'MARGIN_CALL',
  'STRATEGY_UPDATE',
  'GRID_UPDATE',
  'CONDITIONAL_ORDER_TRIGGER_REJECT',
])

/** Reads one parsed text frame, wrapped or bare. Never throws. */
export function readUserFrame(json: unknown): UserFrame {
  if (!isRecord(json)) return rejection('user: not an object')
  const frame = isRecord(json['data']) && typeof json['stream'] === 'string' ? json['data'] : json
  const event = frame['e']
  if (typeof event !== 'string') return 'id' in frame ? ignored : rejection('user: no event')
  switch (event) {
    case 'ORDER_TRADE_UPDATE':
      return read(event, orderFrame, frame, ({ o, E }) => ({ channel: 'order', order: o, time: E }))
    case 'ALGO_UPDATE':
      return read(event, algoFrame, frame, ({ o, E }) => ({ channel: 'algo', algo: o, time: E }))
    case 'ACCOUNT_UPDATE':
      return read(event, accountFrame, frame, ({ a, E }) => ({ channel: 'account', account: a, time: E }))
    case 'ACCOUNT_CONFIG_UPDATE':
      return read(event, configFrame, frame, ({ ac }) =>
        ac === undefined ? ignored : { channel: 'leverage', symbol: ac.s, leverage: ac.l },
      )
    case 'listenKeyExpired':
      return read(event, expiredFrame, frame, () => ({ channel: 'listenKeyExpired' }))
    default:
      return knownAndUnused.has(event) && isTime(frame['E']) ? ignored : rejection('user: unknown event')
  }
}

function read<Row>(
  event: string,
  schema: z.ZodType<Row>,
  frame: unknown,
  make: (row: Row) => Exclude<UserFrame, Rejection>,
): UserFrame {
  const parsed = schema.safeParse(frame)
  return parsed.success ? make(parsed.data) : rejection(`${event}: ${reasonOf(parsed.error)}`)
}
