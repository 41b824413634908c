/** Why risk denied an entry. Stable: journals, reports and users' scripts carry them. */
export const denialCodes = [
  'maxPositionSize',
  'maxOpenPositions',
  'maxConcentration',
  'maxDailyLoss',
  'maxDrawdown',
  'maxMarginUse',
  'maxEntriesPerMinute',
  'priceCollar',
  'maxChase',
  'staleData',
  'crossedQuote',
  'maxDirectionalShare',
  'maxStrategyAllocation',
  'tradingState',
  'belowMinimum',
  'liquidationReserve',
  'unknownInput',
] as const
export type DenialCode = (typeof denialCodes)[number]

/** Why a met signal was not taken. */
export const skipCodes = ['noSlot', 'instrumentLocked', 'staleData', 'warmingUp', 'paused', 'killed'] as const
export type SkipCode = (typeof skipCodes)[number]

/** Why a signaled setup ended without a position. */
export const abandonCodes = [
  'canceledByGroup',
  'signalTimeout',
  'entryTimeout',
  'denied',
  'rejected',
  'maxChase',
  'emergency',
  'command',
  'dataGap',
  'endOfData',
  'renewed',
] as const
export type AbandonCode = (typeof abandonCodes)[number]
