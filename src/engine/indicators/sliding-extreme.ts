/**
 * Highest (sign 1) or lowest (sign −1) of the values whose keys lie in a sliding range: a monotonic queue in rings.
 * Holds at most the values of one window.
 */
export class SlidingExtreme {
  readonly #sign: number
  #keys = new Float64Array(256)
  #values = new Float64Array(256)
  #mask = 255
  #head = 0
  #size = 0
  /** First key not yet pushed by `slide`. */
  #next = 0

  constructor(sign: 1 | -1) {
    this.#sign = sign
  }

  /** Takes the rows `[…, end)` of a column whose physical index is `row − offset`, and forgets rows below `first`. */
  slide(column: Float64Array, offset: number, first: number, end: number): void {
    if (this.#next < first) this.#next = first
    while (this.#next < end) {
      this.push(this.#next, column[this.#next - offset])
      this.#next++
    }
    this.evict(first)
  }

  /** Keys must not fall. */
  push(key: number, value: number): void {
    const signed = this.#sign * value
    while (this.#size > 0 && this.#values[(this.#head + this.#size - 1) & this.#mask] <= signed) this.#size--
    if (this.#size > this.#mask) this.#grow()
    const slot = (this.#head + this.#size) & this.#mask
    this.#keys[slot] = key
    this.#values[slot] = signed
    this.#size++
  }

  /** Forgets keys up to and including `last`. */
  evictUpTo(last: number): void {
    while (this.#size > 0 && this.#keys[this.#head] <= last) {
      this.#head = (this.#head + 1) & this.#mask
      this.#size--
    }
  }

  /** Forgets keys below `first`. */
  evict(first: number): void {
    while (this.#size > 0 && this.#keys[this.#head] < first) {
      this.#head = (this.#head + 1) & this.#mask
      this.#size--
    }
  }

  /** NaN when nothing is held. */
  value(): number {
    return this.#size > 0 ? this.#sign * this.#values[this.#head] : Number.NaN
  }

  /** Key of the newest among equals. */
  key(): number {
    return this.#size > 0 ? this.#keys[this.#head] : Number.NaN
  }

  snapshot(): unknown {
    const keys = new Float64Array(this.#size)
    const values = new Float64Array(this.#size)
    for (let at = 0; at < this.#size; at++) {
      keys[at] = this.#keys[(this.#head + at) & this.#mask]
      values[at] = this.#values[(this.#head + at) & this.#mask]
    }
    return { keys, values, next: this.#next }
  }

  restore(state: unknown): void {
    const saved = state as { keys: Float64Array; values: Float64Array; next: number }
    this.#head = this.#size = 0
    for (let at = 0; at < saved.keys.length; at++) this.push(saved.keys[at], this.#sign * saved.values[at])
    this.#next = saved.next
  }

  #grow(): void {
    const capacity = (this.#mask + 1) * 2
    const keys = new Float64Array(capacity)
    const values = new Float64Array(capacity)
    for (let at = 0; at < this.#size; at++) {
      keys[at] = this.#keys[(this.#head + at) & this.#mask]
      values[at] = this.#values[(this.#head + at) & this.#mask]
    }
    this.#keys = keys
    this.#values = values
    this.#mask = capacity - 1
    this.#head = 0
  }
}
