import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Money } from '#model/money.ts'
import type { Account } from './account.ts'
import type { ExchangeClock } from './clock.ts'
import type { Faults } from './faults.ts'
import type { ServedMarket } from './market.ts'
import type { ApiKey, ExchangeEvent, IncomeKind, PositionSide, Refusal, RefusalCode, VenueRules } from './types.ts'

type Told<T> = T extends unknown ? Omit<T, 'seq' | 'time'> : never
export type Telling = Told<ExchangeEvent>

/** What the parts of the exchange share: its state, its counters, its voice. */
export interface Core {
  readonly rules: VenueRules
  readonly clock: ExchangeClock
  readonly faults: Faults
  readonly accounts: Map<string, Account>
  readonly keys: Map<string, ApiKey>
  readonly markets: Map<InstrumentId, ServedMarket>
  tell(event: Telling): void
  nextOrderId(): string
  nextConditionalId(): string
  /** Of fills, income rows and positions. */
  nextId(): string
  /** Markets that traded or whose mark moved since conditional orders were last looked at. */
  readonly moved: Set<InstrumentId>
  /** Something changed that liquidations depend on. */
  recheck: boolean
}

export const now = (core: Core): UnixMs => core.clock.now()

/** Throws `RangeError`: accounts come from keys, so a wrong one is the caller's bug. */
export function accountOf(core: Core, accountId: string): Account {
  const account = core.accounts.get(accountId)
  if (account === undefined) throw new RangeError(`no account ${accountId}`)
  return account
}

export function refuse(code: RefusalCode, message: string): Refusal {
  return { code, message }
}

/** Books an amount to a wallet: the only way money moves. */
export function post(
  core: Core,
  account: Account,
  posting: {
    readonly kind: IncomeKind
    readonly currency: string
    /** Positive = received. */
    readonly amount: Money
    readonly instrumentId?: InstrumentId
    readonly tradeId?: string
    readonly positionSide?: PositionSide
    readonly rate?: number
    readonly quantity?: number
  },
): void {
  const { kind, currency, amount, instrumentId = null, tradeId = null, positionSide = null } = posting
  account.wallets.set(currency, account.wallet(currency) + amount)
  account.income.push({
    incomeId: core.nextId(),
    accountId: account.id,
    kind,
    amount,
    currency,
    instrumentId,
    tradeId,
    positionSide,
    rate: posting.rate ?? null,
    quantity: posting.quantity ?? null,
    time: now(core),
  })
}
