import type { ColumnRole } from './format.ts'

const opCodes = {
  skip: 0,
  time: 1,
  compactTime: 2,
  side: 3,
  buyerMaker: 4,
  symbol: 5,
  positive: 6,
  quantity: 7,
  amount: 8,
} as const
/** What the decoder does at a column of this role: the cases of its `#parse`. */
export const opOf: Readonly<Record<ColumnRole, number>> = {
  skip: opCodes.skip,
  symbol: opCodes.symbol,
  time: opCodes.time,
  compactTime: opCodes.compactTime,
  side: opCodes.side,
  buyerMaker: opCodes.buyerMaker,
  price: opCodes.positive,
  quantity: opCodes.quantity,
  amount: opCodes.amount,
  open: opCodes.positive,
  high: opCodes.positive,
  low: opCodes.positive,
  close: opCodes.positive,
  volume: opCodes.quantity,
  bid: opCodes.positive,
  ask: opCodes.positive,
  bidSize: opCodes.quantity,
  askSize: opCodes.quantity,
}

/** Where a role's value goes in the row: the order of the columns of its shape, time first. */
export const slotOf: Partial<Readonly<Record<ColumnRole, number>>> = {
  price: 1,
  quantity: 2,
  open: 1,
  high: 2,
  low: 3,
  close: 4,
  volume: 5,
  bid: 1,
  ask: 2,
  bidSize: 3,
  askSize: 4,
}
