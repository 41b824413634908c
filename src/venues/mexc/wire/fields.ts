import { z } from 'zod'

/** No price and no size is larger; what is would overflow when multiplied. */
export const largest = 1e15

/** The venue's own count of an instrument, in which it says every size; never coins. */
export const contracts = z.number().nonnegative().max(largest).brand<'Contracts'>()
export type Contracts = z.infer<typeof contracts>

/** An id as text. Live replies carry strings, several documents numbers; a number that has lost digits is refused. */
export const id = z
  .union([z.string().regex(/^[\w-]{1,64}$/), z.int().nonnegative(), z.bigint().nonnegative()])
  .transform(String)

export const symbol = z.string().regex(/^\w{1,64}$/)
export const price = z.number().positive().max(largest)
/** A price where 0 stands for none (market orders, no liquidation price). */
export const priceOrZero = z.number().nonnegative().max(largest)
export const unixMs = z.int().nonnegative()
export const rate = z.number()
