import type { InstrumentId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { MarketSource } from '#model/source.ts'
import type { Money } from '#model/money.ts'
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
}
