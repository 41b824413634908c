import type { UnixMs } from '#model/ids.ts'
import type { BarColumns, MarketBlock, MarketEvent, QuoteColumns, TradeColumns } from '#model/market.ts'
import { activityWindowMs, knownForMs } from './settings.ts'
import { type Chunk, type Columns, Tape } from './tape.ts'

/** Rarer events as columns. */
export interface EventColumns extends Columns {
  readonly event: readonly MarketEvent[]
}

/** One uninterrupted stretch of one instrument's market, from its first row to the `feedEnded` that closes it. */
export class Recording {
  readonly trades = new Tape<TradeColumns>()
  readonly quotes = new Tape<QuoteColumns>()
  readonly bars = new Tape<BarColumns>()
  readonly events = new Tape<EventColumns>()
  /** Time of its first row; Infinity while empty. */
  startsAt: UnixMs = Infinity
  /** Time of its `feedEnded`; Infinity while none is loaded. */
  endsAt: UnixMs = Infinity

  load(block: MarketBlock): void {
    const { trades, quotes, bars, events } = block
    if (trades !== undefined) this.#append(this.trades, trades)
    if (quotes !== undefined) this.#append(this.quotes, quotes)
    if (bars !== undefined) this.#append(this.bars, bars)
    if (events === undefined || events.length === 0) return
    this.#append(this.events, { time: Float64Array.from(events, (event) => event.time), event: events })
    const last = events.at(-1)
    if (last?.type === 'feedEnded') this.endsAt = last.time
  }

  #append<C extends Columns>(tape: Tape<C>, columns: C): void {
    if (columns.time.length === 0) return
    this.startsAt = Math.min(this.startsAt, columns.time[0])
    tape.append(columns)
  }

  /** Only bars were recorded: fills follow the bar rules. */
  get onlyBars(): boolean {
    return this.bars.end > 0 && this.trades.end === 0
  }

  /** Time of the last row loaded; −Infinity when empty. */
  get lastTime(): UnixMs {
    return Math.max(this.trades.lastTime, this.quotes.lastTime, this.bars.lastTime, this.events.lastTime)
  }

  /** Drops what lies further back than the activity window before `time`. */
  dropBefore(time: UnixMs): void {
    this.trades.dropBefore(time - activityWindowMs)
    this.quotes.dropBefore(time - knownForMs)
    this.bars.dropBefore(time - activityWindowMs)
  }

  /** Last price known strictly before `time`: print, else bar close; NaN when there is none. */
  lastPrice(time: UnixMs): number {
    const row = this.trades.lowerBound(time) - 1
    const trade = chunkAt(this.trades, row)
    if (trade !== undefined) return trade.columns.price[row - trade.first]
    const barRow = this.bars.lowerBound(time) - 1
    const bar = chunkAt(this.bars, barRow)
    return bar === undefined ? NaN : bar.columns.close[barRow - bar.first]
  }

  /** Best bid or ask of the last quote before `time`, at most `knownForMs` old; NaN when there is none. */
  quoted(side: 'bid' | 'ask', time: UnixMs): number {
    const row = this.quotes.lowerBound(time) - 1
    const chunk = chunkAt(this.quotes, row)
    if (chunk === undefined || chunk.columns.time[row - chunk.first] < time - knownForMs) return NaN
    return chunk.columns[side][row - chunk.first]
  }
}

/** The chunk that holds `row`, or undefined when the row is not kept. */
export function chunkAt<C extends Columns>(tape: Tape<C>, row: number): Chunk<C> | undefined {
  return row < tape.start || row >= tape.end ? undefined : tape.chunkOf(row)
}
