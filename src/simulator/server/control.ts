import { UserError } from '#model/failure.ts'
import type { InstrumentId } from '#model/ids.ts'
import { floorQuantity, type Instrument } from '#model/instrument.ts'
import type { MarketSource } from '#model/source.ts'
import type { Money } from '#model/money.ts'
import type { HeldPosition } from './account.ts'
import { offGrid } from './checks.ts'
import { cancelConditionals } from './conditionals.ts'
import { configOf } from './configure.ts'
import { accountOf, type Core, post } from './core.ts'
import { closeAt, liquidatePosition, settleFunding } from './forced.ts'
import { markOf } from './margin.ts'
import type { ServedMarket } from './market.ts'
import { cancelOrders, placeOrder } from './orders.ts'
import type { Playback } from './playback.ts'
import { tellAccount } from './settle.ts'
import type { TapeSink } from './tape-reader.ts'
import type {
  AccountId,
  AccountSpec,
  ApiKey,
  ExchangeOrder,
  Fees,
  KeyPermissions,
  MarginMode,
  Outcome,
  PositionSide,
} from './types.ts'

/** What the exchange does by itself or its operator does to it; the control page, fault plans and tests use it. */
export interface Control {
  accounts(): readonly { readonly accountId: AccountId; readonly name: string; readonly keys: readonly ApiKey[] }[]
  openAccount(spec: AccountSpec): AccountId
  setPermissions(apiKey: string, permissions: Partial<KeyPermissions>): void
  setFees(accountId: AccountId, fees: Fees): void
  /** Into (or, negative, out of) the wallet. */
  transfer(accountId: AccountId, currency: string, amount: Money): void
  /** As if the mark had reached its liquidation price. False = no such position. */
  liquidate(accountId: AccountId, instrumentId: InstrumentId, side?: PositionSide): boolean
  /** Takes a share of a position away at the mark price, without fee. */
  deleverage(accountId: AccountId, instrumentId: InstrumentId, side?: PositionSide, share?: number): boolean
  /** An order made in the venue's app: no client id. Without quantity it closes what is there. */
  trade(
    accountId: AccountId,
    instrumentId: InstrumentId,
    order: { readonly side?: 'buy' | 'sell'; readonly quantity?: number; readonly positionSide?: PositionSide },
  ): Outcome<ExchangeOrder>
  setLeverage(accountId: AccountId, instrumentId: InstrumentId, leverage: number): void
  /** Whatever is open. */
  setMarginMode(accountId: AccountId, instrumentId: InstrumentId, mode: MarginMode): void
  /** Settles funding now; without a rate, at the predicted one. */
  settleFunding(instrumentId: InstrumentId, rate?: number): void
  halt(instrumentId: InstrumentId): void
  resume(instrumentId: InstrumentId): void
  /** Orders are canceled, positions settled at the mark price, the market ends. */
  delist(instrumentId: InstrumentId): void
  /** Rows told to a market by hand: a live market's, or a test's. Depth and quotes as `carries` of a recording. */
  tape(instrumentId: InstrumentId, feeds: { readonly depth: boolean; readonly quotes: boolean }): TapeSink
  /** A new market, played from its source; without a source it stands still at `price` with a made-up book. */
  list(instrument: Instrument, market: { readonly source: MarketSource } | { readonly price: number }): Promise<void>
  /** Changes tick, lot, minimum, tiers…; orders off the new grid are canceled. */
  change(instrumentId: InstrumentId, change: Partial<Omit<Instrument, 'id'>>): void
  /** One public print far from the market, which nothing else follows. */
  absurdPrint(instrumentId: InstrumentId, factor: number): void
  /** Moves the exchange's clock, by itself and for good. */
  jumpClock(offsetMs: number): void
  setDrift(ppm: number): void
  play(): void
  pause(): void
  /** Market seconds per second of the clock. */
  setSpeed(speed: number): void
  isPaused(): boolean
  speed(): number
}

/** What control needs of the exchange around the core. */
export interface ControlHost {
  /** Runs a change as the exchange runs requests. */
  doing<T>(change: () => T): T
  readonly openAccount: Control['openAccount']
  readonly playbacks: ReadonlyMap<InstrumentId, Playback>
  readonly list: Control['list']
  readonly speed: number
}

/** Throws `UserError` where an instrument, account or key does not exist. */
export function createControl(core: Core, host: ControlHost): Control {
  const { playbacks } = host
  const doing = <T>(change: () => T): T => host.doing(change)
  let paused = false
  let playing = host.speed

  const marketOf = (instrumentId: InstrumentId): ServedMarket => {
    const market = core.markets.get(instrumentId)
    if (market !== undefined) return market
    throw unknown('instrument', instrumentId, [...core.markets.keys()])
  }
  const positionOf = (
    accountId: AccountId,
    instrumentId: InstrumentId,
    side?: PositionSide,
  ): HeldPosition | undefined => {
    marketOf(instrumentId)
    return [...accountIn(core, accountId).positions.values()].find(
      (position) =>
        position.instrumentId === instrumentId &&
        position.held.quantity !== 0 &&
        (side === undefined || position.positionSide === side),
    )
  }
  const setState = (instrumentId: InstrumentId, state: 'trading' | 'halted'): void => {
    const market = marketOf(instrumentId)
    if (market.state === state || market.state === 'delisted') return
    market.end(state)
    core.tell({ type: 'instrument', change: 'state', instrument: market.instrument, state })
    market.settle()
  }

  return {
    accounts: () => [...core.accounts.values()].map(({ id, name, keys }) => ({ accountId: id, name, keys: [...keys] })),
    openAccount: (spec) => host.openAccount(spec),
    setPermissions(apiKey, permissions) {
      const key = core.keys.get(apiKey)
      if (key === undefined) throw unknown('key', apiKey, [])
      const changed: ApiKey = { ...key, permissions: { ...key.permissions, ...permissions } }
      core.keys.set(apiKey, changed)
      const { keys } = accountIn(core, key.accountId)
      keys.splice(keys.indexOf(key), 1, changed)
    },
    setFees(accountId, fees) {
      accountIn(core, accountId).fees = fees
    },
    transfer: (accountId, currency, amount) =>
      doing(() => {
        const account = accountIn(core, accountId)
        post(core, account, { kind: 'transfer', currency, amount })
        tellAccount(core, account, 'transfer', null, { currency })
      }),
    liquidate: (accountId, instrumentId, side) =>
      doing(() => {
        const position = positionOf(accountId, instrumentId, side)
        if (position !== undefined) liquidatePosition(core, accountIn(core, accountId), position)
        return position !== undefined
      }),
    deleverage: (accountId, instrumentId, side, share = 1) =>
      doing(() => {
        const position = positionOf(accountId, instrumentId, side)
        if (position === undefined) return false
        const { instrument } = marketOf(instrumentId)
        const size = Math.abs(position.held.quantity)
        const quantity = Math.min(size, Math.max(instrument.lotSize, floorQuantity(instrument, size * share)))
        const price = markOf(marketOf(instrumentId))
        closeAt(core, accountIn(core, accountId), position, { price, quantity, origin: 'adl', feeRate: 0 })
        return true
      }),
    trade: (accountId, instrumentId, { side, quantity, positionSide }) =>
      doing(() => {
        const position = positionOf(accountId, instrumentId, positionSide)
        const held = position?.held.quantity ?? 0
        const { mode } = accountIn(core, accountId)
        return placeOrder(
          core,
          accountId,
          {
            instrumentId,
            side: side ?? (held > 0 ? 'sell' : 'buy'),
            positionSide: positionSide ?? position?.positionSide ?? (mode === 'hedge' ? 'long' : 'net'),
            type: 'market',
            quantity: quantity ?? Math.abs(held),
          },
          { origin: 'manual' },
        )
      }),
    setLeverage: (accountId, instrumentId, leverage) =>
      doing(() => void configOf(core, accountIn(core, accountId)).setLeverage(instrumentId, leverage, undefined, true)),
    setMarginMode: (accountId, instrumentId, mode) =>
      doing(() => void configOf(core, accountIn(core, accountId)).setMarginMode(instrumentId, mode, true)),
    settleFunding: (instrumentId, rate) => doing(() => settleFunding(core, marketOf(instrumentId), rate)),
    halt: (instrumentId) => doing(() => setState(instrumentId, 'halted')),
    resume: (instrumentId) => doing(() => setState(instrumentId, 'trading')),
    delist: (instrumentId) => doing(() => delist(core, marketOf(instrumentId))),
    tape(instrumentId, feeds) {
      const market = marketOf(instrumentId)
      market.carries(feeds)
      return {
        print: (...row) => doing(() => market.print(...row)),
        quote: (...row) => doing(() => market.quote(...row)),
        event: (event) => doing(() => market.event(event)),
      }
    },
    list: (instrument, market) => host.list(instrument, market),
    change: (instrumentId, change) => doing(() => regrid(core, marketOf(instrumentId), change)),
    absurdPrint: (instrumentId, factor) => doing(() => marketOf(instrumentId).absurd(factor)),
    jumpClock: (offsetMs) => core.clock.jump(offsetMs),
    setDrift: (ppm) => core.clock.setDrift(ppm),
    play: () =>
      doing(() => {
        paused = false
        for (const playback of playbacks.values()) playback.play(core.clock.at)
      }),
    pause: () =>
      doing(() => {
        paused = true
        for (const playback of playbacks.values()) playback.pause(core.clock.at)
      }),
    setSpeed: (speed) =>
      doing(() => {
        if (!(speed > 0 && speed <= 1_000)) {
          throw new UserError({
            code: 'invalidNumber',
            message: `a speed of ${speed} cannot be played`,
            where: 'speed',
            remedy: 'use a number above 0 and up to 1000',
          })
        }
        playing = speed
        for (const playback of playbacks.values()) playback.setSpeed(speed, core.clock.at)
      }),
    isPaused: () => paused,
    speed: () => playing,
  }
}

/** Orders go, positions are settled at the mark price, the book empties. */
function delist(core: Core, market: ServedMarket): void {
  if (market.state === 'delisted') return
  const { id } = market.instrument
  const own = ({ instrumentId }: { readonly instrumentId: InstrumentId }): boolean => instrumentId === id
  market.state = 'halted'
  for (const account of core.accounts.values()) {
    cancelOrders(core, account, own, 'delisted')
    cancelConditionals(core, account, own, 'delisted')
    for (const position of account.positions.values()) {
      const quantity = Math.abs(position.held.quantity)
      if (!own(position) || quantity === 0) continue
      closeAt(core, account, position, { price: markOf(market), quantity, origin: 'settlement', feeRate: 0 })
    }
  }
  market.end('delisted')
  core.tell({ type: 'instrument', change: 'state', instrument: market.instrument, state: 'delisted' })
}

/** A new grid: what rests off it is canceled. */
function regrid(core: Core, market: ServedMarket, change: Partial<Omit<Instrument, 'id'>>): void {
  const instrument: Instrument = { ...market.instrument, ...change }
  for (const account of core.accounts.values()) {
    const off = (order: {
      readonly instrumentId: InstrumentId
      readonly price: number | null
      readonly quantity: number
    }): boolean =>
      order.instrumentId === instrument.id &&
      ((order.price !== null && offGrid(order.price, instrument.tickSize)) ||
        offGrid(order.quantity, instrument.lotSize))
    cancelOrders(core, account, off, 'tickChange')
    cancelConditionals(
      core,
      account,
      (order) =>
        off(order) || (order.instrumentId === instrument.id && offGrid(order.triggerPrice, instrument.tickSize)),
      'tickChange',
    )
  }
  market.change(instrument)
  core.tell({ type: 'instrument', change: 'grid', instrument, state: market.state })
}

function accountIn(core: Core, accountId: AccountId) {
  if (!core.accounts.has(accountId)) throw unknown('account', accountId, [...core.accounts.keys()])
  return accountOf(core, accountId)
}

function unknown(what: string, name: string, known: readonly string[]): UserError {
  return new UserError({
    code: 'notFound',
    message: `there is no ${what} ${name}`,
    where: what,
    remedy: known.length === 0 ? `ask for the list of ${what}s` : `there are ${known.slice(0, 8).join(', ')}`,
    exit: 'notFound',
  })
}
