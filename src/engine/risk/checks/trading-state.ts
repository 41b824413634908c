import { atMost, type Check } from '../check.ts'
import { severity } from '../trading-state.ts'

/** 0 active, 1 reducing, 2 halted; entries need 0. */
export const tradingState: Check = ({ exposure }) => atMost('tradingState', severity[exposure.tradingState], 0)
