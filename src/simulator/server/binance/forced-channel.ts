import type { ExchangeOrder } from '../types.ts'
import type { Channel } from './channel.ts'
import type { Listing } from './listings.ts'

/** Liquidations: of every symbol the largest one of each second. */
export function forcedChannel(
  context: Channel['context'],
  listingOf: (order: ExchangeOrder) => Listing | undefined,
): Channel {
  const pending = new Map<string, ExchangeOrder>()
  return {
    context,
    cadenceMs: 1000,
    onForced: ({ order }) => keepLargest(pending, order),
    tick(now) {
      const orders = [...pending.values()]
      pending.clear()
      return orders.flatMap((order) => {
        const listing = listingOf(order)
        return listing === undefined ? [] : [forcedText(listing, order, now)]
      })
    },
  }
}

function keepLargest(pending: Map<string, ExchangeOrder>, order: ExchangeOrder): void {
  const kept = pending.get(order.instrumentId)
  if (kept === undefined || order.quantity >= kept.quantity) pending.set(order.instrumentId, order)
}

function forcedText(listing: Listing, order: ExchangeOrder, now: number): string {
  const price = listing.price(order.price ?? order.averagePrice ?? 0)
  const average = listing.price(order.averagePrice ?? order.price ?? 0)
  const quantity = listing.quantity(order.quantity)
  const filled = listing.quantity(order.filledQuantity)
  return (
    `{"e":"forceOrder","E":${now},"o":{"s":"${listing.symbol}","S":"${order.side === 'buy' ? 'BUY' : 'SELL'}",` +
    `"o":"LIMIT","f":"IOC","q":"${quantity}","p":"${price}","ap":"${average}","X":"FILLED",` +
    `"l":"${filled}","z":"${filled}","T":${order.updatedAt}},"ps":"${listing.symbol}","st":1}`
  )
}
