import type { OrderId, UnixMs } from '#model/ids.ts'

/** Pause before a cancel without an answer is asked again; doubled each time, up to `maxPauseMs`. */
const firstPauseMs = 2_000
const maxPauseMs = 30_000
const maxAttempts = 10

interface Asked {
  readonly orderId: OrderId
  readonly reason: string
  readonly attempts: number
  readonly againAt: UnixMs
}

/** One desk's cancels that the venue has not answered yet. */
export class Cancels {
  /** When the first of them is due; Infinity when none is. */
  nextAt: UnixMs = Infinity
  /** No more than the desk has live orders. */
  readonly #asked = new Map<OrderId, Asked>()

  ask(orderId: OrderId, reason: string, time: UnixMs): void {
    this.#asked.set(orderId, { orderId, reason, attempts: 1, againAt: time + firstPauseMs })
    this.#reckon()
  }

  /** The order is over. */
  answered(orderId: OrderId): void {
    if (this.#asked.delete(orderId)) this.#reckon()
  }

  /** Those to be asked again now, with how often each has been asked by then; `isLast` = it was, and is given up. */
  due(time: UnixMs): readonly (Asked & { readonly isLast: boolean })[] {
    const due = [...this.#asked.values()].filter(({ againAt }) => againAt <= time)
    const told = due.map((asked) => {
      const isLast = asked.attempts === maxAttempts
      const attempts = isLast ? asked.attempts : asked.attempts + 1
      const again = { ...asked, attempts, againAt: time + Math.min(maxPauseMs, firstPauseMs * 2 ** (attempts - 1)) }
      if (isLast) this.#asked.delete(asked.orderId)
      else this.#asked.set(asked.orderId, again)
      return { ...again, isLast }
    })
    this.#reckon()
    return told
  }

  snapshot(): unknown {
    return [...this.#asked.values()]
  }

  restore(state: unknown): void {
    this.#asked.clear()
    for (const asked of state as Asked[]) this.#asked.set(asked.orderId, asked)
    this.#reckon()
  }

  #reckon(): void {
    this.nextAt = Infinity
    for (const { againAt } of this.#asked.values()) if (againAt < this.nextAt) this.nextAt = againAt
  }
}
