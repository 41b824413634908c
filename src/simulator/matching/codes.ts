/** Why the simulated venue refused an order (`orderRejected.code`); stable. */
export const rejectCodes = [
  'unknownInstrument',
  'invalidQuantity',
  'lotSize',
  'minQuantity',
  'minNotional',
  'invalidPrice',
  'tickSize',
  'leverage',
  'insufficientMargin',
  'postOnlyWouldTake',
  'liquidating',
  'endOfData',
  'noMarket',
] as const
export type RejectCode = (typeof rejectCodes)[number]

/** Why it canceled one (`orderCanceled.code`); stable. */
export const cancelCodes = ['requested', 'liquidated', 'endOfData'] as const
export type CancelCode = (typeof cancelCodes)[number]

/** Why one expired (`orderExpired.code`); stable. */
export const expireCodes = ['timeout', 'iocUnfilled', 'fokUnfilled', 'reduceOnlyNoPosition'] as const
export type ExpireCode = (typeof expireCodes)[number]
