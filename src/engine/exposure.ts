import type { Instrument } from '#model/instrument.ts'
import type { InstanceId, InstrumentId, UnixMs } from '#model/ids.ts'
import type { TradingState } from '#model/limits.ts'
import { signOf } from '#model/market.ts'
import type { createOrders } from './orders/orders.ts'
import type { createPortfolio } from './portfolio/portfolio.ts'
import type { ExposureView } from './risk/risk.ts'

/** What an entry on one instrument would be added to: open positions plus every entry order that may still fill. */
export function exposureOf(options: {
  now: UnixMs
  instrument: Instrument
  instancesOfStrategy: ReadonlySet<InstanceId>
  orders: ReturnType<typeof createOrders>
  portfolio: ReturnType<typeof createPortfolio>
  priceOf: (instrumentId: InstrumentId) => number
  lastDataTime: UnixMs
  lastPrice: number
  lastMinuteQuoteVolume: number
  signalPrice: number
  maxChase: number | null
  entriesLastMinute: number
  tradingState: TradingState
}): ExposureView {
  const { portfolio, orders, instrument } = options
  const account = portfolio.account(options.now)
  const holders = new Set<InstanceId>()
  let instrumentMargin = 0
  let strategyMargin = 0
  let longNotional = 0
  let shortNotional = 0
  let marginUsed = 0
  const add = (instanceId: InstanceId, instrumentId: InstrumentId, signedNotional: number, leverage: number): void => {
    const margin = Math.abs(signedNotional) / leverage
    holders.add(instanceId)
    marginUsed += margin
    if (instrumentId === instrument.id) instrumentMargin += margin
    if (options.instancesOfStrategy.has(instanceId)) strategyMargin += margin
    if (signedNotional > 0) longNotional += signedNotional
    else shortNotional -= signedNotional
  }
  for (const position of portfolio.positions()) {
    add(
      position.instanceId,
      position.instrumentId,
      position.quantity * options.priceOf(position.instrumentId),
      position.leverage,
    )
  }
  for (const order of orders.liveEntries()) {
    const rest = order.quantity - order.filledQuantity
    const price = Math.max(order.price ?? 0, order.decisionPrice)
    add(order.instanceId, order.instrumentId, rest * price * signOf(order.side), order.leverage)
  }
  return {
    now: options.now,
    equity: account.equity,
    peakEquity: account.peakEquity,
    dayBaseline: account.dayBaseline,
    marginUsed,
    openPositions: holders.size,
    instrumentMargin,
    strategyMargin,
    longNotional,
    shortNotional,
    entriesLastMinute: options.entriesLastMinute,
    lastPrice: options.lastPrice,
    lastDataTime: options.lastDataTime,
    signalPrice: options.signalPrice,
    maxChase: options.maxChase,
    tradingState: options.tradingState,
    lastMinuteQuoteVolume: options.lastMinuteQuoteVolume,
  }
}
