import type { InstrumentId } from '#model/ids.ts'
import type { VenueEvent } from '#model/order.ts'
import { type AccountVenue, type OrderReport, type Timers, VenueError } from '#model/venue.ts'
import type { TokenBucket } from '../link/token-bucket.ts'
import { wait } from '../link/timers.ts'
import type { Socket } from '../link/socket.ts'
import { createAccountApi } from './account-api.ts'
import { createAccountSettings } from './account-settings.ts'
import { createCanceler } from './cancel.ts'
import type { Catalog } from './catalog.ts'
import { readFills } from './fill-pages.ts'
import { mexc, toMarginTiers } from './instruments.ts'
import {
  toBalanceReport,
  toFillReport,
  toFundingPayment,
  toOrderReport,
  toPlanReport,
  toPositionReport,
} from './mapper.ts'
import { count } from '../link/rejection.ts'
import { createOwnOrders, type OwnOrder } from './own-orders.ts'
import { createPlanRenewal } from './plan-renewal.ts'
import { createPositions } from './positions.ts'
import { createPrivateStream } from './private-stream.ts'
import { createReconciler } from './reconcile.ts'
import type { MexcRest } from './rest.ts'
import type { Keys } from './sign.ts'
import { createSubmitter } from './submit.ts'
import type { Frame } from './wire/frames.ts'

export interface AccountOptions {
  readonly rest: MexcRest
  readonly catalog: Catalog
  readonly keys: Keys
  readonly timers: Timers
  readonly streamUrl: string
  readonly connects: TokenBucket
}

export interface MexcAccount extends AccountVenue {
  readonly close: () => Promise<void>
}

/** One account at MEXC: requests by REST, what became of them by the private stream, and REST again where the stream may have missed it. */
export function createAccount(options: AccountOptions): MexcAccount {
  const { rest, catalog, keys, timers, streamUrl, connects } = options
  const api = createAccountApi(rest)
  const now = (): number => rest.clock.now()
  const listeners = new Set<(event: VenueEvent) => void>()
  const closing = new AbortController()
  const rejected: Record<string, number> = {}
  let stream: Socket | null = null

  const emit = (event: VenueEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const contractOf = (symbol: string) => {
    const contract = catalog.known(symbol)
    // an inverse contract, or one not read yet: its sizes cannot be told in coins
    if (contract === undefined) count(rejected, 'unknown symbol')
    return contract
  }

  const own = createOwnOrders({
    emit,
    contract: contractOf,
    now,
    onMissingFills: (order) => void completeFills(order),
    onGhost: ({ orderId, instrumentId, conditional }) =>
      void cancel({ orderId, instrumentId, type: conditional ? 'stopMarket' : 'limit' }),
    onForeignClose: (record) => void timers.after(claimMs, () => own.unclaimed(record)),
    onAbsurd: (reason) => count(rejected, reason),
    onTriggered: (order) => void submitter.lookUp(order).catch(() => reconciler.request()),
  })
  const positions = createPositions(emit, contractOf)
  const settings = createAccountSettings(api, positions)
  const renewal = createPlanRenewal({ api, own, timers, now, closing: closing.signal })
  const submitter = createSubmitter({
    api,
    catalog,
    own,
    timers,
    now,
    terms: (order) => settings.terms(order.instrumentId),
    closing: closing.signal,
  })
  const cancel = createCanceler({ api, own, timers, lookUp: submitter.lookUp, closing: closing.signal })
  const reconciler = createReconciler({
    api,
    own,
    positions,
    timers,
    now,
    emit,
    lookUp: submitter.lookUp,
    ready: () => catalog.ready(),
    onMissed: () => stream?.restart('a fill was not pushed'),
    closing: closing.signal,
  })

  const completing = new Set<OwnOrder>()
  /** The push of a fill usually comes right after; else the venue is asked for the fills of the order. */
  const completeFills = async (order: OwnOrder): Promise<void> => {
    if (completing.has(order)) return
    completing.add(order)
    for (let attempt = 0; attempt < 6 && isShort(order) && !closing.signal.aborted; attempt++) {
      await wait(timers, 300 * 2 ** attempt, closing.signal)
      const id = order.childId ?? order.venueOrderId
      if (!isShort(order) || id === null) break
      try {
        for (const fill of await api.fillsOf(order.symbol, id)) own.onFill(fill)
      } catch {
        // asked again after the pause
      }
    }
    completing.delete(order)
    if (isShort(order)) own.endAnyway(order)
  }

  const onFrame = (frame: Frame): void => {
    switch (frame.channel) {
      case 'push.personal.order':
        return own.onOrder(frame.order)
      case 'push.personal.order.deal':
        own.onFill(frame.fill)
        return
      case 'push.personal.position':
        return positions.onPosition(frame.position)
      case 'push.personal.asset':
        return reconciler.refreshBalances()
      case 'push.personal.plan.order':
        return own.onPlan(frame.order)
      case 'push.personal.position.mode':
        return settings.onPositionMode(frame.positionMode)
      default:
    }
  }

  const prepared = async () => {
    await Promise.all([
      rest.clock.uncertaintyMs < Infinity ? undefined : rest.clock.sync().catch(() => undefined),
      catalog.load().catch(() => undefined),
    ])
  }
  let preparing: Promise<void> | undefined
  const prepare = (): Promise<void> => (preparing ??= prepared())

  const connect = (): void => {
    if (stream !== null || closing.signal.aborted) return
    stream = createPrivateStream({
      url: streamUrl,
      keys,
      timers,
      connects,
      rejected,
      onFrame,
      onLogin: () => reconciler.loggedIn(),
      async measuredNow() {
        await prepare()
        if (rest.clock.uncertaintyMs === Infinity) await rest.clock.sync()
        return Math.floor(now())
      },
    })
    reconciler.start()
  }

  const contracts = async (id: InstrumentId) => {
    await prepare()
    return catalog.contract(id)
  }

  return {
    subscribe(listener) {
      listeners.add(listener)
      connect()
      return () => void listeners.delete(listener)
    },
    async submit(order) {
      await prepare()
      await submitter.submit(order)
      const tracked = own.get(order.orderId)
      if (tracked?.conditional === true) renewal(tracked)
    },
    async cancel(ref) {
      await prepare()
      return cancel(ref)
    },
    async cancelAll(id) {
      await prepare()
      const outcomes = await Promise.allSettled([api.cancelAll(id), api.cancelAllPlans(id), api.cancelAllStops(id)])
      // what was canceled is told by pushes and, where they are lost, by the comparison
      reconciler.request()
      const failed = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    },
    async findOrder(ref) {
      const contract = await contracts(ref.instrumentId)
      if (ref.type !== 'stopMarket') {
        const record = await api.external(ref.instrumentId, ref.orderId)
        if (record !== null) own.onOrder(record)
        return record === null ? null : toOrderReport(record, contract)
      }
      const order = own.register(ref, ref.instrumentId)
      if (!(await submitter.lookUp(order))) return null
      const id = order.childId ?? order.venueOrderId
      const record = order.childId === null || id === null ? null : await api.order(id)
      if (record !== null) return { ...toOrderReport(record, contract), orderId: ref.orderId }
      const week = { symbol: ref.instrumentId, from: now() - planLifeMs, to: now() + 1_000, waitingOnly: false }
      const plan = (await api.plans(week)).find((row) => row.id === order.venueOrderId)
      return plan === undefined ? null : toPlanReport(plan, ref.orderId, contract)
    },
    async openOrders(id) {
      await prepare()
      const range = { symbol: id, from: now() - planLifeMs, to: now() + 1_000, waitingOnly: true }
      const [orders, plans] = await Promise.all([api.openOrders(id), api.plans(range)])
      const reports: OrderReport[] = []
      for (const record of orders) {
        const contract = contractOf(record.symbol)
        const ours = own.ofOrder(record.orderId)?.orderId
        if (contract !== undefined) reports.push({ ...toOrderReport(record, contract), ...(ours && { orderId: ours }) })
      }
      for (const record of plans) {
        const contract = contractOf(record.symbol)
        const ours = own.ofPlan(record.id)?.orderId ?? null
        if (contract !== undefined) reports.push(toPlanReport(record, ours, contract))
      }
      return reports
    },
    async fills(id, cursor) {
      const contract = await contracts(id)
      const { fills, next } = await readFills(api, id, cursor, now())
      return {
        fills: fills.map((fill) => toFillReport(fill, own.ofOrder(fill.orderId)?.orderId ?? null, contract)),
        next,
      }
    },
    async positions() {
      await prepare()
      const rows = await api.positions()
      return rows.flatMap((row) => {
        const contract = contractOf(row.symbol)
        return contract === undefined ? [] : [toPositionReport(row, contract)]
      })
    },
    async balances() {
      await prepare()
      const assets = await api.assets()
      return assets.map((asset) => toBalanceReport(asset, now()))
    },
    async configure(id, change) {
      await contracts(id)
      await settings.configure(id, change)
    },
    async settings(id) {
      await contracts(id)
      return settings.read(id)
    },
    async fees(id) {
      await contracts(id)
      const { realMakerFee, realTakerFee } = await api.feeRate(id)
      return { maker: realMakerFee, taker: realTakerFee }
    },
    async riskTiers(id) {
      const contract = await contracts(id)
      const rows = (await api.riskLimit(id)).filter(({ symbol }) => symbol === id)
      if (rows.length === 0) throw new VenueError(mexc, 'unknown', 'malformed', `no risk limits told for ${id}`)
      return toMarginTiers(rows, contract)
    },
    async fundingPaid(id, from) {
      await prepare()
      const rows = await api.fundingRecords(id, from, now() + 1_000)
      return rows
        .filter(({ symbol, settleTime }) => symbol === id && settleTime >= from)
        .map(toFundingPayment)
        .sort((a, b) => a.time - b.time)
    },
    async inspect() {
      await rest.clock.sync()
      await catalog.ready()
      const tradable = [...catalog.all()].find((contract) => contract.tradable)
      const report = await settings.inspect(tradable?.instrument.symbol ?? 'BTC_USDT', rest.clock.offsetMs)
      const unread = Object.entries({ ...rest.rejected, ...rejected })
      return {
        ...report,
        notes: [...report.notes, ...unread.map(([reason, times]) => `not understood ${times} times: ${reason}`)],
      }
    },
    async close() {
      closing.abort()
      await stream?.close()
    },
  }
}

/** The news that a plan became an order comes well within. */
const claimMs = 2_000
const planLifeMs = 8 * 86_400_000
const isShort = (order: OwnOrder): boolean => order.dealt > order.filled + 1e-9
