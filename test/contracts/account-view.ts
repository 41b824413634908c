import type { OrderId } from '#model/ids.ts'
import type { Money } from '#model/money.ts'
import type { OrderFilled, VenueEvent } from '#model/order.ts'

export type Ending = 'filled' | 'canceled' | 'expired' | 'rejected'

/** What somebody knows of an account who was told these events, at least once and in any order. */
export interface AccountView {
  /** By trade id, once each. */
  readonly fills: ReadonlyMap<string, OrderFilled>
  readonly accepted: ReadonlySet<OrderId>
  readonly uncertain: ReadonlySet<OrderId>
  /** The newest that was told; a fill is none of them. */
  readonly endings: ReadonlyMap<OrderId, { readonly ending: Ending; readonly code: string }>
  readonly forced: readonly Extract<VenueEvent, { type: 'liquidated' }>[]
  readonly wallet: ReadonlyMap<string, Money>
  /** The same trade told twice with other contents. */
  readonly contradictions: readonly string[]
  filledOf(orderId: OrderId): number
  feesOf(orderId: OrderId): Money
}

export function viewOf(events: readonly VenueEvent[]): AccountView {
  const fills = new Map<string, OrderFilled>()
  const accepted = new Set<OrderId>()
  const uncertain = new Set<OrderId>()
  const endings = new Map<OrderId, { ending: Ending; code: string }>()
  const forced = new Map<string, Extract<VenueEvent, { type: 'liquidated' }>>()
  const wallet = new Map<string, Money>()
  const contradictions: string[] = []
  for (const event of events) {
    switch (event.type) {
      case 'orderAccepted':
        accepted.add(event.orderId)
        // presumed never to have been accepted, and there after all
        if (endings.get(event.orderId)?.ending === 'rejected') endings.delete(event.orderId)
        break
      case 'orderUncertain':
        uncertain.add(event.orderId)
        break
      case 'orderFilled': {
        const before = fills.get(event.tradeId)
        if (before !== undefined && (before.quantity !== event.quantity || before.orderId !== event.orderId))
          contradictions.push(`trade ${event.tradeId} twice, differently`)
        fills.set(event.tradeId, event)
        break
      }
      case 'orderCanceled':
        endings.set(event.orderId, { ending: 'canceled', code: event.code })
        break
      case 'orderExpired':
        endings.set(event.orderId, { ending: 'expired', code: event.code })
        break
      case 'orderRejected':
        endings.set(event.orderId, { ending: 'rejected', code: event.code })
        break
      case 'liquidated':
        forced.set(event.tradeId, event)
        break
      case 'balanceReported':
        wallet.set(event.currency, event.balance)
        break
      default:
    }
  }
  const of = (id: OrderId): OrderFilled[] => [...fills.values()].filter(({ orderId }) => orderId === id)
  return {
    fills,
    accepted,
    uncertain,
    endings,
    forced: [...forced.values()],
    wallet,
    contradictions,
    filledOf: (id) =>
      Number(
        of(id)
          .reduce((sum, { quantity }) => sum + quantity, 0)
          .toFixed(8),
      ),
    feesOf: (id) => of(id).reduce((sum, { fee }) => sum + fee, 0n),
  }
}
