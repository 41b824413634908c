import type { InstrumentId } from '#model/ids.ts'
import type { VenueEvent } from '#model/order.ts'
import type { AccountVenue, OrderReport, Timers } from '#model/venue.ts'
import { count } from '../link/rejection.ts'
import { wait } from '../link/timers.ts'
import type { TokenBucket } from '../link/token-bucket.ts'
import { createAccountApi } from './account-api.ts'
import { createAccountSettings } from './account-settings.ts'
import { createCanceler } from './cancel.ts'
import type { Catalog } from './catalog.ts'
import { readFills } from './fill-pages.ts'
import { createFundingPayments } from './funding-payments.ts'
import { toMarginTiers } from './instruments.ts'
import type { MarketApi } from './market-api.ts'
import { toAlgoReport, toBalanceReport, toFillReport, toOrderReport, toPositionReport } from './order-mapper.ts'
import { createOwnOrders, isWhole, type OwnOrder } from './own-orders.ts'
import { createPositions } from './positions.ts'
import { createReconciler } from './reconcile.ts'
import type { BinanceRest } from './rest.ts'
import { createSubmitter } from './submit.ts'
import { createUserStream } from './user-stream.ts'
import type { UserFrame } from './wire/user-frames.ts'

export interface AccountOptions {
  readonly rest: BinanceRest
  readonly market: MarketApi
  readonly catalog: Catalog
  readonly timers: Timers
  readonly streamHost: string
  readonly connects: TokenBucket
}

export interface BinanceAccount extends AccountVenue {
  readonly close: () => Promise<void>
}

/** One account at Binance futures: requests by REST, what became of them by the user stream, and REST again where the stream may have missed it. */
export function createAccount(options: AccountOptions): BinanceAccount {
  const { rest, market, catalog, timers, streamHost, connects } = options
  const api = createAccountApi(rest)
  const now = (): number => Math.floor(rest.clock.now())
  const listeners = new Set<(event: VenueEvent) => void>()
  const closing = new AbortController()
  const rejected: Record<string, number> = {}
  let stream: ReturnType<typeof createUserStream> | null = null

  const emit = (event: VenueEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const contractOf = (symbol: string) => {
    const contract = catalog.known(symbol)
    // a delivery, or one not read yet
    if (contract === undefined) count(rejected, 'unknown symbol')
    return contract
  }

  const own = createOwnOrders({
    emit,
    contract: contractOf,
    now,
    onMissingFills: (order) => void completeFills(order),
    onGhost: ({ orderId, instrumentId, symbol, conditional }) =>
      void cancel({ orderId, instrumentId, type: conditional ? 'stopMarket' : 'limit' }, symbol),
    onTriggered: (order) => void submitter.lookUp(order).catch(() => reconciler.request()),
  })
  const positions = createPositions(emit, contractOf)
  const settings = createAccountSettings(api)
  const closed = closing.signal
  const submitter = createSubmitter({ api, catalog, own, settings, timers, closing: closed })
  const cancel = createCanceler({ api, own, timers, lookUp: submitter.lookUp, closing: closed })
  const funding = createFundingPayments({ api, market, catalog, timers, now, emit, closing: closed })
  const reconciler = createReconciler({
    api,
    own,
    positions,
    timers,
    now,
    emit,
    lookUp: submitter.lookUp,
    onMissed: () => stream?.restart('a fill was not told'),
    closing: closed,
  })

  const completing = new Set<OwnOrder>()
  /** The event of a fill usually comes right after; else the venue is asked for the fills since the order was sent. */
  const completeFills = async (order: OwnOrder): Promise<void> => {
    if (completing.has(order)) return
    completing.add(order)
    for (let attempt = 0; attempt < 6 && !isWhole(order) && !closed.aborted; attempt++) {
      await wait(timers, 300 * 2 ** attempt, closed)
      if (isWhole(order)) break
      const startTime = Math.max(0, order.since - 60_000, now() - weekMs)
      try {
        for (const trade of await api.trades(order.symbol, { startTime, endTime: now() + 1_000 }))
          own.onTrade(trade, false)
      } catch {
        // asked again after the pause
      }
    }
    completing.delete(order)
    if (!isWhole(order)) own.endAnyway(order)
  }

  const onFrame = (frame: UserFrame): void => {
    switch (frame.channel) {
      case 'order':
        return own.onOrderUpdate(frame.order, frame.time)
      case 'algo':
        return own.onAlgoUpdate(frame.algo, frame.time)
      case 'account':
        positions.onChange(frame.account, frame.time)
        for (const { s: symbol, mt } of frame.account.P ?? []) settings.onMarginMode(symbol, mt)
        for (const { a, wb } of frame.account.B ?? []) reconciler.onBalance(a, wb, frame.time)
        if (frame.account.m === 'FUNDING_FEE') funding.onSettled(frame.time)
        return
      case 'leverage':
        return settings.onLeverage(frame.symbol, frame.leverage)
      default:
    }
  }

  const prepared = async () => {
    await Promise.all([
      rest.clock.uncertaintyMs < Infinity ? undefined : rest.clock.sync().catch(() => undefined),
      catalog.load().catch(() => undefined),
      // an exit that is the first order must not wait for it
      settings.positionMode().catch(() => undefined),
    ])
  }
  let preparing: Promise<void> | undefined
  const prepare = (): Promise<void> => (preparing ??= prepared())

  const connect = async (): Promise<void> => {
    await prepare()
    if (stream !== null || closed.aborted) return
    stream = createUserStream({
      api,
      host: streamHost,
      timers,
      connects,
      rejected,
      onFrame,
      onOpen() {
        reconciler.request()
        funding.resume()
      },
    })
    reconciler.start()
  }

  const contracts = async (id: InstrumentId) => {
    await prepare()
    return catalog.contract(id)
  }

  const openReports = async (symbol: string | undefined): Promise<readonly OrderReport[]> => {
    const [orders, algos] = await Promise.all([api.openOrders(symbol), api.openAlgos(symbol)])
    return [
      ...orders.flatMap((record) => {
        const contract = contractOf(record.symbol)
        return contract === undefined ? [] : [toOrderReport(record, contract, own.ofOrder(record.orderId)?.orderId)]
      }),
      ...algos.flatMap((record) => {
        const contract = contractOf(record.symbol)
        return contract === undefined ? [] : [toAlgoReport(record, contract)]
      }),
    ]
  }

  return {
    subscribe(listener) {
      listeners.add(listener)
      void connect()
      return () => void listeners.delete(listener)
    },
    async submit(order) {
      await prepare()
      await submitter.submit(order)
    },
    async cancel(ref) {
      try {
        const { symbol } = (await contracts(ref.instrumentId)).instrument
        return await cancel(ref, symbol)
      } catch {
        // its symbol cannot be learned now
        return 'uncertain'
      }
    },
    async cancelAll(id) {
      const only = id === undefined ? undefined : (await contracts(id)).instrument.symbol
      await prepare()
      // the venue cancels by symbol only
      const symbols =
        only === undefined
          ? new Set([...(await api.openOrders()), ...(await api.openAlgos())].map(({ symbol }) => symbol))
          : [only]
      const outcomes = await Promise.allSettled(
        [...symbols].flatMap((symbol) => [api.cancelAll(symbol), api.cancelAllAlgos(symbol)]),
      )
      // what was canceled is told by the stream and, where that is lost, by the comparison
      reconciler.request()
      const failed = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    },
    async findOrder(ref) {
      const contract = await contracts(ref.instrumentId)
      const { symbol } = contract.instrument
      const order = own.register(ref, symbol)
      if (order.conditional && order.childId === null) {
        const algo = await api.algo(ref.orderId)
        if (algo === null) return null
        own.onAlgo(algo)
        if (algo.actualOrderId === null) return toAlgoReport(algo, contract)
        order.childId ??= algo.actualOrderId
      }
      const key = order.conditional && order.childId !== null ? { orderId: order.childId } : null
      const record = await api.order(symbol, key ?? { origClientOrderId: ref.orderId })
      if (record === null) return null
      own.onOrder(record)
      return toOrderReport(record, contract, ref.orderId)
    },
    async openOrders(id) {
      await prepare()
      return openReports(id === undefined ? undefined : (await contracts(id)).instrument.symbol)
    },
    async fills(id, cursor) {
      const contract = await contracts(id)
      const ofOrder = own.ofOrder
      const { fills, next } = await readFills(
        api,
        contract.instrument.symbol,
        cursor,
        now(),
        (order) => !!ofOrder(order),
      )
      return {
        fills: fills.map((fill) => toFillReport(fill, contract, ofOrder(fill.orderId)?.orderId ?? null, fill.forced)),
        next,
      }
    },
    async positions() {
      await prepare()
      const [rows, configs] = await Promise.all([api.positions(), api.symbolConfigs()])
      const bySymbol = new Map(configs.map((config) => [config.symbol, config]))
      return rows.flatMap((row) => {
        const contract = contractOf(row.symbol)
        return contract === undefined || row.positionAmt === 0
          ? []
          : [toPositionReport(row, contract, bySymbol.get(row.symbol))]
      })
    },
    async balances() {
      await prepare()
      return (await api.balances()).map(toBalanceReport)
    },
    async configure(id, change) {
      await settings.configure((await contracts(id)).instrument.symbol, change)
    },
    async settings(id) {
      return settings.read((await contracts(id)).instrument.symbol)
    },
    async fees(id) {
      const { makerCommissionRate, takerCommissionRate } = await api.commission((await contracts(id)).instrument.symbol)
      return { maker: makerCommissionRate, taker: takerCommissionRate }
    },
    async riskTiers(id) {
      return toMarginTiers(await api.brackets((await contracts(id)).instrument.symbol))
    },
    async fundingPaid(id, from) {
      return funding.since((await contracts(id)).instrument.symbol, from)
    },
    async inspect() {
      await rest.clock.sync()
      const report = await settings.inspect(rest.clock.offsetMs)
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

const weekMs = 7 * 86_400_000 - 60_000
