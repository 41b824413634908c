import { expect, test, describe } from 'vitest'
import type { CliIo, VenueDoors } from '#cli/cli.ts'
import { instrumentId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketEvent } from '#model/market.ts'
import { type MarketListener, type Venue, VenueError } from '#model/venue.ts'
import { sandbox } from './sandbox.ts'

const { runWith } = sandbox()

const instrumentOf = (symbol: string): Instrument => ({
  id: instrumentId(symbol),
  venue: venueId('mexc'),
  symbol,
  kind: 'perpetual',
  base: symbol.split('_')[0],
  quote: 'USDT',
  tickSize: 0.001,
  lotSize: 1,
  contractSize: 1,
  minQuantity: 1,
  minNotional: 5,
  maxLeverage: 20,
  makerFeeRate: 0.0006,
  takerFeeRate: 0.0008,
  marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 20 }],
  liquidationFeeRate: 0.0002,
})

/** A market that says its piece when somebody watches, and then is told to stop. */
function scripted(events: readonly MarketEvent[], stop: AbortController): VenueDoors {
  const link = { messages: events.length, reconnects: 1, gaps: 1, resyncs: 0, rejected: {} }
  const watch = (listener: MarketListener) => {
    setImmediate(() => {
      for (const event of events) listener.onEvent(event, event.time + 20)
      setImmediate(() => stop.abort())
    })
    return {
      add: () => undefined,
      remove: () => undefined,
      status: () => [],
      stats: () => link,
      close: () => Promise.resolve(),
    }
  }
  const never = async function* () {}
  return {
    names: ['mexc'],
    timers: { now: () => 1_700_000_000_000, after: () => () => undefined },
    open: (): Venue => ({
      id: venueId('mexc'),
      instruments: () => Promise.resolve([instrumentOf('PUMP_USDT'), instrumentOf('CALM_USDT')]),
      watch: (_wants, listener) => watch(listener),
      bars: never,
      trades: never,
      close: () => Promise.resolve(),
    }),
  }
}

const pump = instrumentId('PUMP_USDT')
const start = 1_700_000_000_000
const events: readonly MarketEvent[] = [
  { type: 'trade', instrumentId: pump, time: start, price: 1.001, quantity: 3, side: 'buy' },
  { type: 'quote', instrumentId: pump, time: start, bid: 1, ask: 1.001, bidSize: 2, askSize: 2 },
  { type: 'feedGap', instrumentId: pump, from: start, time: start + 6_000 },
  { type: 'trade', instrumentId: pump, time: start + 6_000, price: 1.002, quantity: 1, side: 'sell' },
]

function live(given = events): Partial<CliIo> {
  const stop = new AbortController()
  return { venues: () => Promise.resolve(scripted(given, stop)), signal: stop.signal }
}

describe('markets', () => {
  test('lists what the venue trades, chosen by globs', async () => {
    const { json } = await runWith(live(), 'markets', 'pump*', '--json')
    expect(json.instruments.map(({ id }: Instrument) => id)).toEqual(['PUMP_USDT'])
    expect((await runWith(live(), 'markets')).stdout).toMatch(/CALM_USDT .*0\.06 % \/ 0\.08 %/)
  })

  test.each([
    ['an unknown venue', ['markets', '--venue', 'mtgox'], 'unknownVenue'],
    ['nothing that matches', ['markets', 'NOPE*'], 'unknownInstrument'],
    ['an address that is none', ['markets', '--rest', 'here'], 'invalidUrl'],
    ['no instrument', ['record'], 'noInstruments'],
    ['a feed nobody has', ['record', 'PUMP_USDT', '--feeds', 'rumors'], 'unknownFeed'],
    ['a time without a unit', ['watch', 'PUMP_USDT', '--for', '10'], 'invalidDuration'],
  ])('%s is told', async (_what, argv, code) => {
    const { code: exit, json } = await runWith(live(), ...argv, '--json')
    expect([exit, json.error.code]).toEqual([4, code])
  })

  test('a venue that does not answer is told with its own words', async () => {
    const doors = scripted([], new AbortController())
    const failing: VenueDoors = {
      ...doors,
      open: (request) => ({
        ...doors.open(request),
        instruments: () => Promise.reject(new VenueError(venueId('mexc'), 'unknown', 'noConnection', 'no answer')),
      }),
    }
    const { json } = await runWith({ venues: () => Promise.resolve(failing) }, 'markets', '--json')
    expect(json.error).toMatchObject({ code: 'venueFailed', message: 'mexc: no answer (noConnection)' })
  })
})

describe('record', () => {
  test('writes what comes until it is stopped, and tells how whole it is', async () => {
    const { json } = await runWith(live(), 'record', 'PUMP_USDT', '--json')
    expect(json).toMatchObject({ rows: 4, link: { reconnects: 1 } })
    expect(json.instruments[0]).toMatchObject({ rows: { trade: 2, quote: 1 }, gaps: [{ weight: 'minor' }] })
    const { json: data } = await runWith({}, 'data', 'list', '--json')
    expect(JSON.stringify(data)).toContain('PUMP_USDT')
  })

  test('goes on in the same store', async () => {
    const later = events.map((event) => ({ ...event, time: event.time + 60_000 })) as MarketEvent[]
    const { stdout, code } = await runWith(live(later), 'record', 'PUMP_USDT')
    expect(code).toBe(0)
    expect(stdout).toMatch(/PUMP_USDT +2 +1 +0 +0 +0 +1/)
    expect(stdout).toContain('Every message was understood.')
  })
})

test('watch tells prices, spread and the age of the data', async () => {
  const { stdout } = await runWith(live(), 'watch', 'PUMP_USDT')
  expect(stdout).toMatch(/PUMP_USDT +1\.002 +1 +1\.001 +0\.100 %/)
})
