import type { Instrument } from '#model/instrument.ts'
import type { MarketView } from '#model/indicator.ts'
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
  market: MarketView
  /** Instant of the decision. */
  at: number
  /** Its stream is silent. */
  stale: boolean
  lastPrice: number
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
    spread: spreadAt(options.market, options.at),
    lastDataTime: options.stale ? Number.NaN : lastDataAt(options.market, options.at),
    signalPrice: options.signalPrice,
    maxChase: options.maxChase,
    tradingState: options.tradingState,
    lastMinuteQuoteVolume: lastMinuteVolume(options.market, options.at),
  }
}

/** Newest trade or quote seen at an instant. */
function lastDataAt({ timeline, trades, quotes }: MarketView, at: number): UnixMs {
  const trade = timeline.trades[at] - 1
  const quote = timeline.quotes[at] - 1
  return Math.max(
    trade >= trades.start ? trades.time[trade - trades.offset] : -Infinity,
    quote >= quotes.start ? quotes.time[quote - quotes.offset] : -Infinity,
  )
}

function spreadAt({ timeline, quotes }: MarketView, at: number): number | null {
  const row = timeline.quotes[at] - 1
  if (row < quotes.start) return null
  const ask = quotes.ask[row - quotes.offset]
  return (ask - quotes.bid[row - quotes.offset]) / ask
}

function lastMinuteVolume(market: MarketView, at: number): number {
  const edge = market.tradeEdge(60_000)
  edge.ensure()
  const { quote, offset } = market.trades
  return quote[market.timeline.trades[at] - offset] - quote[edge.values[at] - offset]
}
