import { setInterval } from 'node:timers/promises'
import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { MarketEvent } from '#model/market.ts'
import type { FeedStatus } from '#model/venue.ts'
import type { Shell } from './io.ts'
import { chosenGlobs, type LiveOptions, parseFeeds, untilOver } from './live-options.ts'
import { tableText } from './table.ts'
import { chooseInstruments, type VenueOptions, withVenue } from './venue-access.ts'

export interface WatchOptions extends VenueOptions, LiveOptions {
  readonly json?: boolean
}

const everyMs = 1_000
/** Rates are over this long. */
const rateMs = 10_000

/** What is known of an instrument now. */
class Board {
  last: number | null = null
  bid: number | null = null
  ask: number | null = null
  mark: number | null = null
  fundingRate: number | null = null
  dataAt: UnixMs | null = null
  state: FeedStatus['state'] = 'connecting'
  readonly #trades: UnixMs[] = []

  take(event: MarketEvent, receivedAt: UnixMs): void {
    this.dataAt = receivedAt
    if (event.type === 'trade') {
      this.last = event.price
      this.#trades.push(receivedAt)
    } else if (event.type === 'quote') {
      this.bid = event.bid
      this.ask = event.ask
    } else if (event.type === 'markPrice') this.mark = event.price
    else if (event.type === 'funding') this.fundingRate = event.rate
  }

  tradesPerSecond(now: UnixMs): number {
    while (this.#trades.length > 0 && this.#trades[0] <= now - rateMs) this.#trades.shift()
    return (this.#trades.length * 1_000) / rateMs
  }

  told(instrument: InstrumentId, now: UnixMs) {
    const { last, bid, ask, mark, fundingRate, dataAt, state } = this
    return {
      instrument,
      time: new Date(now).toISOString(),
      last,
      bid,
      ask,
      spreadPct: bid !== null && ask !== null ? (200 * (ask - bid)) / (ask + bid) : null,
      mark,
      fundingRate,
      tradesPerSecond: this.tradesPerSecond(now),
      dataAgeMs: dataAt === null ? null : now - dataAt,
      state,
    }
  }
}

/** `riptide watch`: live market in the terminal until Ctrl-C. Throws `UserError`. */
export async function watchLive(shell: Shell, given: readonly string[], options: WatchOptions): Promise<void> {
  const globs = chosenGlobs(given, options)
  const feeds = parseFeeds(options.feeds)
  const { timers } = await shell.io.venues()
  await withVenue(shell, options, async (venue) => {
    const instruments = await chooseInstruments(venue, globs)
    const boards = new Map(instruments.map(({ id }) => [id, new Board()]))
    const signal = untilOver(shell.io.signal, options)
    const watch = venue.watch(
      instruments.map(({ id }) => ({ instrumentId: id, feeds })),
      {
        onEvent(event, receivedAt) {
          if (event.type !== 'instrumentChanged') boards.get(event.instrumentId)?.take(event, receivedAt)
        },
        onStatus({ instrumentId, state }) {
          const board = boards.get(instrumentId)
          if (board) board.state = state
        },
      },
    )
    const isTerminal = shell.io.stdout.isTTY === true
    const show = (): void => {
      const now = timers.now()
      const rows = [...boards].map(([id, board]) => board.told(id, now))
      if (options.json === true) for (const row of rows) shell.print(JSON.stringify(row))
      else shell.print(`${isTerminal ? '\u001b[H\u001b[2J' : ''}${boardText(shell, rows)}`)
    }
    try {
      for await (const _ of setInterval(everyMs, undefined, { signal })) if (isTerminal || options.json === true) show()
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      if (!isTerminal && options.json !== true) show()
      await watch.close()
    }
  })
}

function boardText(shell: Shell, rows: readonly ReturnType<Board['told']>[]): string {
  const columns = ['Instrument', 'Last', 'Bid', 'Ask', 'Spread', 'Mark', 'Funding', 'Trades/s', 'Age', 'State']
  const none = '–'
  const number = (value: number | null): string => (value === null ? none : String(value))
  const percent = (value: number | null, digits: number): string =>
    value === null ? none : `${value.toFixed(digits)} %`
  return tableText(
    shell,
    columns.map((title, index) => ({ title, align: index > 0 && index < columns.length - 1 ? 'right' : 'left' })),
    rows.map((row) => [
      row.instrument,
      number(row.last),
      number(row.bid),
      number(row.ask),
      percent(row.spreadPct, 3),
      number(row.mark),
      percent(row.fundingRate === null ? null : row.fundingRate * 100, 4),
      row.tradesPerSecond.toFixed(1),
      row.dataAgeMs === null ? none : `${(row.dataAgeMs / 1_000).toFixed(1)} s`,
      row.state,
    ]),
  )
}
