import type { UnixMs } from '#model/ids.ts'
import type { MarketEvent } from '#model/market.ts'
import type { Timers } from '#model/venue.ts'
import { wait } from '../link/timers.ts'
import type { Contract } from './instruments.ts'
import { toTrade } from './market-mapper.ts'
import type { AggTrade } from './wire/market.ts'

export interface TradeFeedOptions {
  readonly contract: () => Contract
  readonly emit: (event: MarketEvent, receivedAt: UnixMs) => void
  /** Trades from this id on, ascending, at most 1 000. */
  readonly history: (fromId: number) => Promise<readonly AggTrade[]>
  /** How long the venue tells a trade; null = for ever. */
  readonly historyMs: number | null
  readonly timers: Timers
  readonly onGap: () => void
}

/** The tape of one instrument, each trade once and in order of its id, or with a `feedGap` where it cannot be whole. */
export interface TradeFeed {
  readonly onTrade: (trade: AggTrade, receivedAt: UnixMs) => void
  /** Subscribed (again): what was missed is fetched. */
  readonly resume: () => void
}

export function createTradeFeed({ contract, emit, history, historyMs, timers, onGap }: TradeFeedOptions): TradeFeed {
  /** Newest told. */
  let last: { readonly id: number; readonly time: UnixMs } | null = null
  /** What arrived while the trades before it are fetched, by id. */
  let held: Map<number, Held> | null = null

  const deliver = (trade: AggTrade, receivedAt: UnixMs): void => {
    // ids decide the order; a time that goes back by a millisecond does not
    const time = last !== null && trade.T < last.time ? last.time : trade.T
    last = { id: trade.a, time }
    emit(toTrade(contract(), time === trade.T ? trade : { ...trade, T: time }), receivedAt)
  }

  /** Fetches after the newest told until what was held connects; the venue's history may lag behind its streams. */
  const fill = async (): Promise<void> => {
    if (last === null) return
    const own = (held = new Map<number, Held>())
    let whole = historyMs === null || timers.now() - last.time < historyMs
    let lagging = 0
    for (let page = 0; whole; page++) {
      const rows = await history(last.id + 1).catch(() => null)
      if (held !== own) return
      for (const row of rows ?? []) if (row.a > last.id) deliver(row, timers.now())
      const connected = isChain(last.id, own.keys())
      if (rows !== null && connected && rows.length < fullPage) break
      if (rows === null || (!connected && rows.length < fullPage)) {
        lagging += 1
        await wait(timers, lagMs)
        if (held !== own) return
      }
      whole = rows !== null && page < maxPages && lagging < maxLagging
    }
    release(whole)
  }

  const release = (whole: boolean): void => {
    const rest = [...(held ?? new Map<number, Held>()).values()].sort((a, b) => a.trade.a - b.trade.a)
    held = null
    const fresh = rest.filter(({ trade }) => trade.a > last!.id)
    if (!whole && last !== null) {
      onGap()
      const time = Math.max(last.time, fresh[0]?.trade.T ?? last.time)
      emit({ type: 'feedGap', instrumentId: contract().instrument.id, from: last.time, time }, timers.now())
    }
    for (const { trade, receivedAt } of fresh) deliver(trade, receivedAt)
  }

  return {
    resume() {
      // nothing was told yet: the tape begins here
      if (last !== null && held === null) void fill()
    },
    onTrade(trade, receivedAt) {
      if (held !== null) {
        held.set(trade.a, { trade, receivedAt })
        if (held.size > maxHeld) release(false)
      } else if (last === null || trade.a === last.id + 1) {
        deliver(trade, receivedAt)
      } else if (trade.a > last.id) {
        void fill()
        held!.set(trade.a, { trade, receivedAt })
      }
    },
  }
}

/** Ids after `last` follow it without a hole. */
function isChain(last: number, ids: Iterable<number>): boolean {
  const after = [...ids].filter((id) => id > last)
  return after.length === 0 || Math.max(...after) === last + after.length
}

interface Held {
  readonly trade: AggTrade
  readonly receivedAt: UnixMs
}

const fullPage = 1_000
const maxPages = 30
const maxHeld = 20_000
const lagMs = 500
const maxLagging = 6
