import type { VenueRules } from '../types.ts'

/** What MEXC's engine does where venues differ: hedge mode at first, client ids never used again, and refusals after the acknowledgement. */
export const mexcRules: VenueRules = {
  clientIds: 'ever',
  acknowledgedRefusals: [
    'postOnlyWouldTake',
    'fokUnfilled',
    'insufficientMargin',
    'positionSideMismatch',
    'liquidating',
  ],
  amendGivesNewId: true,
  closingOrders: 'freeze',
  selfTrade: 'allow',
  positionMode: 'hedge',
  marginMode: 'isolated',
  leverage: 20,
  maxOpenOrders: 200,
  maxConditionalOrders: 50,
  priceBand: 0.1,
  firstOrderId: 814_218_083_416_790_528n,
  firstConditionalId: 265_557_643_326_564_352n,
  // the API schedule since 2026-06-01: what the web shows does not hold for orders of the API
  fees: { maker: 0.0006, taker: 0.0008 },
}
