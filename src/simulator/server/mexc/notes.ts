import type { Money } from '#model/money.ts'
import type { Exchange } from '../exchange.ts'
import type { ExchangeEvent, ExchangeOrder, PositionRow } from '../types.ts'
import { positionTypeOf } from './listings.ts'

/** What an order record tells that the core does not keep with the order. */
export interface OrderNote {
  positionId: string | null
  makerFee: Money
  takerFee: Money
}

const keptNotes = 40_000
const keptVersions = 4_000

/** Positions and fees of orders, and how often positions changed, from when the door was opened. */
export class Notes {
  readonly #exchange: Exchange
  readonly #orders = new Map<string, OrderNote>()
  readonly #versions = new Map<string, number>()
  readonly #directions = new Map<string, 1 | 2>()
  /** The order whose fill the next account event is about. */
  #filled: ExchangeOrder | null = null

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  take(event: ExchangeEvent): void {
    if (event.type === 'order' && event.fill !== null) {
      const note = this.#note(event.order.orderId)
      if (event.fill.liquidity === 'maker') note.makerFee += event.fill.fee
      else note.takerFee += event.fill.fee
      this.#filled = event.order
    } else if (event.type === 'account') {
      for (const position of event.positions) this.#changed(position)
      this.#filled = null
    }
  }

  /** Fees of an order from before the door was opened count as a taker's. */
  order(order: ExchangeOrder): Readonly<OrderNote> {
    const note = this.#orders.get(order.orderId)
    return {
      positionId: note?.positionId ?? this.#positionOf(order),
      makerFee: note?.makerFee ?? 0n,
      takerFee: note?.takerFee ?? order.fee,
    }
  }

  /** Counts the changes of a position, from 1. */
  version(positionId: string): number {
    return this.#versions.get(positionId) ?? 1
  }

  /** 1 long, 2 short; a closed one as it was before. */
  positionType({ positionId, positionSide, quantity }: PositionRow): 1 | 2 {
    return quantity === 0 && positionSide === 'net'
      ? (this.#directions.get(positionId) ?? 1)
      : positionTypeOf(positionSide, quantity)
  }

  #changed(position: PositionRow): void {
    if (position.quantity !== 0) {
      this.#directions.set(position.positionId, position.quantity > 0 ? 1 : 2)
      trim(this.#directions, keptVersions)
    }
    this.#versions.set(position.positionId, (this.#versions.get(position.positionId) ?? 0) + 1)
    trim(this.#versions, keptVersions)
    const order = this.#filled
    if (order?.instrumentId === position.instrumentId && order.positionSide === position.positionSide)
      this.#note(order.orderId).positionId = position.positionId
  }

  #note(orderId: string): OrderNote {
    let note = this.#orders.get(orderId)
    if (note === undefined) {
      note = { positionId: null, makerFee: 0n, takerFee: 0n }
      this.#orders.set(orderId, note)
      trim(this.#orders, keptNotes)
    }
    return note
  }

  #positionOf({ accountId, instrumentId, positionSide }: ExchangeOrder): string | null {
    const rows = this.#exchange.positions(accountId, instrumentId)
    return rows.find((row) => row.positionSide === positionSide)?.positionId ?? null
  }
}

function trim(map: Map<string, unknown>, most: number): void {
  if (map.size <= most) return
  const [oldest] = map.keys()
  map.delete(oldest)
}
