import type { ConditionalOrder } from './types.ts'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** A conditional order as the exchange works on it. */
export interface WorkingConditional extends Mutable<ConditionalOrder> {
  /** Takes back a planned expiry. */
  unplan: (() => void) | null
}

export function conditionalSnapshotOf(order: WorkingConditional): ConditionalOrder {
  const { unplan: _unplan, ...told } = order
  return told
}
