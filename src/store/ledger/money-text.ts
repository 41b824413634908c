import type { Money } from '#model/money.ts'

/** The amount that `formatMoney` wrote. Throws SyntaxError on anything else. */
export function parseMoney(text: string): Money {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const amount = BigInt(whole) * 100_000_000n + BigInt(fraction.padEnd(8, '0'))
  return text.startsWith('-') ? -amount : amount
}
