import type { CheckRecord, SizingRecord } from '#model/events.ts'
import { floorQuantity } from '#model/instrument.ts'
import type { Strategy } from '#model/strategy.ts'
import { type CapInput, capsOf } from './caps.ts'
import { atLeast } from './check.ts'
import type { Scale } from './interpolate.ts'
import { smallestQuantity } from './smallest-quantity.ts'

export interface SizeRequest extends CapInput {
  readonly direction: Strategy['direction']
  /** The draft's limit price, else the price at the decision. */
  readonly entryPrice: number
  readonly stopPrice: number
  readonly size: Strategy['entry']['size']
  readonly scale: Scale
}

export interface Sizing {
  readonly record: SizingRecord
  /** Base units on the lot grid; 0 = refused. */
  readonly quantity: number
  /** Quote units per base unit; null when the stop is unknown or not on the losing side. */
  readonly stopDistance: number | null
  /** Why the quantity is 0: `belowMinimum` or `unknownInput`; null otherwise. */
  readonly refusal: CheckRecord | null
}

/**
 * The one place where a size comes from: risk fraction (loss at the stop with the taker fee of both sides), share of
 * equity (margin) or fixed notional → scale → caps → lot grid → refused below what the venue takes at entry and stop.
 */
export function sizeEntry(request: SizeRequest): Sizing {
  const { instrument, entryPrice, stopPrice, exposure, scale } = request
  const distance = request.direction === 'long' ? entryPrice - stopPrice : stopPrice - entryPrice
  const stopDistance = distance > 0 && stopPrice > 0 ? distance : null
  const lossPerUnit =
    stopDistance === null ? Number.NaN : stopDistance + instrument.takerFeeRate * (entryPrice + stopPrice)
  const { basis, notional: base } = baseNotional(request, lossPerUnit)
  const wanted = base * scale.value
  const caps = capsOf(request)
  const notional = caps.reduce((least, cap) => Math.min(least, cap.notional), wanted)
  const least = stopDistance === null ? Number.NaN : smallestQuantity(instrument, entryPrice, stopPrice)
  const affordable = floorQuantity(instrument, notional / entryPrice)
  const enough = atLeast('belowMinimum', affordable, least)
  const known = Number.isFinite(affordable) && exposure.equity > 0 && stopDistance !== null
  const quantity = known && enough.ok ? affordable : 0
  return {
    record: {
      basis,
      equity: exposure.equity,
      scale: scale.value,
      scaleAssumed: scale.assumed,
      stopDistance,
      wantedNotional: wanted,
      caps: caps.filter((cap) => cap.notional < wanted),
      notional: quantity * entryPrice,
      quantity,
      lossAtStop: known ? (quantity * lossPerUnit) / exposure.equity : null,
    },
    quantity,
    stopDistance,
    refusal:
      quantity > 0 ? null : known ? enough : { code: 'unknownInput', ok: false, value: null, limit: 0, headroom: null },
  }
}

function baseNotional(request: SizeRequest, lossPerUnit: number): { basis: SizingRecord['basis']; notional: number } {
  const { size, exposure, entryPrice, leverage } = request
  if ('riskPct' in size) {
    const budget = (exposure.equity * size.riskPct) / 100
    return { basis: 'riskPct', notional: (budget / lossPerUnit) * entryPrice }
  }
  if ('equityPct' in size)
    return { basis: 'equityPct', notional: ((exposure.equity * size.equityPct) / 100) * leverage }
  return { basis: 'notional', notional: size.notional }
}
