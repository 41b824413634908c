/** Limits how many snapshots are fetched at once, in the order asked: many books that fail together do not stampede. */
export interface SnapshotGate {
  run<T>(job: () => Promise<T>): Promise<T>
}

export function createSnapshotGate(concurrency: number): SnapshotGate {
  const waiting: (() => void)[] = []
  let running = 0
  return {
    async run(job) {
      if (running >= concurrency) await new Promise<void>((resolve) => waiting.push(resolve))
      else running += 1
      try {
        return await job()
      } finally {
        // The place is handed on, not given back and taken again.
        const next = waiting.shift()
        if (next === undefined) running -= 1
        else next()
      }
    },
  }
}
