import { describe, expect, test } from 'vitest'
import { instrumentId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import { toMoney } from '#model/money.ts'
import { type AccountReport, type AccountVenue, type MarketListener, type Venue, VenueError } from '#model/venue.ts'
import type { Check } from './check.ts'
import { examine } from './doctor.ts'

const mexc = venueId('mexc')
const id = instrumentId('BTC_USDT')
const instrument: Instrument = {
  id,
  venue: mexc,
  symbol: 'BTC_USDT',
  kind: 'perpetual',
  base: 'BTC',
  quote: 'USDT',
  tickSize: 0.1,
  lotSize: 0.001,
  contractSize: 0.001,
  minQuantity: 0.001,
  minNotional: 100,
  maxLeverage: 20,
  makerFeeRate: 0.0006,
  takerFeeRate: 0.0008,
  marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 20 }],
  liquidationFeeRate: 0.0002,
}
const dead = new VenueError(mexc, 'retry', 'noConnection', 'no answer')
const good: AccountReport = {
  permissions: { read: 'yes', trade: 'yes', withdraw: 'no', ipRestricted: 'yes' },
  positionMode: 'oneWay',
  clockOffsetMs: 0,
  notes: [],
}

const account = (changes: Partial<AccountVenue> = {}): AccountVenue =>
  ({
    inspect: () => Promise.resolve(good),
    balances: () => Promise.resolve([{ currency: 'USDT', wallet: toMoney(1_000), available: toMoney(900), time: 0 }]),
    fees: () => Promise.resolve({ maker: 0.0006, taker: 0.0008 }),
    settings: () => Promise.resolve({ marginMode: 'isolated', leverage: 5 }),
    ...changes,
  }) as AccountVenue

/** A venue whose sockets bring these kinds at once, at a price of 30,000. */
function venue(changes: Partial<Venue> = {}, brings: readonly string[] = ['quote', 'markPrice']): Venue {
  const watch = (_wants: unknown, listener: MarketListener) => {
    queueMicrotask(() => {
      if (brings.includes('quote'))
        listener.onEvent(
          { type: 'quote', instrumentId: id, time: 0, bid: 29_999, ask: 30_001, bidSize: 1, askSize: 1 },
          0,
        )
      if (brings.includes('markPrice'))
        listener.onEvent({ type: 'markPrice', instrumentId: id, time: 0, price: 30_010 }, 0)
      else
        listener.onStatus?.({
          instrumentId: id,
          feed: 'markPrice',
          state: 'down',
          since: 0,
          lastEventAt: null,
          detail: 'refused',
        })
    })
    return {
      add: () => undefined,
      remove: () => undefined,
      status: () => [],
      stats: () => ({ messages: 0, reconnects: 0, gaps: 0, resyncs: 0, rejected: {} }),
      close: () => Promise.resolve(),
    }
  }
  const none = async function* () {}
  return {
    id: mexc,
    instruments: () => Promise.resolve([instrument]),
    watch,
    bars: none,
    trades: none,
    measureClock: () => Promise.resolve({ offsetMs: 12, uncertaintyMs: 3 }),
    close: () => Promise.resolve(),
    ...changes,
  }
}

/** The patience is over in the next turn. */
const timers = {
  now: () => 0,
  after: (_ms: number, callback: () => void) => {
    const timer = setImmediate(callback)
    return () => clearImmediate(timer)
  },
}
const look = (at: Venue, absent: readonly string[] = []) =>
  examine({
    venue: at,
    timers,
    signal: new AbortController().signal,
    choose: (all) => ({ chosen: all, absent }),
    patienceMs: 1,
  })
const told = async (at: Venue, absent: readonly string[] = []): Promise<readonly string[]> =>
  (await look(at, absent)).checks.map(({ id, state }) => `${state} ${id}`)
const find = async (at: Venue, which: Check['id']): Promise<Check | undefined> =>
  (await look(at)).checks.find(({ id }) => id === which)

test('a venue without keys that does as it should is green all through', async () => {
  expect(await told(venue())).toEqual([
    'green rest',
    'green clock',
    'green instrument',
    'green sockets',
    'green smallestOrder',
  ])
})

test('the smallest order is told in quote currency at the price of now', async () => {
  expect((await find(venue(), 'smallestOrder'))?.detail).toBe(
    '0.004 BTC = 120 USDT at 30000, in steps of 0.001 BTC, worth at least 100 USDT',
  )
})

test('a venue that does not answer ends the visit', async () => {
  expect(await told(venue({ instruments: () => Promise.reject(dead) }))).toEqual(['red rest'])
})

test('a key that is refused is looked at even where it keeps the catalog closed', async () => {
  const refused = new VenueError(mexc, 'fatal', '-1022', 'the signature is not valid')
  const inspect = () => Promise.resolve({ ...good, permissions: { ...good.permissions, read: 'no' as const } })
  const at = venue({ instruments: () => Promise.reject(refused), account: account({ inspect }) })
  expect(await told(at)).toEqual(expect.arrayContaining(['red rest', 'red read']))
})

test.each([
  [800, 'green'],
  [-1_500, 'amber'],
  [60_000, 'red'],
])('a clock that is %i ms off is %s', async (offsetMs, state) => {
  const at = venue({ measureClock: () => Promise.resolve({ offsetMs, uncertaintyMs: 3 }) })
  expect((await find(at, 'clock'))?.state).toBe(state)
})

test('an instrument that cannot be traded by API is red, and the others are looked at', async () => {
  expect(await told(venue(), ['MEME_USDT'])).toContain('red instrument')
  expect(await told(venue(), ['MEME_USDT'])).toContain('green smallestOrder')
})

describe('sockets', () => {
  test('of which one brings nothing are amber, with the words of the venue', async () => {
    expect(await find(venue({}, ['quote']), 'sockets')).toMatchObject({
      state: 'amber',
      detail: 'nothing came within 0 s of BTC_USDT markPrice (refused); 1 feeds bring data',
    })
  })

  test('that bring nothing at all are red, and sizes are told without a price', async () => {
    expect(await told(venue({}, []))).toEqual([
      'green rest',
      'green clock',
      'green instrument',
      'red sockets',
      'amber smallestOrder',
    ])
  })
})

describe('an account', () => {
  test('that does as it should is green', async () => {
    const checks = await told(venue({ account: account() }))
    expect(checks.filter((check) => !check.startsWith('green'))).toEqual([])
    expect(checks).toHaveLength(13)
  })

  test.each([
    [{ withdraw: 'yes' }, 'red withdraw'],
    [{ withdraw: 'unknown' }, 'amber withdraw'],
    [{ trade: 'no' }, 'red trade'],
    [{ trade: 'unknown' }, 'amber trade'],
    [{ ipRestricted: 'no' }, 'amber addresses'],
  ] as const)('whose key has %o is %s, with a remedy', async (permissions, expected) => {
    const inspect = () => Promise.resolve({ ...good, permissions: { ...good.permissions, ...permissions } })
    const { checks } = await look(venue({ account: account({ inspect }) }))
    const odd = checks.filter(({ state }) => state !== 'green')
    expect(odd.map(({ id, state }) => `${state} ${id}`)).toEqual([expected])
    expect(odd[0].remedy).toBeTruthy()
  })

  test('whose key may not read is asked nothing more', async () => {
    const inspect = () => Promise.resolve({ ...good, permissions: { ...good.permissions, read: 'no' as const } })
    const checks = await told(venue({ account: account({ inspect }) }))
    expect(checks).toContain('red read')
    expect(checks).not.toContain('green balance')
  })

  test('that is charged more than the catalog says learns how to backtest with it', async () => {
    const fees = () => Promise.resolve({ maker: 0.0006, taker: 0.001 })
    expect(await find(venue({ account: account({ fees }) }), 'fees')).toMatchObject({
      state: 'amber',
      remedy: 'backtest with --maker-fee 0.0006 --taker-fee 0.001',
    })
  })

  test.each([
    [50, 'without leverage'],
    [1, 'even at 20 ×'],
  ])('with %d USDT cannot place the smallest order %s', async (wallet, words) => {
    const balances = () =>
      Promise.resolve([{ currency: 'USDT', wallet: toMoney(wallet), available: toMoney(wallet), time: 0 }])
    expect(await find(venue({ account: account({ balances }) }), 'smallestOrder')).toMatchObject({
      state: 'amber',
      detail: expect.stringContaining(words) as string,
    })
  })

  test('of which one question fails is told about everything else', async () => {
    const fees = () => Promise.reject(dead)
    const checks = await told(venue({ account: account({ fees }) }))
    expect(checks).toContain('amber fees')
    expect(checks).toContain('green margin')
  })
})
