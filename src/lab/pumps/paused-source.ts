import { clip } from '#model/block.ts'
import type { UnixMs } from '#model/ids.ts'
import type { MarketSegment, MarketSource } from '#model/source.ts'

/**
 * The same source in blocks that end at the given times; `onPause` is called at each, once whoever reads asks for what comes after
 * it and so has decided everything before. Times beyond a segment's data are not reached.
 */
export function pausedAt(
  source: MarketSource,
  times: readonly UnixMs[],
  onPause: (time: UnixMs) => void,
): MarketSource {
  if (times.length === 0) return source
  const ascending = times.toSorted((a, b) => a - b)
  return {
    instruments: source.instruments,
    segments: source.segments.map((segment) => pausedSegment(segment, ascending, onPause)),
  }
}

function pausedSegment(
  segment: MarketSegment,
  times: readonly UnixMs[],
  onPause: (time: UnixMs) => void,
): MarketSegment {
  const waiting = times.filter((time) => time >= segment.from && time < segment.to)
  return {
    ...segment,
    async *read() {
      let next = 0
      let from = -Infinity
      for await (const block of segment.read()) {
        while (next < waiting.length && clip(block, waiting[next] + 1, Infinity)) {
          const time = waiting[next++]
          const part = clip(block, from, time + 1)
          if (part) yield part
          onPause(time)
          from = time + 1
        }
        const rest = clip(block, from, Infinity)
        if (rest) yield rest
      }
    },
  }
}
