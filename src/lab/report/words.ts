import type { AbandonCode, DenialCode, SkipCode } from '#model/codes.ts'
import { type GroupName, groupCodes, type Phase } from '#model/events.ts'
import type { PendingReason, Unit } from '#model/indicator.ts'
import type { ExitReason } from '#model/order.ts'
import type { Operator } from '#model/strategy.ts'

/** Phases in the trader's words. */
export const phaseWords: Readonly<Record<Phase, string>> = {
  watching: 'Watching',
  signaled: 'Found!',
  entering: 'Entering',
  holding: 'In position',
  exiting: 'Closing',
  cooling: 'Cooling down',
}

export const groupWords: Readonly<Record<GroupName, string>> = {
  signal: 'Signal',
  cancel: 'False alarm',
  entry: 'Entry',
  exit: 'Exit',
  emergency: 'Emergency',
}

/** `S1 Signal`: the code the trader knows, and the word. */
export const groupLabel = (group: GroupName): string => `${groupCodes[group]} ${groupWords[group]}`

export const exitWords: Readonly<Record<ExitReason, string>> = {
  exitSignal: 'Exit rule (ZE1)',
  emergency: 'Emergency rule (E1)',
  stopLoss: 'Stop loss',
  takeProfit: 'Take profit',
  trailingStop: 'Trailing stop',
  timeLimit: 'Time limit',
  liquidationDistance: 'Too close to liquidation',
  liquidated: 'Liquidated by the venue',
  endOfData: 'End of data',
  manual: 'Closed by hand',
  killSwitch: 'Emergency stop',
}

export const skipWords: Readonly<Record<SkipCode, string>> = {
  noSlot: 'no free signal slot',
  instrumentLocked: 'another strategy holds the instrument',
  staleData: 'data too old',
  warmingUp: 'still warming up',
  paused: 'entries were paused',
  killed: 'trading was halted',
}

export const denialWords: Readonly<Record<DenialCode, string>> = {
  maxPositionSize: 'position size',
  maxOpenPositions: 'open positions',
  maxConcentration: 'concentration in one instrument',
  maxDailyLoss: 'daily loss',
  maxDrawdown: 'drawdown from peak',
  maxMarginUse: 'margin in use',
  maxEntriesPerMinute: 'entries per minute',
  priceCollar: 'price collar',
  maxChase: 'distance from the signal price',
  staleData: 'age of the data (ms)',
  crossedQuote: 'spread of the quote',
  maxDirectionalShare: 'share in one direction',
  maxStrategyAllocation: 'allocation of the strategy',
  tradingState: 'trading state',
  belowMinimum: "venue's minimum size",
  liquidationReserve: 'reserve before liquidation',
  unknownInput: 'missing input',
}

export const abandonWords: Readonly<Record<AbandonCode, string>> = {
  canceledByGroup: 'False alarm: the cancel rule (O1) was met',
  signalTimeout: 'the signal timed out before entry',
  entryTimeout: 'the entry order was not filled in time',
  denied: 'risk denied the entry',
  rejected: 'the venue rejected the order',
  maxChase: 'the price had run too far from the signal',
  emergency: 'the emergency rule (E1) was met',
  command: 'stopped by command',
  dataGap: 'data went missing',
  endOfData: 'the data ended',
  renewed: 'a stronger signal took its place',
}

export const pendingWords: Readonly<Record<PendingReason, string>> = {
  ready: 'ready',
  warmingUp: 'still warming up',
  noTrades: 'no trades in its window',
  noQuotes: 'no quotes',
  noBook: 'no order book',
  noBars: 'no closed bars',
  noBaseline: 'no baseline to compare with',
  noPosition: 'no position',
  noSignal: 'no signal',
  undefined: 'not defined here',
  failed: 'the indicator failed',
  switchedOff: 'the indicator is switched off',
}

const operatorSigns: Readonly<Record<Operator, string>> = {
  gte: '≥',
  lte: '≤',
  gt: '>',
  lt: '<',
  eq: '=',
  between: 'between',
  in: 'one of',
  crossesAbove: 'crosses above',
  crossesBelow: 'crosses below',
}

/** Unit after a number; empty for pure numbers. */
export function unitSign(unit: Unit | undefined): string {
  switch (unit) {
    case 'percent':
      return '%'
    case 'percentPerSecond':
      return '%/s'
    case 'ratio':
      return '×'
    case 'score':
    case 'balance':
      return 'pt'
    case 'seconds':
      return 's'
    case 'perMinute':
      return '/min'
    case 'quantityPerSecond':
    case 'notionalPerSecond':
      return '/s'
    default:
      return ''
  }
}

/** What a condition compares with: numbers, or another reading by its name. */
export interface Goal {
  readonly operator: Operator
  /** Null or NaN = the other reading has no value known. */
  readonly threshold: number | readonly number[] | null
  /** The other reading. */
  readonly against?: string
}

/** `≥ 7 %`, `between 2 and 4 %`, `crosses above dLine`, and `> dLine (24.1)` where its value then is known. */
export function thresholdText({ operator, threshold, against }: Goal, unit: Unit | undefined): string {
  const sign = unitSign(unit)
  const suffix = sign === '' ? '' : ` ${sign}`
  const known =
    typeof threshold === 'number' && Number.isFinite(threshold) ? `${readingText(threshold)}${suffix}` : null
  if (against !== undefined) return `${operatorSigns[operator]} ${against}${known === null ? '' : ` (${known})`}`
  if (threshold === null || typeof threshold === 'number') return `${operatorSigns[operator]} ${known ?? 'a reading'}`
  const numbers = threshold.map(readingText)
  if (operator === 'between') return `between ${numbers.join(' and ')}${suffix}`
  return `${operatorSigns[operator]} ${numbers.join(', ')}${suffix}`
}

/** A reading at four significant digits, without an exponent where people can do without. */
export function readingText(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size >= 1e15 || size < 1e-9) return value.toExponential(4)
  if (size >= 10_000) return Math.round(value).toLocaleString('en-US')
  const text = value.toFixed(Math.min(14, Math.max(0, 3 - Math.floor(Math.log10(size)))))
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** A reading with its unit. */
export function withUnit(value: number, unit: Unit | undefined): string {
  const sign = unitSign(unit)
  return sign === '' ? readingText(value) : `${readingText(value)} ${sign}`
}
