import type { Shell } from './io.ts'
import { tableText } from './table.ts'
import { countOf } from './texts.ts'
import { chooseInstruments, type VenueOptions, withVenue } from './venue-access.ts'

export interface MarketsOptions extends VenueOptions {
  readonly json?: boolean
}

/** `riptide markets`: what a venue trades. Throws `UserError`. */
export async function listMarkets(shell: Shell, globs: readonly string[], options: MarketsOptions): Promise<void> {
  const instruments = await withVenue(shell, options, (venue) => chooseInstruments(venue, globs))
  if (options.json === true) return shell.answer({ venue: options.venue, instruments })
  const percent = (rate: number): string => `${Number((rate * 100).toFixed(4))} %`
  const rows = instruments.map((one) => [
    one.id,
    one.symbol,
    one.kind,
    String(one.tickSize),
    String(one.lotSize),
    String(one.minQuantity),
    one.minNotional > 0 ? `${one.minNotional} ${one.quote}` : '–',
    `${percent(one.makerFeeRate)} / ${percent(one.takerFeeRate)}`,
    `${one.maxLeverage} ×`,
  ])
  const columns = [
    'Instrument',
    'Symbol',
    'Kind',
    'Tick',
    'Lot',
    'Smallest',
    'Worth at least',
    'Maker / taker',
    'Leverage',
  ]
  shell.print(
    tableText(
      shell,
      columns.map((title, index) => ({ title, align: index > 2 ? 'right' : 'left' })),
      rows,
    ),
  )
  shell.note(countOf(instruments.length, 'instrument'))
}
