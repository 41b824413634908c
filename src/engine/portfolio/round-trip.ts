import type { UnixMs } from '#model/ids.ts'
import { unitPrice } from '#model/money.ts'
import type { ExitReason, RoundTrip } from '#model/order.ts'
import type { Held } from './held.ts'

/** The finished story of a position that has just become flat. */
export function toRoundTrip(held: Held, closedAt: UnixMs, exitReason: ExitReason): RoundTrip {
  const isLong = held.view.quantity > 0
  const entryPrice = unitPrice(held.entryNotional, held.entryQuantity)
  const up = (held.highestPrice - entryPrice) / entryPrice
  const down = (held.lowestPrice - entryPrice) / entryPrice
  return {
    positionId: held.positionId,
    signalId: held.signalId,
    instanceId: held.instanceId,
    instrumentId: held.instrumentId,
    strategy: held.strategy,
    side: isLong ? 'long' : 'short',
    quantity: held.largestQuantity,
    leverage: held.leverage,
    entryPrice,
    exitPrice: unitPrice(held.exitNotional, held.exitQuantity),
    openedAt: held.openedAt,
    closedAt,
    exitReason,
    grossProfit: held.grossProfit,
    netProfit: held.grossProfit - held.costs.fee - held.costs.funding,
    costs: { ...held.costs },
    notional: held.entryNotional,
    maxFavorable: isLong ? up : 0 - down,
    maxAdverse: isLong ? down : 0 - up,
  }
}
