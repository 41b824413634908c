import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { generateMarket, openSource } from '#lab/lab.ts'
import { UserError } from '#model/failure.ts'
import type { MarketSource } from '#model/source.ts'
import type { RunningExchange, ServedVenue } from '#model/served-exchange.ts'
import type { Shell } from './io.ts'
import { countOf } from './texts.ts'
import { demand, numberIn, parseDuration, quote, wholeIn } from './values.ts'

export interface ExchangeOptions {
  readonly venue: string
  readonly port: string
  readonly data?: readonly string[]
  readonly generate?: string
  readonly instruments?: readonly string[]
  readonly speed: string
  readonly history: string
  readonly loop: boolean
  readonly faults?: string
  readonly seed: string
  readonly json?: boolean
}

const seedOf = wholeIn({ name: 'a seed', min: 0, max: Number.MAX_SAFE_INTEGER, example: '1' })
const sizes = {
  seed: seedOf,
  instruments: wholeIn({ name: 'a number of instruments', min: 1, max: 200, example: '4' }),
  days: wholeIn({ name: 'a number of days', min: 1, max: 30, example: '2' }),
}

/** `riptide exchange`: runs until Ctrl-C. Throws `UserError`. */
export async function runExchange(shell: Shell, options: ExchangeOptions): Promise<void> {
  const venues = venuesOf(options.venue)
  const port = demand(wholeIn({ name: 'a port', min: 0, max: 65_000, example: '8790' })(options.port), '--port')
  const speed = demand(
    numberIn({ name: 'a speed', min: 0, open: 'min', max: 1_000, example: '10' })(options.speed),
    '--speed',
  )
  const historyMs = demand(parseDuration(options.history), '--history')
  const seed = demand(seedOf(options.seed), '--seed')
  const faults = options.faults === undefined ? {} : { faults: planOf(shell, options.faults) }
  const source = await sourceOf(shell, options)
  const exchange = await shell.io.startExchange({
    venues,
    port,
    source,
    seed,
    speed,
    loop: options.loop,
    historyMs,
    ...faults,
  })
  try {
    if (options.json === true) shell.answer({ controlUrl: exchange.controlUrl, venues: exchange.venues })
    else shell.print(welcome(shell, exchange))
    if (!shell.io.signal.aborted) await once(shell.io.signal, 'abort')
  } finally {
    await exchange.close()
  }
  shell.note('the exchange is closed')
}

function welcome(shell: Shell, { controlUrl, venues }: RunningExchange): string {
  const lines = venues.flatMap(({ venue, urls, keys, ccxt, instruments }) => [
    shell.paint('bold', venue),
    ...Object.entries(urls).map(([name, url]) => `  ${name.padEnd(12)}${url}`),
    `  ${'api key'.padEnd(12)}${keys.apiKey}`,
    `  ${'secret'.padEnd(12)}${keys.secret}`,
    `  ${'markets'.padEnd(12)}${instruments.slice(0, 6).join(', ')}${instruments.length > 6 ? ` and ${instruments.length - 6} more` : ''}`,
    ...(ccxt.length > 0 ? ['  ccxt'] : []),
    ...ccxt.map((line) => `    ${line}`),
    '',
  ])
  return [
    ...lines,
    `${shell.paint('bold', 'control')}   ${controlUrl}`,
    '',
    'Made for this run; Ctrl-C ends it. docs/exchange.md tells the rest.',
  ].join('\n')
}

function venuesOf(text: string): readonly ServedVenue[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))]
  const wrong = names.find((name) => name !== 'mexc' && name !== 'binance')
  if (wrong === undefined) return names as ServedVenue[]
  throw new UserError({
    code: 'unknownVenue',
    message: `the exchange does not speak ${quote(wrong)}`,
    where: '--venue',
    remedy: 'choose mexc, binance, or mexc,binance',
  })
}

function planOf(shell: Shell, file: string): unknown {
  try {
    return JSON.parse(readFileSync(shell.path(file), 'utf8'))
  } catch (cause) {
    throw new UserError({
      code: 'faultPlan',
      message: `${file} is no fault plan that can be read`,
      where: '--faults',
      remedy: 'name a JSON file with an array of rules; docs/exchange.md has examples',
      cause,
    })
  }
}

async function sourceOf(shell: Shell, { data, generate, instruments = [] }: ExchangeOptions): Promise<MarketSource> {
  if (data !== undefined && generate !== undefined) {
    throw new UserError({
      code: 'invalidValue',
      message: '--data and --generate are two different markets',
      where: '--data, --generate',
      remedy: 'leave one of them out',
    })
  }
  if (data === undefined) return generateMarket(marketOf(generate ?? 'seed=1'))
  const globs = instruments.flatMap((text) => text.split(','))
  const { source, notes } = await openSource({
    source: { kind: 'files', paths: data.map((path) => shell.path(path)) },
    instruments: globs,
  })
  if (notes.skippedFiles.length > 0) shell.note(`${countOf(notes.skippedFiles.length, 'file')} skipped`)
  return source
}

/** `seed=7,instruments=4,days=2`. */
function marketOf(text: string): { readonly seed: number; readonly instruments: number; readonly days: number } {
  const market = { seed: 1, instruments: 4, days: 2 }
  for (const part of text.split(',')) {
    const [name, value = ''] = part.split('=')
    if (!isSize(name)) {
      throw new UserError({
        code: 'invalidValue',
        message: `${quote(part)} does not say what to generate`,
        where: '--generate',
        remedy: 'write e.g. seed=7,instruments=4,days=2',
      })
    }
    market[name] = demand(sizes[name](value), '--generate')
  }
  return market
}

function isSize(name: string): name is keyof typeof sizes {
  return Object.hasOwn(sizes, name)
}
