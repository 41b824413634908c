import type { UnixMs } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketBlock, MarketEvent, Side } from '#model/market.ts'
import { RecordedBook } from './book.ts'
import { VenuePosition } from './position.ts'
import { chunkAt, Recording } from './recording.ts'
import { knownForMs } from './settings.ts'
import { Cursor } from './tape.ts'
import { Touch } from './touch.ts'
import type { WorkingOrder } from './working-order.ts'

/** One instrument at the venue: its market, how far it has been played, our orders and our position. */
export class Lane {
  instrument: Instrument
  /** The one being played first, then those loaded ahead; never empty. */
  recordings: Recording[] = [new Recording()]
  trades = new Cursor(this.recordings[0].trades)
  bars = new Cursor(this.recordings[0].bars)
  events = new Cursor(this.recordings[0].events)
  touch = new Touch(this.recordings[0])
  book = new RecordedBook()
  /** Events before this row have reached the book and the instrument. */
  eventsRead = 0
  /** In flight and working, in order of arrival at the venue door. */
  orders: WorkingOrder[] = []
  readonly position = new VenuePosition()
  /** Mark price that liquidates the position; NaN when none does. */
  liquidationPrice = NaN
  /** Liquidation has triggered; the next row of the market closes the position. */
  liquidating = false
  /** Last recorded mark price and its time. */
  mark = NaN
  markTime: UnixMs = -Infinity
  /** The recording has ended: what is left fills at its last price. */
  ended = false
  /** Base units that may still be taken from the row `creditRow`, with parts of a lot gathered before it. */
  credit = 0
  creditRow = -1
  /** Dearest ask and cheapest bid among the prints the credit comes from; NaN on bars. */
  creditAsk = NaN
  creditBid = NaN
  /** Its funding comes with the recording. */
  fundingFed: boolean
  fundedAt: UnixMs = -Infinity
  /** The bar in which the position was opened, for stops that follow it; only where bars are all there is. */
  entryBar: { readonly time: UnixMs; readonly low: number; readonly high: number } | null = null

  constructor(instrument: Instrument, fundingFed: boolean) {
    this.instrument = instrument
    this.fundingFed = fundingFed
  }

  get recording(): Recording {
    return this.recordings[0]
  }

  get active(): boolean {
    return this.orders.length > 0 || this.position.quantity !== 0
  }

  load(block: MarketBlock, now: UnixMs): void {
    if (isEmpty(block)) return
    let last = this.recordings[this.recordings.length - 1]
    if (last.endsAt < Infinity) this.recordings.push((last = new Recording()))
    last.load(block)
    if (block.events?.some((event) => event.type === 'funding')) this.fundingFed = true
    this.#dropBefore(this.active ? Math.min(now, this.nextTime()) : now)
  }

  /** Forgets what nothing can ask for once the market has been played to `time`. */
  #dropBefore(time: UnixMs): void {
    if (!this.active) this.#enterNewest(time)
    const { recording } = this
    recording.dropBefore(time)
    this.readEvents(recording.events.keptFrom(time - knownForMs))
    recording.events.dropBefore(time - knownForMs)
  }

  #enterNewest(now: UnixMs): void {
    while (this.recordings.length > 1 && this.recordings[1].startsAt <= now) this.enter(this.recordings[1])
  }

  /** Puts an idle or ended lane at `now`: everything up to it has been seen, nothing after. */
  seek(now: UnixMs): void {
    this.#enterNewest(now)
    const { recording } = this
    this.ended = recording.endsAt <= now
    const after = now + 0.5
    this.trades.row = Math.max(this.trades.row, recording.trades.lowerBound(after))
    this.bars.row = Math.max(this.bars.row, recording.bars.lowerBound(after))
    this.events.row = Math.max(this.events.row, recording.events.lowerBound(after))
    this.readEvents(this.events.row)
    this.#findMark(now)
  }

  /** Moves on to a recording loaded ahead: nothing of the one before counts any more. */
  enter(recording: Recording): void {
    this.recordings = this.recordings.slice(this.recordings.indexOf(recording))
    this.trades = new Cursor(recording.trades)
    this.bars = new Cursor(recording.bars)
    this.events = new Cursor(recording.events)
    this.touch = new Touch(recording)
    this.book = new RecordedBook()
    this.eventsRead = 0
    this.mark = NaN
    this.markTime = -Infinity
    this.ended = false
    this.entryBar = null
    this.credit = 0
    this.creditRow = -1
  }

  /** Time of the next market row; Infinity when none is loaded. */
  nextTime(): UnixMs {
    if (this.ended) {
      if (this.recordings.length === 1) return Infinity
      this.enter(this.recordings[1])
    }
    const rows = this.recording.onlyBars ? this.bars.time() : this.trades.time()
    return Math.min(rows, this.events.time())
  }

  /** Brings book and instrument up to event `row`; depth before the last snapshot is skipped. */
  readEvents(row: number): void {
    const { events } = this.recording
    let from = Math.max(this.eventsRead, events.start)
    for (let at = row - 1; at > from; at--) {
      const event = eventAt(this.recording, at)
      if (event?.type !== 'bookUpdate' || !event.snapshot) continue
      for (let skipped = from; skipped < at; skipped++) this.#readRare(skipped)
      from = at
      break
    }
    for (let at = from; at < row; at++) {
      const event = eventAt(this.recording, at)
      if (event?.type === 'bookUpdate') this.book.apply(event)
      else this.#readRare(at)
    }
    this.eventsRead = Math.max(this.eventsRead, row)
  }

  #readRare(row: number): void {
    const event = eventAt(this.recording, row)
    if (event?.type === 'instrumentChanged') this.instrument = event.instrument
    if (event?.type === 'feedGap') this.book.clear()
  }

  #findMark(now: UnixMs): void {
    for (let row = this.events.row - 1; row >= this.recording.events.start; row--) {
      const event = eventAt(this.recording, row)
      if (event === undefined || event.time < now - knownForMs) return
      if (event.type !== 'markPrice') continue
      this.mark = event.price
      this.markTime = event.time
      return
    }
  }

  /** Mark price at `time`: the recorded one while it is fresh, else `price`. */
  markAt(time: UnixMs, price: number): number {
    return this.markKnown(time) ? this.mark : price
  }

  markKnown(time: UnixMs): boolean {
    return time - this.markTime <= knownForMs
  }

  /** Best known price a taker of that side would meet just before `time`; the last price when no touch is known, NaN without any. */
  knownTouch(side: Side, time: UnixMs): number {
    if (this.book.usable(time)) return this.book.opposite(side)[0].price
    const touch = this.touch.known(side, this.trades.row, time)
    return Number.isNaN(touch) ? this.recording.lastPrice(time) : touch
  }
}

/** The event in that row, or undefined when it is not kept. */
export function eventAt(recording: Recording, row: number): MarketEvent | undefined {
  const chunk = chunkAt(recording.events, row)
  return chunk?.columns.event[row - chunk.first]
}

function isEmpty({ trades, quotes, bars, events }: MarketBlock): boolean {
  const rows = (trades?.time.length ?? 0) + (quotes?.time.length ?? 0) + (bars?.time.length ?? 0)
  return rows + (events?.length ?? 0) === 0
}
