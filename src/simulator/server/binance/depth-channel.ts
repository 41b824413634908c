import type { Exchange } from '../exchange.ts'
import type { FaultKind } from '../faults.ts'
import type { LevelChange } from '../types.ts'
import type { Channel } from './channel.ts'
import type { Listing } from './listings.ts'
import type { UpdateIds } from './update-ids.ts'

const frameFaults: readonly FaultKind[] = ['sequence-gap', 'wrong-first-id']

/** How a door words a depth frame: ids first, rows as JSON. */
export type DepthWords = (frame: {
  readonly listing: Listing
  readonly now: number
  readonly time: number
  readonly first: number
  readonly last: number
  readonly previous: number
  readonly bids: string
  readonly asks: string
}) => string

/** Changed levels, merged over the cadence: each price once, with the size it has now. */
export function diffChannel(
  exchange: Exchange,
  listing: Listing,
  stream: string,
  { ids, cadenceMs, words }: { readonly ids: UpdateIds; readonly cadenceMs: number; readonly words: DepthWords },
): Channel {
  const context = { stream, symbol: listing.id as string }
  const bids = new Map<number, number>()
  const asks = new Map<number, number>()
  let told = listing.market.book(1).version
  let first = 0
  let last = told
  let time = 0

  const take = (changes: readonly LevelChange[]): void => {
    for (const { version, side, price, size } of changes) {
      if (version <= told) continue
      if (first === 0) first = version
      last = version
      if (side === 'bid') bids.set(price, size)
      else asks.set(price, size)
    }
  }

  return {
    context,
    cadenceMs,
    onBook({ changes, time: at }) {
      take(changes)
      time = at
      return null
    },
    tick(now) {
      if (first === 0) return []
      const frame = {
        listing,
        now,
        time,
        first: ids.of(first),
        last: ids.of(last),
        previous: ids.of(told),
        bids: rows(listing, bids),
        asks: rows(listing, asks),
      }
      told = last
      first = 0
      bids.clear()
      asks.clear()
      const fault = exchange.faults.decide('market', context, frameFaults)
      if (fault?.kind === 'sequence-gap') return []
      if (fault?.kind !== 'wrong-first-id') return [words(frame)]
      const off = fault.value ?? 1_000
      return [words({ ...frame, first: frame.first + off, previous: frame.previous + off, last: frame.last + off })]
    },
  }
}

/** The best levels as they are, whenever something changed. */
export function partialChannel(
  listing: Listing,
  stream: string,
  {
    levels,
    cadenceMs,
    ids,
    words,
  }: { readonly levels: number; readonly cadenceMs: number; readonly ids: UpdateIds; readonly words: DepthWords },
): Channel {
  let told = 0
  return {
    context: { stream, symbol: listing.id },
    cadenceMs,
    tick(now) {
      const { version, time, bids, asks } = listing.market.book(levels)
      if (version === told) return []
      const frame = {
        listing,
        now,
        time,
        first: ids.of(told === 0 ? version : told + 1),
        last: ids.of(version),
        previous: ids.of(told === 0 ? version - 1 : told),
        bids: sideRows(listing, bids),
        asks: sideRows(listing, asks),
      }
      told = version
      return [words(frame)]
    },
  }
}

function rows(listing: Listing, levels: ReadonlyMap<number, number>): string {
  let text = '['
  for (const [price, size] of levels) {
    text += `${text.length > 1 ? ',' : ''}["${listing.price(price)}","${listing.quantity(size)}"]`
  }
  return `${text}]`
}

function sideRows(listing: Listing, levels: readonly { readonly price: number; readonly size: number }[]): string {
  return `[${levels.map(({ price, size }) => `["${listing.price(price)}","${listing.quantity(size)}"]`).join(',')}]`
}
