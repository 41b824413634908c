import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { Money } from '#model/money.ts'
import { VenuePosition } from '../matching/position.ts'
import { Bounded } from './bounded.ts'
import type {
  AccountId,
  ApiKey,
  ConditionalOrder,
  ExchangeOrder,
  Fees,
  Fill,
  IncomeRow,
  MarginMode,
  PositionMode,
  PositionRow,
  PositionSide,
} from './types.ts'
import type { WorkingConditional } from './working-conditional.ts'
import type { WorkingOrder } from './working-order.ts'

/** A position as the exchange holds it; netted in one-way mode, one a side in hedge mode. */
export interface HeldPosition {
  positionId: string
  readonly instrumentId: InstrumentId
  readonly positionSide: PositionSide
  /** Quantity (signed), cost and margin; margin counts only in isolated mode. */
  readonly held: VenuePosition
  leverage: number
  marginMode: MarginMode
  realized: Money
  fees: Money
  funding: Money
  closedQuantity: number
  closedNotional: Money
  openedAt: UnixMs
  updatedAt: UnixMs
  /** Told to be near its liquidation, until it is farther again. */
  warned: boolean
}

interface Settings {
  long: number
  short: number
  marginMode: MarginMode
}

/** One account with everything it owns and did. */
export class Account {
  readonly id: AccountId
  readonly name: string
  readonly keys: ApiKey[] = []
  mode: PositionMode
  /** null = what each instrument charges. */
  fees: Fees | null
  readonly wallets = new Map<string, Money>()
  readonly positions = new Map<string, HeldPosition>()
  readonly open = new Map<string, WorkingOrder>()
  readonly conditionals = new Map<string, WorkingConditional>()
  readonly finished = new Bounded<ExchangeOrder>(20_000)
  readonly finishedConditionals = new Bounded<ConditionalOrder>(20_000)
  readonly fills = new Bounded<Fill>(50_000)
  readonly income = new Bounded<IncomeRow>(50_000)
  readonly closed = new Bounded<PositionRow>(1_000)
  /** Client ids ever used, where the venue remembers them; the newest 100 000. */
  readonly usedClientIds = new Set<string>()
  /** Ids of orders that queries do not show yet. */
  readonly hidden = new Set<string>()
  /** What takes back a planned cancel-all, by instrument. */
  readonly countdowns = new Map<InstrumentId, () => void>()
  readonly #settings = new Map<InstrumentId, Settings>()
  readonly #defaults: { readonly leverage: number; readonly marginMode: MarginMode }

  constructor(given: {
    readonly id: AccountId
    readonly name: string
    readonly mode: PositionMode
    readonly fees: Fees | null
    readonly leverage: number
    readonly marginMode: MarginMode
  }) {
    this.id = given.id
    this.name = given.name
    this.mode = given.mode
    this.fees = given.fees
    this.#defaults = given
  }

  settings(instrumentId: InstrumentId): Settings {
    let settings = this.#settings.get(instrumentId)
    if (settings === undefined) {
      const { leverage, marginMode } = this.#defaults
      settings = { long: leverage, short: leverage, marginMode }
      this.#settings.set(instrumentId, settings)
    }
    return settings
  }

  feesOf({ makerFeeRate, takerFeeRate }: Instrument): Fees {
    return this.fees ?? { maker: makerFeeRate, taker: takerFeeRate }
  }

  wallet(currency: string): Money {
    return this.wallets.get(currency) ?? 0n
  }

  position(instrumentId: InstrumentId, side: PositionSide): HeldPosition | undefined {
    return this.positions.get(`${instrumentId} ${side}`)
  }

  /** The position's row, made flat when there is none yet. */
  slot(
    instrumentId: InstrumentId,
    positionSide: PositionSide,
    fresh: () => { id: string; time: UnixMs },
  ): HeldPosition {
    const key = `${instrumentId} ${positionSide}`
    const found = this.positions.get(key)
    if (found !== undefined) return found
    const { id, time } = fresh()
    const position: HeldPosition = {
      positionId: id,
      instrumentId,
      positionSide,
      held: new VenuePosition(),
      leverage: this.#defaults.leverage,
      marginMode: this.#defaults.marginMode,
      realized: 0n,
      fees: 0n,
      funding: 0n,
      closedQuantity: 0,
      closedNotional: 0n,
      openedAt: time,
      updatedAt: time,
      warned: false,
    }
    this.positions.set(key, position)
    return position
  }

  remember(clientId: string): void {
    this.usedClientIds.add(clientId)
    if (this.usedClientIds.size <= 100_000) return
    const [oldest] = this.usedClientIds
    this.usedClientIds.delete(oldest)
  }
}
