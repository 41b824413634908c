import type { OrderId } from '#model/ids.ts'
import type { Bench } from '#test/contracts/bench.ts'
import { coinId } from '#test/contracts/bench.ts'
import type { Fill } from '../../src/simulator/server/types.ts'
import { type AccountView, viewOf } from '../contracts/account-view.ts'
import type { Trader } from './trader.ts'

/** Everything that is not as the exchange's books say; empty = ledger and books agree. */
export function differences(bench: Bench, trader: Trader): string[] {
  const view = viewOf(bench.events)
  return [
    ...view.contradictions,
    ...fillDifferences(bench, view),
    ...orderDifferences(bench, trader, view),
    ...doubles(bench, trader),
    ...walletDifference(bench, view),
  ]
}

/** What the exchange booked for orders of ours. */
export const ownFills = ({ exchange, accountId }: Bench): readonly Fill[] =>
  exchange.fills(accountId).filter(({ origin }) => origin === 'client' || origin === 'conditional')
/** Liquidation, deleveraging, settlement of a delisted contract. */
export const forcedFills = ({ exchange, accountId }: Bench): readonly Fill[] =>
  exchange.fills(accountId).filter(({ origin }) => forcedOrigins.has(origin))
const forcedOrigins: ReadonlySet<string> = new Set(['liquidation', 'adl', 'settlement'])

function fillDifferences(bench: Bench, view: AccountView): string[] {
  const line = (fill: { readonly price: number; readonly quantity: number; readonly fee: bigint }): string =>
    `${fill.quantity} at ${fill.price}, fee ${fill.fee}`
  return [
    ...multisetDifferences('fill', ownFills(bench).map(line), [...view.fills.values()].map(line)),
    ...multisetDifferences('forced fill', forcedFills(bench).map(line), view.forced.map(line)),
  ]
}

/** Lines of one side that the other does not have. */
export function multisetDifferences(what: string, books: readonly string[], ledger: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const line of books) counts.set(line, (counts.get(line) ?? 0) + 1)
  for (const line of ledger) counts.set(line, (counts.get(line) ?? 0) - 1)
  return [...counts].flatMap(([line, count]) =>
    count === 0 ? [] : [`${what} ${line}: ${count > 0 ? `${count} not told` : `${-count} too many told`}`],
  )
}

function orderDifferences(bench: Bench, trader: Trader, view: AccountView): string[] {
  const { exchange, accountId } = bench
  const found: string[] = []
  const openIds = new Set<string>()
  for (const one of exchange.openOrders(accountId)) {
    if (one.clientId === null) continue
    openIds.add(one.clientId)
    if (!trader.sent.has(one.clientId)) found.push(`order ${one.orderId} is open and none of ours`)
    else if (view.endings.has(one.clientId as OrderId))
      found.push(`order ${one.clientId} is open but told as ${view.endings.get(one.clientId as OrderId)?.ending}`)
  }
  for (const { order: sent } of trader.sent.values()) {
    const { orderId } = sent
    const ending = view.endings.get(orderId)
    const told = view.filledOf(orderId)
    const label = `order ${orderId} (${sent.type} ${sent.timeInForce} ${sent.side} ${sent.quantity})`
    if (sent.type === 'stopMarket') {
      if (ending === undefined && told < sent.quantity && !view.accepted.has(orderId))
        found.push(`${label}: nothing is known of it`)
      continue
    }
    const own = exchange.order(accountId, { clientId: orderId })
    if (ending === undefined && told < sent.quantity && !openIds.has(orderId)) {
      // a closing order may be cut to what there was to close
      if (!(own?.status === 'filled' && told >= own.quantity))
        found.push(`${label}: live for us, ${own?.status ?? 'unknown'} at the exchange`)
    }
    if (ending?.ending === 'rejected' && own !== undefined && own.filledQuantity > 0)
      found.push(`${label}: told as rejected (${ending.code}), but it filled`)
    if (openIds.has(orderId) && !view.accepted.has(orderId)) found.push(`${label}: open but never told as accepted`)
  }
  return found
}

/** More than one order of the exchange for one of ours. */
function doubles({ exchange, accountId }: Bench, trader: Trader): string[] {
  const found: string[] = []
  const seen = new Map<string, number>()
  for (const { clientId } of exchange.orders(accountId))
    if (clientId !== null) seen.set(clientId, (seen.get(clientId) ?? 0) + 1)
  for (const [clientId, count] of seen) if (count > 1) found.push(`${count} orders under ${clientId}`)
  const stops = [...trader.sent.values()].filter(({ order: { type } }) => type === 'stopMarket').length
  const placed = exchange.conditionals(accountId).length
  if (placed > stops) found.push(`${placed} conditional orders for ${stops} stops`)
  return found
}

function walletDifference({ exchange, accountId, events }: Bench, view: AccountView): string[] {
  const own = exchange.balances(accountId).find(({ currency }) => currency === 'USDT')?.wallet
  const told = view.wallet.get('USDT')
  return own === told || events.length === 0 ? [] : [`wallet ${told ?? 'never'} told, ${own} booked`]
}

/** By REST: positions and fills by cursor are the exchange's. */
export async function askedDifferences(bench: Bench): Promise<string[]> {
  if (bench.venue.account === undefined) return []
  const { account, clock, exchange, accountId } = bench
  const sum = (rows: readonly { readonly quantity: number }[]): number =>
    Number(rows.reduce((total, { quantity }) => total + quantity, 0).toFixed(8))
  const positions = sum(await clock.wait(account.positions()))
  const own = sum(exchange.positions(accountId))
  const page = await clock.wait(account.fills(coinId, null))
  const line = ({ price, quantity, fee }: { price: number; quantity: number; fee: bigint }): string =>
    `${quantity} at ${price}, fee ${fee}`
  const causes = forcedFills(bench).flatMap(({ origin }) => (origin === 'settlement' ? [] : origin))
  return [
    ...(positions === own ? [] : [`position ${positions} told, ${own} held`]),
    ...multisetDifferences('fill by cursor', exchange.fills(accountId).map(line), page.fills.map(line)),
    ...multisetDifferences(
      'cause',
      causes,
      page.fills.flatMap(({ forced }) => forced ?? []),
    ),
  ]
}
