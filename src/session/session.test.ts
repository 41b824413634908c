import { describe, expect, test } from 'vitest'
import { createEngine, type Engine, type EngineSetup } from '#engine/engine.ts'
import type { EngineOutput } from '#model/events.ts'
import { instrumentId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import { defaultLimits } from '#model/limits.ts'
import type { MarketBlock, MarketEvent } from '#model/market.ts'
import { toMoney } from '#model/money.ts'
import type { Order, VenueEvent } from '#model/order.ts'
import type { MarketSource } from '#model/source.ts'
import { createSimulator, simulatorDefaults } from '#simulator/simulator.ts'
import { sourceOf } from './example.ts'
import { busyStrategies } from './example-strategies.ts'
import { replay, type ReplayVenue } from './session.ts'

const pepe = instrumentId('PEPE_USDT')
const doge = instrumentId('DOGE_USDT')
const instrumentOf = (id: typeof pepe): Instrument => ({
  id,
  venue: venueId('simulator'),
  symbol: id,
  kind: 'perpetual',
  base: 'X',
  quote: 'USDT',
  tickSize: 0.01,
  lotSize: 0.1,
  contractSize: 1,
  minQuantity: 0.1,
  minNotional: 5,
  maxLeverage: 20,
  makerFeeRate: 0,
  takerFeeRate: 0,
  marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 20 }],
  liquidationFeeRate: 0,
})
const instruments = [instrumentOf(pepe), instrumentOf(doge)]
const begin = 1_699_999_200_000
const year = 365 * 86_400_000

const trade = (id: typeof pepe, time: number, price = 100): MarketEvent => ({
  type: 'trade',
  instrumentId: id,
  time,
  price,
  quantity: 100,
  side: 'buy',
})

/** Says what it is asked in which order, and what the script says. */
class ScriptedVenue implements ReplayVenue {
  readonly log: string[] = []
  readonly #events: VenueEvent[]

  constructor(events: readonly VenueEvent[] = []) {
    this.#events = [...events]
  }

  load(block: MarketBlock): void {
    const times = [...(block.trades?.time ?? []), ...(block.events ?? []).map(({ time }) => time)]
    this.log.push(`load ${block.instrumentId} ${times.map((time) => time - begin).join()}`)
  }
  submit(order: Order): void {
    this.log.push(`submit ${order.orderId}`)
  }
  cancel(): void {}
  nextTime(limit: number): number {
    const [next] = this.#events
    return next && next.time <= limit ? next.time : Infinity
  }
  take(time: number): readonly VenueEvent[] {
    const due = this.#events.filter((event) => event.time <= time)
    this.#events.splice(0, due.length)
    return due
  }
}

/** An engine that decides nothing and notes what it is given. */
function notingEngine(log: string[]): Engine {
  const engine = createEngine({
    sessionId: '7',
    instruments,
    strategies: [],
    currency: 'USDT',
    balance: toMoney(1_000),
    limits: defaultLimits,
  })
  return {
    ...bound(engine),
    process: (event) => {
      log.push(`${event.type} ${'time' in event ? event.time - begin : ''}`)
      return engine.process(event)
    },
  }
}

const bound = (engine: Engine): Engine => ({
  process: (event) => engine.process(event),
  load: (block) => engine.load(block),
  nextTime: () => engine.nextTime(),
  step: () => engine.step(),
  hungry: () => engine.hungry(),
  account: () => engine.account(),
  positions: () => engine.positions(),
  nearMisses: () => engine.nearMisses(),
  forgetNearMisses: () => engine.forgetNearMisses(),
  readings: (id) => engine.readings(id),
  instants: () => engine.instants(),
  snapshot: () => engine.snapshot(),
})

const quiet = { onOutputs: () => {} }
const balance = (time: number): VenueEvent => ({ type: 'balanceReported', currency: 'USDT', balance: 1n, time })

async function logOf(
  source: MarketSource,
  events: readonly VenueEvent[] = [],
  separateMs?: number,
): Promise<readonly string[]> {
  const venue = new ScriptedVenue(events)
  await replay({
    engine: notingEngine(venue.log),
    venue,
    source,
    observer: quiet,
    ...(separateMs === undefined ? {} : { separateMs }),
  })
  return venue.log
}

describe('a replay', () => {
  test('loads each block for the venue, and ends every recording', async () => {
    const source = sourceOf(
      instruments.slice(0, 1),
      [{ instrumentId: pepe, events: [0, 100, 200].map((ms) => trade(pepe, begin + ms)) }],
      2,
    )
    expect(await logOf(source)).toEqual(['load PEPE_USDT 0,100', 'load PEPE_USDT 200', 'load PEPE_USDT 200'])
  })

  test('gives the venue its word only after all market of that time, even when a block ends there', async () => {
    const source = sourceOf(
      instruments.slice(0, 1),
      [{ instrumentId: pepe, events: [0, 100, 100, 300].map((ms) => trade(pepe, begin + ms)) }],
      2,
    )
    expect(await logOf(source, [balance(begin + 100), balance(begin + 200)])).toEqual([
      'load PEPE_USDT 0,100',
      'load PEPE_USDT 100,300',
      'balanceReported 100',
      'balanceReported 200',
      'load PEPE_USDT 300',
    ])
  })

  test('hears the venue out after the last market', async () => {
    const source = sourceOf(instruments.slice(0, 1), [{ instrumentId: pepe, events: [trade(pepe, begin)] }], 2)
    expect((await logOf(source, [balance(begin + 5_000)])).at(-1)).toBe('balanceReported 5000')
  })

  test('closes between recordings that lie apart, and not between those that follow each other', async () => {
    const recordings = [0, 1_000, year].map((ms) => ({ instrumentId: pepe, events: [trade(pepe, begin + ms)] }))
    const source = sourceOf(instruments.slice(0, 1), recordings, 2)
    expect(await logOf(source)).toEqual([
      'load PEPE_USDT 0',
      'load PEPE_USDT 1000',
      'load PEPE_USDT 1000',
      `load PEPE_USDT ${year}`,
      `load PEPE_USDT ${year}`,
    ])
    expect((await logOf(source, [], 500)).slice(0, 3)).toEqual([
      'load PEPE_USDT 0',
      'load PEPE_USDT 0',
      'load PEPE_USDT 1000',
    ])
  })

  test('loads an instrument only when its turn has come', async () => {
    const recordings = [
      { instrumentId: pepe, events: [trade(pepe, begin + year)] },
      { instrumentId: doge, events: [0, 100, 200].map((ms) => trade(doge, begin + ms)) },
    ]
    expect(await logOf(sourceOf(instruments, recordings, 2))).toEqual([
      'load DOGE_USDT 0,100',
      'load DOGE_USDT 200',
      'load DOGE_USDT 200',
      `load PEPE_USDT ${year}`,
      `load PEPE_USDT ${year}`,
    ])
  })

  test('of a recording without rows ends at once', async () => {
    expect(await logOf(sourceOf(instruments.slice(0, 1), [{ instrumentId: pepe, events: [] }], 2))).toEqual([])
    expect(await logOf(sourceOf(instruments.slice(0, 1), [], 2))).toEqual([])
  })

  test('counts its rows and tells how far it is', async () => {
    const source = sourceOf(
      instruments.slice(0, 1),
      [{ instrumentId: pepe, events: [0, 100, 200].map((ms) => trade(pepe, begin + ms)) }],
      2,
    )
    const progress: (readonly [number, number])[] = []
    const venue = new ScriptedVenue()
    const rows = await replay({
      engine: notingEngine([]),
      venue,
      source,
      observer: { ...quiet, onProgress: (rows, time) => progress.push([rows, time - begin]) },
    })
    expect(rows).toBe(3)
    expect(progress.every(([, time]) => Number.isFinite(time))).toBe(true)
    expect(progress.slice(0, 2)).toEqual([
      [2, 100],
      [3, 200],
    ])
  })

  test('stops with the reason of its signal', async () => {
    const abort = new AbortController()
    const source = sourceOf(
      instruments.slice(0, 1),
      [{ instrumentId: pepe, events: [0, 100, 200].map((ms) => trade(pepe, begin + ms)) }],
      1,
    )
    const observer = { ...quiet, onBlock: () => abort.abort(new Error('enough')) }
    const venue = new ScriptedVenue()
    await expect(replay({ engine: notingEngine([]), venue, source, observer, signal: abort.signal })).rejects.toThrow(
      'enough',
    )
    expect(venue.log).toEqual(['load PEPE_USDT 0'])
  })

  test('passes an error of the source on', async () => {
    const source = sourceOf(instruments.slice(0, 1), [{ instrumentId: pepe, events: [trade(pepe, begin)] }], 1)
    const broken: MarketSource = {
      ...source,
      segments: source.segments.map((segment) => ({
        ...segment,
        // eslint-disable-next-line require-yield
        async *read() {
          throw new Error('torn file')
        },
      })),
    }
    await expect(logOf(broken)).rejects.toThrow('torn file')
  })
})

describe('a replay with the simulated venue', () => {
  const setup: EngineSetup = {
    sessionId: '7',
    instruments,
    strategies: busyStrategies,
    currency: 'USDT',
    balance: toMoney(10_000),
    limits: { ...defaultLimits, maxEntriesPerMinute: 100 },
  }

  /** Two minutes of ups and downs. */
  const wave = (id: typeof pepe, from: number): MarketEvent[] =>
    Array.from({ length: 600 }, (_, index) =>
      trade(id, from + index * 200, Math.round((100 + 3 * Math.sin(index / 25)) * 100) / 100),
    )

  async function run(): Promise<{ outputs: EngineOutput[]; order: string[] }> {
    const outputs: EngineOutput[] = []
    const order: string[] = []
    const venue = createSimulator({ ...simulatorDefaults, instruments, balance: setup.balance })
    const logged: ReplayVenue = {
      load: (block) => venue.load(block),
      submit: (sent, now) => {
        order.push(`venue ${sent.orderId}`)
        venue.submit(sent, now)
      },
      cancel: (id, now) => venue.cancel(id, now),
      nextTime: (limit) => venue.nextTime(limit),
      take: (time) => venue.take(time),
    }
    const recordings = [begin, begin + year, begin + 2 * year].flatMap((from) => [
      { instrumentId: pepe, events: wave(pepe, from) },
      { instrumentId: doge, events: wave(doge, from + 60_000) },
    ])
    await replay({
      engine: createEngine(setup),
      venue: logged,
      source: sourceOf(instruments, recordings, 50),
      observer: {
        onOutputs: (some) => {
          outputs.push(...some)
          for (const output of some) if (output.type === 'submitOrder') order.push(`told ${output.order.orderId}`)
        },
      },
    })
    return { outputs, order }
  }

  test('is flat between recordings years apart and at the end, says an order before it sends it, and repeats itself', async () => {
    const { outputs, order } = await run()
    const open = new Set<string>()
    const crossed: string[] = []
    for (const output of outputs) {
      if (output.type === 'positionOpened') open.add(output.position.positionId)
      if (output.type !== 'positionClosed') continue
      open.delete(output.positionId)
      const { openedAt, closedAt } = output.roundTrip
      if (closedAt - openedAt > 600_000) crossed.push(output.positionId)
    }
    expect(outputs.filter(({ type }) => type === 'positionClosed').length).toBeGreaterThan(10)
    expect({ open: [...open], crossed }).toEqual({ open: [], crossed: [] })
    const told = order.filter((line) => line.startsWith('told')).map((line) => line.slice(5))
    expect(order.filter((line) => line.startsWith('venue')).map((line) => line.slice(6))).toEqual(told)
    expect(told.every((id) => order.indexOf(`told ${id}`) < order.indexOf(`venue ${id}`))).toBe(true)
    expect(await run()).toEqual({ outputs, order })
  })

  test('posts what sums to zero, and never has two live entries of one instance', async () => {
    const { outputs } = await run()
    const legs = outputs.flatMap((output) => (output.type === 'posted' ? output.posting.legs : []))
    expect(legs.reduce((sum, { amount }) => sum + amount, 0n)).toBe(0n)
    const live = new Map<string, string>()
    const doubled: string[] = []
    for (const output of outputs) {
      if (output.type === 'submitOrder' && output.order.purpose === 'entry') {
        if (live.has(output.order.instanceId)) doubled.push(output.order.orderId)
        live.set(output.order.instanceId, output.order.orderId)
      }
      if (output.type !== 'orderUpdated') continue
      const { instanceId, orderId, status } = output.order
      if (['filled', 'canceled', 'expired', 'rejected'].includes(status) && live.get(instanceId) === orderId)
        live.delete(instanceId)
    }
    expect(doubled).toEqual([])
  })
})
