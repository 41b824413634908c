import { randomBytes } from 'node:crypto'
import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketSource } from '#model/source.ts'
import type { Timers } from '#model/venue.ts'
import type { ServedVenue } from '#model/served-exchange.ts'
import { Account } from './account.ts'
import { ExchangeClock } from './clock.ts'
import { triggerReached } from './conditionals.ts'
import { createConnections } from './connections.ts'
import { createControl, type Control } from './control.ts'
import { accountOf, type Core, post, type Telling } from './core.ts'
import type { Connections, Exchange } from './exchange.ts'
import { createFaults } from './faults.ts'
import { checkLiquidations, settleFunding } from './forced.ts'
import { ServedMarket } from './market.ts'
import { Playback, type PlaySettings } from './playback.ts'
import { bookFill, endOrder, fillableOf } from './settle.ts'
import { strike } from './strike.ts'
import { TapeReader } from './tape-reader.ts'
import type { AccountId, AccountSpec, ApiKey, ExchangeEvent, KeySpec, VenueRules } from './types.ts'

export interface ExchangeConfig {
  readonly venue: ServedVenue
  readonly rules: VenueRules
  readonly timers: Timers
  /** Made-up depth and fault plan; equal seeds, requests and times give equal books and fills. */
  readonly seed: number
  /** The recordings that are played. */
  readonly source: MarketSource
  /** The instruments as this venue lists them, by the source's ids; absent = the source's own. */
  readonly instruments?: readonly Instrument[]
  readonly accounts: readonly AccountSpec[]
  readonly play?: Partial<PlaySettings>
  /** Made-up levels a side, at least 5. Absent = 40. */
  readonly levels?: number
  /** Share of a print beyond the queue that a resting order at its price gets. Absent = 0.1, as in process. */
  readonly participation?: number
  readonly faults?: unknown
}

const tickMs = 1_000

/** The exchange as it runs: its time, its markets, its news. What accounts may ask of it is put on top. */
export interface World extends Pick<Exchange, 'now' | 'after' | 'subscribe' | 'start' | 'close'> {
  readonly core: Core
  readonly control: Control
  readonly connections: Connections
  /** Brings the market up to now, does it, and what follows from it. */
  doing<T>(request: () => T): T
}

/** Throws `UserError` on a fault plan it cannot read. */
export function createWorld(config: ExchangeConfig): World {
  const { rules, timers, seed } = config
  const play: PlaySettings = { speed: 1, loop: true, historyMs: 0, ...config.play }
  const clock = new ExchangeClock(timers)
  const faults = createFaults(seed, timers)
  if (config.faults !== undefined) faults.set(config.faults)
  const listeners = new Set<(event: ExchangeEvent) => void>()
  const playbacks = new Map<InstrumentId, Playback>()
  const connections = createConnections()
  let seq = 0
  let orderId = rules.firstOrderId
  let conditionalId = rules.firstConditionalId
  let nextId = 1
  let busy = false
  let closed = false
  let unarm: (() => void) | null = null

  const core: Core = {
    rules,
    clock,
    faults,
    accounts: new Map(),
    keys: new Map(),
    markets: new Map(),
    moved: new Set(),
    recheck: false,
    tell(telling: Telling) {
      const event = { seq: ++seq, time: clock.now(), ...telling } as ExchangeEvent
      if (event.type === 'trade' || event.type === 'mark') core.moved.add(event.instrumentId)
      if (event.type === 'account' || event.type === 'mark') core.recheck = true
      for (const listener of listeners) listener(event)
    },
    nextOrderId: () => String(orderId++),
    nextConditionalId: () => String(conditionalId++),
    nextId: () => String(nextId++),
  }

  /** Everything due by now happens, each thing at its own time; then what follows from it. */
  function advance(): void {
    if (busy || closed) return
    busy = true
    const until = clock.wall()
    for (;;) {
      let row = Infinity
      let playing: Playback | null = null
      for (const playback of playbacks.values()) {
        const time = playback.next(clock.at)
        if (time >= row) continue
        row = time
        playing = playback
      }
      const task = clock.nextTask
      if (Math.min(row, task) > until) break
      if (task <= row) clock.runNext()
      else {
        clock.at = Math.max(clock.at, row)
        playing?.take()
      }
      settle()
    }
    clock.at = Math.max(clock.at, until)
    busy = false
    arm()
  }

  /** Conditional orders whose price has come, then liquidations, until nothing follows any more. */
  function settle(): void {
    while (core.moved.size > 0 || core.recheck) {
      for (const instrumentId of core.moved) {
        core.moved.delete(instrumentId)
        triggerReached(core, instrumentId)
      }
      if (!core.recheck) continue
      core.recheck = false
      checkLiquidations(core)
    }
  }

  function arm(): void {
    unarm?.()
    let next = clock.nextTask
    for (const playback of playbacks.values()) next = Math.min(next, playback.next(clock.at))
    unarm = closed || next === Infinity ? null : timers.after(Math.max(1, next - clock.wall()), advance)
  }

  /** A request: the market first comes up to now; what follows from the request is told before it returns. */
  function doing<T>(request: () => T): T {
    advance()
    if (busy) return request()
    busy = true
    try {
      const result = request()
      settle()
      return result
    } finally {
      busy = false
      arm()
    }
  }

  function tick(): void {
    clock.plan(clock.at + tickMs, tick)
    for (const [instrumentId, market] of core.markets) {
      if (market.state !== 'trading') continue
      market.tick()
      core.tell({ type: 'mark', instrumentId, mark: market.mark() })
    }
    strike(core, control, connections)
  }

  function planFunding(market: ServedMarket): void {
    const { fundingIntervalMs } = market.instrument
    if (fundingIntervalMs === undefined || market.state === 'delisted') {
      market.nextFundingAt = null
      return
    }
    const due = (Math.floor(clock.at / fundingIntervalMs) + 1) * fundingIntervalMs
    market.nextFundingAt = due + clock.skew
    clock.plan(due, () => {
      if (market.state === 'trading') settleFunding(core, market)
      planFunding(market)
    })
  }

  function addMarket(instrument: Instrument): ServedMarket {
    const settings = {
      seed: seed + core.markets.size,
      levels: config.levels ?? 40,
      participation: config.participation ?? 0.1,
    }
    const market: ServedMarket = new ServedMarket(instrument, settings, {
      now: () => clock.now(),
      told: (news) => core.tell({ instrumentId: instrument.id, ...news }),
      fillable(order) {
        const account = accountOf(core, order.accountId)
        const quantity = fillableOf(market, account, order)
        if (quantity <= 0) endOrder(core, market, account, order, 'canceled', 'positionGone')
        return quantity
      },
      fillMaker(order, price, quantity, { tradeId }) {
        const account = accountOf(core, order.accountId)
        bookFill(core, market, account, order, { price, quantity, liquidity: 'maker', tradeId })
      },
    })
    core.markets.set(instrument.id, market)
    planFunding(market)
    return market
  }

  async function playInto(
    market: ServedMarket,
    source: MarketSource,
    settings: PlaySettings,
    origin: UnixMs,
  ): Promise<void> {
    const { id } = market.instrument
    const reader = new TapeReader(source, id, advance)
    market.carries({ depth: reader.hasDepth, quotes: reader.hasQuotes })
    const playback = new Playback(reader, market, settings)
    await playback.open(clock.wall(), origin)
    playbacks.set(id, playback)
    if (control.isPaused()) playback.pause(clock.at)
  }

  function openAccount(spec: AccountSpec): AccountId {
    const id = `a${core.accounts.size + 1}` as AccountId
    const account = new Account({
      id,
      name: spec.name,
      mode: spec.positionMode ?? rules.positionMode,
      fees: spec.fees ?? rules.fees,
      leverage: spec.leverage ?? rules.leverage,
      marginMode: spec.marginMode ?? rules.marginMode,
    })
    core.accounts.set(id, account)
    for (const [currency, amount] of Object.entries(spec.balances))
      post(core, account, { kind: 'transfer', currency, amount })
    for (const given of spec.keys ?? [generatedKey()]) {
      const permissions = { read: true, trade: true, withdraw: false, ipRestricted: false, ...given.permissions }
      const key: ApiKey = { apiKey: given.apiKey, secret: given.secret, accountId: id, permissions }
      account.keys.push(key)
      core.keys.set(key.apiKey, key)
    }
    return id
  }

  const control: Control = createControl(core, {
    doing,
    openAccount,
    playbacks,
    speed: play.speed,
    async list(instrument, market) {
      const listed = addMarket(instrument)
      if ('price' in market) doing(() => listed.standAt(market.price))
      else {
        await playInto(listed, market.source, { ...play, historyMs: 0 }, market.source.segments[0]?.from ?? 0)
        advance()
      }
      doing(() => core.tell({ type: 'instrument', change: 'listed', instrument, state: listed.state }))
    },
  })

  for (const instrument of config.instruments ?? config.source.instruments) addMarket(instrument)
  for (const spec of config.accounts) openAccount(spec)

  return {
    core,
    control,
    connections,
    doing,
    now() {
      advance()
      return busy ? clock.now() : Math.round(clock.wall() + clock.skew)
    },
    after(delayMs, callback) {
      const drop = clock.plan(clock.wall() + delayMs, callback)
      if (!busy) arm()
      return drop
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async start() {
      const origin = Math.min(...config.source.segments.map(({ from }) => from))
      for (const market of core.markets.values()) await playInto(market, config.source, play, origin)
      clock.plan(clock.wall() + tickMs, tick)
      doing(() => {
        for (const market of core.markets.values()) market.settle()
      })
    },
    close() {
      closed = true
      clock.clear()
      unarm?.()
      unarm = null
      listeners.clear()
    },
  }
}

/** Random, so that no key of a test is ever the same as another's; the word says what it is. */
function generatedKey(): KeySpec {
  return { apiKey: `test-${randomBytes(8).toString('hex')}`, secret: randomBytes(16).toString('hex') }
}
