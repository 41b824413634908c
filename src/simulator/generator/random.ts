import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'

/**
 * Random numbers of one stream: xoroshiro128+ (pure-rand), 32 bits a draw, seeded by seed and stream number, so
 * that one instrument's draws do not depend on how many other instruments there are.
 */
export class Random {
  readonly #source: RandomGenerator
  #spare = 0
  #hasSpare = false

  constructor(seed: number, stream: number) {
    this.#source = xoroshiro128plus(mix(mix(seed | 0) ^ Math.imul(stream + 1, 0x9e3779b9)))
  }

  /** In (0, 1), never 0 and never 1. */
  uniform(): number {
    return ((this.#source.next() >>> 0) + 0.5) * 2 ** -32
  }

  between(min: number, max: number): number {
    return min + (max - min) * this.uniform()
  }

  /** Uniform in the logarithm, for sizes and durations. */
  logBetween(min: number, max: number): number {
    return min * Math.exp(Math.log(max / min) * this.uniform())
  }

  /** Integer in [min, max]. */
  integer(min: number, max: number): number {
    return min + Math.floor((max - min + 1) * this.uniform())
  }

  chance(probability: number): boolean {
    return this.uniform() < probability
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return -Math.log(this.uniform())
  }

  /** Standard normal, by Marsaglia's polar method. */
  normal(): number {
    if (this.#hasSpare) {
      this.#hasSpare = false
      return this.#spare
    }
    let u = 0
    let v = 0
    let s = 0
    do {
      u = 2 * this.uniform() - 1
      v = 2 * this.uniform() - 1
      s = u * u + v * v
    } while (s >= 1)
    const scale = Math.sqrt((-2 * Math.log(s)) / s)
    this.#spare = v * scale
    this.#hasSpare = true
    return u * scale
  }
}

/** The finalizer of MurmurHash3, 32 bits: neighboring seeds give unrelated streams. */
function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
