import type { UnixMs } from '#model/ids.ts'
import type { MarketBlock } from '#model/market.ts'
import { assemble, clip, spanOf } from '#model/block.ts'
import { concat } from './blocks.ts'

/** Blocks of one instrument waiting to be merged: everything up to `until` has arrived. */
interface Track {
  readonly blocks: AsyncIterator<MarketBlock>
  pieces: MarketBlock[]
  /** Last time received; Infinity when the track is over. */
  until: UnixMs
}

/**
 * Recordings of different kinds of one instrument (trades, quotes, depth) as one sequence of blocks: each ends for all kinds at
 * the same time, and rows of one time are never in two blocks. A single track passes through untouched.
 */
export async function* mergeBlocks(
  sources: readonly AsyncIterable<MarketBlock>[],
): AsyncGenerator<MarketBlock, void, undefined> {
  if (sources.length === 1) {
    yield* sources[0]
    return
  }
  const tracks = sources.map((source): Track => ({
    blocks: source[Symbol.asyncIterator](),
    pieces: [],
    until: -Infinity,
  }))
  try {
    for (;;) {
      const reached = Math.min(...tracks.map(({ until }) => until))
      const merged = take(tracks, reached)
      if (merged) yield merged
      if (reached === Infinity) return
      for (const track of tracks) if (track.until === reached) await pull(track)
    }
  } finally {
    await Promise.all(tracks.map(async ({ blocks }) => blocks.return?.()))
  }
}

async function pull(track: Track): Promise<void> {
  const step = await track.blocks.next()
  if (step.done) {
    track.until = Infinity
    return
  }
  track.pieces.push(step.value)
  track.until = spanOf(step.value)?.to ?? track.until
}

/** Takes everything before `time` out of the tracks: at `time` itself more may follow. */
function take(tracks: readonly Track[], time: UnixMs): MarketBlock | undefined {
  const taken: MarketBlock[] = []
  for (const track of tracks) {
    taken.push(...track.pieces.flatMap((piece) => clip(piece, -Infinity, time) ?? []))
    track.pieces = track.pieces.flatMap((piece) => clip(piece, time, Infinity) ?? [])
  }
  const first = taken[0]
  if (!first) return undefined
  const events = taken.flatMap(({ events }) => events ?? [])
  return assemble(first.instrumentId, {
    trades: concat(taken.flatMap(({ trades }) => trades ?? [])),
    quotes: concat(taken.flatMap(({ quotes }) => quotes ?? [])),
    bars: concat(taken.flatMap(({ bars }) => bars ?? [])),
    events: events.sort((a, b) => a.time - b.time),
  })
}
