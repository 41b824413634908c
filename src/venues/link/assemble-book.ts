import type { BookSnapshot, BookSyncOptions, Delta } from './book-sync.ts'
import type { ChainRule } from './chain-rules.ts'

/** A snapshot and the buffer brought together. */
export interface Assembled {
  readonly snapshot: BookSnapshot
  /** What comes after the snapshot, an unbroken chain. */
  readonly deltas: readonly Delta[]
  readonly version: number
}

/** One snapshot brought together with the buffer as it is when the snapshot comes; bridged with recent commits where it is too old. */
export async function fetchAssembled(
  { snapshot, commits, gate, rule }: Pick<BookSyncOptions, 'snapshot' | 'commits' | 'gate' | 'rule'>,
  buffer: readonly Delta[],
  signal: AbortSignal,
): Promise<Assembled | 'tooOld' | 'failed'> {
  try {
    const fetched = await gate.run(() => (signal.aborted ? Promise.reject(new Error('late')) : snapshot()))
    const assembled = assemble(fetched, buffer, rule)
    if (assembled !== null || commits === undefined || signal.aborted) return assembled ?? 'tooOld'
    const recent = await gate.run(commits)
    return assemble(fetched, [...recent, ...buffer], rule) ?? 'tooOld'
  } catch {
    return 'failed'
  }
}

/** The snapshot with the buffered deltas that follow it; null when it is older than the buffer or something is missing in between. */
function assemble(snapshot: BookSnapshot, buffered: readonly Delta[], rule: ChainRule): Assembled | null {
  const deltas: Delta[] = []
  let { version } = snapshot
  // Sorting heals what arrived in another order than it was sent.
  const sorted = buffered.filter((delta) => !rule.covered(delta, snapshot.version)).sort((a, b) => a.last - b.last)
  for (const delta of sorted) {
    if (deltas.length > 0 && delta.last <= version) continue
    if (!rule.continues(delta, version)) return null
    deltas.push(delta)
    version = delta.last
  }
  return { snapshot, deltas, version }
}
