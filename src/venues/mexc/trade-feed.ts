import type { UnixMs } from '#model/ids.ts'
import type { MarketEvent } from '#model/market.ts'
import type { Contract } from './instruments.ts'
import { toTrade } from './mapper.ts'
import { createPrintMerger } from './print-merger.ts'
import type { Deal } from './wire/market.ts'

/** How many prints the venue tells by REST; there is no older history. */
export const historyLimit = 100

export interface TradeFeedOptions {
  readonly contract: () => Contract
  readonly emit: (event: MarketEvent, receivedAt: UnixMs) => void
  /** The venue's newest prints, at most `historyLimit`. */
  readonly history: () => Promise<readonly Deal[]>
  readonly now: () => UnixMs
  /** The venue's time when it was wanted: the tape begins there. */
  readonly since: UnixMs
  readonly onGap: () => void
}

/** The tape of one instrument, whole over changes of connection, or with a `feedGap` where it cannot be. */
export interface TradeFeed {
  /** `connection` is any object that stands for one life of a socket. */
  readonly onDeals: (frame: string, deals: readonly Deal[], receivedAt: UnixMs, connection: object) => void
  /** Subscribed (again): what was missed is fetched. */
  readonly resume: () => void
}

export function createTradeFeed({ contract, emit, history, now, since, onGap }: TradeFeedOptions): TradeFeed {
  const merger = createPrintMerger()
  let current: object | null = null
  /** While the history is fetched: what each connection says meanwhile. */
  let held: Map<object, Deal[]> | null = null
  let heldCount = 0

  const recent: string[] = []
  let next = 0
  /** The same text, time of the push included, is the same frame told twice: its prints carry no ids to know them by. */
  const isRepeated = (frame: string): boolean => {
    if (recent.includes(frame)) return true
    recent[next] = frame
    next = (next + 1) % remembered
    return false
  }

  const deliver = (deal: Deal, receivedAt: UnixMs): void => {
    const last = merger.lastTime()
    const trade = toTrade(contract(), deal)
    // a print that comes late keeps its place in the tape, not its time: time never goes back
    emit(last !== null && deal.t < last ? { ...trade, time: last } : trade, receivedAt)
    merger.delivered(deal)
  }

  const finish = (past: Parameters<typeof merger.merge>[0]): void => {
    const live = [...(held ?? new Map<object, Deal[]>()).values()]
    held = null
    const { prints, gapFrom } = merger.merge(past, live)
    if (gapFrom !== null) {
      onGap()
      const time = Math.max(gapFrom, prints[0]?.t ?? gapFrom)
      emit({ type: 'feedGap', instrumentId: contract().instrument.id, from: gapFrom, time }, now())
    }
    for (const print of prints) deliver(print, now())
  }

  const resume = (): void => {
    if (held !== null) return
    held = new Map()
    heldCount = 0
    history().then(
      (newest) => {
        const past = newest.toReversed()
        const isFirst = merger.lastTime() === null
        finish({ prints: isFirst ? past.filter(({ t }) => t >= since) : past, complete: newest.length < historyLimit })
      },
      () => finish(null),
    )
  }

  return {
    resume,
    onDeals(frame, deals, receivedAt, connection) {
      if (isRepeated(frame)) return
      if (connection !== current) {
        current = connection
        resume()
      }
      if (held === null) {
        for (const deal of ascending(deals)) deliver(deal, receivedAt)
        return
      }
      const own = held.get(connection) ?? []
      held.set(connection, own)
      own.push(...deals)
      heldCount += deals.length
      if (heldCount > maxHeld) finish(null)
    },
  }
}

const maxHeld = 20_000
const remembered = 16

/** The order of prints within a frame is not documented. */
function ascending(deals: readonly Deal[]): readonly Deal[] {
  for (let index = 1; index < deals.length; index++)
    if (deals[index].t < deals[index - 1].t) return deals.toSorted((a, b) => a.t - b.t)
  return deals
}
