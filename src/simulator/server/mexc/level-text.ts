import type { LevelChange } from '../types.ts'
import type { Listing } from './listings.ts'

const thirtyZeros = '0'.repeat(30)

/** `[price, contracts, orders]`, with the numbers spelled as they were recorded: round prices with an exponent, others often with a zero more. */
export function levelText(
  listing: Listing,
  { price, size, orders }: Pick<LevelChange, 'price' | 'size' | 'orders'>,
): string {
  const vol = String(listing.vol(size))
  if (price >= 100 && price % 100 === 0 && vol !== '0' && !vol.includes('.'))
    return `[${exponent(price)},${vol}.${thirtyZeros},${orders}]`
  const text = String(price)
  // even last digits, so that a price is always spelled the same
  const padded = text.includes('.') && !text.includes('e') && (text.charCodeAt(text.length - 1) & 1) === 0
  return `[${padded ? `${text}0` : text},${vol},${orders}]`
}

/** Changes of one side; each price once, in the order they came. */
export function levelTexts(
  listing: Listing,
  changes: Iterable<Pick<LevelChange, 'price' | 'size' | 'orders'>>,
): string {
  let text = '['
  for (const change of changes) text += `${text.length > 1 ? ',' : ''}${levelText(listing, change)}`
  return `${text}]`
}

/** 97500 as `9.75E+4`. */
function exponent(price: number): string {
  const [mantissa, power] = price.toExponential().split('e')
  return `${mantissa}E${power}`
}
