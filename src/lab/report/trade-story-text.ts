import type { CheckRecord } from '#model/events.ts'
import type { Unit } from '#model/indicator.ts'
import { alignColumns } from './columns.ts'
import {
  amountsIn,
  durationText,
  numberText,
  parseMoney,
  percentText,
  priceText,
  quantityText,
  signedPercent,
} from './format.ts'
import { type StoryCondition, storyTime, type TradeStory } from './trade-story.ts'
import { orderLines } from './trade-story-orders.ts'
import {
  abandonWords,
  denialWords,
  exitWords,
  groupLabel,
  pendingWords,
  phaseWords,
  thresholdText,
  withUnit,
} from './words.ts'

/** The story as plain text, at most about 110 columns wide. */
export function tradeStoryText(story: TradeStory, currency: string): string {
  const net = parseMoney(story.netProfit)
  const won = net > 0n ? 'won' : net < 0n ? 'lost' : 'ended even at'
  const held = durationText(storyTime(story.closedAt) - storyTime(story.openedAt))
  const amount = amountsIn(currency).text(net < 0n ? -net : net)
  return [
    `Trade ${story.number}: ${story.side} ${story.instrument} by ${story.strategy}`,
    `It ${won} ${amount} ${currency} (${signedPercent(story.netFraction)} of the position) in ${held}.`,
    ...leverageLine(story),
    '',
    ...signalLines(story),
    ...entryLines(story),
    ...sizingLines(story, currency),
    ...checkLines(story.checks),
    ...story.orders.filter((order) => order.purpose === 'entry').flatMap((order) => orderLines(order, currency)),
    ...stopLines(story),
    ...exitLines(story),
    ...story.orders
      .filter((order) => order.purpose !== 'entry' && order.filledQuantity > 0)
      .flatMap((order) => orderLines(order, currency)),
    ...costLines(story, currency),
    '',
    ...alignColumns(
      [
        ['Entry signal', story.signalId],
        ['Position', story.positionId],
      ],
      { indent: 0 },
    ),
  ].join('\n')
}

function leverageLine(story: TradeStory): readonly string[] {
  if (story.leverage === 1 || story.netFraction === null) return []
  return [
    `At ${numberText(story.leverage, 0)}× leverage that is ${signedPercent(story.netFraction * story.leverage)} of the margin.`,
  ]
}

function signalLines(story: TradeStory): readonly string[] {
  if (story.signal === null) return ['The run kept no record of the signal.', '']
  return [
    `${phaseWords.signaled}  ${story.signal.at}  at ${priceText(story.signal.price)}`,
    ...renewalLine(story.signal),
    ...detectionLines(story.signal),
    ...conditionLines(story.signal.conditions),
    ...evidenceLines(story.signal),
    '',
  ]
}

type Signal = NonNullable<TradeStory['signal']>

function renewalLine({ renews, price }: Signal): readonly string[] {
  if (renews === null) return []
  const run = signedPercent((price - renews.price) / renews.price)
  const ended = renews.ended === null ? '' : ` (${abandonWords[renews.ended]})`
  return [`  ${run} from signal ${renews.signalId} of ${renews.at} at ${priceText(renews.price)}${ended}.`]
}

function detectionLines({ detected, together }: Signal): readonly string[] {
  const lines = together.map(({ strategy, at, price }) => `  Together with ${strategy}, ${at} at ${priceText(price)}.`)
  if (detected === null) return lines
  const pct = detected.pct === null ? null : withUnit(detected.pct, 'percent')
  const told = {
    flashPump:
      pct === null ? 'Flash pump; the price before it is not known.' : `Flash pump, ${pct} above the price before.`,
    reversal: pct === null ? 'Reversal.' : `Reversal, ${pct} of the rise given back.`,
  }
  return [`  ${told[detected.what]}`, ...lines]
}

function evidenceLines({ evidence }: Signal): readonly string[] {
  const rows = evidence.map(({ reading, value, unit, pendingReason }) => [
    'Evidence',
    reading,
    value === null ? 'no value' : withUnit(value, unit),
    pendingReason === undefined ? '' : pendingWords[pendingReason],
  ])
  return alignColumns(rows, { right: [2] })
}

function entryLines(story: TradeStory): readonly string[] {
  const entered = story.transitions.find((transition) => transition.to === 'entering')
  if (entered === undefined) return []
  const after =
    story.signal === null
      ? ''
      : `, ${durationText(storyTime(entered.at) - storyTime(story.signal.at))} after the signal`
  const why =
    entered.group === null && entered.cause === 'noEntryGroup'
      ? ['  Z1 has no conditions: it enters as soon as signaled.']
      : []
  return [
    `${phaseWords.entering}  ${entered.at}  at ${priceText(entered.price)}${after}`,
    ...why,
    ...conditionLines(entered.conditions),
    '',
  ]
}

/** Each number beside its threshold, its unit and its margin. */
function conditionLines(conditions: readonly StoryCondition[]): readonly string[] {
  return alignColumns(
    conditions.map((condition) => {
      const unit = (condition.unit ?? undefined) as Unit | undefined
      return [
        groupLabel(condition.group),
        condition.reading,
        condition.value === null ? 'no value' : withUnit(condition.value, unit),
        thresholdText(condition, unit),
        condition.verdict,
        marginText(condition, unit),
      ]
    }),
    { right: [2] },
  )
}

function marginText(condition: StoryCondition, unit: Unit | undefined): string {
  if (condition.verdict === 'pending') return pendingWords[condition.pendingReason ?? 'undefined']
  const held =
    condition.forMs === undefined
      ? ''
      : `, held ${durationText(condition.heldMs ?? 0)} of ${durationText(condition.forMs)}`
  if (condition.margin === null) return held.slice(2)
  if (condition.operator === 'eq' || condition.operator === 'in') return held.slice(2)
  const size = withUnit(Math.abs(condition.margin), unit)
  return `${condition.margin >= 0 ? `past by ${size}` : `short by ${size}`}${held}`
}

function sizingLines({ sizing, orders }: TradeStory, currency: string): readonly string[] {
  if (sizing === null) return []
  const basis = {
    riskPct: 'a share of equity at risk',
    equityPct: 'a share of equity as margin',
    notional: 'a fixed notional',
  }[sizing.basis]
  const amounts = amountsIn(currency)
  const rows = [
    ['Equity', `${amounts.number(sizing.equity)} ${currency}`, ''],
    ['Sized by', basis, ''],
    ['Risk scale', numberText(sizing.scale, 3), sizing.scaleAssumed ? 'assumed: the risk reading was pending' : ''],
    ...(sizing.stopDistance === null ? [] : [stopDistanceRow(sizing.stopDistance, orders)]),
    ['Wanted', `${amounts.number(sizing.wantedNotional)} ${currency}`, ''],
    ...sizing.caps.map((cap) => ['Capped', `${amounts.number(cap.notional)} ${currency}`, `by ${cap.name}`]),
    ['Ordered', `${amounts.number(sizing.notional)} ${currency}`, `${quantityText(sizing.quantity)} units`],
    ...(sizing.lossAtStop === null ? [] : [['Loss at the stop', percentText(sizing.lossAtStop), 'of equity']]),
  ]
  return ['Size', ...alignColumns(rows), '']
}

/** The distance is a price; beside it what share of the expected entry price it is. */
function stopDistanceRow(distance: number, orders: TradeStory['orders']): readonly string[] {
  const entry = orders.find(({ purpose }) => purpose === 'entry')
  const from = entry?.price ?? entry?.decisionPrice
  return [
    'Stop distance',
    priceText(distance),
    from === undefined ? '' : `${percentText(distance / from)} of ${priceText(from)}`,
  ]
}

function checkLines(checks: readonly CheckRecord[]): readonly string[] {
  if (checks.length === 0) return []
  const failed = checks.filter((check) => !check.ok).length
  const title =
    failed === 0 ? `Risk  all ${checks.length} checks passed` : `Risk  ${failed} of ${checks.length} checks failed`
  const rows = checks.map((check) => [
    check.ok ? 'ok' : 'DENIED',
    denialWords[check.code],
    check.value === null ? 'unknown' : checkNumber(check.value),
    `limit ${checkNumber(check.limit)}`,
    check.headroom === null ? '' : `headroom ${checkNumber(check.headroom)}`,
    check.code,
  ])
  return [title, ...alignColumns(rows, { right: [2] }), '']
}

const checkNumber = (value: number): string => numberText(value, Number.isInteger(value) ? 0 : 4)

/** Where the stop stood; a run of trailing moves is one line. */
function stopLines({ stops }: TradeStory): readonly string[] {
  if (stops.length === 0) return []
  const runs: TradeStory['stops'][number][][] = []
  for (const stop of stops) {
    const last = runs.at(-1)
    if (stop.why === 'trailing' && last?.[0]?.why === 'trailing') last.push(stop)
    else runs.push([stop])
  }
  const rows = runs.map((run) => {
    const first = run[0]
    const last = run.at(-1) ?? first
    const from = first.from === null ? 'set' : `${priceText(first.from)} →`
    return [last.at, from, priceText(last.to), run.length === 1 ? first.why : `${first.why}, ${run.length} moves`]
  })
  return ['Stop', ...alignColumns(rows), '']
}

function exitLines(story: TradeStory): readonly string[] {
  const left = story.transitions.find((transition) => transition.from === 'holding' && transition.to !== 'holding')
  const reason = exitWords[story.exitReason]
  const head =
    left === undefined
      ? `${phaseWords.exiting}  ${story.closedAt}  ${reason}`
      : `${exitWord(story)}  ${left.at}  at ${priceText(left.price)}  ${reason}`
  const best = `  Best move while open ${signedPercent(story.maxFavorable)}, worst ${signedPercent(story.maxAdverse)}.`
  const refusals = alignColumns(
    story.refusals.map(({ at, code, afterMs }) => ['Refused', at, code, `again after ${durationText(afterMs)}`]),
  )
  return [head, ...(left === undefined ? [] : conditionLines(left.conditions)), ...refusals, best, '']
}

const exitWord = (story: TradeStory): string =>
  story.exitReason === 'takeProfit'
    ? 'Taking profit'
    : story.exitReason === 'stopLoss' || story.exitReason === 'trailingStop'
      ? 'Stopping loss'
      : phaseWords.exiting

function costLines(story: TradeStory, currency: string): readonly string[] {
  const beforeCosts = parseMoney(story.netProfit) + parseMoney(story.costs.total)
  const amounts = amountsIn(currency)
  const rows: (readonly string[])[] = [['Profit before costs', amounts.fine(beforeCosts)]]
  for (const name of ['delay', 'spread', 'impact', 'fee', 'funding'] as const)
    rows.push([name, amounts.fine(-parseMoney(story.costs[name]))])
  rows.push(['Net profit', amounts.fine(parseMoney(story.netProfit))])
  return [`Money, ${currency}`, ...alignColumns(rows, { right: [1] })]
}
