import type { EngineOutput } from '#model/events.ts'
import type { Order } from '#model/order.ts'

/** By what a decision is found again; null where it is about none. */
export interface DecisionKeys {
  readonly signalId: string | null
  readonly instanceId: string | null
  readonly instrumentId: string | null
}

/** Looks in the output itself, in the order or position it carries, and for cancels among the run's orders. */
export function decisionKeys(output: EngineOutput, orders: ReadonlyMap<string, Order>): DecisionKeys {
  const carried: readonly unknown[] = [
    output,
    'order' in output ? output.order : undefined,
    'orderId' in output && output.orderId !== null ? orders.get(output.orderId) : undefined,
    'position' in output ? output.position : undefined,
    'roundTrip' in output ? output.roundTrip : undefined,
    'command' in output ? output.command : undefined,
  ]
  const find = (name: string): string | null => {
    for (const holder of carried) {
      const value =
        typeof holder === 'object' && holder !== null ? (holder as Record<string, unknown>)[name] : undefined
      if (typeof value === 'string') return value
    }
    return null
  }
  return { signalId: find('signalId'), instanceId: find('instanceId'), instrumentId: find('instrumentId') }
}
