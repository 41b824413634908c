/** Prints that a print is compared with, and how many must be there. */
const window = 21
/** Distance from their median, as a fraction, that makes a print a suspect. */
const farAway = 0.1

/**
 * Counts single prints more than a tenth away from the median of the 21 before them, when the next print is back near that median:
 * a price nobody could trade at, or a mistake of the feed. A pump is not one, for its next prints stay.
 */
export class SpikeWatch {
  count = 0
  readonly #prices = new Float64Array(window)
  readonly #sorted = new Float64Array(window)
  #seen = 0
  #suspectOf = Number.NaN

  add(price: number): void {
    const median = this.#median()
    if (this.#suspectOf === this.#suspectOf && Math.abs(price / this.#suspectOf - 1) <= farAway / 2) this.count++
    this.#suspectOf = Math.abs(price / median - 1) > farAway ? median : Number.NaN
    this.#prices[this.#seen++ % window] = price
  }

  #median(): number {
    if (this.#seen < window) return Number.NaN
    this.#sorted.set(this.#prices)
    return this.#sorted.sort()[window >> 1]
  }
}
