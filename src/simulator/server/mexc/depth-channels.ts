import type { Exchange } from '../exchange.ts'
import type { FaultKind } from '../faults.ts'
import type { LevelChange } from '../types.ts'
import type { Channel } from './hub.ts'
import { levelTexts } from './level-text.ts'
import type { Listing } from './listings.ts'

const frameFaults: readonly FaultKind[] = ['sequence-gap', 'wrong-first-id']
const mergeMs = 200
const fullMs = 300

/** Changes of 200 ms in one frame: rows unordered, each price once, versions `begin` to `end`. No snapshot comes before. */
export function mergedDepth(exchange: Exchange, listing: Listing): Channel {
  const context = { stream: 'push.depth', symbol: listing.symbol }
  const asks = new Map<number, LevelChange>()
  const bids = new Map<number, LevelChange>()
  let begin = 0
  let end = 0
  let cts = 0
  return {
    context,
    instrumentId: listing.id,
    cadenceMs: mergeMs,
    onBook({ changes }, time) {
      for (const change of changes) {
        if (begin === 0) begin = change.version
        end = change.version
        const side = change.side === 'ask' ? asks : bids
        side.set(change.price, change)
      }
      cts = time
    },
    tick(now) {
      if (begin === 0) return []
      const rows = `"cts":${cts},"asks":${levelTexts(listing, asks.values())},"bids":${levelTexts(listing, bids.values())}`
      const fault = exchange.faults.decide('market', context, frameFaults)
      const off = fault?.kind === 'wrong-first-id' ? (fault.value ?? 1_000) : 0
      const versions = `"end":${end + off},"begin":${begin + off},"version":${end + off}`
      asks.clear()
      bids.clear()
      begin = 0
      if (fault?.kind === 'sequence-gap') return []
      return [`{"symbol":"${listing.symbol}","data":{${rows},${versions}},"channel":"push.depth","ts":${now}}`]
    },
  }
}

/** With `compress:false`: one change in a frame, every version. */
export function rawDepth(exchange: Exchange, listing: Listing): Channel {
  const context = { stream: 'push.depth', symbol: listing.symbol }
  return {
    context,
    instrumentId: listing.id,
    onBook({ changes }, time) {
      const frames: string[] = []
      for (const change of changes) {
        const fault = exchange.faults.decide('market', context, frameFaults)
        if (fault?.kind === 'sequence-gap') continue
        const version = change.version + (fault?.kind === 'wrong-first-id' ? (fault.value ?? 1_000) : 0)
        const row = levelTexts(listing, [change])
        const asks = change.side === 'ask' ? row : '[]'
        const bids = change.side === 'bid' ? row : '[]'
        frames.push(
          `{"symbol":"${listing.symbol}","data":{"cts":${change.time},"asks":${asks},"bids":${bids},"version":${version}},` +
            `"channel":"push.depth","ts":${time}}`,
        )
      }
      return frames
    },
  }
}

/** The best levels whole and sorted, whenever something changed below or among them: the same top may come twice. */
export function fullDepth(listing: Listing, limit: number): Channel {
  let told = -1
  return {
    context: { stream: 'push.depth.full', symbol: listing.symbol },
    instrumentId: listing.id,
    cadenceMs: fullMs,
    tick(now) {
      const { version, bids, asks } = listing.market.book(limit)
      if (version === told) return []
      told = version
      return [
        `{"symbol":"${listing.symbol}","data":{"cts":${now},"asks":${levelTexts(listing, asks)},` +
          `"bids":${levelTexts(listing, bids)},"version":${version}},"channel":"push.depth.full","ts":${now}}`,
      ]
    },
  }
}
