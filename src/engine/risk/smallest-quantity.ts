import { decimalsOf, type Instrument } from '#model/instrument.ts'

/**
 * Smallest quantity on the lot grid, base units, that the venue takes at the entry and that can still be closed at the
 * stop: at least `minQuantity`, and worth `minNotional` at the lower of the two prices. NaN when a price is unknown.
 */
export function smallestQuantity(instrument: Instrument, entryPrice: number, stopPrice: number): number {
  const { lotSize, minQuantity, minNotional } = instrument
  const lots = Math.max(1, minQuantity / lotSize, minNotional / Math.min(entryPrice, stopPrice) / lotSize)
  return Number((Math.ceil(lots - 1e-9) * lotSize).toFixed(decimalsOf(lotSize)))
}
