import type { MarketEvent } from '#model/market.ts'
import { unreachable } from '#model/unreachable.ts'
import { arriveAll } from './arrival.ts'
import { endRecording } from './at-end.ts'
import type { Desk } from './desk.ts'
import { settleFunding } from './funding.ts'
import type { Lane } from './lane.ts'
import { checkLiquidation, takeOver } from './liquidation.ts'
import { onBookUpdate, takeFromBook } from './on-book.ts'
import { startTaking } from './fills.ts'
import { byMark, isStop, reached, sees } from './on-print.ts'

/** Plays one of the rarer events; trades, quotes and bars come as columns. */
export function onEvent(desk: Desk, lane: Lane, event: MarketEvent): void {
  switch (event.type) {
    case 'bookUpdate':
      if (lane.liquidating) takeOver(desk, lane, event.time)
      return onBookUpdate(desk, lane, event)
    case 'markPrice':
      return onMark(desk, lane, event.time, event.price)
    case 'funding':
      return settleFunding(desk, lane, event.time, event.rate, event.markPrice)
    case 'instrumentChanged':
      lane.instrument = event.instrument
      lane.liquidationPrice = lane.position.liquidationPrice(event.instrument)
      return
    case 'feedGap':
      return lane.book.clear()
    case 'feedEnded':
      endRecording(desk, lane, event.time)
      return arriveAll(desk, lane, event.time)
    case 'feedStale':
    case 'trade':
    case 'quote':
    case 'bar':
      return
    default:
      return unreachable(event)
  }
}

function onMark(desk: Desk, lane: Lane, time: number, price: number): void {
  if (lane.liquidating) takeOver(desk, lane, time)
  lane.mark = price
  lane.markTime = time
  checkLiquidation(desk, lane, time, price)
  for (const order of lane.orders) {
    if (!isStop(order) || !byMark(order) || !sees(order, time) || !reached(order, price)) continue
    startTaking(lane, order, time)
    if (lane.book.usable(time)) takeFromBook(desk, lane, order, time)
  }
}
