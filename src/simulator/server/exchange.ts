import { randomBytes } from 'node:crypto'
import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Instrument, MarginTier } from '#model/instrument.ts'
import type { Money } from '#model/money.ts'
import type { MarketSource } from '#model/source.ts'
import type { Timers } from '#model/venue.ts'
import { Account } from './account.ts'
import { ExchangeClock } from './clock.ts'
import {
  amendConditional,
  cancelConditional,
  cancelConditionals,
  findConditional,
  placeConditional,
  triggerReached,
} from './conditionals.ts'
import { configOf } from './configure.ts'
import { createConnections } from './connections.ts'
import { createControl, type Control } from './control.ts'
import { accountOf, type Core, post, type Telling } from './core.ts'
import { createFaults, type Faults } from './faults.ts'
import { checkLiquidations, settleFunding } from './forced.ts'
import { select } from './history.ts'
import { balanceRows, positionRow } from './margin.ts'
import { ServedMarket } from './market.ts'
import { amendOrder, cancelOrder, cancelOrders, findOrder, placeOrder, testOrder } from './orders.ts'
import { Playback, type PlaySettings } from './playback.ts'
import { bookFill, endOrder, fillableOf } from './settle.ts'
import { strike } from './strike.ts'
import { TapeReader } from './tape-reader.ts'
import { conditionalSnapshotOf } from './working-conditional.ts'
import { snapshotOf, type WorkingOrder } from './working-order.ts'
import type {
  AccountId,
  AccountSpec,
  ApiKey,
  BalanceRow,
  ConditionalOrder,
  ConditionalRequest,
  ExchangeEvent,
  ExchangeOrder,
  Fees,
  Fill,
  HistoryQuery,
  IncomeRow,
  InstrumentSettings,
  KeySpec,
  MarginMode,
  Market,
  OrderRequest,
  Outcome,
  PositionMode,
  PositionRow,
  PositionSide,
  Ref,
  ServedVenue,
  VenueRules,
} from './types.ts'

/**
 * One exchange, without any venue's words: its doors check signatures and limits, translate requests into these calls and events
 * into pushes. Every call first brings the market up to `now`; calls are synchronous, and events of what a call did are told before it returns.
 */
export interface Exchange {
  readonly venue: ServedVenue
  readonly rules: VenueRules
  readonly faults: Faults
  readonly control: Control
  /** Sockets of the doors, so that faults and the control page can cut them. */
  readonly connections: Connections

  /** The exchange's clock: the timers' clock with every jump and drift of the fault plan. Signatures are checked against it. */
  now(): UnixMs
  /** Calls back on the timers' clock; all are dropped on `close`. Returns how to stop it. */
  after(delayMs: number, callback: () => void): () => void
  /** Events as they happen, in causal order: order, then account. A listener must not throw. Returns how to stop. */
  subscribe(listener: (event: ExchangeEvent) => void): () => void

  // public
  instruments(): readonly Instrument[]
  /** Listed now or before; undefined = never heard of. A delisted market keeps its last state. */
  market(instrumentId: InstrumentId): Market | undefined

  // keys and accounts
  /** undefined = no such key. */
  key(apiKey: string): ApiKey | undefined
  positionMode(accountId: AccountId): PositionMode
  /** Refused with `openOrders` or `openPosition`, `noChange` when already so. */
  setPositionMode(accountId: AccountId, mode: PositionMode): Outcome<PositionMode>
  settings(accountId: AccountId, instrumentId: InstrumentId): InstrumentSettings
  /** Of one side where given. Refused with `leverage` above the tier's, `insufficientMargin`. */
  setLeverage(
    accountId: AccountId,
    instrumentId: InstrumentId,
    leverage: number,
    side?: 'long' | 'short',
  ): Outcome<InstrumentSettings>
  /** Refused with `openOrders`, `openPosition`, `noChange`. */
  setMarginMode(accountId: AccountId, instrumentId: InstrumentId, mode: MarginMode): Outcome<InstrumentSettings>
  /** Adds to (or, negative, takes from) the margin of an isolated position. */
  addMargin(accountId: AccountId, instrumentId: InstrumentId, side: PositionSide, amount: Money): Outcome<PositionRow>
  balances(accountId: AccountId): readonly BalanceRow[]
  /** Open ones only. */
  positions(accountId: AccountId, instrumentId?: InstrumentId): readonly PositionRow[]
  /** Closed ones, as they were when they became flat; at most 1 000 kept. */
  closedPositions(accountId: AccountId, query?: HistoryQuery): readonly PositionRow[]
  fees(accountId: AccountId, instrumentId: InstrumentId): Fees
  tiers(instrumentId: InstrumentId): readonly MarginTier[]
  income(accountId: AccountId, query?: HistoryQuery): readonly IncomeRow[]

  // orders
  /** `ok` = it exists, whatever became of it at once. Key permissions are the door's to check. */
  place(accountId: AccountId, request: OrderRequest): Outcome<ExchangeOrder>
  /** As `place`, changing nothing. */
  test(accountId: AccountId, request: OrderRequest): Outcome<null>
  /** Loses its place in the queue. Refused with `unknownOrder`, `notOpen`, `noChange`, or as `place`; a refused change keeps the order. */
  amend(
    accountId: AccountId,
    ref: Ref,
    change: { readonly price?: number; readonly quantity?: number },
  ): Outcome<ExchangeOrder>
  /** Refused with `unknownOrder` or `notOpen` (then with the order). */
  cancel(accountId: AccountId, ref: Ref): Outcome<ExchangeOrder>
  /** Conditional orders are not among them. */
  cancelAll(accountId: AccountId, instrumentId?: InstrumentId): readonly ExchangeOrder[]
  /** Cancels all open orders of the instrument when not called again within the time; 0 stops it. */
  countdown(accountId: AccountId, instrumentId: InstrumentId, delayMs: number): void
  order(accountId: AccountId, ref: Ref): ExchangeOrder | undefined
  /** Ascending by creation. */
  openOrders(accountId: AccountId, instrumentId?: InstrumentId): readonly ExchangeOrder[]
  /** All, open ones too, by creation; `afterId` and times are about the order's id and creation. At most 20 000 finished ones kept. */
  orders(accountId: AccountId, query?: HistoryQuery): readonly ExchangeOrder[]
  /** `afterId` is a `fillId`; at most 50 000 kept. */
  fills(accountId: AccountId, query?: HistoryQuery): readonly Fill[]

  // conditional orders
  placeConditional(accountId: AccountId, request: ConditionalRequest): Outcome<ConditionalOrder>
  /** Changes trigger and limit price in place. */
  amendConditional(
    accountId: AccountId,
    ref: Ref,
    change: { readonly triggerPrice?: number; readonly price?: number; readonly trigger?: 'last' | 'mark' | 'index' },
  ): Outcome<ConditionalOrder>
  /** `Ref.orderId` is the conditional id. */
  cancelConditional(accountId: AccountId, ref: Ref): Outcome<ConditionalOrder>
  cancelAllConditional(accountId: AccountId, instrumentId?: InstrumentId): readonly ConditionalOrder[]
  conditional(accountId: AccountId, ref: Ref): ConditionalOrder | undefined
  openConditionals(accountId: AccountId, instrumentId?: InstrumentId): readonly ConditionalOrder[]
  conditionals(accountId: AccountId, query?: HistoryQuery): readonly ConditionalOrder[]

  /** Reads the start of the recordings, so that markets exist, and begins to play them. */
  start(): Promise<void>
  /** Stops playing and every timer; doors close their own sockets. */
  close(): void
}

/** One socket of a door. */
export interface Connection {
  readonly id: string
  readonly kind: 'public' | 'private' | 'market'
  /** Once it is known whose it is. */
  readonly accountId?: AccountId
  readonly openedAt: UnixMs
  /** Cuts it at once, without a closing handshake where `code` is absent. */
  cut(code?: number, reason?: string): void
}

export interface Connections {
  /** Returns how to take it out, to be called when it has closed. */
  add(connection: Connection): () => void
  all(): readonly Connection[]
  /** Cuts those that fit; returns how many. */
  cutAll(fits?: (connection: Connection) => boolean): number
}

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

/** Throws `UserError` on a fault plan it cannot read. */
export function createExchange(config: ExchangeConfig): Exchange {
  const { venue, rules, timers, seed } = config
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

  const account = (accountId: AccountId): Account => accountOf(core, accountId)
  const configOfAccount = (accountId: AccountId) => configOf(core, account(accountId))

  return {
    venue,
    rules,
    faults,
    control,
    connections,
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
    instruments: () =>
      [...core.markets.values()].filter(({ state }) => state !== 'delisted').map(({ instrument }) => instrument),
    market(instrumentId) {
      advance()
      return core.markets.get(instrumentId)
    },
    key: (apiKey) => core.keys.get(apiKey),
    positionMode: (accountId) => account(accountId).mode,
    setPositionMode: (accountId, mode) => doing(() => configOfAccount(accountId).setPositionMode(mode)),
    settings: (accountId, instrumentId) => configOfAccount(accountId).settings(instrumentId),
    setLeverage: (accountId, instrumentId, leverage, side) =>
      doing(() => configOfAccount(accountId).setLeverage(instrumentId, leverage, side)),
    setMarginMode: (accountId, instrumentId, mode) =>
      doing(() => configOfAccount(accountId).setMarginMode(instrumentId, mode)),
    addMargin: (accountId, instrumentId, side, amount) =>
      doing(() => configOfAccount(accountId).addMargin(instrumentId, side, amount)),
    balances: (accountId) => doing(() => balanceRows(core, accountId)),
    positions: (accountId, instrumentId) =>
      doing(() =>
        [...account(accountId).positions.values()]
          .filter(
            ({ held, instrumentId: of }) => held.quantity !== 0 && (instrumentId === undefined || of === instrumentId),
          )
          .map((position) => positionRow(core, account(accountId), position)),
      ),
    closedPositions: (accountId, query = {}) =>
      select(account(accountId).closed.items, query, (row) => ({
        id: row.positionId,
        time: row.updatedAt,
        instrumentId: row.instrumentId,
      })),
    fees: (accountId) => account(accountId).fees,
    tiers: (instrumentId): readonly MarginTier[] => core.markets.get(instrumentId)?.instrument.marginTiers ?? [],
    income: (accountId, query = {}) =>
      doing(() =>
        select(account(accountId).income.items, query, (row) => ({
          id: row.incomeId,
          time: row.time,
          instrumentId: row.instrumentId,
        })),
      ),
    place: (accountId, request) => doing(() => placeOrder(core, accountId, request)),
    test: (accountId, request) => doing(() => testOrder(core, accountId, request)),
    amend: (accountId, ref, change) => doing(() => amendOrder(core, accountId, ref, change)),
    cancel: (accountId, ref) => doing(() => cancelOrder(core, accountId, ref)),
    cancelAll: (accountId, instrumentId) =>
      doing(() =>
        cancelOrders(
          core,
          account(accountId),
          (order) => instrumentId === undefined || order.instrumentId === instrumentId,
        ),
      ),
    countdown(accountId, instrumentId, delayMs) {
      const countdowns = account(accountId).countdowns
      countdowns.get(instrumentId)?.()
      countdowns.delete(instrumentId)
      if (delayMs <= 0) return
      const drop = clock.plan(clock.wall() + delayMs, () => {
        countdowns.delete(instrumentId)
        cancelOrders(core, account(accountId), (order) => order.instrumentId === instrumentId, 'countdown')
      })
      countdowns.set(instrumentId, drop)
      if (!busy) arm()
    },
    order: (accountId, ref) => doing(() => toldOrder(findOrder(account(accountId), ref))),
    openOrders: (accountId, instrumentId) =>
      doing(() =>
        openOrdersOf(account(accountId)).filter(
          (order) => instrumentId === undefined || order.instrumentId === instrumentId,
        ),
      ),
    orders: (accountId, query = {}) =>
      doing(() => {
        const { finished } = account(accountId)
        const all = [...finished.items, ...openOrdersOf(account(accountId))].toSorted(byOrderId)
        return select(all, query, (order) => ({
          id: order.orderId,
          time: order.createdAt,
          instrumentId: order.instrumentId,
        }))
      }),
    fills: (accountId, query = {}) =>
      doing(() =>
        select(account(accountId).fills.items, query, (fill) => ({
          id: fill.fillId,
          time: fill.time,
          instrumentId: fill.instrumentId,
        })),
      ),
    placeConditional: (accountId, request) => doing(() => placeConditional(core, accountId, request)),
    amendConditional: (accountId, ref, change) => doing(() => amendConditional(core, accountId, ref, change)),
    cancelConditional: (accountId, ref) => doing(() => cancelConditional(core, accountId, ref)),
    cancelAllConditional: (accountId, instrumentId) =>
      doing(() =>
        cancelConditionals(
          core,
          account(accountId),
          (order) => instrumentId === undefined || order.instrumentId === instrumentId,
        ),
      ),
    conditional: (accountId, ref) => doing(() => findConditional(account(accountId), ref)),
    openConditionals: (accountId, instrumentId) =>
      doing(() =>
        [...account(accountId).conditionals.values()]
          .filter(
            (order) => order.status === 'new' && (instrumentId === undefined || order.instrumentId === instrumentId),
          )
          .map(conditionalSnapshotOf),
      ),
    conditionals: (accountId, query = {}) =>
      doing(() => {
        const open = [...account(accountId).conditionals.values()].map(conditionalSnapshotOf)
        const all = [...account(accountId).finishedConditionals.items, ...open].toSorted((a, b) =>
          Number(BigInt(a.conditionalId) - BigInt(b.conditionalId)),
        )
        return select(all, query, (order) => ({
          id: order.conditionalId,
          time: order.createdAt,
          instrumentId: order.instrumentId,
        }))
      }),
    async start() {
      const origin = Math.min(...config.source.segments.map(({ from }) => from))
      for (const market of [...core.markets.values()]) await playInto(market, config.source, play, origin)
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

function openOrdersOf(account: Account): readonly ExchangeOrder[] {
  return [...account.open.values()].map(snapshotOf).toSorted(byOrderId)
}

/** Open ones are worked on: only a snapshot leaves. */
function toldOrder(order: ExchangeOrder | undefined): ExchangeOrder | undefined {
  return order === undefined || !('queueAhead' in order) ? order : snapshotOf(order as WorkingOrder)
}

function byOrderId(a: ExchangeOrder, b: ExchangeOrder): number {
  return a.orderId.length - b.orderId.length || (a.orderId < b.orderId ? -1 : 1)
}

/** Random, so that no key of a test is ever the same as another's; the word says what it is. */
function generatedKey(): KeySpec {
  return { apiKey: `test-${randomBytes(8).toString('hex')}`, secret: randomBytes(16).toString('hex') }
}
