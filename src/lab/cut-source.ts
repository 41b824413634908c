import { clip } from '#model/block.ts'
import type { UnixMs } from '#model/ids.ts'
import type { MarketSegment, MarketSource } from '#model/source.ts'

/** The part of a source between two times. Instruments without data there are gone. */
export function clipSource(source: MarketSource, from: UnixMs, to: UnixMs): MarketSource {
  if (from === -Infinity && to === Infinity) return source
  const segments = source.segments
    .filter((segment) => segment.to >= from && segment.from < to)
    .map((segment) => ({
      ...segment,
      from: Math.max(segment.from, from),
      to: Math.min(segment.to, to - 1),
      async *read() {
        for await (const block of segment.read()) {
          const part = clip(block, from, to)
          if (part) yield part
        }
      },
    }))
  const present = new Set(segments.map(({ instrumentId }) => instrumentId))
  return { instruments: source.instruments.filter(({ id }) => present.has(id)), segments }
}

/**
 * The same source in blocks that end at the given times: whoever reads one block at a time has decided everything up to a cut
 * before anything later exists for it.
 */
export function cutSource(source: MarketSource, cuts: readonly UnixMs[]): MarketSource {
  const ascending = cuts.toSorted((a, b) => a - b)
  return { instruments: source.instruments, segments: source.segments.map((segment) => cutSegment(segment, ascending)) }
}

function cutSegment(segment: MarketSegment, cuts: readonly UnixMs[]): MarketSegment {
  return {
    ...segment,
    async *read() {
      for await (const block of segment.read()) {
        let from = -Infinity
        for (const cut of cuts) {
          const part = clip(block, from, cut + 1)
          if (part) yield part
          from = cut + 1
        }
        const rest = clip(block, from, Infinity)
        if (rest) yield rest
      }
    },
  }
}
