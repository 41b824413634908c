import type { AccountView } from '#model/events.ts'
import { type InstanceId, type InstrumentId, type PositionId, positionId, type UnixMs } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import { type Money, toNumber } from '#model/money.ts'
import type { FundingSettled, Liquidated, Order, OrderFilled, Position, Posting } from '#model/order.ts'
import { type Balances, createBooks } from './books.ts'
import { applyExecution, type Stock } from './fills.ts'
import { copyHeld, type Held, revalue } from './held.ts'
import { createHoldings } from './holdings.ts'
import type { FillContext, FillResult, SettlementResult } from './results.ts'
import { createSeen, type SeenSnapshot } from './seen.ts'
import { nothingSettled, settleFunding, settleLiquidation } from './settlements.ts'
import { rollDay, setEquity, toValuation, type ValuationState } from './valuation.ts'

export type { Balances } from './books.ts'
export type { FillContext, FillResult, SettlementResult } from './results.ts'

/** Plain data for `restore`; survives a structured clone. */
export interface PortfolioSnapshot {
  readonly opened: number
  readonly balances: Balances
  readonly valuation: Readonly<ValuationState>
  readonly held: readonly Held[]
  readonly seen: SeenSnapshot
}

export interface Portfolio {
  readonly applyFill: (order: Order, fill: OrderFilled, context: FillContext) => FillResult
  readonly applyFunding: (event: FundingSettled) => SettlementResult
  readonly applyLiquidation: (event: Liquidated) => SettlementResult
  /** Values the positions on the instrument; returns at once when there is none. */
  readonly mark: (instrumentId: InstrumentId, price: number, time: UnixMs) => void
  /** Rolls the UTC day; constant time, may be called on every event. */
  readonly advance: (time: UnixMs) => void
  readonly account: (time: UnixMs) => AccountView
  readonly position: (instanceId: InstanceId) => Position | undefined
  /** Oldest first. */
  readonly positions: () => readonly Position[]
  readonly hasPositionOn: (instrumentId: InstrumentId) => boolean
  /** The venue's wallet balance: deposit + realised − fees − funding. */
  readonly cash: () => Money
  /** Mark-to-market, quote units; the number the hot path reads. */
  readonly equity: () => number
  /** Equity, its peak and the day's baseline as they are now, for the hot path; not to be kept. */
  readonly valuation: () => Readonly<ValuationState>
  /** The ledger's accounts, equal to the sum of all legs posted, the deposit's included. */
  readonly balances: () => Balances
  /** The posting that funds the account, for the ledger's first line; changes nothing. */
  readonly deposit: (time: UnixMs) => Posting
  readonly snapshot: () => PortfolioSnapshot
  readonly restore: (snapshot: PortfolioSnapshot) => void
}

export interface PortfolioOptions {
  readonly sessionId: string
  readonly currency: string
  readonly balance: Money
  readonly instruments: (id: InstrumentId) => Instrument
}

/** Positions, money and equity of a session: one position per strategy instance, derived from fills only. */
export function createPortfolio({ sessionId, currency, balance, instruments }: PortfolioOptions): Portfolio {
  const books = createBooks(balance)
  const holdings = createHoldings()
  const seen = createSeen()
  let valuation = toValuation(toNumber(balance))
  let walletNumber = toNumber(balance)
  let opened = 0
  const nextPositionId = (): PositionId => {
    opened += 1
    return positionId(`${sessionId}-p${opened}`)
  }
  const stock: Stock = { books, holdings, nextPositionId }

  function applyFill(order: Order, fill: OrderFilled, context: FillContext): FillResult {
    rollDay(valuation, fill.time)
    const result = applyExecution(stock, { order, fill, context, instrument: instruments(order.instrumentId) })
    revalueAccount()
    return result
  }

  function applyFunding(event: FundingSettled): SettlementResult {
    if (!seen.add(event.instrumentId, `funding@${event.time}`)) return nothingSettled
    rollDay(valuation, event.time)
    const result = settleFunding(stock, instruments(event.instrumentId), event)
    revalueAccount()
    return result
  }

  function applyLiquidation(event: Liquidated): SettlementResult {
    if (!seen.add(event.instrumentId, event.tradeId)) return nothingSettled
    rollDay(valuation, event.time)
    const result = settleLiquidation(stock, instruments(event.instrumentId), event)
    revalueAccount()
    return result
  }

  function mark(instrumentId: InstrumentId, price: number, time: UnixMs): void {
    const positions = holdings.on(instrumentId)
    if (positions.length === 0) return
    rollDay(valuation, time)
    for (let index = 0; index < positions.length; index++) revalue(positions[index], price)
    setEquity(valuation, walletNumber + holdings.unrealized())
  }

  function revalueAccount(): void {
    walletNumber = toNumber(books.wallet())
    setEquity(valuation, walletNumber + holdings.unrealized())
  }

  return {
    applyFill,
    applyFunding,
    applyLiquidation,
    mark,
    advance: (time) => rollDay(valuation, time),
    account: (time) => {
      const { equity, peakEquity, drawdown, maxDrawdown, dayBaseline, dayEnd } = valuation
      const baseline = time < dayEnd ? dayBaseline : equity
      return {
        time,
        currency,
        cash: books.wallet(),
        equity,
        peakEquity,
        drawdown,
        maxDrawdown,
        dayBaseline: baseline,
        marginUsed: holdings.margin(),
      }
    },
    position: (instanceId) => holdings.of(instanceId)?.view,
    positions: () => holdings.all().map((held) => held.view),
    hasPositionOn: (instrumentId) => holdings.on(instrumentId).length > 0,
    cash: () => books.wallet(),
    equity: () => valuation.equity,
    valuation: () => valuation,
    balances: () => books.balances(),
    deposit: (time) => ({
      time,
      kind: 'deposit',
      legs: [
        { account: 'cash', amount: balance },
        { account: 'capital', amount: -balance },
      ],
    }),
    snapshot: () => ({
      opened,
      balances: books.balances(),
      valuation: { ...valuation },
      held: holdings.all().map(copyHeld),
      seen: seen.snapshot(),
    }),
    restore: (snapshot) => {
      opened = snapshot.opened
      books.restore(snapshot.balances)
      walletNumber = toNumber(books.wallet())
      valuation = { ...snapshot.valuation }
      holdings.restore(snapshot.held.map(copyHeld))
      seen.restore(snapshot.seen)
    },
  }
}
