import type { EngineOutput, NearMiss, VerdictRecord } from '#model/events.ts'
import { instanceId, type InstrumentId, instrumentId, orderId, positionId, signalId, venueId } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import { defaultLimits } from '#model/limits.ts'
import { product, share, toMoney, toNumber } from '#model/money.ts'
import type { ExitReason, Order, OrderFilled, RoundTrip } from '#model/order.ts'
import type { PriceSeries } from '#model/run.ts'
import { type Strategy, strategySchema } from '#model/strategy.ts'
import type { ReportRun, VerdictStrip } from './report-run.ts'

/** Size of the made-up run; the defaults give 3 instruments, 3 days and about 25 trades. */
export interface SampleOptions {
  readonly seed?: number
  readonly days?: number
  readonly instruments?: readonly string[]
  readonly strategyName?: string
  /** Shocks per instrument and day. */
  readonly pumpsPerDay?: number
}

const start = Date.UTC(2026, 2, 2)
const minute = 60_000

/** A made-up finished run for tests of the reports: consistent in its sums, repeatable, and about no real market. */
export function sampleRun(options: SampleOptions = {}): ReportRun {
  const random = lcg(options.seed ?? 7)
  const days = options.days ?? 3
  const name = options.strategyName ?? 'pump-fade'
  const ids = (options.instruments ?? ['PEPE_USDT', 'HBAR_USDT', 'SUI_USDT']).map(instrumentId)
  const document = sampleStrategy(name)
  const parts = ids.map((id, index) => samplePart(id, index, days, options.pumpsPerDay ?? 5, name, random))
  const decisions = parts.flatMap((part) => part.decisions).sort((a, b) => timeOf(a) - timeOf(b))
  const trips = parts.flatMap((part) => part.trips)
  const to = start + days * 86_400_000
  const costs = (of: keyof RoundTrip['costs']): bigint => trips.reduce((sum, trip) => sum + trip.costs[of], 0n)
  return {
    id: 'r00042',
    name,
    createdAt: '2026-03-06T09:30:00Z',
    kind: 'backtest',
    status: 'completed',
    codeVersion: '0.1.0',
    durationMs: 1_843,
    fingerprint: '9f2c41d07be35a1846c0d9ef21b7a6f0c3d84e5512aa90be77f1d3c6480e2b95',
    outputHash: '1b7e0f6c2a9d4483b5e1c07fa86d92e4407cb3a9f15d6e8820c4b17395ae0fd2',
    spec: {
      strategies: [{ name, hash: '7d1fa0c2be44', document }],
      instruments: ids.map(sampleInstrument),
      data: ids.map((id) => ({
        instrumentId: id,
        label: `${id}.csv`,
        checksum: 'c0ffee',
        rows: 806_110,
        from: start,
        to,
      })),
      limits: defaultLimits,
      capital: toMoney(10_000),
      currency: 'USDT',
      simulator: {
        latency: { type: 'fixed', ms: 250 },
        reportLatencyMs: 50,
        participation: 0.1,
        impact: 1,
        assumedFundingRate: 0.0001,
      },
      settings: {},
      seed: 42,
      from: start,
      to,
    },
    counts: {
      events: 2_418_332,
      signals: trips.length,
      skippedSignals: trips.length,
      deniedOrders: 0,
      orders: trips.length * 2,
      fills: trips.length * 3,
      roundTrips: trips.length,
    },
    metrics: {},
    costs: {
      fee: costs('fee'),
      spread: costs('spread'),
      impact: costs('impact'),
      delay: costs('delay'),
      funding: costs('funding'),
    },
    roundTrips: trips,
    decisions,
    orders: parts.flatMap((part) => part.orders),
    fills: parts.flatMap((part) => part.fills).sort((a, b) => a.time - b.time),
    postings: [],
    nearMisses: ids.flatMap((id, index) => sampleMisses(id, name, { from: start, to }, index)),
    equity: sampleEquity(trips, parts, { from: start, to }),
    prices: parts.map(({ prices }) => prices),
    account: null,
    quality: {
      files: 9,
      rows: 2_418_332,
      skippedFiles: [{ file: 'data/SUI_USDT/2026-03-04/trades.csv', reason: 'line 1: column "price" is missing' }],
      rejectedRows: 3,
      duplicatesDropped: 118,
      gaps: [{ instrumentId: ids[0], from: start + 30 * minute, to: start + 42 * minute }],
    },
    lookahead: { cuts: 5, changedDecisions: 0 },
    strips: parts.flatMap((part) => part.strips),
    units: { pumpMagnitude: 'percent', volumeSurge: 'ratio', spread: 'percent', momentumReversal: 'percent' },
  }
}

interface Part {
  readonly id: InstrumentId
  readonly prices: PriceSeries
  readonly trips: readonly RoundTrip[]
  readonly orders: readonly Order[]
  readonly decisions: readonly EngineOutput[]
  readonly fills: readonly OrderFilled[]
  readonly strips: readonly VerdictStrip[]
}

function samplePart(
  id: InstrumentId,
  index: number,
  days: number,
  pumpsPerDay: number,
  strategy: string,
  random: () => number,
): Part {
  const rows = days * 1440
  const { bars, pumps } = sampleBars(id, rows, [0.0000125, 0.21, 3.4][index % 3], pumpsPerDay, random)
  const trips: RoundTrip[] = []
  const decisions: EngineOutput[] = []
  const orders: Order[] = []
  const fills: OrderFilled[] = []
  const strips: VerdictStrip[] = []
  const instance = instanceId(`${strategy}@7d1fa0c2/${id}`)
  pumps.forEach((row, n) => {
    const key = `${index + 1}${String(n + 1).padStart(2, '0')}`
    const made = sampleTrade({ id, strategy, instance, key, bars, row, random, last: row > rows - 60 })
    trips.push(made.trip)
    decisions.push(...made.decisions)
    orders.push(...made.orders)
    fills.push(...made.fills)
  })
  for (const [reading, threshold, group] of [
    ['pumpMagnitude', 7, 'signal'],
    ['volumeSurge', 3, 'signal'],
    ['momentumReversal', -20, 'entry'],
  ] as const) {
    const time: number[] = [start]
    const verdicts: number[] = [-1]
    time.push(start + 10 * minute)
    verdicts.push(0)
    for (const row of pumps) {
      const lag = group === 'entry' ? 3 : reading === 'volumeSurge' ? -1 : 0
      time.push(start + (row + lag) * minute, start + (row + lag + 6) * minute)
      verdicts.push(1, 0)
    }
    strips.push({
      instanceId: instance,
      instrumentId: id,
      group,
      reading,
      operator: group === 'entry' ? 'lte' : 'gte',
      threshold,
      time,
      verdicts,
    })
  }
  return { id, prices: bars, trips, orders, decisions, fills, strips }
}

function sampleBars(
  id: InstrumentId,
  rows: number,
  price: number,
  pumpsPerDay: number,
  random: () => number,
): { bars: PriceSeries; pumps: readonly number[] } {
  const columns = () => new Float64Array(rows)
  const bars = {
    instrumentId: id,
    intervalMs: minute,
    time: columns(),
    open: columns(),
    high: columns(),
    low: columns(),
    close: columns(),
  }
  const pumps: number[] = []
  let last = price
  let shock = 0
  let fades = true
  const step = Math.floor(1440 / pumpsPerDay)
  for (let row = 0; row < rows; row++) {
    const calm = row - (pumps.at(-1) ?? -1e9) > 90
    if (calm && row % step === Math.floor(step / 2) + Math.floor(random() * 40)) pumps.push(row)
    if (pumps.at(-1) === row) fades = random() > 0.4
    shock = pumps[pumps.length - 1] === row ? 0.012 : shock * 0.72
    const since = pumps.length === 0 ? 1e9 : row - pumps[pumps.length - 1]
    const drift = since < 4 ? 0.012 : since < 25 ? (fades ? -0.0028 : 0.0016) + 0.002 * (random() - 0.5) : 0
    const open = last
    last = open * (1 + drift + 0.0016 * (random() + random() + random() - 1.5) + shock * 0.1)
    bars.time[row] = start + row * minute
    bars.open[row] = open
    bars.close[row] = last
    bars.high[row] = Math.max(open, last) * (1 + 0.0006 * random())
    bars.low[row] = Math.min(open, last) * (1 - 0.0006 * random())
  }
  return { bars, pumps }
}

interface TradeOptions {
  readonly id: InstrumentId
  readonly strategy: string
  readonly instance: ReturnType<typeof instanceId>
  readonly key: string
  readonly bars: PriceSeries
  readonly row: number
  readonly random: () => number
  readonly last: boolean
}

function sampleTrade({ id, strategy, instance, key, bars, row, random, last }: TradeOptions): {
  trip: RoundTrip
  decisions: readonly EngineOutput[]
  orders: readonly Order[]
  fills: readonly OrderFilled[]
} {
  const rows = bars.time.length
  const hold = 6 + Math.floor(random() * 18)
  const at = (offset: number): number => Math.min(rows - 1, Math.max(0, row + offset))
  const close = (offset: number): number => bars.close[at(offset)]
  const time = (offset: number): number => bars.time[at(offset)]
  const tick = close(0) < 0.001 ? 1e-9 : close(0) < 1 ? 1e-5 : 1e-4
  const grid = (price: number): number => Number((Math.round(price / tick) * tick).toFixed(10))
  const signal = signalId(`1-s${key}`)
  const position = positionId(`1-p${key}`)
  const decisionPrice = grid(close(3))
  const entryPrice = grid(decisionPrice * 0.9992)
  const exitDecision = grid(close(3 + hold))
  const exitPrice = grid(exitDecision * 1.0006)
  const quantity = Number((Math.round(600 / entryPrice / 10) * 10).toFixed(0))
  const notional = product(entryPrice, quantity)
  const grossProfit = notional - product(exitPrice, quantity)
  const fee = share(notional, 0.0002) + share(product(exitPrice, quantity), 0.0002)
  const slippage =
    product(grid(decisionPrice - entryPrice), quantity) + product(grid(exitPrice - exitDecision), quantity)
  const spread = slippage / 3n
  const impact = slippage / 4n
  const moved = (entryPrice - exitPrice) / entryPrice
  const exitReason: ExitReason = last
    ? 'endOfData'
    : moved > 0.03
      ? 'takeProfit'
      : moved < -0.01
        ? 'stopLoss'
        : random() < 0.2
          ? 'timeLimit'
          : 'exitSignal'
  const trip: RoundTrip = {
    positionId: position,
    signalId: signal,
    instanceId: instance,
    instrumentId: id,
    strategy,
    side: 'short',
    quantity,
    leverage: 2,
    entryPrice,
    exitPrice,
    openedAt: time(3) + 250,
    closedAt: time(3 + hold) + 310,
    exitReason,
    grossProfit,
    netProfit: grossProfit - fee,
    costs: { fee, spread, impact, delay: slippage - spread - impact, funding: 0n },
    notional,
    maxFavorable: Math.max(0, moved) + 0.004,
    maxAdverse: Math.min(0, moved) - 0.003,
  }
  const fact = { instanceId: instance, instrumentId: id }
  const s1 = [
    verdict('signal', 'pumpMagnitude', 'gte', 7, 7 + random() * 3),
    verdict('signal', 'volumeSurge', 'gte', 3, 3 + random() * 4),
  ]
  const z1 = [
    verdict('entry', 'momentumReversal', 'lte', -20, -20 - random() * 30),
    verdict('entry', 'spread', 'lte', 0.5, 0.11),
  ]
  const order = (purpose: Order['purpose'], decided: number, price: number, filledAt: number): Order => ({
    ...fact,
    signalId: signal,
    orderId: orderId(`1-o${key}${purpose}`),
    purpose,
    side: purpose === 'entry' ? 'sell' : 'buy',
    type: purpose === 'stopLoss' ? 'stopMarket' : 'market',
    timeInForce: 'gtc',
    quantity,
    reduceOnly: purpose !== 'entry',
    leverage: 2,
    decisionPrice: purpose === 'entry' ? decisionPrice : exitDecision,
    decidedAt: decided,
    status: 'filled',
    filledQuantity: quantity,
    averagePrice: price,
    submittedAt: decided,
    updatedAt: filledAt,
    cancelRequested: false,
  })
  const entry = order('entry', time(3), entryPrice, trip.openedAt)
  const exit = order(exitReason === 'stopLoss' ? 'stopLoss' : 'exit', time(3 + hold), exitPrice, trip.closedAt)
  const fill = (made: Order, n: number, part: number, paid: bigint): OrderFilled => ({
    type: 'orderFilled',
    orderId: made.orderId,
    tradeId: `${made.orderId}-${n}`,
    time: made.updatedAt - (2 - n) * 40,
    price: made.averagePrice as number,
    quantity: part,
    liquidity: 'taker',
    fee: paid,
    slippage: { delay: entryPrice * 0.0003, spread: entryPrice * 0.0002, impact: entryPrice * 0.0001 },
  })
  const stop = grid(entryPrice * 1.02)
  const decisions: EngineOutput[] = [
    { type: 'signalDetected', time: time(0), ...fact, signalId: signal, strategy, price: close(0), verdicts: s1 },
    {
      type: 'transitioned',
      time: time(0),
      ...fact,
      signalId: signal,
      from: 'watching',
      to: 'signaled',
      cause: 'signal',
      group: 'signal',
      price: close(0),
      verdicts: s1,
    },
    {
      type: 'riskDecided',
      time: time(3),
      ...fact,
      signalId: signal,
      ok: true,
      draft: entry,
      sizing: {
        basis: 'riskPct',
        equity: 10_000,
        scale: 0.8,
        scaleAssumed: false,
        stopDistance: entryPrice * 0.02,
        wantedNotional: 4_000,
        caps: [{ name: 'maxNotional', notional: 600 }],
        notional: toNumber(notional),
        quantity,
        lossAtStop: 0.0012,
      },
      checks: [
        { code: 'maxPositionSize', ok: true, value: 0.03, limit: 0.1, headroom: 0.07 },
        { code: 'maxOpenPositions', ok: true, value: 1, limit: 3, headroom: 2 },
        { code: 'maxDailyLoss', ok: true, value: 0.004, limit: 0.05, headroom: 0.046 },
        { code: 'staleData', ok: true, value: 120, limit: 10_000, headroom: 9_880 },
      ],
    },
    {
      type: 'transitioned',
      time: time(3),
      ...fact,
      signalId: signal,
      from: 'signaled',
      to: 'entering',
      cause: 'entry',
      group: 'entry',
      price: decisionPrice,
      verdicts: z1,
    },
    {
      type: 'transitioned',
      time: trip.openedAt,
      ...fact,
      signalId: signal,
      from: 'entering',
      to: 'holding',
      cause: 'entryFilled',
      group: null,
      price: entryPrice,
      verdicts: [],
    },
    { type: 'stopMoved', time: trip.openedAt, ...fact, signalId: signal, from: null, to: stop, why: 'entry' },
    {
      type: 'transitioned',
      time: time(3 + hold),
      ...fact,
      signalId: signal,
      from: 'holding',
      to: 'exiting',
      cause: exitReason === 'exitSignal' ? 'exit' : exitReason,
      group: exitReason === 'exitSignal' ? 'exit' : null,
      price: exitDecision,
      verdicts: exitReason === 'exitSignal' ? [verdict('exit', 'momentumReversal', 'lte', -100, -104)] : [],
    },
    {
      type: 'transitioned',
      time: trip.closedAt,
      ...fact,
      signalId: signal,
      from: 'exiting',
      to: 'cooling',
      cause: 'exitFilled',
      group: null,
      price: exitPrice,
      verdicts: [],
    },
    { type: 'positionClosed', time: trip.closedAt, ...fact, positionId: position, roundTrip: trip },
    {
      type: 'transitioned',
      time: trip.closedAt + 300_000,
      ...fact,
      signalId: null,
      from: 'cooling',
      to: 'watching',
      cause: 'cooldownOver',
      group: null,
      price: exitPrice,
      verdicts: [],
    },
    { type: 'signalSkipped', time: time(30), ...fact, strategy, reasons: ['noSlot'], verdicts: s1 },
  ]
  const entryFee = share(notional, 0.0002)
  const half = Math.floor(quantity / 2)
  return {
    trip,
    decisions,
    orders: [entry, exit],
    fills: [
      fill(entry, 1, half, entryFee / 2n),
      fill(entry, 2, quantity - half, entryFee - entryFee / 2n),
      fill(exit, 2, quantity, fee - entryFee),
    ],
  }
}

function verdict(
  group: VerdictRecord['group'],
  reading: string,
  operator: 'gte' | 'lte',
  threshold: number,
  value: number,
): VerdictRecord {
  const margin = operator === 'gte' ? value - threshold : threshold - value
  return {
    group,
    reading,
    indicator: reading,
    operator,
    threshold,
    value,
    verdict: margin >= 0 ? 'met' : 'unmet',
    margin,
  }
}

function sampleMisses(
  id: InstrumentId,
  strategy: string,
  range: { readonly from: number; readonly to: number },
  index: number,
): readonly NearMiss[] {
  const common = {
    instanceId: instanceId(`${strategy}@7d1fa0c2/${id}`),
    instrumentId: id,
    strategy,
    askedMs: range.to - range.from,
  }
  return [
    {
      ...common,
      group: 'signal',
      reading: 'pumpMagnitude',
      indicator: 'pumpMagnitude',
      operator: 'gte',
      threshold: 7,
      bestMargin: 2.4 - index,
      bestValue: 9.4 - index,
      bestAt: start + 721 * minute + 10_250,
      metShare: 0.012,
      pendingShare: 0.005,
      blockedAloneMs: 1_180_000,
      blockedAloneAt: start + 2_900 * minute,
      wouldHave: [
        { threshold: 6, times: 14 },
        { threshold: 5, times: 31 },
      ],
    },
    {
      ...common,
      group: 'signal',
      reading: 'volumeSurge',
      indicator: 'volumeSurge',
      operator: 'gte',
      threshold: 3,
      bestMargin: 3.8,
      bestValue: 6.8,
      bestAt: start + 722 * minute,
      metShare: 0.04,
      pendingShare: 0.011,
      blockedAloneMs: 640_000,
      blockedAloneAt: start + 3_100 * minute,
      wouldHave: [{ threshold: 2.5, times: 9 }],
    },
    {
      ...common,
      group: 'entry',
      reading: 'spread',
      indicator: 'spread',
      operator: 'lte',
      threshold: 0.5,
      bestMargin: 0.42,
      bestValue: 0.08,
      bestAt: start + 700 * minute,
      metShare: 0.98,
      pendingShare: 0,
      blockedAloneMs: 4_000,
      blockedAloneAt: start + 1_000 * minute,
      wouldHave: [],
    },
  ]
}

function sampleEquity(
  trips: readonly RoundTrip[],
  parts: readonly Part[],
  range: { readonly from: number; readonly to: number },
): ReportRun['equity'] {
  const time: number[] = []
  const equity: number[] = []
  for (let at = range.from; at <= range.to; at += 5 * minute) {
    let value = 10_000
    for (const trip of trips) {
      if (trip.closedAt <= at) value += toNumber(trip.netProfit)
      else if (trip.openedAt <= at) {
        const bars = (parts.find((part) => part.id === trip.instrumentId) as Part).prices
        const price = bars.close[Math.min(bars.close.length - 1, Math.floor((at - start) / minute))]
        value += (trip.entryPrice - price) * trip.quantity
      }
    }
    time.push(at)
    equity.push(value)
  }
  const final = trips.reduce((sum, trip) => sum + trip.netProfit, toMoney(10_000))
  equity[equity.length - 1] = toNumber(final)
  let peak = -Infinity
  const drawdown = equity.map((value) => {
    peak = Math.max(peak, value)
    return (peak - value) / peak
  })
  return { time: Float64Array.from(time), equity: Float64Array.from(equity), drawdown: Float64Array.from(drawdown) }
}

function sampleStrategy(name: string): Strategy {
  return strategySchema.parse({
    schemaVersion: 1,
    name: /^[a-z][a-z0-9-]{0,60}$/.test(name) ? name : 'pump-fade',
    description: 'Sells the first weakness after a sharp rise.',
    direction: 'short',
    tags: ['pump', 'fade'],
    readings: {
      pumpMagnitude: { indicator: 'pumpMagnitude' },
      volumeSurge: { indicator: 'volumeSurge' },
      momentumReversal: { indicator: 'momentumReversal' },
      spread: { indicator: 'spread' },
    },
    signal: {
      when: {
        all: [
          { reading: 'pumpMagnitude', is: 'gte', value: 7 },
          { reading: 'volumeSurge', is: 'gte', value: 3 },
        ],
      },
    },
    cancel: {},
    entry: {
      when: {
        all: [
          { reading: 'momentumReversal', is: 'lte', value: -20 },
          { reading: 'spread', is: 'lte', value: 0.5 },
        ],
      },
      size: { riskPct: 1 },
      maxNotional: 600,
      leverage: 2,
    },
    protection: { stopLoss: { distancePct: 2 }, takeProfit: { distancePct: 4 } },
    exit: { when: { reading: 'momentumReversal', is: 'lte', value: -100 } },
  })
}

const sampleInstrument = (id: InstrumentId): Instrument => ({
  id,
  venue: venueId('mexc'),
  symbol: id,
  kind: 'perpetual',
  base: id.split('_')[0] ?? id,
  quote: 'USDT',
  tickSize: 1e-9,
  lotSize: 1,
  contractSize: 1,
  minQuantity: 1,
  minNotional: 5,
  maxLeverage: 20,
  makerFeeRate: 0,
  takerFeeRate: 0.0002,
  marginTiers: [{ notionalCap: Number.POSITIVE_INFINITY, maintenanceRate: 0.01, deduction: 0, maxLeverage: 20 }],
  liquidationFeeRate: 0.001,
})

const timeOf = (fact: EngineOutput): number => (fact.type === 'posted' ? fact.posting.time : fact.time)

/** Numerical Recipes' constants; enough for made-up prices. */
function lcg(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
