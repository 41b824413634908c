import type { UnixMs } from '#model/ids.ts'
import type { Timers } from '#model/venue.ts'

/** One limit of a venue: at most `capacity` within any `windowMs`, e.g. `{ id: 'weight', capacity: 2400, windowMs: 60_000 }`. */
export interface Limit {
  readonly id: string
  readonly capacity: number
  readonly windowMs: number
}

/** What a request costs, by limit id, e.g. `{ weight: 5 }` or `{ 'order/create': 1 }`. */
export type Weights = Readonly<Record<string, number>>

/** `urgent` is for exits, cancels, stops and what proves them: a reserve belongs to it and it is never refused. */
export type Lane = 'normal' | 'urgent'

export interface WeightBudgetOptions {
  readonly limits: readonly Limit[]
  readonly timers: Timers
  /** Share of each capacity that the normal lane may use; default 0.8. */
  readonly normalShare?: number
}

/** The one place where everything sent to a venue from this address asks first. Share it among all of a venue's doors. */
export interface WeightBudget {
  /**
   * Resolves when the request may go, and books it. Normal requests wait for room under their share, in order. Urgent ones
   * overtake them, use the whole capacity, and beyond it go on at the window's own rate. Nothing goes during a ban.
   * Rejects when the signal aborts, and normal ones when 10 000 of them wait already.
   */
  take(weights: Weights, lane: Lane, signal?: AbortSignal): Promise<void>
  /**
   * What the venue says is used in its window; what exceeds our own count is another program on this address, and is booked. The venue's
   * windows are taken to start at full multiples of their length by its clock, `offsetMs` ahead of ours; `sentAt` is when the request
   * that was answered so was sent.
   */
  observe(limitId: string, used: number, sentAt?: UnixMs, offsetMs?: number): void
  /** The venue told us to be silent: nothing goes before `until`. Only ever lengthens. */
  ban(until: UnixMs): void
  /** End of the silence, null when there is none. */
  bannedUntil(): UnixMs | null
  /** Booked within the window that ends now. */
  used(limitId: string): number
  /** The venue tells another capacity than was assumed. */
  resize(limitId: string, capacity: number): void
}

/** Windows slide, so that they hold whether the venue's own slide or start at full minutes. */
export function createWeightBudget({ limits, timers, normalShare = 0.8 }: WeightBudgetOptions): WeightBudget {
  const windows = new Map(limits.map((limit) => [limit.id, new Window(limit, normalShare, timers)]))
  const queues: Record<Lane, Waiting[]> = { urgent: [], normal: [] }
  let ban: { readonly until: UnixMs; readonly stop: () => void } | null = null
  let stopPump: (() => void) | undefined

  const windowOf = (id: string): Window => {
    const window = windows.get(id)
    if (window === undefined) throw new Error(`no limit is called ${id}`)
    return window
  }

  /** Lets go whoever may; nobody overtakes one who waits for the same limit, urgent ones come first. */
  const pump = (): void => {
    stopPump?.()
    stopPump = undefined
    if (ban !== null) return
    const blocked = new Set<string>()
    let waitMs = Infinity
    for (const lane of ['urgent', 'normal'] as const) {
      queues[lane] = queues[lane].filter((waiting) => {
        const ids = Object.keys(waiting.weights)
        if (ids.every((id) => !blocked.has(id))) {
          const delayMs = Math.max(0, ...ids.map((id) => windowOf(id).delayMs(waiting.weights[id] ?? 0, lane)))
          if (delayMs === 0) {
            for (const id of ids) windowOf(id).book(waiting.weights[id] ?? 0)
            waiting.go()
            return false
          }
          waitMs = Math.min(waitMs, delayMs)
        }
        for (const id of ids) blocked.add(id)
        return true
      })
    }
    if (waitMs < Infinity) stopPump = timers.after(Math.max(1, Math.ceil(waitMs)), pump)
  }

  return {
    take: (weights, lane, signal) =>
      new Promise<void>((resolve, reject) => {
        for (const id of Object.keys(weights)) windowOf(id)
        signal?.throwIfAborted()
        if (lane === 'normal' && queues.normal.length >= maxWaiting) throw new Error('too many requests wait')
        const abort = (): void => {
          queues[lane] = queues[lane].filter((other) => other !== waiting)
          reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
          pump()
        }
        const go = (): void => {
          signal?.removeEventListener('abort', abort)
          resolve()
        }
        const waiting: Waiting = { weights, go }
        signal?.addEventListener('abort', abort, { once: true })
        queues[lane].push(waiting)
        pump()
      }),
    observe(id, used, sentAt = timers.now(), offsetMs = 0) {
      windowOf(id).observe(used, sentAt, offsetMs)
    },
    ban(until) {
      if (ban !== null && ban.until >= until) return
      ban?.stop()
      // By a timer, not by comparing times: a step of our clock must not end it.
      const stop = timers.after(Math.max(0, until - timers.now()), () => {
        ban = null
        pump()
      })
      ban = { until, stop }
    },
    bannedUntil: () => ban?.until ?? null,
    used: (id) => windowOf(id).used(),
    resize(id, capacity) {
      windowOf(id).resize(capacity, normalShare)
      pump()
    },
  }
}

const maxWaiting = 10_000
const uncertainMs = 500

interface Waiting {
  readonly weights: Weights
  readonly go: () => void
}

/** What was booked on one limit within the window that ends now. */
class Window {
  #limit: Limit
  #normalCapacity = 1
  readonly #timers: Timers
  #booked: { at: UnixMs; readonly weight: number }[] = []
  #sum = 0

  constructor(limit: Limit, normalShare: number, timers: Timers) {
    this.#limit = limit
    this.#timers = timers
    this.resize(limit.capacity, normalShare)
  }

  resize(capacity: number, normalShare: number): void {
    this.#limit = { ...this.#limit, capacity }
    this.#normalCapacity = Math.max(1, Math.floor(capacity * normalShare))
  }

  used(): number {
    const now = this.#timers.now()
    // Our clock was set back: what lies in the future counts as of now.
    for (let last = this.#booked.length - 1; last >= 0 && this.#booked[last].at > now; last--)
      this.#booked[last].at = now
    let gone = 0
    while (gone < this.#booked.length && this.#booked[gone].at <= now - this.#limit.windowMs) gone++
    for (const { weight } of this.#booked.splice(0, gone)) this.#sum -= weight
    return this.#sum
  }

  book(weight: number): void {
    if (weight <= 0) return
    this.#booked.push({ at: this.#timers.now(), weight })
    this.#sum += weight
  }

  observe(used: number, sentAt: UnixMs, offsetMs: number): void {
    const { windowMs } = this.#limit
    const all = this.used()
    const start = Math.floor((sentAt + offsetMs) / windowMs) * windowMs - offsetMs
    // Near the start of a window it is not certain which one the answer counts.
    const certain = sentAt - start >= uncertainMs && this.#timers.now() < start + windowMs
    let own = all
    for (const { at, weight } of certain ? this.#booked : []) if (at < start - uncertainMs) own -= weight
    if (used > own) this.book(used - own)
  }

  /** Time until so much may go; 0 = now. */
  delayMs(weight: number, lane: Lane): number {
    const used = this.used()
    const { capacity, windowMs } = this.#limit
    const room = lane === 'urgent' ? capacity : this.#normalCapacity
    // One that alone is larger than its room goes when nothing else is booked.
    if (weight === 0 || used === 0 || used + weight <= room) return 0
    const now = this.#timers.now()
    let free = room - used
    const enough = this.#booked.find((entry) => (free += entry.weight) >= weight) ?? this.#booked.at(-1)!
    const roomMs = enough.at + windowMs - now
    if (lane === 'normal') return roomMs
    // Refusing an exit is the venue's business, not ours; but a flood of them beyond the limit would earn a ban.
    return Math.max(0, Math.min(roomMs, this.#booked.at(-1)!.at + (windowMs / capacity) * weight - now))
  }
}
