import { createHash } from 'node:crypto'
import type { Instrument } from '#model/instrument.ts'
import { type Check, type CheckState, examine } from '#session/session.ts'
import { matchesGlobs } from '#store/store.ts'
import { ToldFailure } from './failures.ts'
import type { FoundKeys, Shell } from './io.ts'
import { countOf } from './texts.ts'
import { openVenueOf, type VenueOptions } from './venue-access.ts'

export interface DoctorOptions extends VenueOptions {
  readonly instruments?: readonly string[]
  readonly keyFile?: string
  readonly keys: boolean
  readonly json?: boolean
}

const patienceMs = 15_000
/** An instrument that every venue has, for when none is named. */
const usual = 'BTC_USDT'

/** `riptide doctor`. Throws `UserError`, one that is told already when something is red. */
export async function doctor(shell: Shell, options: DoctorOptions): Promise<void> {
  const { env, cwd, signal } = shell.io
  const { venue: name, keyFile: file } = options
  const keys = options.keys
    ? await shell.io.loadKeys({ env, cwd, venue: name, ...(file === undefined ? {} : { file }) })
    : undefined
  const given = keys && { apiKey: keys.apiKey, secret: keys.secret }
  const { timers } = await shell.io.venues()
  const venue = await openVenueOf(shell, options, given)
  const isText = options.json !== true
  if (isText) shell.note(keys ? `${name} with ${keyLabel(keys)}` : `${name} without keys: only the market is looked at`)
  try {
    const { checks, notes } = await examine({
      venue,
      timers,
      signal,
      choose: (all) =>
        choose(
          all,
          options.instruments?.flatMap((text) => text.split(',')),
        ),
      patienceMs,
      ...(isText ? { onCheck: (check) => shell.print(lineOf(shell, check)) } : {}),
    })
    const isBlind = keys !== undefined && venue.account === undefined
    const said = isBlind ? [...notes, `${name} is market data only here: the keys were not used`] : notes
    const state = worstOf(checks)
    if (isText) tellEnd(shell, checks, said)
    else shell.answer({ venue: name, key: keys === undefined ? null : keyLabel(keys), state, checks, notes: said })
    if (state === 'red') throw unwell(name, checks)
  } finally {
    await venue.close()
  }
}

/** Which key it is, without telling it. */
export function keyLabel({ apiKey, from }: FoundKeys): string {
  const fingerprint = createHash('sha256').update(apiKey).digest('hex').slice(0, 8)
  const end = apiKey.length >= 16 ? `…${apiKey.slice(-4)}, ` : ''
  return `key ${end}fingerprint ${fingerprint}, from ${from}`
}

function choose(all: readonly Instrument[], names: readonly string[] | undefined) {
  if (names === undefined) return { chosen: [all.find(({ id }) => id === usual) ?? all[0]], absent: [] }
  return {
    chosen: all.filter((instrument) => matchesGlobs(instrument, names)),
    absent: names.filter((name) => !all.some((instrument) => matchesGlobs(instrument, [name]))),
  }
}

const tones = { green: 'green', amber: 'yellow', red: 'red' } as const
const titles: Readonly<Record<Check['id'], string>> = {
  rest: 'REST',
  clock: 'clock',
  instrument: 'instrument',
  sockets: 'sockets',
  smallestOrder: 'smallest order',
  read: 'key: read',
  withdraw: 'key: withdraw',
  addresses: 'key: addresses',
  trade: 'key: trade',
  positionMode: 'position mode',
  balance: 'balance',
  fees: 'fees',
  margin: 'margin',
}

function lineOf(shell: Shell, { id, instrumentId, state, detail, remedy }: Check): string {
  const about = instrumentId === undefined ? '' : `${instrumentId}: `
  const line = `${shell.paint(tones[state], state.padEnd(6))} ${titles[id].padEnd(15)} ${about}${detail}`
  return remedy === undefined ? line : `${line}\n${' '.repeat(23)}→ ${remedy}`
}

function tellEnd(shell: Shell, checks: readonly Check[], notes: readonly string[]): void {
  if (notes.length > 0) shell.print(['', 'What the venue said:', ...notes.map((note) => `  ${note}`)].join('\n'))
  const of = (state: CheckState): number => checks.filter((check) => check.state === state).length
  shell.print(`\n${countOf(checks.length, 'check')}: ${of('green')} green, ${of('amber')} amber, ${of('red')} red.`)
}

function worstOf(checks: readonly Check[]): CheckState {
  return (['red', 'amber'] as const).find((state) => checks.some((check) => check.state === state)) ?? 'green'
}

function unwell(venue: string, checks: readonly Check[]): ToldFailure {
  const red = checks.filter(({ state }) => state === 'red')
  return new ToldFailure({
    code: 'unwell',
    message: `${countOf(red.length, 'check')} red: ${red[0].detail}`,
    where: venue,
    remedy: red[0].remedy ?? 'see above',
    exit: 'error',
  })
}
