import type { InstrumentId, OrderId, UnixMs, VenueId } from './ids.ts'
import type { Instrument, MarginTier } from './instrument.ts'
import type { Bar, Feed, MarketEvent, Side, Trade } from './market.ts'
import type { Money } from './money.ts'
import type { Order, OrderStatus, OrderType, TimeInForce, VenueEvent } from './order.ts'

/** An exchange as a session trades on it: a real one, ours on the wire, or ours in this process. */
export interface Venue extends MarketVenue {
  /** Absent without keys: market data only. */
  readonly account?: AccountVenue
}

/** Public market data of a venue. */
export interface MarketVenue {
  readonly id: VenueId
  /** Everything tradable now, with its grid, sizes, fees and margin tiers. Throws `VenueError`. */
  instruments(): Promise<readonly Instrument[]>
  /** Live market of chosen instruments, resumed by itself after any disconnect; what was missed is told as `feedGap`. */
  watch(wants: readonly Want[], listener: MarketListener): MarketWatch
  /** Closed bars `[from, to)`, ascending; the forming one is left out. Throws `VenueError`. */
  bars(range: HistoryRange & { readonly intervalMs: number }): AsyncIterable<readonly Bar[]>
  /** Public trades `[from, to)`, ascending, as far back as the venue tells them. Throws `VenueError`. */
  trades(range: HistoryRange): AsyncIterable<readonly Trade[]>
  /** How far back `trades` reaches: 0 = only the newest prints; absent = to the beginning. */
  readonly tradeHistoryMs?: number
  /** The venue's clock against ours, measured now; absent where time is ours. Throws `VenueError`. */
  measureClock?(): Promise<ClockOffset>
  close(): Promise<void>
}

export interface ClockOffset {
  /** The venue's clock less ours. */
  readonly offsetMs: number
  /** At most this far off: half of the shortest round trip. */
  readonly uncertaintyMs: number
}

export interface Want {
  readonly instrumentId: InstrumentId
  readonly feeds: readonly Feed[]
}

export interface HistoryRange {
  readonly instrumentId: InstrumentId
  readonly from: UnixMs
  readonly to: UnixMs
}

export interface MarketListener {
  /** Ascending by the venue's time within an instrument and feed; `receivedAt` is our clock. */
  onEvent(event: MarketEvent, receivedAt: UnixMs): void
  onStatus?(status: FeedStatus): void
}

/** How one feed of one instrument is doing. */
export interface FeedStatus {
  readonly instrumentId: InstrumentId
  readonly feed: Feed
  /** `live` = data comes; `stale` = silent for longer than expected; `resyncing` = the book is not valid now; `down` = no connection. */
  readonly state: 'connecting' | 'live' | 'stale' | 'resyncing' | 'down'
  readonly since: UnixMs
  readonly lastEventAt: UnixMs | null
  /** Why, for people. */
  readonly detail?: string
}

export interface MarketWatch {
  add(wants: readonly Want[]): void
  remove(instrumentIds: readonly InstrumentId[]): void
  status(): readonly FeedStatus[]
  stats(): LinkStats
  close(): Promise<void>
}

/** Counters since the start. */
export interface LinkStats {
  readonly messages: number
  readonly reconnects: number
  readonly gaps: number
  readonly resyncs: number
  /** Messages that did not parse, by reason; each was dropped, none was guessed at. */
  readonly rejected: Readonly<Record<string, number>>
}

/** Our account at a venue. Outcomes of requests arrive as events, at least once and in any order. */
export interface AccountVenue {
  /** Whatever the venue says of our orders, positions and balances. Returns how to stop. */
  subscribe(listener: (event: VenueEvent) => void): () => void
  /**
   * Sends an order under its `orderId` as client order id, once. Resolves when its fate has been told: `orderAccepted`, `orderRejected`
   * only on proof, else `orderUncertain` (and then whatever the look-up by client id finds). Never throws for the venue's doing.
   */
  submit(order: Order): Promise<void>
  /** Asks for the cancellation; `orderCanceled` or a fill tells how it went. Urgent: no budget, breaker or outage holds it back. */
  cancel(ref: OrderRef): Promise<CancelOutcome>
  /** Cancels every resting order, stops included; of one instrument where given. */
  cancelAll(instrumentId?: InstrumentId): Promise<void>
  /** By client order id, wherever it is; null = the venue does not know it now, which right after a timeout proves nothing. */
  findOrder(ref: OrderRef): Promise<OrderReport | null>
  openOrders(instrumentId?: InstrumentId): Promise<readonly OrderReport[]>
  /** Fills after the cursor, ascending; null = from the oldest the venue still tells. */
  fills(instrumentId: InstrumentId, cursor: FillCursor | null): Promise<FillPage>
  positions(): Promise<readonly PositionReport[]>
  balances(): Promise<readonly BalanceReport[]>
  /** Leverage and margin mode of an instrument; already so = done. */
  configure(instrumentId: InstrumentId, settings: MarginSettings): Promise<void>
  /** As `configure` left them, or somebody else; null = the venue does not tell it of an instrument without a position. */
  settings?(
    instrumentId: InstrumentId,
  ): Promise<{ readonly [Name in keyof MarginSettings]: MarginSettings[Name] | null }>
  fees(instrumentId: InstrumentId): Promise<FeeRates>
  riskTiers(instrumentId: InstrumentId): Promise<readonly MarginTier[]>
  /** Funding paid and received since a time, ascending. */
  fundingPaid(instrumentId: InstrumentId, from: UnixMs): Promise<readonly FundingPayment[]>
  /** What this key may do and how the account is set, without placing an order that could trade. */
  inspect(): Promise<AccountReport>
}

export interface OrderRef {
  readonly orderId: OrderId
  readonly instrumentId: InstrumentId
  /** Conditional orders live under other endpoints. */
  readonly type: OrderType
  readonly venueOrderId?: string
}

/** `gone` = the venue says there is nothing to cancel: filled or canceled before; `uncertain` = no answer. */
export type CancelOutcome = 'requested' | 'gone' | 'uncertain'

/** An order as the venue has it. */
export interface OrderReport {
  readonly orderId: OrderId | null
  readonly venueOrderId: string
  readonly instrumentId: InstrumentId
  readonly side: Side
  readonly type: OrderType | 'takeProfitMarket'
  readonly timeInForce: TimeInForce
  readonly status: OrderStatus
  /** Base units. */
  readonly quantity: number
  readonly filledQuantity: number
  readonly price: number | null
  readonly stopPrice: number | null
  readonly averagePrice: number | null
  readonly reduceOnly: boolean
  readonly time: UnixMs
}

/** Opaque, made by the venue's door; safe to store. */
export type FillCursor = string & { readonly __brand: 'FillCursor' }

export interface FillReport {
  readonly orderId: OrderId | null
  readonly venueOrderId: string
  readonly tradeId: string
  readonly instrumentId: InstrumentId
  readonly side: Side
  readonly price: number
  /** Base units. */
  readonly quantity: number
  /** Positive = paid, in `feeCurrency`. */
  readonly fee: Money
  readonly feeCurrency: string
  readonly liquidity: 'maker' | 'taker'
  /** Not ours: the venue closed the position by force. */
  readonly forced: 'liquidation' | 'adl' | null
  readonly time: UnixMs
}

export interface FillPage {
  readonly fills: readonly FillReport[]
  readonly next: FillCursor | null
}

export interface PositionReport {
  readonly instrumentId: InstrumentId
  /** Base units, signed; hedge mode reports long and short apart. */
  readonly quantity: number
  readonly entryPrice: number
  readonly markPrice: number | null
  readonly liquidationPrice: number | null
  readonly leverage: number | null
  readonly marginMode: 'isolated' | 'cross' | null
  readonly time: UnixMs
}

export interface BalanceReport {
  readonly currency: string
  /** Without unrealized profit. */
  readonly wallet: Money
  readonly available: Money
  readonly time: UnixMs
}

export interface MarginSettings {
  readonly leverage: number
  readonly marginMode: 'isolated' | 'cross'
}

/** Fractions of notional. */
export interface FeeRates {
  readonly maker: number
  readonly taker: number
}

export interface FundingPayment {
  readonly instrumentId: InstrumentId
  readonly time: UnixMs
  /** Positive = paid by us. */
  readonly amount: Money
  readonly rate: number | null
}

export interface AccountReport {
  readonly permissions: {
    readonly read: Permission
    readonly trade: Permission
    /** A key that may withdraw is refused. */
    readonly withdraw: Permission
    readonly ipRestricted: Permission
  }
  readonly positionMode: 'oneWay' | 'hedge' | 'unknown'
  /** The venue's clock less ours. */
  readonly clockOffsetMs: number
  /** What the venue said where something is not allowed. */
  readonly notes: readonly string[]
}
export type Permission = 'yes' | 'no' | 'unknown'

/** What became of a request: provably not done, worth repeating, unknown, or useless to repeat. */
export type RequestFate = 'refused' | 'retry' | 'unknown' | 'fatal'

/** A request that did not give an answer. `code` is the venue's own or a stable one of ours (`timeout`, `noConnection`, `malformed`). */
export class VenueError extends Error {
  override readonly name = 'VenueError'
  readonly venue: VenueId
  readonly fate: RequestFate
  readonly code: string

  constructor(venue: VenueId, fate: RequestFate, code: string, message: string, options?: { cause?: unknown }) {
    super(`${venue}: ${message} (${code})`, options)
    this.venue = venue
    this.fate = fate
    this.code = code
  }
}

/** Time and timers of everything that waits; tests drive them by hand. */
export interface Timers {
  /** Wall clock. */
  now(): UnixMs
  /** Calls back once; returns how to stop it. */
  after(delayMs: number, callback: () => void): () => void
}
