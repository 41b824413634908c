import type { UnixMs } from '#model/ids.ts'
import type { Deal } from './wire/market.ts'

/** Prints that were not yet delivered, and whether some before them are missing. */
export interface MergedPrints {
  /** Ascending by time. */
  readonly prints: readonly Deal[]
  /** Time of the last print before the hole, null where there is none. */
  readonly gapFrom: UnixMs | null
}

/**
 * Puts the tape together again after a change of connection. Prints of this venue carry no id, so equal ones are told apart by how often each
 * source has them: what happened is the most that any one source saw, less what was delivered already. A history that begins in the
 * middle of a millisecond of equal prints may so hide one of them.
 */
export interface PrintMerger {
  /** Told on: remembered, the newest 2 000. */
  readonly delivered: (print: Deal) => void
  readonly lastTime: () => UnixMs | null
  /**
   * `history` is the venue's newest prints in any order, `complete` when it has no more before them; null = it could not be had. `live` is
   * what each connection sent meanwhile.
   */
  readonly merge: (
    history: { readonly prints: readonly Deal[]; readonly complete: boolean } | null,
    live: readonly (readonly Deal[])[],
  ) => MergedPrints
}

const remembered = 2_000

export function createPrintMerger(): PrintMerger {
  const ring: Deal[] = []
  let next = 0
  let last: UnixMs | null = null

  return {
    delivered(print) {
      if (ring.length < remembered) ring.push(print)
      else ring[next] = print
      next = (next + 1) % remembered
      if (last === null || print.t > last) last = print.t
    },
    lastTime: () => last,
    merge(history, live) {
      const oldest = ring.length < remembered ? ring[0] : ring[next]
      const from = oldest?.t ?? 0
      const known = tally(ring.filter(({ t }) => t >= from))
      const seen = new Map<string, { print: Deal; times: number }>()
      for (const source of [history?.prints ?? [], ...live])
        for (const [key, entry] of tally(source.filter(({ t }) => t >= from))) {
          const other = seen.get(key)
          if (other === undefined || other.times < entry.times) seen.set(key, entry)
        }
      const prints: Deal[] = []
      for (const [key, { print, times }] of seen)
        for (let copy = known.get(key)?.times ?? 0; copy < times; copy++) prints.push(print)
      prints.sort((a, b) => a.t - b.t)
      return { prints, gapFrom: last !== null && hasHole(history, last) ? last : null }
    },
  }
}

/** The history does not reach back to what was delivered. */
function hasHole(
  history: { readonly prints: readonly Deal[]; readonly complete: boolean } | null,
  last: UnixMs,
): boolean {
  if (history === null) return true
  return !history.complete && history.prints.every(({ t }) => t > last)
}

function tally(prints: readonly Deal[]): Map<string, { print: Deal; times: number }> {
  const counts = new Map<string, { print: Deal; times: number }>()
  for (const print of prints) {
    const key = `${print.t}|${print.p}|${print.v}|${print.T}`
    const entry = counts.get(key)
    if (entry === undefined) counts.set(key, { print, times: 1 })
    else entry.times += 1
  }
  return counts
}
