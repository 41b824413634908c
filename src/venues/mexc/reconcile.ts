import type { UnixMs } from '#model/ids.ts'
import type { VenueEvent } from '#model/order.ts'
import type { FillCursor, Timers } from '#model/venue.ts'
import { createBackoff } from '../link/backoff.ts'
import { wait } from '../link/timers.ts'
import type { AccountApi } from './account-api.ts'
import { readFills, startAt } from './fill-pages.ts'
import { toBalanceReport } from './mapper.ts'
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
  /** Units are known: without them nothing can be told. */
  readonly ready: () => Promise<void>
  /** A fill was found that the stream should have told long ago. */
  readonly onMissed: () => void
  readonly closing: AbortSignal
}

/** Comparison with what the venue has, by REST: after every login and regularly, because pushes are not repeated and carry no sequence. */
export interface Reconciler {
  /** Now, or right after the one that runs. */
  readonly request: () => void
  /** The stream is back: what happened before it could not be told by it. */
  readonly loggedIn: () => void
  readonly refreshBalances: () => void
  /** Regularly from now on. */
  readonly start: () => void
}

const busyMs = 15_000
const idleMs = 60_000
/** A push older than this should have come. */
const pushMs = 5_000
const planLifeMs = 8 * 86_400_000

export function createReconciler(options: ReconcileOptions): Reconciler {
  const { api, own, positions, timers, now, emit, lookUp, ready, onMissed, closing } = options
  const cursors = new Map<string, FillCursor>()
  const startedAt = now()
  const balances = new Map<string, bigint>()
  let streamSince = Infinity
  let running = false
  let wanted = false
  let started = false
  let stop: (() => void) | undefined
  let stopBalances: (() => void) | undefined

  const tellBalances = async (): Promise<void> => {
    const time = now()
    for (const asset of await api.assets()) {
      const { currency, wallet } = toBalanceReport(asset, time)
      if (balances.get(currency) === wallet) continue
      balances.set(currency, wallet)
      emit({ type: 'balanceReported', currency, balance: wallet, time })
    }
  }

  /** Symbols on which something of ours could have happened. */
  const active = (live: readonly OwnOrder[]): Set<string> =>
    new Set([...live.map(({ symbol }) => symbol), ...positions.held(), ...cursors.keys()])

  const compare = async (): Promise<void> => {
    await ready()
    const askedAt = now()
    const before = own.live()
    const [held, open, plans] = await Promise.all([
      api.positions(),
      api.openOrders(),
      api.plans({ from: askedAt - planLifeMs, to: askedAt + 1_000, waitingOnly: true }),
    ])
    for (const record of open) own.onOrder(record)
    for (const record of plans) own.onPlan(record)
    const listed = new Set([...open.map(({ orderId }) => orderId), ...plans.map(({ id }) => id)])
    // accepted before and listed no more: it ended, and only the venue knows how; not readable yet is no news
    for (const order of before)
      if (order.state === 'accepted' && !listed.has(order.childId ?? order.venueOrderId ?? '')) await lookUp(order)
    let missed = false
    for (const symbol of active(before)) {
      const page = await readFills(api, symbol, cursors.get(symbol) ?? startAt(startedAt), now())
      for (const fill of page.fills) if (own.onFill(fill) && wasDue(fill.timestamp, askedAt)) missed = true
      if (page.next !== null) cursors.set(symbol, page.next)
    }
    await claimOrphans()
    if (missed) onMissed()
    positions.onAll(held, askedAt)
    await tellBalances()
  }

  /** Lists of fills do not say whose they are; their orders do. */
  const claimOrphans = async (): Promise<void> => {
    for (const orderId of own.orphans()) {
      const record = await api.order(orderId)
      if (record !== null) own.onOrder(record)
      if (own.ofOrder(orderId) === undefined) own.disown(orderId)
    }
  }

  const wasDue = (time: UnixMs, askedAt: UnixMs): boolean => time > streamSince + pushMs && time < askedAt - pushMs

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

  closing.addEventListener('abort', () => {
    stop?.()
    stopBalances?.()
  })

  return {
    request,
    loggedIn() {
      streamSince = now()
      request()
    },
    start() {
      started = true
      request()
    },
    refreshBalances() {
      stopBalances?.()
      // pushes come in groups and carry no equity
      stopBalances = timers.after(300, () => void tellBalances().catch(() => request()))
    },
  }
}
