import { snapPrice, type Instrument } from '#model/instrument.ts'
import type { Order } from '#model/order.ts'
import { type Bench, order } from '#test/contracts/bench.ts'
import type { Random } from '../../src/simulator/generator/random.ts'
import { viewOf } from '../contracts/account-view.ts'

/** Trades at random, without waiting for answers, as a busy engine does: a market that moves, and orders of every kind. */
export interface Trader {
  /** One step of the market, and sometimes an order or a cancel. */
  step(): void
  readonly sent: ReadonlyMap<string, { readonly order: Order; readonly at: number }>
  /** What must not happen: a request of ours that threw. */
  readonly broken: string[]
  /** Requests that have not come back yet. */
  readonly pending: number
  /** The instrument as it was told last. */
  instrument: Instrument
}

const mostHeld = 12

export function createTrader(bench: Bench, random: Random): Trader {
  const sent = new Map<string, { order: Order; at: number }>()
  const broken: string[] = []
  let mid = 100
  let pending = 0
  const trader = {
    step,
    sent,
    broken,
    instrument: bench.instrument,
    get pending() {
      return pending
    },
  }

  function track(what: string, request: Promise<unknown>, mayThrow: boolean): void {
    pending++
    request
      .catch((error: unknown) => {
        if (!mayThrow) broken.push(`${what} threw ${error instanceof Error ? error.message : String(error)}`)
      })
      .finally(() => void pending--)
  }

  function send(changes: Partial<Order>): void {
    const made = order({ submittedAt: bench.clock.now(), ...changes })
    sent.set(made.orderId, { order: made, at: bench.clock.now() })
    track('submit', bench.account.submit(made), false)
  }

  function market(): void {
    const own = bench.market.market(bench.instrument.id)?.instrument ?? bench.instrument
    mid = Math.min(115, Math.max(87, mid + random.integer(-2, 2) * own.tickSize))
    const tick = own.tickSize
    const bid = snapPrice(own, mid - tick)
    bench.quote(bid, snapPrice(own, bid + 2 * tick), random.integer(2, 30))
    if (random.chance(0.6)) {
      const buys = random.chance(0.5)
      bench.print(snapPrice(own, buys ? bid + 2 * tick : bid), random.integer(1, 400) / 100, buys ? 1 : -1)
    }
  }

  function act(): void {
    const { instrument } = trader
    const held = bench.exchange.positions(bench.accountId).reduce((sum, { quantity }) => sum + quantity, 0)
    const quantity = random.integer(10, 150) / 100
    const side = held > mostHeld ? 'sell' : held < -mostHeld || random.chance(0.5) ? 'buy' : 'sell'
    const near = (offset: number): number => snapPrice(instrument, mid + (side === 'buy' ? -1 : 1) * offset)
    const draw = random.uniform()
    if (draw < 0.25) send({ side, quantity })
    else if (draw < 0.5)
      send({ side, quantity, type: 'limit', price: near(random.integer(0, 5) * instrument.tickSize) })
    else if (draw < 0.58) send({ side, quantity, type: 'limit', timeInForce: 'postOnly', price: near(0.2) })
    else if (draw < 0.66) send({ side, quantity, type: 'limit', timeInForce: 'ioc', price: near(-0.3) })
    else if (draw < 0.76 && held !== 0) {
      const exits = held > 0 ? 'sell' : 'buy'
      const exit = Number(Math.min(quantity, Math.abs(held)).toFixed(2))
      send({ side: exits, quantity: exit, reduceOnly: true, purpose: 'exit' })
    } else if (draw < 0.86 && held !== 0) {
      const exits = held > 0 ? 'sell' : 'buy'
      const stopPrice = snapPrice(instrument, mid - Math.sign(held) * random.integer(3, 20) * 0.1)
      const exit = Number(Math.min(quantity, Math.abs(held)).toFixed(2))
      send({
        side: exits,
        quantity: exit,
        type: 'stopMarket',
        stopPrice,
        trigger: 'last',
        reduceOnly: true,
        purpose: 'stopLoss',
      })
    } else cancelOne()
  }

  function cancelOne(): void {
    const view = viewOf(bench.events)
    const live = [...sent.values()].filter(({ order: { orderId } }) => !view.endings.has(orderId))
    if (live.length === 0) return
    const chosen = live[random.integer(0, live.length - 1)].order
    track('cancel', bench.account.cancel(chosen), false)
  }

  function step(): void {
    market()
    if (random.chance(0.15) && bench.venue.account !== undefined) act()
  }
  return trader
}
