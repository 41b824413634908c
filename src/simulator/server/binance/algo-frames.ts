import type { ConditionalOrder } from '../types.ts'
import { plain } from './decimals.ts'
import { algoTimeInForce, averageText, workingTypeOf } from './order-rows.ts'
import type { OrderDeps } from './place.ts'
import type { UserFrame } from './user-frames.ts'
import { algoClientIdOf, conditionalWord, orderTypeWord, positionSideWord, sideWord } from './words.ts'

/** What is told of a conditional order; `status` also says `TRIGGERING`, which the exchange does not know. */
export function algoFrames(
  { exchange, listings, extras }: OrderDeps,
  order: ConditionalOrder,
  status: string,
  time: number,
): readonly UserFrame[] {
  const listing = listings.of(order.instrumentId)
  if (listing === undefined) return []
  const { priceMatch, selfTrade, priceProtect, goodTillDate } = extras.ofAlgo(order.conditionalId)
  const became = order.orderId === null ? undefined : exchange.order(order.accountId, { orderId: order.orderId })
  const done = status === 'FINISHED' ? became : undefined
  return [
    {
      e: 'ALGO_UPDATE',
      T: order.updatedAt,
      E: time,
      o: {
        caid: algoClientIdOf(order),
        aid: Number(order.conditionalId),
        at: 'CONDITIONAL',
        o: conditionalWord(order.kind),
        s: listing.symbol,
        S: sideWord(order.side),
        ps: positionSideWord(order.positionSide),
        f: algoTimeInForce(order, goodTillDate),
        q: plain(order.quantity),
        X: status,
        ai: order.orderId ?? '',
        ap: done === undefined ? '0.00000' : averageText(done),
        aq: plain(done?.filledQuantity ?? 0),
        act: became === undefined ? '0' : orderTypeWord(became.type),
        tp: plain(order.triggerPrice),
        p: plain(order.price ?? 0),
        V: selfTrade,
        wt: workingTypeOf(order),
        pm: priceMatch,
        cp: order.closePosition,
        pP: priceProtect,
        R: order.reduceOnly,
        tt: order.triggeredAt ?? 0,
        gtd: goodTillDate,
        rm: status === 'REJECTED' ? rejectWord(order) : '',
        ia: true,
      },
    },
  ]
}

function rejectWord(order: ConditionalOrder): string {
  return order.reason === 'reduceOnlyRejected' || order.reason === 'noPosition'
    ? 'ReduceOnly Order is rejected.'
    : order.reason === 'insufficientMargin'
      ? 'Margin is insufficient.'
      : (order.reason ?? '')
}
