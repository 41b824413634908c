import {
  numberIn,
  parseCapital,
  type Parser,
  parseDuration,
  parseFee,
  parseLatency,
  parseWorkers,
  Refusal,
  type Settings,
  wholeIn,
} from '#cli/cli.ts'
import { defaultLimits } from '#model/limits.ts'
import { z } from 'zod'

/** A setting written as text or number, with its default as a user would write it. */
function setting<T>(parse: Parser<T>, fallback: string | number | null, description: string) {
  const input = z.union([z.string(), z.number()])
  const parsed = input.transform((given, context) => {
    const value = parse(String(given))
    if (!(value instanceof Refusal)) return value
    context.issues.push({ code: 'custom', message: value.message, input: given, params: value })
    return z.NEVER
  })
  return (fallback === null ? parsed.nullable() : parsed)
    .prefault(fallback as never)
    .describe(description) as unknown as z.ZodType<T>
}

/** The engine's clock cannot stand still. */
const parseGrid: Parser<number> = (text) => {
  const value = parseDuration(text)
  return value === 0 ? new Refusal('invalidDuration', 'the grid is zero', 'write e.g. 1s') : value
}
const duration = (fallback: string, description: string) => setting(parseDuration, fallback, description)
const fee = (description: string) => setting<number | null>(parseFee, null, description)
const share = (fallback: number, description: string) =>
  setting(numberIn({ name: 'a share', min: 0, max: 1, open: 'min', example: '0.1' }), fallback, description)
const count = (fallback: number, description: string) =>
  setting(wholeIn({ name: 'a number of them', min: 1, max: 1_000_000, example: '3' }), fallback, description)

const backtestSchema = z.strictObject({
  capital: setting<Settings['backtest']['capital']>(
    parseCapital,
    null,
    'Starting capital, e.g. 1000USDT; absent = the default of the currency of the data',
  ),
  fee: fee('Maker and taker fee as a fraction; absent = what the venue of the data charges'),
  makerFee: fee('Maker fee alone, together with takerFee'),
  takerFee: fee('Taker fee alone, together with makerFee'),
  latency: setting(parseLatency, '250ms', 'Decision to venue: 250ms, 100ms-400ms or lognormal:200ms:1500ms'),
  reportLatency: duration('50ms', 'Venue to us, for every answer'),
  participation: share(0.1, 'Share of what trades that our orders may take'),
  impact: setting(
    numberIn({ name: 'the impact factor', min: 0, max: 100, example: '1' }),
    1,
    'Factor of the square-root impact; 0 switches it off',
  ),
  fundingRate: setting(
    numberIn({ name: 'a funding rate', min: 0, max: 0.1, open: 'max', example: '0.0001' }),
    0.0001,
    'Paid per funding interval where the data has no funding',
  ),
  seed: setting(
    wholeIn({ name: 'a seed', min: 0, max: Number.MAX_SAFE_INTEGER, example: '1' }),
    1,
    'Seed of everything random',
  ),
  warmUp: duration('0s', 'No entries during the first stretch of every recording'),
  grid: setting(parseGrid, '1s', 'Time between two looks at the clock when nothing trades'),
  cuts: setting(
    wholeIn({ name: 'a number of cuts', min: 1, max: 10_000, example: '50' }),
    50,
    'Moments at which the look-ahead check cuts the data',
  ),
  workers: setting(parseWorkers, 'auto', 'Threads for several runs; auto = one per core'),
})

const limitsSchema = z.strictObject({
  maxPositionSize: share(defaultLimits.maxPositionSize, 'Margin of one position ÷ equity'),
  maxOpenPositions: count(defaultLimits.maxOpenPositions, 'Positions open at once'),
  maxConcentration: share(defaultLimits.maxConcentration, 'Margin in one instrument ÷ equity'),
  maxDailyLoss: share(defaultLimits.maxDailyLoss, 'Loss since the UTC day began ÷ equity'),
  maxDrawdown: share(defaultLimits.maxDrawdown, 'Fall from the highest equity'),
  maxMarginUse: share(defaultLimits.maxMarginUse, 'Σ margin ÷ equity'),
  maxEntriesPerMinute: count(defaultLimits.maxEntriesPerMinute, 'Entry orders per minute'),
  priceCollar: share(defaultLimits.priceCollar, 'Entry price away from the last trade'),
  maxDataAgeMs: count(defaultLimits.maxDataAgeMs, 'Age of the newest data of an instrument, milliseconds'),
  maxDirectionalShare: share(defaultLimits.maxDirectionalShare, 'Share of the exposure that may point one way'),
  maxConcurrentSignals: count(defaultLimits.maxConcurrentSignals, 'Signals in flight at once'),
  maxStrategyAllocation: share(defaultLimits.maxStrategyAllocation, 'Σ margin of one strategy ÷ equity'),
  minLiquidationReserve: setting(
    numberIn({ name: 'a reserve', min: 0, max: 1, example: '0.2' }),
    defaultLimits.minLiquidationReserve,
    'Stop to liquidation ÷ entry to liquidation',
  ),
})

/** The whole of `riptide.json`. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  dataDir: z
    .string()
    .min(1, 'it is empty')
    .default('riptide-data')
    .describe('Folder of series, runs, reports and your strategies'),
  backtest: backtestSchema.optional(),
  limits: limitsSchema.optional(),
})

/** Sections of settings; everything else is at the top. */
export const sections: Readonly<Record<string, z.ZodObject>> = { backtest: backtestSchema, limits: limitsSchema }

/** Every setting by its path. */
export const leaves: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ['dataDir', configSchema.shape.dataDir],
  ...Object.entries(sections).flatMap(([section, { shape }]) =>
    Object.entries(shape).map(([name, leaf]): [string, z.ZodType] => [`${section}.${name}`, leaf as z.ZodType]),
  ),
])
