import type { InstanceId, InstrumentId, OrderId, PositionId, SignalId, UnixMs } from './ids.ts'
import type { Side } from './market.ts'
import type { Money } from './money.ts'

export type OrderType = 'market' | 'limit' | 'stopMarket'
export type TimeInForce = 'gtc' | 'ioc' | 'fok' | 'postOnly'
/** What an order is for; the entry is the only one that limits may refuse. */
export type OrderPurpose = 'entry' | 'exit' | 'stopLoss' | 'takeProfit'

/** A sized request, not yet checked. */
export interface OrderDraft {
  readonly instanceId: InstanceId
  readonly instrumentId: InstrumentId
  readonly signalId: SignalId
  readonly purpose: OrderPurpose
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  /** Base units on the lot grid. */
  readonly quantity: number
  /** Limit price; only on `limit`. */
  readonly price?: number
  /** Trigger price; only on `stopMarket`. */
  readonly stopPrice?: number
  readonly trigger?: 'last' | 'mark'
  readonly reduceOnly: boolean
  readonly leverage: number
  /** Last price when it was decided: costs are measured from here. */
  readonly decisionPrice: number
  readonly decidedAt: UnixMs
  /** Not sent, and canceled when working, after this time; absent = works until canceled. */
  readonly expiresAt?: UnixMs
}

declare const approved: unique symbol
/** Only `risk.check` and the reduce-only path make one, so `orders.open` cannot be reached past the checks. */
export type ApprovedOrder = OrderDraft & { readonly [approved]: true }
export const approve = (draft: OrderDraft): ApprovedOrder => draft as ApprovedOrder

export type OrderStatus =
  | 'submitted'
  | 'accepted'
  | 'partiallyFilled'
  | 'uncertain'
  | 'filled'
  | 'canceled'
  | 'expired'
  | 'rejected'

/** One order of any mode, from its submission to a terminal status. */
export interface Order extends OrderDraft {
  readonly orderId: OrderId
  readonly status: OrderStatus
  /** Base units. */
  readonly filledQuantity: number
  readonly averagePrice: number | null
  readonly submittedAt: UnixMs
  readonly updatedAt: UnixMs
  /** We asked the venue to cancel it. */
  readonly cancelRequested: boolean
  /** The venue's own id, once accepted. */
  readonly venueOrderId?: string
  /** Why it was rejected, canceled or expired: a stable code. */
  readonly code?: string
}

export type OrderAccepted = {
  readonly type: 'orderAccepted'
  readonly orderId: OrderId
  readonly venueOrderId: string
  readonly time: UnixMs
}
/** The venue refused, provably: the order does not exist there. */
export type OrderRejected = {
  readonly type: 'orderRejected'
  readonly orderId: OrderId
  readonly code: string
  readonly message: string
  readonly time: UnixMs
}
/** The outcome of a request is unknown; only venue evidence resolves it. */
export type OrderUncertain = {
  readonly type: 'orderUncertain'
  readonly orderId: OrderId
  readonly code: string
  readonly time: UnixMs
}
/** Whole or partial; keyed by `tradeId`, applying it twice is a no-op. */
export interface OrderFilled {
  readonly type: 'orderFilled'
  readonly orderId: OrderId
  readonly tradeId: string
  readonly time: UnixMs
  readonly price: number
  readonly quantity: number
  readonly liquidity: 'maker' | 'taker'
  /** Positive = paid, in quote. */
  readonly fee: Money
  /** What the venue took in another currency (BNB on Binance); `fee` is 0 then. */
  readonly feeElsewhere?: { readonly currency: string; readonly amount: Money }
  /** Known where the venue is ours: how the price came about, per base unit, adverse positive. */
  readonly slippage?: Slippage
}

/** `side × (price − decisionPrice) = delay + spread + impact`, in quote per base unit; spread and impact are ≥ 0. */
export interface Slippage {
  readonly delay: number
  readonly spread: number
  readonly impact: number
}

export type OrderCanceled = {
  readonly type: 'orderCanceled'
  readonly orderId: OrderId
  readonly code: string
  readonly time: UnixMs
}
export type OrderExpired = {
  readonly type: 'orderExpired'
  readonly orderId: OrderId
  readonly code: string
  readonly time: UnixMs
}
/** What the venue says we hold; signed quantity, 0 = flat. */
export type PositionReported = {
  readonly type: 'positionReported'
  readonly instrumentId: InstrumentId
  readonly quantity: number
  readonly entryPrice: number
  readonly time: UnixMs
}
export type BalanceReported = {
  readonly type: 'balanceReported'
  readonly currency: string
  readonly balance: Money
  readonly time: UnixMs
}
/** The venue closed our position by force at `price`. */
export interface Liquidated {
  readonly type: 'liquidated'
  readonly instrumentId: InstrumentId
  readonly tradeId: string
  readonly time: UnixMs
  readonly price: number
  readonly quantity: number
  /** Trading fee plus liquidation fee, positive = paid. */
  readonly fee: Money
}
/** Funding settled on our position; positive = paid by us. */
export interface FundingSettled {
  readonly type: 'fundingSettled'
  readonly instrumentId: InstrumentId
  readonly time: UnixMs
  readonly rate: number
  readonly amount: Money
}

export type VenueEvent =
  | OrderAccepted
  | OrderRejected
  | OrderUncertain
  | OrderFilled
  | OrderCanceled
  | OrderExpired
  | PositionReported
  | BalanceReported
  | Liquidated
  | FundingSettled

/** What closed a position. */
export type ExitReason =
  | 'exitSignal'
  | 'emergency'
  | 'stopLoss'
  | 'takeProfit'
  | 'trailingStop'
  | 'timeLimit'
  | 'liquidationDistance'
  | 'liquidated'
  | 'endOfData'
  | 'manual'
  | 'killSwitch'

/** What we hold now; average price is derived (`cost / quantity`). */
export interface Position {
  readonly positionId: PositionId
  readonly instanceId: InstanceId
  readonly instrumentId: InstrumentId
  readonly signalId: SignalId
  /** Base units, positive long, negative short. */
  readonly quantity: number
  /** Signed like `quantity`: what the open quantity cost, in quote. */
  readonly cost: Money
  readonly entryPrice: number
  readonly leverage: number
  readonly openedAt: UnixMs
  readonly liquidationPrice: number | null
}

/** One entry to its exit, with every cost apart; `netProfit = grossProfit − costs.fee − costs.funding`. */
export interface RoundTrip {
  readonly positionId: PositionId
  readonly signalId: SignalId
  readonly instanceId: InstanceId
  readonly instrumentId: InstrumentId
  readonly strategy: string
  readonly side: 'long' | 'short'
  /** Largest size held, base units. */
  readonly quantity: number
  readonly leverage: number
  readonly entryPrice: number
  readonly exitPrice: number
  readonly openedAt: UnixMs
  readonly closedAt: UnixMs
  readonly exitReason: ExitReason
  /** Price moves at the prices really filled; spread, impact and delay are inside it. */
  readonly grossProfit: Money
  readonly netProfit: Money
  readonly costs: Costs
  /** Entry notional, quote. */
  readonly notional: Money
  /** Best and worst price move while open, as fractions of the entry price, positive = in our favor. */
  readonly maxFavorable: number
  readonly maxAdverse: number
}

/** Positive = paid by us. `delay` may be negative when the market came our way. */
export interface Costs {
  readonly fee: Money
  readonly spread: Money
  readonly impact: Money
  readonly delay: Money
  readonly funding: Money
}

export type PostingKind = 'deposit' | 'fill' | 'fee' | 'funding' | 'liquidationFee' | 'transfer'
export type LedgerAccount = 'cash' | 'position' | 'fees' | 'funding' | 'capital' | 'profit'

/** Double entry: the legs of one posting sum to zero. */
export interface Posting {
  readonly time: UnixMs
  readonly kind: PostingKind
  readonly instrumentId?: InstrumentId
  readonly positionId?: PositionId
  readonly orderId?: OrderId
  readonly legs: readonly { readonly account: LedgerAccount; readonly amount: Money }[]
}
