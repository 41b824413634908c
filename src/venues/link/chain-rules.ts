import type { Delta } from './book-sync.ts'

/** How a venue numbers its deltas; `version` is what the book has. Sizes are absolute, so one that straddles is applied whole. */
export interface ChainRule {
  /** The snapshot of this version holds all of it: dropped. */
  covered(delta: Delta, version: number): boolean
  /** Nothing is missing between the book and this delta; else there is a gap. */
  continues(delta: Delta, version: number): boolean
}

/** MEXC contract, `begin … end` merged: every version is in some delta. */
export const mergedVersions: ChainRule = {
  covered: (delta, version) => delta.last <= version,
  continues: (delta, version) => delta.first <= version + 1,
}

/** Binance spot, `U … u`: the same. */
export const contiguousVersions: ChainRule = { ...mergedVersions }

/**
 * Binance futures: `pu` is the `u` of the delta before, numbers in between belong to others (`U` is not `u + 1`). After a snapshot the
 * documented `U ≤ version ≤ u` is implied: `pu < U`, and a snapshot between `pu` and `U` is just as whole.
 */
export const previousVersion: ChainRule = {
  covered: (delta, version) => delta.last < version,
  continues: (delta, version) => (delta.previous ?? delta.first) <= version,
}
