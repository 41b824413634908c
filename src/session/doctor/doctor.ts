import type { Instrument } from '#model/instrument.ts'
import { type Timers, type Venue, VenueError } from '#model/venue.ts'
import { inspectAccount } from './account-checks.ts'
import { amount, type Check, wordsOf } from './check.ts'
import { firstData } from './first-data.ts'
import { smallestOrder } from './smallest-order.ts'

export interface DoctorRequest {
  readonly venue: Venue
  readonly timers: Timers
  readonly signal: AbortSignal
  /** Whom to look at, of what may be traded by API; names that are not there are told as red. */
  readonly choose: (all: readonly Instrument[]) => {
    readonly chosen: readonly Instrument[]
    readonly absent: readonly string[]
  }
  /** For the first messages of the sockets. */
  readonly patienceMs: number
  readonly onCheck?: (check: Check) => void
}

export interface Diagnosis {
  readonly checks: readonly Check[]
  /** What the venue said where something is not allowed or not told. */
  readonly notes: readonly string[]
}

/** Looks at a venue and, where there are keys, at the account, without an order that could trade. */
export async function examine(request: DoctorRequest): Promise<Diagnosis> {
  const { venue, timers, signal } = request
  const checks: Check[] = []
  const told = (...added: readonly Check[]): void => {
    for (const check of added) {
      checks.push(check)
      request.onCheck?.(check)
    }
  }
  const all = await catalogOf(venue, timers, told)
  signal.throwIfAborted()
  const { account } = venue
  if (all === undefined) {
    // with a key that is refused even the catalog may be: then it says why
    const found = account && (await inspectAccount(account, [], signal, told))
    return { checks, notes: found?.notes ?? [] }
  }
  await clockCheck(venue, told)
  signal.throwIfAborted()

  const { chosen, absent } = request.choose(all)
  for (const name of absent)
    told({
      id: 'instrument',
      state: 'red',
      detail: `${name} cannot be traded by API at ${venue.id}`,
      remedy: '`riptide markets` lists what can; contracts of an innovation zone and delisted ones are not among them',
    })
  for (const { id, symbol, maxLeverage } of chosen)
    told({
      id: 'instrument',
      instrumentId: id,
      state: 'green',
      detail: `${symbol} can be traded by API, up to ${maxLeverage} ×`,
    })
  if (chosen.length === 0) return { checks, notes: [] }

  const data = await firstData(venue, chosen, request)
  told(socketCheck(data))
  const found = account === undefined ? undefined : await inspectAccount(account, chosen, signal, told)
  for (const instrument of chosen)
    told(smallestOrder(instrument, data.prices.get(instrument.id), found?.available.get(instrument.quote)))
  return { checks, notes: found?.notes ?? [] }
}

type Told = (...checks: readonly Check[]) => void

async function catalogOf(venue: Venue, timers: Timers, told: Told): Promise<readonly Instrument[] | undefined> {
  const startedAt = timers.now()
  try {
    const all = await venue.instruments()
    const tookMs = timers.now() - startedAt
    if (all.length > 0)
      told({
        id: 'rest',
        state: 'green',
        detail: `${venue.id} answers (${tookMs} ms) and lists ${all.length} instruments for the API`,
      })
    else
      told({
        id: 'rest',
        state: 'red',
        detail: `${venue.id} answers, but lists nothing that can be traded by API`,
        remedy: 'try again later, or look at the status page of the venue',
      })
    return all.length > 0 ? all : undefined
  } catch (error) {
    const detail = wordsOf(error)
    const isRefused = error instanceof VenueError && error.fate === 'fatal'
    told({
      id: 'rest',
      state: 'red',
      detail,
      remedy: isRefused
        ? 'the venue refuses this address or key: check the region you connect from, and the key'
        : 'check the network, the address (--rest) and the status page of the venue, then try again',
    })
    return undefined
  }
}

const clockAmberMs = 1_000
const clockRedMs = 10_000

async function clockCheck(venue: Venue, told: Told): Promise<void> {
  if (venue.measureClock === undefined) return
  try {
    const { offsetMs, uncertaintyMs } = await venue.measureClock()
    const off = Math.abs(offsetMs)
    const direction = offsetMs > 0 ? 'behind' : 'ahead of'
    const detail = `this clock is ${Math.round(off)} ms ${direction} the venue's (± ${Math.ceil(uncertaintyMs)} ms)`
    // orders are signed with the venue's time; what is measured and recorded here is not
    const state = off >= clockRedMs ? 'red' : off >= clockAmberMs ? 'amber' : 'green'
    told({
      id: 'clock',
      state,
      detail,
      ...(state === 'green' ? {} : { remedy: 'set the clock by NTP: ages of data and latencies are measured with it' }),
    })
  } catch (error) {
    told({
      id: 'clock',
      state: 'red',
      detail: wordsOf(error),
      remedy: 'without its time no order can be signed: try again',
    })
  }
}

function socketCheck({ silent, feeds, tookMs }: Awaited<ReturnType<typeof firstData>>): Check {
  if (silent.length === 0)
    return { id: 'sockets', state: 'green', detail: `${feeds} feeds bring data, all within ${tookMs} ms` }
  const list = silent.slice(0, 4).join(', ') + (silent.length > 4 ? ` and ${silent.length - 4} more` : '')
  if (silent.length === feeds)
    return {
      id: 'sockets',
      state: 'red',
      detail: `no feed brought anything within ${amount(tookMs / 1_000)} s: ${list}`,
      remedy: 'check that sockets (wss) are not blocked on the way, and the address (--stream)',
    }
  return {
    id: 'sockets',
    state: 'amber',
    detail: `nothing came within ${amount(tookMs / 1_000)} s of ${list}; ${feeds - silent.length} feeds bring data`,
    remedy: 'quiet markets may be silent for long: look with `riptide watch`',
  }
}
