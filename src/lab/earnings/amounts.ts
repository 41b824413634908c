import type { Money } from '#model/money.ts'
import { amountsIn, decimalsOf, moneyText, signedMoney } from '../report/format.ts'

/** How amounts of one table are written. */
export interface Amounts {
  /** `mBTC (0.001 BTC)`, `USDT`. */
  readonly unit: string
  text(amount: Money): string
  /** With a plus sign in front of gains. */
  signed(amount: Money): string
  /** In the currency itself, with its name. */
  plain(amount: Money): string
}

/** Thousandths of a coin that people count in small parts of; other currencies as they are. */
export function smallAmountsIn(currency: string): Amounts {
  const isCoin = decimalsOf(currency) > 4
  const factor = isCoin ? 1_000n : 1n
  const decimals = isCoin ? 3 : 2
  return {
    unit: isCoin ? `m${currency} (0.001 ${currency})` : currency,
    text: (amount) => moneyText(amount * factor, decimals),
    signed: (amount) => signedMoney(amount * factor, decimals),
    plain: (amount) => `${amountsIn(currency).short(amount)} ${currency}`,
  }
}
