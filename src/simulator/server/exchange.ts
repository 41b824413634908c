import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Instrument, MarginTier } from '#model/instrument.ts'
import type { Money } from '#model/money.ts'
import type { ServedVenue } from '#model/served-exchange.ts'
import type { Control } from './control.ts'
import type { Faults } from './faults.ts'
import type {
  AccountId,
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
  MarginMode,
  Market,
  OrderRequest,
  Outcome,
  PositionMode,
  PositionRow,
  PositionSide,
  Ref,
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
  /** Throws `RangeError` for an instrument that was never listed. */
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
