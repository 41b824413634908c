import type { Command } from 'commander'
import { UserError } from '#model/failure.ts'
import type { Feed } from '#model/market.ts'
import { demand, parseDuration, quote } from './values.ts'

/** Options of commands that follow live market until they are stopped. */
export interface LiveOptions {
  readonly all?: boolean
  readonly feeds: string
  readonly for?: string
}

const feeds = ['trade', 'quote', 'book', 'markPrice', 'funding'] as const satisfies readonly Feed[]

export function liveOptions(command: Command, defaults: string): Command {
  return command
    .option('--all', 'every instrument of the venue')
    .option('--feeds <names>', `of ${feeds.join(', ')}`, defaults)
    .option('--for <time>', 'stop after that long, e.g. 10m (default: with Ctrl-C)')
}

/** The globs to follow; `--all` or names, not neither. */
export function chosenGlobs(globs: readonly string[], { all }: LiveOptions): readonly string[] {
  if (globs.length > 0 || all === true) return globs
  throw new UserError({
    code: 'noInstruments',
    message: 'no instrument was named',
    where: 'instruments',
    remedy: 'name some, e.g. BTC_USDT or "*PEPE*", or add --all',
  })
}

export function parseFeeds(text: string): readonly Feed[] {
  const names = text.split(',').map((name) => name.trim())
  return names.map((name) => {
    const feed = feeds.find((one) => one.toLowerCase() === name.toLowerCase())
    if (feed) return feed
    throw new UserError({
      code: 'unknownFeed',
      message: `there is no feed ${quote(name)}`,
      where: '--feeds',
      remedy: `choose of ${feeds.join(', ')}, with commas between`,
    })
  })
}

/** Aborts with Ctrl-C, or when the time is over. */
export function untilOver(signal: AbortSignal, options: LiveOptions): AbortSignal {
  if (options.for === undefined) return signal
  return AbortSignal.any([signal, AbortSignal.timeout(demand(parseDuration(options.for), '--for'))])
}
