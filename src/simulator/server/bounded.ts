/** The newest so many of a history, ascending. */
export class Bounded<T> {
  #items: T[] = []
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  push(item: T): void {
    this.#items.push(item)
    if (this.#items.length > this.#limit * 1.25) this.#items = this.#items.slice(-this.#limit)
  }

  /** Not to be kept: it changes. */
  get items(): readonly T[] {
    return this.#items
  }

  get last(): T | undefined {
    return this.#items[this.#items.length - 1]
  }

  /** The newest `count`, ascending. */
  newest(count: number): readonly T[] {
    return this.#items.slice(-Math.max(0, Math.min(count, this.#limit)) || this.#items.length)
  }
}
