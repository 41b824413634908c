import type { VenueRules } from '../types.ts'

/** What Binance's engine does where venues differ. */
export const binanceRules: VenueRules = {
  clientIds: 'open',
  acknowledgedRefusals: [],
  amendGivesNewId: false,
  closingOrders: 'reduce',
  selfTrade: 'expireMaker',
  positionMode: 'oneWay',
  marginMode: 'cross',
  leverage: 20,
  maxOpenOrders: 200,
  maxConditionalOrders: 200,
  priceBand: 0.15,
  firstOrderId: 8_389_765_000_001n,
  firstConditionalId: 2_000_000_146_001n,
  fees: { maker: 0.0002, taker: 0.0005 },
}
