import { UserError } from '#model/failure.ts'
import type { Instrument } from '#model/instrument.ts'
import { VenueError } from '#model/venue.ts'
import {
  downloadDumps,
  dumpMarkets,
  dumpsFolder,
  type DumpsReport,
  dumpSymbolOf,
  type DumpType,
  dumpTypes,
  type DumpVenue,
  matchesGlobs,
} from '#store/store.ts'
import type { Shell } from './io.ts'
import { withProgress } from './progress.ts'
import { type DownloadOptions, type DownloadRange, iso } from './run-download.ts'
import { tableText } from './table.ts'
import { countOf, countText } from './texts.ts'
import { quote } from './values.ts'
import { demandUrl, openVenueOf } from './venue-access.ts'

interface Wanted {
  readonly id: Instrument['id']
  readonly symbol: string
  readonly listed?: Instrument
}

type Row = DumpsReport & { readonly instrument: string }

/** `riptide data download --kind dumps`: the files that an exchange publishes. Throws `UserError`. */
export async function downloadPublished(
  shell: Shell,
  options: DownloadOptions,
  globs: readonly string[],
  range: DownloadRange,
): Promise<void> {
  const venue = venueOf(options.venue)
  const types = typesOf(options.files, venue)
  const { interval } = options
  if (!/^(1s|1m|3m|5m|15m|30m|1h|2h|4h|6h|8h|12h|1d|3d|1w)$/.test(interval)) throw unknownInterval(interval)
  demandUrl(options.dumps, '--dumps')
  const wanted = await wantedOf(shell, options, globs)
  const { dataDir } = (await shell.config()).settings
  const { timers } = await shell.io.venues()
  const rows = await withProgress(shell, 'Download', async (progress) => {
    const rows: Row[] = []
    for (const [index, one] of wanted.entries()) {
      const report = await downloadDumps({
        ...one,
        dataDir,
        venue,
        types,
        interval,
        range,
        baseUrl: options.dumps,
        timers,
        replace: options.replace === true,
        signal: shell.io.signal,
        onFile: (share, name) => progress.update((index + share) / wanted.length, name),
      })
      rows.push({ instrument: one.id, ...report })
    }
    return rows
  })
  if (options.json === true) {
    const told = rows.map((row) => ({
      ...row,
      missing: row.missing.map((span) => ({ type: span.type, ...iso(span) })),
    }))
    return shell.answer({ dataDir, folder: dumpsFolder(dataDir), venue, types, ...iso(range), rows: told })
  }
  shell.print(reportText(shell, rows))
  shell.print(`\nThe files are in ${dumpsFolder(dataDir)}. Next: riptide data verify, or riptide backtest`)
}

/**
 * The instruments by the venue's catalog. Where it cannot be read, or does not list a name (any more), a name without globs is taken
 * at its word: the dumps keep what was delisted.
 */
async function wantedOf(shell: Shell, options: DownloadOptions, globs: readonly string[]): Promise<readonly Wanted[]> {
  const listed = await catalogOf(shell, options)
  const wanted = new Map<string, Wanted>()
  for (const glob of globs) {
    const found = listed.filter((instrument) => matchesGlobs(instrument, [glob]))
    for (const one of found) wanted.set(one.id, { id: one.id, symbol: one.symbol, listed: one })
    if (found.length > 0) continue
    const pair = /[*?[\]]/.test(glob) ? undefined : dumpSymbolOf(glob)
    if (pair === undefined) {
      throw new UserError({
        code: 'unknownInstrument',
        message: `nothing that ${options.venue} trades matches ${quote(glob)}`,
        where: '--instruments',
        remedy: 'name it exactly, e.g. BTC_USDT; `riptide markets` lists what is traded now',
      })
    }
    if (listed.length > 0) shell.note(`${pair.symbol} is not traded now: its files are asked for all the same`)
    wanted.set(pair.id, pair)
  }
  return [...wanted.values()]
}

async function catalogOf(shell: Shell, options: DownloadOptions): Promise<readonly Instrument[]> {
  const venue = await openVenueOf(shell, options)
  try {
    return await venue.instruments()
  } catch (error) {
    if (!(error instanceof VenueError)) throw error
    shell.note(`what it trades now is not known (${error.message}): ticks and lots come from the files`)
    return []
  } finally {
    await venue.close()
  }
}

function venueOf(name: string): DumpVenue {
  if (Object.hasOwn(dumpMarkets, name)) return name as DumpVenue
  throw new UserError({
    code: 'historyNotOffered',
    message: `${name} publishes no files of its history`,
    where: '--kind dumps',
    remedy: `its candles come with --kind klines, trades from now on with \`riptide record\`; files there are of ${Object.keys(dumpMarkets).join(' and ')}`,
  })
}

function typesOf(text: string, venue: DumpVenue): readonly DumpType[] {
  const offered: readonly DumpType[] = dumpMarkets[venue].types
  const types = text.split(',').map((name) => {
    const type = dumpTypes.find((one) => one.toLowerCase() === name.trim().toLowerCase())
    if (type !== undefined && offered.includes(type)) return type
    throw new UserError({
      code: 'unknownFiles',
      message: `${venue} publishes no ${quote(name.trim())} that can be stored`,
      where: '--files',
      remedy: `choose of ${offered.join(', ')}, with commas between`,
    })
  })
  if (!types.includes('aggTrades') || !types.includes('trades')) return types
  throw new UserError({
    code: 'sameTwice',
    message: 'aggTrades and trades tell the same trades twice',
    where: '--files',
    remedy: 'choose one of them; aggTrades joins the fills of one order at one price, as live streams do',
  })
}

function unknownInterval(interval: string): UserError {
  return new UserError({
    code: 'unknownInterval',
    message: `there are no files of candles of ${quote(interval)}`,
    where: '--interval',
    remedy: 'choose of 1s (spot), 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h, 1d, 3d, 1w',
  })
}

function reportText(shell: Shell, rows: readonly Row[]): string {
  const titles = ['Instrument', 'Files fetched', 'Replaced', 'There already', 'Rows', 'Days missing']
  const days = ({ missing }: Row): number => missing.reduce((sum, { from, to }) => sum + (to - from) / 86_400_000, 0)
  const table = tableText(
    shell,
    titles.map((title, index) => ({ title, align: index > 0 ? 'right' : 'left' })),
    rows.map((row) => [
      row.instrument,
      ...[row.fetched, row.replaced, row.unchanged, row.rows, days(row)].map((count) => countText(count)),
    ]),
  )
  const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)
  const missing = rows.flatMap((row) =>
    row.missing.map(
      ({ type, from, to }) =>
        `  ${row.instrument} ${type} ${dayOf(from)}${to - from > 86_400_000 ? ` to ${dayOf(to - 1)}` : ''}`,
    ),
  )
  const more = missing.length > 20 ? [`  and ${missing.length - 20} more`] : []
  const unpaid = rows.reduce((sum, { fundingWithoutMark }) => sum + fundingWithoutMark, 0)
  return [
    table,
    ...(missing.length > 0 ? ['Days without a file:', ...missing.slice(0, 20), ...more] : []),
    ...(unpaid > 0 ? [`${countOf(unpaid, 'funding payment')} left out: there is no mark price of their time.`] : []),
  ].join('\n')
}
