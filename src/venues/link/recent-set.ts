/** Remembers the newest so many: what came again is known, and memory stays bounded. */
export interface RecentSet {
  /** False when it was there. */
  add(value: string): boolean
}

export function createRecentSet(capacity: number): RecentSet {
  const values = new Set<string>()
  return {
    add(value) {
      if (values.has(value)) return false
      values.add(value)
      if (values.size > capacity) values.delete(values.values().next().value ?? '')
      return true
    },
  }
}
