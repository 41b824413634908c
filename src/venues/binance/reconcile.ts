import type { UnixMs } from '#model/ids.ts'
import type { VenueEvent } from '#model/order.ts'
import type { FillCursor, Timers } from '#model/venue.ts'
import { createBackoff } from '../link/backoff.ts'
import { wait } from '../link/timers.ts'
import type { AccountApi } from './account-api.ts'
import { readFills, startAt } from './fill-pages.ts'
import type { OwnOrder, OwnOrders } from './own-orders.ts'
import type { Positions } from './positions.ts'

export interface ReconcileOptions {
  readonly api: AccountApi
  readonly own: OwnOrders
  readonly positions: Positions
  readonly timers: Timers
  /** The venue's time. */
  readonly now: () => UnixMs
  readonly emit: (event: VenueEvent) => void
  readonly lookUp: (own: OwnOrder) => Promise<boolean>
  /** A fill was found that the stream should have told long ago. */
  readonly onMissed: () => void
  readonly closing: AbortSignal
}

/** Comparison with what the venue has, by REST: after every connection and regularly, because the stream repeats nothing. */
export interface Reconciler {
  /** Now, or right after the one that runs. */
  readonly request: () => void
  /** Regularly from now on. */
  readonly start: () => void
  /** A wallet as the stream tells it. */
  readonly onBalance: (currency: string, wallet: bigint, time: UnixMs) => void
}

const busyMs = 15_000
const idleMs = 60_000
/** An event older than this should have come. */
const eventMs = 5_000

export function createReconciler(options: ReconcileOptions): Reconciler {
  const { api, own, positions, timers, now, emit, lookUp, onMissed, closing } = options
  const cursors = new Map<string, FillCursor>()
  let startedAt: UnixMs | null = null
  const balances = new Map<string, { readonly wallet: bigint; readonly time: UnixMs }>()
  let running = false
  let wanted = false
  let started = false
  let stop: (() => void) | undefined

  const onBalance = (currency: string, wallet: bigint, time: UnixMs): void => {
    const before = balances.get(currency)
    if (before !== undefined && (before.time > time || before.wallet === wallet)) return
    balances.set(currency, { wallet, time })
    emit({ type: 'balanceReported', currency, balance: wallet, time })
  }

  /** Symbols on which something of ours could have happened. */
  const active = (live: readonly OwnOrder[]): Set<string> =>
    new Set([...live.map(({ symbol }) => symbol), ...positions.held(), ...cursors.keys()])

  const compare = async (): Promise<void> => {
    const askedAt = Math.floor(now())
    startedAt ??= askedAt
    const before = own.live().filter(({ since }) => since < askedAt - eventMs)
    const [held, open, algos] = await Promise.all([api.positions(), api.openOrders(), api.openAlgos()])
    for (const record of open) own.onOrder(record)
    for (const record of algos) own.onAlgo(record)
    const listed = new Set([...open.map(({ clientOrderId }) => clientOrderId), ...open.map(({ orderId }) => orderId)])
    for (const { clientAlgoId } of algos) listed.add(clientAlgoId)
    // accepted before and listed no more: it ended, and only the venue knows how
    for (const order of before)
      if (order.state === 'accepted' && !listed.has(order.childId ?? order.orderId)) await lookUp(order)
    let missed = false
    for (const symbol of active(before)) {
      const isOwn = (id: string): boolean => own.ofOrder(id) !== undefined
      const page = await readFills(api, symbol, cursors.get(symbol) ?? startAt(startedAt), now(), isOwn)
      for (const fill of page.fills)
        if (own.onTrade(fill, fill.forced !== null) && fill.time < askedAt - eventMs) missed = true
      if (page.next !== null) cursors.set(symbol, page.next)
    }
    if (missed) onMissed()
    positions.onAll(held, askedAt)
    for (const { asset, balance, updateTime } of await api.balances()) onBalance(asset, balance, updateTime)
  }

  const run = async (): Promise<void> => {
    if (running) return
    running = true
    stop?.()
    const backoff = createBackoff({ baseMs: 1_000, maxMs: 15_000 })
    while (wanted && !closing.aborted) {
      wanted = false
      try {
        await compare()
        backoff.reset()
      } catch {
        // the venue does not answer: nothing is concluded, it is asked again
        wanted = true
        await wait(timers, backoff.next(), closing)
      }
    }
    running = false
    if (started && !closing.aborted) stop = timers.after(own.live().length > 0 ? busyMs : idleMs, request)
  }

  function request(): void {
    wanted = true
    void run()
  }
  closing.addEventListener('abort', () => stop?.())

  return {
    request,
    onBalance,
    start() {
      started = true
      request()
    },
  }
}
