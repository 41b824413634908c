import { z } from 'zod'
import type { Instrument } from '#model/instrument.ts'

const positive = z.number().gt(0)
const rate = z.number().min(-0.01).max(1)

/** Instrument metadata as stored; infinities come tagged, so `parseJson` runs first. */
export const instrumentSchema = z
  .object({
    id: z.string().regex(/^[A-Z0-9]+_[A-Z0-9]+$/),
    venue: z.string().min(1),
    symbol: z.string().min(1),
    kind: z.enum(['spot', 'perpetual']),
    base: z.string().min(1),
    quote: z.string().min(1),
    tickSize: positive,
    lotSize: positive,
    contractSize: positive,
    minQuantity: z.number().min(0),
    minNotional: z.number().min(0),
    maxLeverage: z.number().min(1),
    makerFeeRate: rate,
    takerFeeRate: rate,
    marginTiers: z.array(
      z.object({
        notionalCap: z.unknown().refine((cap) => typeof cap === 'number' && cap > 0),
        maintenanceRate: rate,
        deduction: z.number(),
        maxLeverage: positive,
      }),
    ),
    liquidationFeeRate: rate,
    fundingIntervalMs: positive.optional(),
  })
  .transform((data) => data as unknown as Instrument)
