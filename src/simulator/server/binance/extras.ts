import type { ConditionalKind } from '../types.ts'

/** What an order was told to be that the exchange does not need to know. */
export interface OrderExtra {
  readonly priceMatch: string
  readonly selfTrade: string
  /** 0 = none. */
  readonly goodTillDate: number
}

export interface AlgoExtra extends OrderExtra {
  readonly priceProtect: boolean
}

const standard: AlgoExtra = {
  priceMatch: 'NONE',
  selfTrade: 'EXPIRE_MAKER',
  goodTillDate: 0,
  priceProtect: false,
}
const kept = 100_000

/** One change of a resting order. */
export interface Amendment {
  readonly id: number
  readonly time: number
  readonly price: readonly [before: number, after: number]
  readonly quantity: readonly [before: number, after: number]
}

/** What this door remembers of orders beside the exchange; bounded, the oldest go first. */
export class Extras {
  readonly #orders = new Map<string, OrderExtra>()
  readonly #algos = new Map<string, AlgoExtra>()
  readonly #kinds = new Map<string, ConditionalKind>()
  readonly #amendments = new Map<string, Amendment[]>()
  #nextAmendment = 1

  ofOrder(orderId: string): OrderExtra {
    return this.#orders.get(orderId) ?? standard
  }

  ofAlgo(algoId: string): AlgoExtra {
    return this.#algos.get(algoId) ?? standard
  }

  kindOf(algoId: string): ConditionalKind | undefined {
    return this.#kinds.get(algoId)
  }

  order(orderId: string, extra: OrderExtra): void {
    put(this.#orders, orderId, extra)
  }

  algo(algoId: string, kind: ConditionalKind, extra: AlgoExtra): void {
    put(this.#algos, algoId, extra)
    put(this.#kinds, algoId, kind)
  }

  /** The order a conditional one became shares what was said of it. */
  inherit(orderId: string, algoId: string): void {
    const extra = this.#algos.get(algoId)
    if (extra !== undefined && !this.#orders.has(orderId)) put(this.#orders, orderId, extra)
  }

  amended(orderId: string, change: Omit<Amendment, 'id'>): number {
    const list = this.#amendments.get(orderId) ?? []
    list.push({ id: this.#nextAmendment++, ...change })
    put(this.#amendments, orderId, list)
    return list.length
  }

  /** Ascending. */
  amendments(orderId: string): readonly Amendment[] {
    return this.#amendments.get(orderId) ?? []
  }
}

function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value)
  if (map.size <= kept) return
  const [oldest] = map.keys()
  map.delete(oldest)
}
