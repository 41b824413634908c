import type { InstrumentId, OrderId } from '#model/ids.ts'
import type { VenueEvent } from '#model/order.ts'
import type { ExchangeEvent, ExchangeOrder, Fill, OrderEvent } from '../server/types.ts'

/** Orders that carry no client id of ours: what they came from. */
export interface Origins {
  /** Ours of a conditional order, by the exchange's id of that. */
  readonly conditional: (conditionalId: string) => OrderId | undefined
}

/** What an event of the exchange says to the account it is about, in the words of a venue. */
export function toVenueEvents(event: ExchangeEvent, origins: Origins): readonly VenueEvent[] {
  const { time } = event
  switch (event.type) {
    case 'order':
      return orderEvents(event, time, ownerOf(event.order, origins))
    case 'conditional': {
      const { clientId, conditionalId, status, reason } = event.order
      if (clientId === null) return []
      const orderId = clientId as OrderId
      const code = reason ?? 'requested'
      if (status === 'new' && event.order.version === 1)
        return [{ type: 'orderAccepted', orderId, venueOrderId: conditionalId, time }]
      if (status === 'canceled') return [{ type: 'orderCanceled', orderId, code, time }]
      if (status === 'expired') return [{ type: 'orderExpired', orderId, code, time }]
      if (status === 'rejected')
        return [{ type: 'orderRejected', orderId, code, message: 'it triggered and was refused', time }]
      return []
    }
    case 'account':
      return [
        ...event.balances.map(({ currency, wallet }): VenueEvent => ({
          type: 'balanceReported',
          currency,
          balance: wallet,
          time,
        })),
        ...event.positions.map(({ instrumentId, quantity, entryPrice }): VenueEvent => ({
          type: 'positionReported',
          instrumentId,
          quantity,
          entryPrice,
          time,
        })),
        ...(event.funding === undefined ? [] : [{ type: 'fundingSettled' as const, time, ...event.funding }]),
      ]
    default:
      return []
  }
}

/** Client id of the order, or of the conditional order it came from; null = not ours. */
export function ownerOf({ clientId, conditionalId }: ExchangeOrder, origins: Origins): OrderId | null {
  if (clientId !== null) return clientId as OrderId
  return conditionalId === null ? null : (origins.conditional(conditionalId) ?? null)
}

export const forcedOf = ({ origin }: Pick<Fill, 'origin'>): 'liquidation' | 'adl' | null =>
  origin === 'liquidation' || origin === 'adl' ? origin : null

function orderEvents({ order, change, fill }: OrderEvent, time: number, orderId: OrderId | null): VenueEvent[] {
  if (fill !== null && orderId === null) return forcedClose(order.instrumentId, fill)
  if (orderId === null) return []
  // a conditional order was accepted as such already
  if (change === 'new' && order.conditionalId === null)
    return [{ type: 'orderAccepted', orderId, venueOrderId: order.orderId, time }]
  if (change === 'trade' && fill !== null) {
    const { fillId, price, quantity, liquidity, fee } = fill
    return [{ type: 'orderFilled', orderId, tradeId: fillId, time: fill.time, price, quantity, liquidity, fee }]
  }
  const code = order.reason ?? 'requested'
  if (change === 'canceled') return [{ type: 'orderCanceled', orderId, code, time }]
  if (change === 'expired') return [{ type: 'orderExpired', orderId, code, time }]
  return []
}

/** Liquidation, deleveraging, settlement of a delisted contract; an order made elsewhere is told by the position alone. */
function forcedClose(instrumentId: InstrumentId, fill: Fill): VenueEvent[] {
  if (fill.origin === 'manual' || fill.origin === 'client') return []
  const { fillId, price, quantity, fee, time } = fill
  return [{ type: 'liquidated', instrumentId, tradeId: fillId, time, price, quantity, fee }]
}
