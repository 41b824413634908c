import type { Command } from 'commander'
import { UserError } from '#model/failure.ts'
import type { Instrument } from '#model/instrument.ts'
import { type MarketVenue, type Venue, VenueError } from '#model/venue.ts'
import { matchesGlobs } from '#store/store.ts'
import type { Shell, VenueRequest } from './io.ts'
import { quote } from './values.ts'

/** Options of every command that talks to an exchange. */
export interface VenueOptions {
  readonly venue: string
  readonly rest?: string
  readonly stream?: string
}

export function venueOptions(command: Command): Command {
  return command
    .option('--venue <name>', 'mexc, binance-usdm or binance-spot', 'mexc')
    .option('--rest <url>', "address of the venue's REST, instead of its own; e.g. of `riptide exchange`")
    .option('--stream <url>', "address of the venue's sockets, instead of its own")
}

/** Opens a venue for as long as `work` takes; what the venue refuses becomes an error the user can read. */
export async function withVenue<T>(
  shell: Shell,
  options: VenueOptions,
  work: (venue: Venue) => Promise<T>,
): Promise<T> {
  const venue = await openVenueOf(shell, options)
  try {
    return await work(venue)
  } catch (error) {
    throw error instanceof VenueError ? readable(error) : error
  } finally {
    await venue.close()
  }
}

/** The venue of the options; asks nothing of it. Throws `UserError`. */
export async function openVenueOf(
  shell: Shell,
  { venue: name, rest, stream }: VenueOptions,
  keys?: VenueRequest['keys'],
): Promise<Venue> {
  const doors = await shell.io.venues()
  if (!doors.names.includes(name))
    throw new UserError({
      code: 'unknownVenue',
      message: `there is no venue ${quote(name)}`,
      where: '--venue',
      remedy: `choose one of ${doors.names.join(', ')}`,
    })
  const hosts = { ...(rest === undefined ? {} : { rest }), ...(stream === undefined ? {} : { stream }) }
  for (const [key, url] of Object.entries(hosts)) demandUrl(url, `--${key}`)
  return doors.open({ venue: name, hosts, ...(keys === undefined ? {} : { keys }) })
}

/** The instruments that match; all with no globs. Throws `UserError` when nothing does. */
export async function chooseInstruments(venue: MarketVenue, globs: readonly string[]): Promise<readonly Instrument[]> {
  const all = await venue.instruments()
  const chosen = all.filter((instrument) => matchesGlobs(instrument, globs))
  if (chosen.length > 0) return chosen
  throw new UserError({
    code: 'unknownInstrument',
    message: `${venue.id} trades nothing that matches ${globs.map(quote).join(', ')}`,
    where: 'instruments',
    remedy: '`riptide markets` lists what it trades; globs such as "*_USDT" are allowed',
  })
}

const remedies: Readonly<Record<VenueError['fate'], string>> = {
  refused: 'mend what it names, then run the command again',
  retry: 'wait a little, then run the command again',
  unknown: 'check the connection to the venue, then run the command again',
  fatal: 'check the address and the keys',
}

function readable(error: VenueError): UserError {
  return new UserError({
    code: 'venueFailed',
    message: error.message,
    where: error.venue,
    remedy: remedies[error.fate],
    cause: error,
  })
}

/** Throws `UserError` where it is none. */
export function demandUrl(url: string, where: string): void {
  if (URL.canParse(url) && /^(https?|wss?):/.test(url)) return
  throw new UserError({
    code: 'invalidUrl',
    message: `${quote(url)} is not an address`,
    where,
    remedy: 'write e.g. http://127.0.0.1:4000 or ws://127.0.0.1:4000/edge',
  })
}
