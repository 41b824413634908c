import { instanceId, instrumentId, positionId, signalId } from '#model/ids.ts'
import { toMoney } from '#model/money.ts'
import type { ExitReason, RoundTrip } from '#model/order.ts'

/** Midnight of a Thursday. */
export const day0 = Date.UTC(2026, 0, 1)

export interface SampleTrip {
  readonly id?: string
  readonly net: number
  readonly fee?: number
  readonly spread?: number
  readonly impact?: number
  readonly delay?: number
  readonly funding?: number
  readonly notional?: number
  readonly side?: 'long' | 'short'
  readonly instrument?: string
  readonly strategy?: string
  /** Minutes after `day0`. */
  readonly openedAt?: number
  readonly closedAt?: number
  readonly exitReason?: ExitReason
  readonly maxFavorable?: number
  readonly maxAdverse?: number
}

/** A closed round trip for tests: net as given, gross = net + fee + funding. */
export function sampleTrip(given: SampleTrip): RoundTrip {
  const id = given.id ?? '1'
  const netProfit = toMoney(given.net)
  const fee = toMoney(given.fee ?? 0)
  const funding = toMoney(given.funding ?? 0)
  return {
    positionId: positionId(`1-p${id}`),
    signalId: signalId(`1-s${id}`),
    instanceId: instanceId('s@00000000/BTC_USDT'),
    instrumentId: instrumentId(given.instrument ?? 'BTC_USDT'),
    strategy: given.strategy ?? 's',
    side: given.side ?? 'long',
    quantity: 1,
    leverage: 1,
    entryPrice: given.notional ?? 1000,
    exitPrice: (given.notional ?? 1000) + given.net,
    openedAt: day0 + (given.openedAt ?? 0) * 60_000,
    closedAt: day0 + (given.closedAt ?? 10) * 60_000,
    exitReason: given.exitReason ?? 'exitSignal',
    grossProfit: netProfit + fee + funding,
    netProfit,
    costs: {
      fee,
      spread: toMoney(given.spread ?? 0),
      impact: toMoney(given.impact ?? 0),
      delay: toMoney(given.delay ?? 0),
      funding,
    },
    notional: toMoney(given.notional ?? 1000),
    maxFavorable: given.maxFavorable ?? 0,
    maxAdverse: given.maxAdverse ?? 0,
  }
}
