import { formatMoney } from '#model/money.ts'
import type { Exchange } from './exchange.ts'

/** Everything of an exchange that the control page shows, as plain JSON. */
export function controlState(exchange: Exchange, urls: Readonly<Record<string, string>>) {
  const { control, faults, connections } = exchange
  return {
    venue: exchange.venue,
    urls,
    time: exchange.now(),
    paused: control.isPaused(),
    speed: control.speed(),
    markets: exchange.instruments().map(({ id, symbol, tickSize, lotSize }) => {
      const market = exchange.market(id)
      const mark = market?.mark()
      return {
        instrument: id,
        symbol,
        state: market?.state,
        tickSize,
        lotSize,
        top: market?.top() ?? null,
        last: market?.last()?.price ?? null,
        // no mark yet is no number in JSON
        mark: mark === undefined || Number.isNaN(mark.mark) ? null : mark.mark,
        fundingRate: mark?.fundingRate ?? null,
        nextFundingAt: mark?.nextFundingAt ?? null,
      }
    }),
    accounts: control.accounts().map(({ accountId, name, keys }) => ({
      account: accountId,
      name,
      keys: keys.map(({ apiKey, secret, permissions }) => ({ apiKey, secret, permissions })),
      positionMode: exchange.positionMode(accountId),
      balances: exchange.balances(accountId).map(plain),
      positions: exchange.positions(accountId).map(plain),
      openOrders: exchange.openOrders(accountId).map(plain),
      conditionalOrders: exchange.openConditionals(accountId).map(plain),
    })),
    connections: connections.all().map(({ id, kind, accountId, openedAt }) => ({
      id,
      kind,
      account: accountId ?? null,
      openedAt,
    })),
    faults: {
      seed: faults.seed,
      plan: faults.plan(),
      counts: faults.counts(),
      newest: faults.log().slice(-50),
    },
  }
}

/** Money as decimal text. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return formatMoney(value)
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, plain(own)]))
}
