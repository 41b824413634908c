import type { Instrument } from '#model/instrument.ts'
import { snapPriceAdverse } from '#model/instrument.ts'
import type { ExitReason } from '#model/order.ts'
import type { Strategy } from '#model/strategy.ts'
import type { UnixMs } from '#model/ids.ts'

/** The trailing stop moves in steps of this share of its distance, so that it does not replace an order at every print. */
const trailingStep = 0.1
/** Less than this share of the way from entry to liquidation left: out, whatever the groups say. */
const liquidationShare = 0.1

/** Stop loss, take profit, trailing stop, time limit and liquidation distance of one position. */
export class Protection {
  readonly direction: 1 | -1
  stopPrice: number
  readonly takeProfitPrice: number
  readonly trigger: 'last' | 'mark'
  /** Moved by the trailing rule at least once. */
  trailing = false
  /** Moved closer by rule or command: it never goes back. */
  tightened = false
  /** When the reference first stood beyond the stop; NaN while it does not. */
  breachedAt = Number.NaN
  /** Best price since the entry. */
  best: number
  readonly #entryPrice: number
  readonly #openedAt: UnixMs
  readonly #rules: Strategy['protection']
  readonly #instrument: Instrument
  readonly #liquidationPrice: number | null

  constructor(options: {
    instrument: Instrument
    direction: 1 | -1
    entryPrice: number
    openedAt: UnixMs
    stopPrice: number
    takeProfitPrice: number
    liquidationPrice: number | null
    rules: Strategy['protection']
  }) {
    this.direction = options.direction
    this.stopPrice = options.stopPrice
    this.takeProfitPrice = options.takeProfitPrice
    this.trigger = options.rules.stopLoss.trigger
    this.best = options.entryPrice
    this.#entryPrice = options.entryPrice
    this.#openedAt = options.openedAt
    this.#rules = options.rules
    this.#instrument = options.instrument
    this.#liquidationPrice = options.liquidationPrice
  }

  follow(price: number): void {
    if ((price - this.best) * this.direction > 0) this.best = price
  }

  /** New stop price when the trailing rule has moved far enough; NaN otherwise. */
  trail(price: number): number {
    const rule = this.#rules.trailingStop
    if (!rule) return Number.NaN
    this.follow(price)
    const gain = ((this.best - this.#entryPrice) / this.#entryPrice) * this.direction * 100
    if (gain < rule.activatePct) return Number.NaN
    const distance = rule.distancePct / 100
    const wanted = this.best * (1 - this.direction * distance)
    const improvement = (wanted - this.stopPrice) * this.direction
    if (improvement < this.best * distance * trailingStep) return Number.NaN
    const snapped = snapPriceAdverse(this.#instrument, wanted, this.direction === 1 ? 'sell' : 'buy')
    return (snapped - this.stopPrice) * this.direction > 0 ? snapped : Number.NaN
  }

  /**
   * Why the position must be closed now. `stopLoss` and `takeProfit` say that the reference stands beyond the level;
   * the order resting at the venue is given its chance before the engine acts.
   */
  check(price: number, mark: number, time: UnixMs): ExitReason | undefined {
    const reference = this.trigger === 'mark' && mark === mark ? mark : price
    if ((reference - this.stopPrice) * this.direction <= 0) {
      if (this.breachedAt !== this.breachedAt) this.breachedAt = time
      return this.trailing ? 'trailingStop' : 'stopLoss'
    }
    this.breachedAt = Number.NaN
    if ((price - this.takeProfitPrice) * this.direction >= 0) return 'takeProfit'
    if (this.#rules.timeLimitMs !== undefined && time - this.#openedAt >= this.#rules.timeLimitMs) return 'timeLimit'
    if (this.#liquidationPrice !== null) {
      const way = (this.#entryPrice - this.#liquidationPrice) * this.direction
      const left = ((mark === mark ? mark : price) - this.#liquidationPrice) * this.direction
      if (way > 0 && left < way * liquidationShare) return 'liquidationDistance'
    }
    return undefined
  }

  snapshot(): unknown {
    return {
      direction: this.direction,
      stopPrice: this.stopPrice,
      takeProfitPrice: this.takeProfitPrice,
      trailing: this.trailing,
      tightened: this.tightened,
      breachedAt: this.breachedAt,
      best: this.best,
      entryPrice: this.#entryPrice,
      openedAt: this.#openedAt,
      liquidationPrice: this.#liquidationPrice,
    }
  }

  static restore(state: unknown, instrument: Instrument, rules: Strategy['protection']): Protection {
    const saved = state as {
      direction: 1 | -1
      stopPrice: number
      takeProfitPrice: number
      trailing: boolean
      tightened: boolean
      breachedAt: number
      best: number
      entryPrice: number
      openedAt: number
      liquidationPrice: number | null
    }
    const protection = new Protection({ ...saved, instrument, rules })
    protection.trailing = saved.trailing
    protection.tightened = saved.tightened
    protection.breachedAt = saved.breachedAt
    protection.best = saved.best
    return protection
  }
}
