import type { UnixMs } from '#model/ids.ts'
import { type Instrument, snapPrice } from '#model/instrument.ts'
import type { MarkState } from './types.ts'

const indexMemoryMs = 30_000
const basisMemoryMs = 300_000
/** A recorded mark price counts for so long; sparser recordings give way to the formula. */
const recordedForMs = 3_000
const interestRate = 0.0001
const maxRate = 0.003

/**
 * Index, fair price and funding rate of one market. The index is the mid with half a minute's memory; the fair price is the
 * median of index with funding, index with the mean basis, and last price, as both venues publish it; the rate is interest plus
 * premium, clamped, or the recording's where it tells one.
 */
export class Mark {
  #index = NaN
  #basis = 0
  #mark = NaN
  #premium = 0
  #recordedRate = NaN
  #recordedAt: UnixMs = -Infinity
  #at: UnixMs = -Infinity

  /** A recorded mark price or funding rate. */
  recorded(price: number, time: UnixMs): void {
    this.#mark = price
    this.#recordedAt = time
    if (Number.isNaN(this.#index)) this.#index = price
  }

  recordedRate(rate: number): void {
    this.#recordedRate = rate
  }

  update(instrument: Instrument, mid: number, last: number, time: UnixMs, nextFundingAt: UnixMs | null): void {
    if (!(mid > 0)) return
    const passed = Math.min(Math.max(0, time - this.#at), 3_600_000)
    this.#at = time
    const keep = Math.exp(-passed / indexMemoryMs)
    this.#index = Number.isNaN(this.#index) ? mid : mid + (this.#index - mid) * keep
    const basis = mid - this.#index
    const keepBasis = Math.exp(-passed / basisMemoryMs)
    this.#basis = basis + (this.#basis - basis) * keepBasis
    this.#premium = mid / this.#index - 1 + (this.#premium - (mid / this.#index - 1)) * keepBasis
    if (time - this.#recordedAt <= recordedForMs) return
    const share =
      nextFundingAt === null ? 0 : Math.max(0, nextFundingAt - time) / (instrument.fundingIntervalMs ?? Infinity)
    const fair = median(
      this.#index * (1 + this.fundingRate() * share),
      this.#index + this.#basis,
      last > 0 ? last : mid,
    )
    this.#mark = snapPrice(instrument, fair)
  }

  get price(): number {
    return this.#mark
  }

  get index(): number {
    return this.#index
  }

  /** The predicted one. */
  fundingRate(): number {
    if (!Number.isNaN(this.#recordedRate)) return this.#recordedRate
    const pull = Math.max(-0.0005, Math.min(0.0005, interestRate - this.#premium))
    return Number(Math.max(-maxRate, Math.min(maxRate, this.#premium + pull)).toFixed(8))
  }

  state(instrument: Instrument, time: UnixMs, nextFundingAt: UnixMs | null): MarkState {
    return {
      time,
      mark: this.#mark,
      index: snapPrice(instrument, this.#index),
      fundingRate: this.fundingRate(),
      nextFundingAt,
    }
  }
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
