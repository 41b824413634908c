import type { UnixMs } from '#model/ids.ts'
import type { ServedMarket } from './market.ts'
import type { TapeReader } from './tape-reader.ts'

/** A silence in the recording longer than this is skipped. */
const longestSilenceMs = 3_600_000
const afterSilenceMs = 1_000

export interface PlaySettings {
  /** Market milliseconds per millisecond of the clock. */
  readonly speed: number
  /** From the start again at the end. */
  readonly loop: boolean
  /** So much of the recording's start is told as the past. */
  readonly historyMs: number
}

/** Plays one recording into one market: its instants become instants of the exchange. */
export class Playback {
  readonly #reader: TapeReader
  readonly #market: ServedMarket
  readonly #loop: boolean
  readonly #historyMs: number
  #speed: number
  #paused = false
  /** This instant of the recording happens … */
  #anchor: UnixMs = NaN
  /** … at this instant of the clock. */
  #anchorWall: UnixMs = NaN
  #restarting = false

  constructor(reader: TapeReader, market: ServedMarket, settings: PlaySettings) {
    this.#reader = reader
    this.#market = market
    this.#speed = settings.speed
    this.#loop = settings.loop
    this.#historyMs = settings.historyMs
  }

  /** Reads the start and tells `historyMs` of it as what happened until `wall`; `origin` is where the recordings begin together. */
  async open(wall: UnixMs, origin: UnixMs): Promise<void> {
    await this.#reader.open()
    const { from } = this.#reader
    if (Number.isNaN(from)) return
    const begin = from - origin > longestSilenceMs ? from : origin
    this.#anchor = begin + this.#historyMs
    this.#anchorWall = wall
    for (;;) {
      await this.#reader.fill()
      const time = this.#reader.next()
      if (!(time < this.#anchor)) break
      this.#market.warm(Math.round(wall - (this.#anchor - time)))
      this.#reader.take(this.#market)
    }
    this.#market.warm(null)
  }

  /** The clock's instant of the next row; Infinity when there is none now. */
  next(wall: UnixMs): UnixMs {
    if (this.#paused || this.#restarting) return Infinity
    const time = this.#reader.next()
    if (time === Infinity) {
      if (this.#reader.ended && this.#loop && this.#reader.failure === null) this.#restart(wall)
      return Infinity
    }
    const due = this.#dueAt(time)
    if (due - wall <= longestSilenceMs) return due
    this.#anchor = time
    this.#anchorWall = wall + afterSilenceMs
    return this.#anchorWall
  }

  take(): void {
    this.#reader.take(this.#market)
  }

  setSpeed(speed: number, wall: UnixMs): void {
    this.#reanchor(wall)
    this.#speed = speed
  }

  pause(wall: UnixMs): void {
    if (this.#paused) return
    this.#reanchor(wall)
    this.#paused = true
  }

  play(wall: UnixMs): void {
    if (!this.#paused) return
    this.#paused = false
    this.#anchorWall = wall
  }

  get failure(): unknown {
    return this.#reader.failure
  }

  #dueAt(time: UnixMs): UnixMs {
    return Math.ceil(this.#anchorWall + (time - this.#anchor) / this.#speed)
  }

  #reanchor(wall: UnixMs): void {
    if (!this.#paused) this.#anchor += (wall - this.#anchorWall) * this.#speed
    this.#anchorWall = wall
  }

  #restart(wall: UnixMs): void {
    this.#restarting = true
    void this.#reader.open().then(() => {
      this.#restarting = false
      this.#anchor = this.#reader.from
      this.#anchorWall = wall + afterSilenceMs
    })
  }
}
