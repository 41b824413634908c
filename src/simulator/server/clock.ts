import type { UnixMs } from '#model/ids.ts'
import type { Timers } from '#model/venue.ts'

/** What the exchange does later, in order of time, then of asking. */
interface Task {
  readonly time: UnixMs
  readonly seq: number
  readonly run: () => void
}

/**
 * The exchange's time: it stands at the instant of whatever is being done, so that what a late timer catches up with happens
 * at its own time. What is told (`now`) may be off by jumps and drift; what is planned goes by the timers' clock.
 */
export class ExchangeClock {
  /** Timers' time of what is being done now. */
  at: UnixMs
  #tasks: Task[] = []
  #seq = 0
  #offset = 0
  #drift = 0
  #driftFrom: UnixMs
  readonly #timers: Timers

  constructor(timers: Timers) {
    this.#timers = timers
    this.at = timers.now()
    this.#driftFrom = this.at
  }

  /** What the exchange says the time is. */
  now(): UnixMs {
    return Math.round(this.at + this.skew)
  }

  get skew(): number {
    return this.#offset + this.#drift * (this.at - this.#driftFrom)
  }

  /** Timers' time. */
  wall(): UnixMs {
    return this.#timers.now()
  }

  jump(offsetMs: number): void {
    this.#offset += offsetMs
  }

  setDrift(ppm: number): void {
    this.#offset = this.skew
    this.#driftFrom = this.at
    this.#drift = ppm / 1e6
  }

  /** Plans `run` on the timers' clock; returns how to take it back. */
  plan(time: UnixMs, run: () => void): () => void {
    const task: Task = { time, seq: this.#seq++, run }
    let at = this.#tasks.length
    while (at > 0 && this.#tasks[at - 1].time > time) at--
    this.#tasks.splice(at, 0, task)
    return () => {
      const index = this.#tasks.indexOf(task)
      if (index >= 0) this.#tasks.splice(index, 1)
    }
  }

  /** When the next planned thing is due; Infinity when nothing is. */
  get nextTask(): UnixMs {
    return this.#tasks[0]?.time ?? Infinity
  }

  runNext(): void {
    const task = this.#tasks.shift()
    if (task === undefined) return
    this.at = Math.max(this.at, task.time)
    task.run()
  }

  clear(): void {
    this.#tasks = []
  }
}
