import type { UnixMs } from '#model/ids.ts'
import type { Side } from '#model/market.ts'
import { chunkAt, type Recording } from './recording.ts'
import { knownForMs } from './settings.ts'

/**
 * Best known price on the other side, before a row: the recorded quote, else the last print by a taker of our side, each at
 * most `knownForMs` old. Reads every print at most once, however often it is asked.
 */
export class Touch {
  readonly #recording: Recording
  /** Prints before this row have been read. */
  #row = 0
  #buyPrice = NaN
  #buyTime = -Infinity
  #sellPrice = NaN
  #sellTime = -Infinity

  constructor(recording: Recording) {
    this.#recording = recording
  }

  /** Ask for a buy, bid for a sell, known strictly before print `row` at `time`; NaN when unknown. */
  known(side: Side, row: number, time: UnixMs): number {
    const quoted = this.#recording.quoted(side === 'buy' ? 'ask' : 'bid', time)
    if (!Number.isNaN(quoted)) return quoted
    this.#read(row, time)
    const since = side === 'buy' ? this.#buyTime : this.#sellTime
    if (since < time - knownForMs) return NaN
    return side === 'buy' ? this.#buyPrice : this.#sellPrice
  }

  #read(to: number, time: UnixMs): void {
    const { trades } = this.#recording
    let row = Math.max(this.#row, Math.min(to, trades.lowerBound(time - knownForMs)))
    while (row < to) {
      const chunk = chunkAt(trades, row)
      if (chunk === undefined) break
      const { side, price, time: times } = chunk.columns
      const end = Math.min(to, chunk.first + chunk.length)
      for (let at = row - chunk.first; at < end - chunk.first; at++) {
        if (side[at] === 1) {
          this.#buyPrice = price[at]
          this.#buyTime = times[at]
        } else if (side[at] === -1) {
          this.#sellPrice = price[at]
          this.#sellTime = times[at]
        }
      }
      row = end
    }
    this.#row = Math.max(this.#row, row)
  }
}
