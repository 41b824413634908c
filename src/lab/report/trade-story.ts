import type { AbandonCode } from '#model/codes.ts'
import type { CheckRecord, EngineOutput, Evidence, SizingRecord, VerdictRecord } from '#model/events.ts'
import { UserError } from '#model/failure.ts'
import type { PositionId, SignalId, UnixMs } from '#model/ids.ts'
import { formatMoney } from '#model/money.ts'
import type { ExitReason, Order, RoundTrip } from '#model/order.ts'
import { costNames, totalCost } from '../metrics/costs.ts'
import { fillsOf, type ReportFill } from '../metrics/fills.ts'
import { inClosingOrder, netFractionOf } from '../metrics/outcome.ts'
import { timeText } from './format.ts'
import { otherReadingOf } from './other-reading.ts'
import { unitOf } from './report-metrics.ts'
import type { ReportRun } from './report-run.ts'

type Signal = Extract<EngineOutput, { readonly type: 'signalDetected' }>
type Transition = Extract<EngineOutput, { readonly type: 'transitioned' }>

/** One condition as it stood, beside its threshold. */
export interface StoryCondition extends Omit<VerdictRecord, 'threshold'> {
  /** Null when the other reading had no value. */
  readonly threshold: number | readonly number[] | null
  /** The reading the threshold is the value of, when it compares with one. */
  readonly against?: string
  readonly unit: string | null
}

export interface StoryTransition {
  readonly at: string
  readonly from: Transition['from']
  readonly to: Transition['to']
  readonly cause: Transition['cause']
  readonly group: Transition['group']
  readonly price: number
  readonly conditions: readonly StoryCondition[]
}

export interface StoryFill {
  readonly at: string
  readonly price: number
  readonly quantity: number
  readonly liquidity: 'maker' | 'taker'
  readonly fee: string
  /** Quote per base unit, adverse positive; null where the venue did not say. */
  readonly delay: number | null
  readonly spread: number | null
  readonly impact: number | null
}

export interface StoryOrder {
  readonly orderId: string
  readonly purpose: Order['purpose']
  readonly side: Order['side']
  readonly orderType: Order['type']
  readonly quantity: number
  readonly price: number | null
  readonly stopPrice: number | null
  readonly decisionPrice: number
  readonly decidedAt: string
  readonly status: Order['status']
  readonly averagePrice: number | null
  readonly filledQuantity: number
  /** From the decision to the last fill, ms; null without one. */
  readonly filledAfterMs: number | null
  readonly fills: readonly StoryFill[]
}

/** Why one round trip was entered, sized, allowed, filled and left. Money as exact decimal text. */
export interface TradeStory {
  /** From 1, in order of closing. */
  readonly number: number
  readonly positionId: PositionId
  readonly signalId: SignalId
  readonly strategy: string
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly openedAt: string
  readonly closedAt: string
  readonly entryPrice: number
  readonly exitPrice: number
  readonly quantity: number
  readonly leverage: number
  readonly exitReason: ExitReason
  readonly signal: {
    readonly at: string
    readonly price: number
    readonly conditions: readonly StoryCondition[]
    /** The signal before it that it took the place of, and how that one ended. */
    readonly renews: {
      readonly signalId: SignalId
      readonly at: string
      readonly price: number
      readonly ended: AbandonCode | null
    } | null
    /** What the strategy says its signal detects: how far above the price before, or which share of the rise given back. */
    readonly detected: { readonly what: 'flashPump' | 'reversal'; readonly pct: number | null } | null
    readonly evidence: readonly Evidence[]
    /** Signals of other strategies that came with it. */
    readonly together: readonly { readonly strategy: string; readonly at: string; readonly price: number }[]
  } | null
  readonly transitions: readonly StoryTransition[]
  readonly sizing: SizingRecord | null
  readonly checks: readonly CheckRecord[]
  readonly orders: readonly StoryOrder[]
  readonly stops: readonly {
    readonly at: string
    readonly from: number | null
    readonly to: number
    readonly why: string
  }[]
  /** Exits the venue refused; each came again. */
  readonly refusals: readonly { readonly at: string; readonly code: string; readonly afterMs: number }[]
  readonly costs: Readonly<Record<'fee' | 'spread' | 'impact' | 'delay' | 'funding' | 'total', string>>
  readonly grossProfit: string
  readonly netProfit: string
  readonly netFraction: number | null
  readonly maxFavorable: number
  readonly maxAdverse: number
}

/** Round trip `n` (from 1, in order of closing); throws when there is none. */
export function tradeNumber(run: Pick<ReportRun, 'roundTrips' | 'id'>, n: number): RoundTrip {
  const trip = inClosingOrder(run.roundTrips)[n - 1]
  if (trip !== undefined) return trip
  const count = run.roundTrips.length
  throw new UserError({
    code: 'tradeNotFound',
    message: count === 0 ? 'The run has no trades.' : `The run has trades 1 to ${count}; there is no trade ${n}.`,
    where: `run ${run.id}`,
    remedy: count === 0 ? 'Ask why not instead: it shows the nearest misses.' : `Choose a number from 1 to ${count}.`,
    exit: 'notFound',
  })
}

/** Everything the run recorded about one round trip. */
export function buildTradeStory(run: ReportRun, n: number): TradeStory {
  const trip = tradeNumber(run, n)
  const facts = run.decisions.filter((fact) => concerns(fact, trip))
  const withUnits = (verdicts: readonly VerdictRecord[]): readonly StoryCondition[] =>
    verdicts.map((verdict) => {
      const against = otherReadingOf(run.spec, trip.strategy, verdict)
      return {
        ...verdict,
        threshold: Number.isNaN(verdict.threshold) ? null : verdict.threshold,
        ...(against === undefined ? {} : { against }),
        unit: unitOf(run, verdict.indicator) ?? null,
      }
    })
  const signal = facts.find((fact) => fact.type === 'signalDetected')
  // The last decision is the one that let the entry pass; earlier ones of the signal were denied.
  const risk = facts.findLast((fact) => fact.type === 'riskDecided')
  return {
    number: n,
    positionId: trip.positionId,
    signalId: trip.signalId,
    strategy: trip.strategy,
    instrument: trip.instrumentId,
    side: trip.side,
    openedAt: timeText(trip.openedAt),
    closedAt: timeText(trip.closedAt),
    entryPrice: trip.entryPrice,
    exitPrice: trip.exitPrice,
    quantity: trip.quantity,
    leverage: trip.leverage,
    exitReason: trip.exitReason,
    signal:
      signal === undefined
        ? null
        : {
            at: timeText(signal.time),
            price: signal.price,
            conditions: withUnits(signal.verdicts),
            renews: renewedBy(run, signal),
            ...detectedBy(facts),
            together: togetherWith(run, signal),
          },
    transitions: facts
      .filter((fact) => fact.type === 'transitioned')
      .map(({ time, from, to, cause, group, price, verdicts }) => ({
        at: timeText(time),
        from,
        to,
        cause,
        group,
        price,
        conditions: withUnits(verdicts),
      })),
    sizing: risk?.sizing ?? null,
    checks: risk?.checks ?? [],
    orders: storyOrders(run, trip),
    stops: facts
      .filter((fact) => fact.type === 'stopMoved')
      .map(({ time, from, to, why }) => ({ at: timeText(time), from, to, why })),
    refusals: facts
      .filter((fact) => fact.type === 'exitRefused')
      .map(({ time, code, againAt }) => ({ at: timeText(time), code, afterMs: againAt - time })),
    costs: {
      ...(Object.fromEntries(costNames.map((name) => [name, formatMoney(trip.costs[name])])) as Record<
        (typeof costNames)[number],
        string
      >),
      total: formatMoney(totalCost(trip.costs)),
    },
    grossProfit: formatMoney(trip.grossProfit),
    netProfit: formatMoney(trip.netProfit),
    netFraction: netFractionOf(trip),
    maxFavorable: trip.maxFavorable,
    maxAdverse: trip.maxAdverse,
  }
}

/** A signal may outlive its position (re-entry is a new signal), so the id decides; cooling ends without one. */
function concerns(fact: EngineOutput, trip: RoundTrip): boolean {
  return 'signalId' in fact && fact.signalId === trip.signalId
}

function renewedBy(run: ReportRun, { renews }: Signal): NonNullable<TradeStory['signal']>['renews'] {
  if (renews === undefined) return null
  const facts = run.decisions.filter((fact) => 'signalId' in fact && fact.signalId === renews)
  const before = facts.find((fact) => fact.type === 'signalDetected')
  if (before === undefined) return null
  const ended = facts.find((fact) => fact.type === 'entryAbandoned')?.code ?? null
  return { signalId: renews, at: timeText(before.time), price: before.price, ended }
}

function detectedBy(facts: readonly EngineOutput[]): Pick<NonNullable<TradeStory['signal']>, 'detected' | 'evidence'> {
  for (const fact of facts) {
    if (fact.type === 'flashPumpDetected')
      return { detected: { what: 'flashPump', pct: fact.magnitudePct }, evidence: fact.evidence }
    if (fact.type === 'reversalDetected')
      return { detected: { what: 'reversal', pct: fact.retracementPct }, evidence: fact.evidence }
  }
  return { detected: null, evidence: [] }
}

/** Of the largest set it was part of. */
function togetherWith(run: ReportRun, { signalId }: Signal): NonNullable<TradeStory['signal']>['together'] {
  const set = run.decisions.findLast(
    (fact) => fact.type === 'confluenceDetected' && fact.signals.some((member) => member.signalId === signalId),
  )
  if (set?.type !== 'confluenceDetected') return []
  return set.signals
    .filter((member) => member.signalId !== signalId)
    .map(({ strategy, time, price }) => ({ strategy, at: timeText(time), price }))
}

function storyOrders(run: ReportRun, trip: RoundTrip): readonly StoryOrder[] {
  const orders = run.orders.filter((order) => order.signalId === trip.signalId)
  const fillsByOrder = Map.groupBy(fillsOf(run.fills, orders), (fill) => fill.orderId)
  return orders.map((order) => {
    const fills = fillsByOrder.get(order.orderId) ?? []
    const last = fills.at(-1)
    return {
      orderId: order.orderId,
      purpose: order.purpose,
      side: order.side,
      orderType: order.type,
      quantity: order.quantity,
      price: order.price ?? null,
      stopPrice: order.stopPrice ?? null,
      decisionPrice: order.decisionPrice,
      decidedAt: timeText(order.decidedAt),
      status: order.status,
      averagePrice: order.averagePrice,
      filledQuantity: order.filledQuantity,
      filledAfterMs: last === undefined ? null : last.time - order.decidedAt,
      fills: fills.map(storyFill),
    }
  })
}

const storyFill = ({ time, price, quantity, liquidity, fee, slippage }: ReportFill): StoryFill => ({
  at: timeText(time),
  price,
  quantity,
  liquidity,
  fee: formatMoney(fee),
  delay: slippage?.delay ?? null,
  spread: slippage?.spread ?? null,
  impact: slippage?.impact ?? null,
})

/** Time the story's ISO text stands for. */
export const storyTime = (text: string): UnixMs => Date.parse(text)
