import type { TradeColumns } from '#model/market.ts'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

const tradesPerSecond = 3
const burstTradesPerSecond = 40
/** Mean time between bursts, and how long one rises and is given back. */
const calmSeconds = 10_000
const riseSeconds = 60
const fallSeconds = 240
/** Standard deviation of the log price over one second. */
const volatility = 1.2e-4

/**
 * A tape for benchmarks: Poisson arrivals, three trades a second, a Gaussian-like random walk pulled to its start, sizes
 * exponential around 50; every three hours or so a burst of 40 trades a second lifts the price 4 to 14 % in a minute and
 * gives it back in four. About 10 trades in 11 are calm ones. Ten million trades span some 35 days and take 1 s.
 */
export function syntheticTrades(n: number, seed: number): TradeColumns {
  return new SyntheticTape(seed).next(n)
}

/** The same tape in blocks, for readers that stream. */
export function* syntheticBlocks(n: number, seed: number, blockRows = 65_536): Iterable<TradeColumns> {
  const tape = new SyntheticTape(seed)
  for (let left = n; left > 0; left -= blockRows) yield tape.next(Math.min(left, blockRows))
}

class SyntheticTape {
  readonly #uniform: () => number
  #now = 0
  #log = 0
  #burstAt: number
  #burst: number

  constructor(seed: number) {
    const source = xoroshiro128plus(seed)
    this.#uniform = () => ((source.next() >>> 0) + 0.5) * 2 ** -32
    this.#burstAt = 1_000 * calmSeconds * (0.5 + this.#uniform())
    this.#burst = 0.04 + 0.1 * this.#uniform()
  }

  next(n: number): TradeColumns {
    const uniform = this.#uniform
    const time = new Float64Array(n)
    const price = new Float64Array(n)
    const quantity = new Float64Array(n)
    const side = new Int8Array(n)
    for (let row = 0; row < n; row++) {
      const into = (this.#now - this.#burstAt) / 1_000
      if (into > riseSeconds + fallSeconds) {
        this.#burstAt = this.#now + 1_000 * calmSeconds * (0.5 + uniform())
        this.#burst = 0.04 + 0.1 * uniform()
      }
      const rising = into >= 0 && into < riseSeconds
      const falling = into >= riseSeconds && into < riseSeconds + fallSeconds
      const rate = rising ? burstTradesPerSecond : falling ? burstTradesPerSecond / 5 : tradesPerSecond
      const seconds = -Math.log(uniform()) / rate
      this.#now += Math.ceil(seconds * 1_000)
      // the sum of three uniforms has variance 1/4
      const noise = 2 * (uniform() + uniform() + uniform() - 1.5)
      this.#log += volatility * Math.sqrt(seconds) * noise - 2e-6 * seconds * this.#log
      const lift = rising ? into / riseSeconds : falling ? 1 - (into - riseSeconds) / fallSeconds : 0
      const buys = rising ? 0.7 : falling ? 0.42 : 0.5
      time[row] = this.#now
      price[row] = 10 * Math.exp(this.#log + this.#burst * lift)
      quantity[row] = -50 * Math.log(uniform())
      side[row] = uniform() < buys ? 1 : -1
    }
    return { time, price, quantity, side }
  }
}
