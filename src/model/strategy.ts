import { z } from 'zod'

export const operators = ['gte', 'lte', 'gt', 'lt', 'eq', 'between', 'in', 'crossesAbove', 'crossesBelow'] as const
export type Operator = (typeof operators)[number]

const readingName = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'a reading is named in camelCase, e.g. pumpMagnitude')
const durationMs = z
  .int()
  .min(0)
  .max(7 * 86_400_000)

const conditionSchema = z
  .strictObject({
    reading: readingName.describe('Name of one of the readings above.'),
    is: z.enum(operators),
    value: z
      .union([z.number(), z.array(z.number()).min(1).max(20), z.strictObject({ reading: readingName })])
      .describe(
        'A number; [low, high] for between; a list for in; { "reading": name } to compare two readings of one unit.',
      ),
    forMs: durationMs
      .optional()
      .describe('True continuously for that long, counted from when the group began to be asked.'),
  })
  .meta({ id: 'Condition' })
export type Condition = z.infer<typeof conditionSchema>

/** Three-valued (Kleene) tree; a pending reading makes its condition neither met nor unmet. */
export type Group = Condition | { all: Group[] } | { any: Group[] } | { not: Group } | { atLeast: number; of: Group[] }
const groupSchema: z.ZodType<Group> = z
  .lazy(() =>
    z.union([
      conditionSchema,
      z.strictObject({ all: z.array(groupSchema).min(1) }),
      z.strictObject({ any: z.array(groupSchema).min(1) }),
      z.strictObject({ not: groupSchema }),
      z.strictObject({ atLeast: z.int().min(1), of: z.array(groupSchema).min(1) }),
    ]),
  )
  .meta({ id: 'Group' })

const readingSchema = z.union([
  z.strictObject({
    indicator: z.string().describe('Id of a catalog entry; `riptide indicators` lists them.'),
    params: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
    role: z.enum(['general', 'risk', 'price', 'stopLoss', 'takeProfit', 'closeOrder']).optional(),
  }),
  z.strictObject({ variant: z.string().regex(/^[a-z0-9-]+@\d+$/, 'a variant is referenced as name@version') }),
])
export type ReadingSpec = z.infer<typeof readingSchema>

/** Piecewise-linear through `[reading, scale]` points, flat outside; a pending reading takes the smallest scale and says so. */
const scalingSchema = z.strictObject({
  reading: readingName,
  points: z
    .array(z.tuple([z.number(), z.number().min(0).max(3)]))
    .min(2)
    .max(8),
})
export type Scaling = z.infer<typeof scalingSchema>

const percent = (max: number) => z.number().gt(0).max(max)
const stopLossSchema = z.strictObject({
  distancePct: percent(90).optional().describe('Percent of the entry price.'),
  priceReading: readingName
    .optional()
    .describe('A price reading with role stopLoss, read at entry; distancePct is then the fallback.'),
  scaling: scalingSchema.optional().describe('Multiplies the distance.'),
  trigger: z.enum(['last', 'mark']).default('last'),
})
const takeProfitSchema = z.strictObject({
  distancePct: percent(1000).optional(),
  priceReading: readingName.optional(),
  scaling: scalingSchema.optional(),
})

export const strategySchema = z
  .strictObject({
    $schema: z.string().optional(),
    schemaVersion: z.literal(1),
    name: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/, 'lower-case letters, digits and dashes, starting with a letter'),
    description: z.string().max(2000).default(''),
    direction: z.enum(['long', 'short']),
    tags: z.array(z.string()).default([]),
    readings: z.record(readingName, readingSchema),
    /** S1 */
    signal: z.strictObject({
      when: groupSchema,
      renewAbovePct: percent(100)
        .optional()
        .describe(
          'S1 met again this far beyond the last signal, in the direction of the trade, is a new signal: while signaled, and while cooling after a signal without an entry.',
        ),
      detects: z
        .enum(['flashPump', 'reversal'])
        .optional()
        .describe('What a signal says was found: it is told as a fact of its own, with the evidence.'),
      evidence: z
        .array(readingName)
        .max(16)
        .optional()
        .describe('Readings told with what was detected, whether or not a condition asks for them.'),
    }),
    /** O1 */
    cancel: z
      .strictObject({
        when: groupSchema.optional(),
        timeoutMs: durationMs.default(300_000).describe('A signal older than this is dropped.'),
        cooldownMs: durationMs.default(180_000),
      })
      .prefault({}),
    /** Z1 */
    entry: z.strictObject({
      when: groupSchema.optional().describe('Absent = enter as soon as signaled.'),
      order: z
        .union([
          z.strictObject({ type: z.literal('market') }),
          z.strictObject({
            type: z.literal('limit'),
            offsetPct: z
              .number()
              .min(-50)
              .max(50)
              .default(0)
              .describe('From the last price (or priceReading), positive = further in the direction of the trade.'),
            priceReading: readingName.optional(),
          }),
        ])
        .default({ type: 'market' }),
      timeoutMs: durationMs.min(1).default(60_000).describe('What is not filled by then is canceled.'),
      maxChasePct: percent(100)
        .optional()
        .describe('No entry further than this from the price at the signal, in the direction of the trade.'),
      size: z.union([
        z.strictObject({
          riskPct: percent(10).describe('Loss at the stop, percent of equity.'),
          scaling: scalingSchema.optional(),
        }),
        z.strictObject({
          equityPct: percent(100).describe('Margin, percent of equity.'),
          scaling: scalingSchema.optional(),
        }),
        z.strictObject({ notional: z.number().gt(0).describe('Quote units.'), scaling: scalingSchema.optional() }),
      ]),
      maxNotional: z.number().gt(0).optional(),
      maxVolumeSharePct: percent(100)
        .optional()
        .describe('Notional at most this share of the quote volume of the last minute.'),
      leverage: z.number().min(1).max(10).default(1),
    }),
    protection: z.strictObject({
      stopLoss: stopLossSchema,
      takeProfit: takeProfitSchema.optional(),
      trailingStop: z
        .strictObject({ activatePct: z.number().min(0).max(1000), distancePct: percent(90) })
        .optional()
        .describe('Once the price has moved activatePct in favor, the stop follows the best price at distancePct.'),
      timeLimitMs: durationMs.min(1).optional(),
    }),
    /** ZE1 */
    exit: z
      .strictObject({
        when: groupSchema.optional(),
        order: z
          .union([
            z.strictObject({ type: z.literal('market') }),
            z.strictObject({
              type: z.literal('limit'),
              priceReading: readingName.optional(),
              adjustPct: z
                .number()
                .min(-50)
                .max(50)
                .default(0)
                .describe('Limit price away from the base, positive = in favor of the position.'),
              scaling: scalingSchema.optional().describe('Multiplies adjustPct.'),
              timeoutMs: durationMs.min(1).default(10_000).describe('Then what is left goes at market.'),
            }),
          ])
          .default({ type: 'market' }),
        cooldownMs: durationMs.default(300_000),
      })
      .prefault({}),
    /** E1 */
    emergency: z
      .strictObject({
        when: groupSchema.optional(),
        cooldownMs: durationMs.default(1_800_000),
      })
      .prefault({}),
  })
  .meta({ id: 'Strategy' })

/** A strategy document with its defaults filled in. */
export type Strategy = z.infer<typeof strategySchema>
/** A strategy document as written. */
export type StrategyDocument = z.input<typeof strategySchema>

/** A named, immutable parameterization of a catalog entry, referenced as `name@version`. */
export const variantSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  version: z.int().min(1),
  description: z.string().default(''),
  indicator: z.string(),
  params: z.record(z.string(), z.union([z.number(), z.string()])).default({}),
  role: z.enum(['general', 'risk', 'price', 'stopLoss', 'takeProfit', 'closeOrder']),
})
export type Variant = z.infer<typeof variantSchema>
