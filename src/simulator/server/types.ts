import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { Side } from '#model/market.ts'
import type { Money } from '#model/money.ts'
import type { TimeInForce } from '#model/order.ts'

export type AccountId = string & { readonly __brand: 'AccountId' }

/** `net` in one-way mode; `long` and `short` in hedge mode. */
export type PositionSide = 'net' | 'long' | 'short'
export type MarginMode = 'isolated' | 'cross'
export type PositionMode = 'oneWay' | 'hedge'

/** Where venues differ in what their core does, not in how they word it. */
export interface VenueRules {
  /** `open` = unique among open orders, free again afterwards (Binance); `ever` = never again (MEXC). */
  readonly clientIds: 'open' | 'ever'
  /** These refusals become an order record (`rejected`, or `canceled` with nothing filled) and an event instead of a refusal: MEXC acknowledges first. */
  readonly acknowledgedRefusals: readonly RefusalCode[]
  /** An amended order gets a new id (MEXC) or keeps its own (Binance). */
  readonly amendGivesNewId: boolean
  /** `freeze` = closing orders reserve the position and more than it is refused (MEXC); `reduce` = they are cut to it when they fill (Binance). */
  readonly closingOrders: 'freeze' | 'reduce'
  /** What happens to the maker when an account meets itself. */
  readonly selfTrade: 'allow' | 'expireMaker' | 'expireTaker'
  readonly positionMode: PositionMode
  readonly marginMode: MarginMode
  readonly leverage: number
  readonly maxOpenOrders: number
  readonly maxConditionalOrders: number
  /** Limit prices farther from the mark than this fraction are refused. */
  readonly priceBand: number
  /** First id of orders, counted up; MEXC's have 18 digits. Conditional orders and fills have their own. */
  readonly firstOrderId: bigint
  readonly firstConditionalId: bigint
  /** What an account pays unless told otherwise; fractions. null = what each instrument charges. */
  readonly fees: Fees | null
}

export interface Fees {
  readonly maker: number
  readonly taker: number
}

/** An account to open. Without keys one pair is generated from the seed. */
export interface AccountSpec {
  readonly name: string
  /** Currency → amount. */
  readonly balances: Readonly<Record<string, Money>>
  readonly keys?: readonly KeySpec[]
  readonly positionMode?: PositionMode
  readonly marginMode?: MarginMode
  readonly leverage?: number
  readonly fees?: Fees
}

export interface KeySpec {
  readonly apiKey: string
  readonly secret: string
  readonly permissions?: Partial<KeyPermissions>
}

export interface KeyPermissions {
  readonly read: boolean
  /** False = order entry is switched off for this key. */
  readonly trade: boolean
  readonly withdraw: boolean
  readonly ipRestricted: boolean
}

/** A key as the door needs it to check a signature. The secret never leaves the process but in the CLI's first lines and the control API. */
export interface ApiKey {
  readonly apiKey: string
  readonly secret: string
  readonly accountId: AccountId
  readonly permissions: KeyPermissions
}

// ── orders ────────────────────────────────────────────────────────────────────

export interface OrderRequest {
  readonly instrumentId: InstrumentId
  readonly side: Side
  /** Absent = `net`; must fit the account's position mode. */
  readonly positionSide?: PositionSide
  readonly type: 'market' | 'limit'
  /** Absent = `gtc`; market orders are `ioc` whatever is said. */
  readonly timeInForce?: TimeInForce
  /** Base units. */
  readonly quantity: number
  readonly price?: number
  /** Absent = false. In hedge mode the side and position side say it already. */
  readonly reduceOnly?: boolean
  readonly clientId?: string
  /** Only for the position this order opens, where given (MEXC); else the instrument's setting. */
  readonly leverage?: number
  readonly marginMode?: MarginMode
  readonly selfTrade?: VenueRules['selfTrade']
  /** Canceled as expired at this time (GTD). */
  readonly expiresAt?: UnixMs
}

/** By the venue's id or the client's; ids win. */
export interface Ref {
  readonly instrumentId?: InstrumentId
  readonly orderId?: string
  readonly clientId?: string
}

export type OrderStatus = 'new' | 'partiallyFilled' | 'filled' | 'canceled' | 'expired' | 'rejected'

/** Why an order ended without being filled whole. */
export type OrderReason =
  | RefusalCode
  | 'requested'
  | 'remainder'
  | 'liquidated'
  | 'adl'
  | 'delisted'
  | 'tickChange'
  | 'positionGone'
  | 'selfTrade'
  | 'expired'
  | 'countdown'
  | 'amended'
  | 'system'

/** Who made the order. */
export type OrderOrigin = 'client' | 'conditional' | 'liquidation' | 'adl' | 'settlement' | 'manual'

/** A snapshot: later changes come as new objects. */
export interface ExchangeOrder {
  readonly orderId: string
  readonly clientId: string | null
  readonly accountId: AccountId
  readonly instrumentId: InstrumentId
  readonly side: Side
  readonly positionSide: PositionSide
  readonly type: 'market' | 'limit'
  readonly timeInForce: TimeInForce
  /** Base units. */
  readonly quantity: number
  readonly filledQuantity: number
  /** null on market orders. */
  readonly price: number | null
  /** null until something filled. */
  readonly averagePrice: number | null
  /** Price × quantity of what filled. */
  readonly filledNotional: Money
  readonly reduceOnly: boolean
  readonly status: OrderStatus
  readonly reason: OrderReason | null
  readonly origin: OrderOrigin
  readonly leverage: number
  readonly marginMode: MarginMode
  /** Positive = paid. */
  readonly fee: Money
  /** Without fees. */
  readonly realizedProfit: Money
  /** The conditional order it came from. */
  readonly conditionalId: string | null
  readonly createdAt: UnixMs
  readonly updatedAt: UnixMs
  /** Counts this order's changes from 1. */
  readonly version: number
}

export interface Fill {
  /** Unique at this exchange. */
  readonly fillId: string
  /** The public trade it was part of; unique within the instrument. */
  readonly tradeId: string
  readonly orderId: string
  readonly clientId: string | null
  readonly accountId: AccountId
  readonly instrumentId: InstrumentId
  readonly side: Side
  readonly positionSide: PositionSide
  readonly price: number
  readonly quantity: number
  readonly liquidity: 'maker' | 'taker'
  /** Positive = paid. */
  readonly fee: Money
  readonly feeCurrency: string
  /** Without fees. */
  readonly realizedProfit: Money
  readonly origin: OrderOrigin
  readonly reduceOnly: boolean
  readonly time: UnixMs
}

export type ConditionalKind = 'stopMarket' | 'takeProfitMarket' | 'stopLimit' | 'takeProfitLimit'

export interface ConditionalRequest {
  readonly instrumentId: InstrumentId
  readonly side: Side
  readonly positionSide?: PositionSide
  readonly kind: ConditionalKind
  readonly triggerPrice: number
  /** Which price must get there. Absent = `last`. */
  readonly trigger?: 'last' | 'mark' | 'index'
  /** From which side; absent = as kind and side imply (a sell stop triggers `below`). */
  readonly direction?: 'above' | 'below'
  /** Base units; absent with `closePosition`. */
  readonly quantity?: number
  readonly closePosition?: boolean
  readonly reduceOnly?: boolean
  /** Of the limit kinds. */
  readonly price?: number
  readonly timeInForce?: TimeInForce
  readonly clientId?: string
  readonly leverage?: number
  readonly marginMode?: MarginMode
  readonly expiresAt?: UnixMs
  /** Refuses a trigger that is already reached (Binance −2021); else it triggers at once. */
  readonly refuseReached?: boolean
}

/** `triggered` = its order was sent (`orderId`); `finished` = that order ended; `rejected` = that order was refused. */
export type ConditionalStatus = 'new' | 'triggered' | 'finished' | 'canceled' | 'expired' | 'rejected'

export interface ConditionalOrder {
  readonly conditionalId: string
  readonly clientId: string | null
  readonly accountId: AccountId
  readonly instrumentId: InstrumentId
  readonly side: Side
  readonly positionSide: PositionSide
  readonly kind: ConditionalKind
  readonly triggerPrice: number
  readonly trigger: 'last' | 'mark' | 'index'
  readonly direction: 'above' | 'below'
  /** 0 with `closePosition`. */
  readonly quantity: number
  readonly closePosition: boolean
  readonly reduceOnly: boolean
  readonly price: number | null
  readonly timeInForce: TimeInForce
  readonly leverage: number
  readonly marginMode: MarginMode
  readonly expiresAt: UnixMs | null
  readonly status: ConditionalStatus
  readonly reason: OrderReason | null
  /** The order it became. */
  readonly orderId: string | null
  readonly createdAt: UnixMs
  readonly triggeredAt: UnixMs | null
  readonly updatedAt: UnixMs
  readonly version: number
}

/** Why the exchange refuses; each door has its own code for each. */
export type RefusalCode =
  | 'unknownInstrument'
  | 'halted'
  | 'delisted'
  | 'noPermission'
  | 'positionSideMismatch'
  | 'invalidQuantity'
  | 'lotSize'
  | 'minQuantity'
  | 'maxQuantity'
  | 'minNotional'
  | 'invalidPrice'
  | 'tickSize'
  | 'priceBand'
  | 'leverage'
  | 'maxPosition'
  | 'insufficientMargin'
  | 'postOnlyWouldTake'
  | 'fokUnfilled'
  | 'reduceOnlyRejected'
  | 'noPosition'
  | 'duplicateClientId'
  | 'tooManyOrders'
  | 'tooManyConditionals'
  | 'wouldTrigger'
  | 'liquidating'
  | 'noMarket'
  | 'unknownOrder'
  | 'notOpen'
  | 'noChange'
  | 'openOrders'
  | 'openPosition'
  | 'injected'

export interface Refusal {
  readonly code: RefusalCode
  /** In our words, for logs; doors word it as the venue does. */
  readonly message: string
}

/** What a request came to: its result, or a refusal that changed nothing. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal; readonly order?: ExchangeOrder }

// ── accounts ──────────────────────────────────────────────────────────────────

export interface PositionRow {
  readonly positionId: string
  readonly accountId: AccountId
  readonly instrumentId: InstrumentId
  readonly positionSide: PositionSide
  /** Base units; signed, also in hedge mode (short is negative); 0 = flat. */
  readonly quantity: number
  /** 0 when flat. */
  readonly entryPrice: number
  readonly markPrice: number
  readonly leverage: number
  readonly marginMode: MarginMode
  /** Isolated margin set aside; 0 in cross. */
  readonly isolatedMargin: Money
  readonly initialMargin: Money
  readonly maintenanceMargin: Money
  readonly unrealizedProfit: Money
  /** Since the position was opened, fees aside. */
  readonly realizedProfit: Money
  /** Of the position since it was opened; positive = paid. */
  readonly fees: Money
  readonly funding: Money
  /** null = none at a price above 0. */
  readonly liquidationPrice: number | null
  /** Reserved by closing orders (`closingOrders: 'freeze'`), base units ≥ 0. */
  readonly frozenQuantity: number
  /** What was closed since it was opened, base units ≥ 0, and the average price of that (0 = nothing). */
  readonly closedQuantity: number
  readonly closeAveragePrice: number
  /** 1 (last in the queue) to 5 (first), by profit × leverage. */
  readonly adlLevel: number
  readonly openedAt: UnixMs
  readonly updatedAt: UnixMs
}

export interface BalanceRow {
  readonly accountId: AccountId
  readonly currency: string
  /** Everything booked, isolated margins included, unrealized profit not. */
  readonly wallet: Money
  /** Wallet less isolated margins. */
  readonly crossWallet: Money
  readonly unrealizedProfit: Money
  /** Initial margin of cross positions plus isolated margins. */
  readonly positionMargin: Money
  /** Reserved for open orders. */
  readonly orderMargin: Money
  readonly maintenanceMargin: Money
  /** Free for new orders, never below 0. */
  readonly available: Money
  /** Wallet plus unrealized profit. */
  readonly equity: Money
}

/** Leverage and margin mode of an instrument; long and short differ only where set apart. */
export interface InstrumentSettings {
  readonly leverage: { readonly long: number; readonly short: number }
  readonly marginMode: MarginMode
}

export type IncomeKind = 'realizedProfit' | 'fee' | 'funding' | 'liquidationFee' | 'transfer' | 'insuranceClear'

/** One posting to a wallet: their sum is the wallet. */
export interface IncomeRow {
  readonly incomeId: string
  readonly accountId: AccountId
  readonly kind: IncomeKind
  /** Positive = received. */
  readonly amount: Money
  readonly currency: string
  readonly instrumentId: InstrumentId | null
  readonly tradeId: string | null
  readonly positionSide: PositionSide | null
  /** Of funding. */
  readonly rate: number | null
  /** Position in base units when funding was settled. */
  readonly quantity: number | null
  readonly time: UnixMs
}

/** Ascending; `from`/`to` as `[from, to]` of `time`; `afterId` exclusive; the first `limit`, or with `newest` the last `limit`. */
export interface HistoryQuery {
  readonly instrumentId?: InstrumentId
  readonly from?: UnixMs
  readonly to?: UnixMs
  readonly afterId?: string
  readonly limit?: number
  readonly newest?: boolean
}

// ── markets ───────────────────────────────────────────────────────────────────

export type MarketState = 'trading' | 'halted' | 'delisted'

/** A price of the book. */
export interface Level {
  readonly price: number
  /** Base units. */
  readonly size: number
  /** Resting orders there, at least 1. */
  readonly orders: number
}

export interface BookSnapshot {
  /** Of the last change in it. */
  readonly version: number
  readonly time: UnixMs
  /** Best first. */
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}

/** One changed level; versions count up by one with no hole. Size 0 = gone. */
export interface LevelChange {
  readonly version: number
  readonly time: UnixMs
  readonly side: 'bid' | 'ask'
  readonly price: number
  readonly size: number
  readonly orders: number
}

export interface PublicTrade {
  /** Digits, counted per instrument. */
  readonly tradeId: string
  readonly time: UnixMs
  readonly price: number
  readonly quantity: number
  /** The taker's. */
  readonly side: Side
  /** What it did to open interest: MEXC's `O`. */
  readonly opens: 'open' | 'close' | 'none'
}

/** Best bid and ask; `version` is the book's. */
export interface Top {
  readonly version: number
  readonly time: UnixMs
  readonly bid: number
  readonly bidSize: number
  readonly ask: number
  readonly askSize: number
}

/** Bar by its open time; `closed` = its interval is over. A minute without trades has a flat one at the close before it. */
export interface ServedBar {
  readonly openTime: UnixMs
  readonly intervalMs: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  /** Base units; quote units; taker buys of both. */
  readonly volume: number
  readonly notional: number
  readonly buyVolume: number
  readonly buyNotional: number
  readonly trades: number
  readonly firstTradeId: string | null
  readonly lastTradeId: string | null
  readonly closed: boolean
}

export interface MarkState {
  readonly time: UnixMs
  /** Fair price: what liquidates. */
  readonly mark: number
  readonly index: number
  /** Predicted: keeps moving until it is settled. */
  readonly fundingRate: number
  /** Absent funding (spot) = null. */
  readonly nextFundingAt: UnixMs | null
}

/** The last 24 h, or what there is of it. */
export interface DayStats {
  readonly openTime: UnixMs
  readonly closeTime: UnixMs
  readonly open: number
  readonly high: number
  readonly low: number
  readonly last: number
  readonly lastQuantity: number
  readonly volume: number
  readonly notional: number
  readonly trades: number
  readonly firstTradeId: string | null
  readonly lastTradeId: string | null
}

export interface SettledFunding {
  readonly time: UnixMs
  readonly rate: number
  readonly mark: number
}

/** One instrument's public market, for reading. */
export interface Market {
  /** Its present grid and sizes. */
  readonly instrument: Instrument
  readonly state: MarketState
  readonly listedAt: UnixMs
  /** null before anything traded. */
  last(): PublicTrade | null
  /** null while the book has no two sides (delisted, or a recording without a market yet). */
  top(): Top | null
  /** At most `limit` levels a side; all without. */
  book(limit?: number): BookSnapshot
  /** As `book`, but as it was some time ago: what a cache in front of a venue answers. At most 60 s, else the oldest kept. */
  staleBook(agoMs: number, limit?: number): BookSnapshot
  /** Changes after a version, ascending; null when some of them are no longer kept (20 000 are). */
  changesAfter(version: number): readonly LevelChange[] | null
  /** Ascending, the newest `limit` of at most 5 000 kept. */
  trades(limit: number): readonly PublicTrade[]
  /** Ascending, `from ≤ openTime ≤ to`, the forming one included; intervals are whole minutes from 1 min to a week, counted from the epoch (weeks from Monday). */
  bars(intervalMs: number, range?: { readonly from?: UnixMs; readonly to?: UnixMs }): readonly ServedBar[]
  day(): DayStats
  mark(): MarkState
  /** Base units. */
  openInterest(): number
  /** Ascending, at most 1 000 kept. */
  fundings(): readonly SettledFunding[]
}

// ── events ────────────────────────────────────────────────────────────────────

/** Everything the exchange tells; `seq` counts all events of the core, `time` is the exchange's clock. */
export type ExchangeEvent = { readonly seq: number; readonly time: UnixMs } & (
  | OrderEvent
  | ConditionalEvent
  | AccountEvent
  | ConfigEvent
  | LiquidationRisk
  | TradeEvent
  | BookEvent
  | MarkEvent
  | FundingEvent
  | InstrumentEvent
  | ForcedEvent
)

/** An order changed; `fill` with `trade`. */
export interface OrderEvent {
  readonly type: 'order'
  readonly accountId: AccountId
  readonly change: 'new' | 'trade' | 'canceled' | 'expired' | 'amended' | 'rejected'
  readonly order: ExchangeOrder
  readonly fill: Fill | null
}

export interface ConditionalEvent {
  readonly type: 'conditional'
  readonly accountId: AccountId
  readonly order: ConditionalOrder
}

/** Balances and positions after a change: only the rows that changed. Comes after the `order` event that caused it. */
export interface AccountEvent {
  readonly type: 'account'
  readonly accountId: AccountId
  readonly reason: 'order' | 'funding' | 'transfer' | 'margin' | 'liquidation' | 'adl' | 'settlement' | 'insuranceClear'
  readonly balances: readonly BalanceRow[]
  readonly positions: readonly PositionRow[]
  /** Of `funding`: what was settled; positive = paid. */
  readonly funding?: { readonly instrumentId: InstrumentId; readonly rate: number; readonly amount: Money }
}

/** Leverage, margin mode or position mode of an account changed, by a request or behind its back. */
export interface ConfigEvent {
  readonly type: 'config'
  readonly accountId: AccountId
  readonly instrumentId: InstrumentId | null
  readonly settings: InstrumentSettings | null
  readonly positionMode: PositionMode
}

/** A position came near its liquidation: maintenance margin over margin left reached 80 %. */
export interface LiquidationRisk {
  readonly type: 'liquidationRisk'
  readonly accountId: AccountId
  readonly position: PositionRow
  readonly marginRatio: number
}

export interface TradeEvent {
  readonly type: 'trade'
  readonly instrumentId: InstrumentId
  readonly trade: PublicTrade
}

/** Levels changed together, ascending by version; `top` is the touch after them, null when there is none. */
export interface BookEvent {
  readonly type: 'book'
  readonly instrumentId: InstrumentId
  readonly changes: readonly LevelChange[]
  readonly top: Top | null
  /** Best price or its size changed. */
  readonly topChanged: boolean
}

/** Once a second. */
export interface MarkEvent {
  readonly type: 'mark'
  readonly instrumentId: InstrumentId
  readonly mark: MarkState
}

/** Funding was settled for everybody. */
export interface FundingEvent {
  readonly type: 'funding'
  readonly instrumentId: InstrumentId
  readonly settled: SettledFunding
}

/** Listed, halted, resumed, delisted, or its grid changed. */
export interface InstrumentEvent {
  readonly type: 'instrument'
  readonly change: 'listed' | 'state' | 'grid'
  readonly instrument: Instrument
  readonly state: MarketState
}

/** A public liquidation order (`forceOrder`). */
export interface ForcedEvent {
  readonly type: 'forced'
  readonly order: ExchangeOrder
}
