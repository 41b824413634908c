import type { AccountId, ExchangeOrder, Fill } from '../types.ts'
import { slice, success } from './envelope.ts'
import type { Fields } from './fields.ts'
import { limits } from './limits.ts'
import { fillDetail, fillRow, orderRow } from './order-rows.ts'
import { type Call, type Deps, read, type Route } from './routes.ts'
import { timesOf } from './times.ts'
import { WireError } from './wire-error.ts'

/** Lists of orders and fills, newest first. */
export function historyRoutes({ exchange, listings, notes, stopOrders }: Deps): readonly Route[] {
  const row = (order: ExchangeOrder) => orderRow(listings, notes, order)
  const ofSymbol = (symbol: string | undefined) =>
    symbol === undefined ? {} : { instrumentId: listings.asked(symbol).id }

  const openOrders = (accountId: AccountId, fields: Fields, symbol = fields.text('symbol')) => {
    const { page, size } = fields.page()
    const rows = exchange.openOrders(accountId, ofSymbol(symbol).instrumentId).toReversed()
    return success(slice(rows, page, size).map(row))
  }

  /** Orders of the time asked for that fit, by page. */
  const history = ({ accountId, fields }: Call, fits: (order: ReturnType<typeof row>) => boolean) => {
    const { page, size } = fields.page()
    const { from, to } = timesOf(fields, exchange.now())
    const rows = exchange
      .orders(accountId, { from, to, ...ofSymbol(fields.text('symbol')) })
      .map(row)
      .filter(fits)
      .toReversed()
    return success(slice(rows, page, size))
  }

  /** Newest first. */
  const fills = ({ accountId, fields }: Call): readonly Fill[] => {
    const { page, size } = fields.page()
    const { from, to } = timesOf(fields, exchange.now())
    const symbol = fields.required('symbol')
    return slice(exchange.fills(accountId, { from, to, ...ofSymbol(symbol) }).toReversed(), page, size)
  }

  const counts = ({ accountId }: Call) => {
    const limitOrderCount = exchange.openOrders(accountId).length
    const stopOrderCount = stopOrders.rows(accountId).filter(({ isFinished }) => isFinished === 0).length
    const planOrderCount = exchange
      .openConditionals(accountId)
      .filter(({ conditionalId }) => !stopOrders.owns(conditionalId)).length
    const sumCount = limitOrderCount + stopOrderCount + planOrderCount
    return success({ sumCount, limitOrderCount, stopOrderCount, planOrderCount, trackOrderCount: 0 })
  }

  const total = read('order/open_order_total_count', limits.usual, 'tradeRead', counts)

  return [
    read('order/list/open_orders', limits.usual, 'tradeRead', ({ accountId, fields }) => openOrders(accountId, fields)),
    read('order/list/open_orders/{symbol}', limits.usual, 'tradeRead', ({ accountId, fields, path }) =>
      openOrders(accountId, fields, path['symbol']),
    ),
    read('order/list/history_orders', limits.usual, 'tradeRead', (call) => {
      const states = numbersOf(call.fields, 'states')
      const category = call.fields.integer('category')
      const side = call.fields.integer('side')
      return history(
        call,
        (order) =>
          (states === null || states.includes(order.state)) &&
          (category === undefined || order.category === category) &&
          (side === undefined || order.side === side),
      )
    }),
    read('order/list/close_orders', limits.usual, 'tradeRead', (call) =>
      history(call, ({ side, state }) => (side === 2 || side === 4) && state === 3),
    ),
    read('order/deal_details/{orderId}', limits.usual, 'tradeRead', ({ accountId, path }) => {
      const order = exchange.order(accountId, { orderId: path['orderId'] })
      if (order === undefined) throw new WireError(2040, 'order not exist')
      const own = exchange.fills(accountId, { instrumentId: order.instrumentId, from: order.createdAt })
      return success(own.filter(({ orderId }) => orderId === order.orderId).map((fill) => fillDetail(listings, fill)))
    }),
    read('order/list/order_deals/v3', limits.usual, 'tradeRead', (call) =>
      success(fills(call).map((fill) => fillRow(listings, fill))),
    ),
    read('order/list/order_deals', limits.usual, 'tradeRead', (call) =>
      success(fills(call).map((fill) => fillDetail(listings, fill))),
    ),
    total,
    { ...total, method: 'POST' },
  ]
}

/** Numbers joined by commas; null = all. Throws 600. */
export function numbersOf(fields: Fields, name: string): readonly number[] | null {
  const text = fields.text(name)
  if (text === undefined) return null
  const numbers = text.split(',').map(Number)
  if (numbers.some((number) => !Number.isInteger(number))) throw new WireError(600, `Parameter error: ${name}`)
  return numbers
}
