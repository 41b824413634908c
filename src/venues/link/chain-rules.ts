import type { Delta } from './book-sync.ts'

/** How a venue numbers its deltas; `version` is what the book has. */
export interface ChainRule {
  /** The snapshot holds all of it: dropped. */
  covered(delta: Delta, version: number): boolean
  /** May be the first one after a snapshot. */
  opens(delta: Delta, version: number): boolean
  /** Comes right after a delta that ended at `version`. */
  follows(delta: Delta, version: number): boolean
}

/** MEXC contract: `begin … end` merged; `first == version + 1`, a straddling first frame is applied whole. */
export const mergedVersions: ChainRule = {
  covered: (delta, version) => delta.last <= version,
  opens: (delta, version) => delta.first <= version + 1,
  follows: (delta, version) => delta.first === version + 1,
}

/** Binance spot: `U == u of the one before + 1`. */
export const contiguousVersions: ChainRule = mergedVersions

/**
 * Binance futures: `pu == u of the one before`, numbers in between belong to others. A first delta is whole when it reaches the
 * snapshot (`u ≥ version`) and the one before it lies inside (`pu ≤ version`), which the documented `U ≤ version ≤ u` implies.
 */
export const previousVersion: ChainRule = {
  covered: (delta, version) => delta.last < version,
  opens: (delta, version) => (delta.previous ?? delta.first) <= version,
  follows: (delta, version) => delta.previous === version,
}
