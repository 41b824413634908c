import { findIndicator, nearest, catalog, type ResolvedStrategy } from '#engine/engine.ts'
import { UserError } from '#model/failure.ts'
import type { IndicatorDefinition } from '#model/indicator.ts'
import { checkStrategy } from '../strategies.ts'

/** What instruments are ranked by: an indicator at its defaults, and the parts it is made of where it has named ones. */
export interface RankedBy {
  readonly definition: IndicatorDefinition
  /** Choices of its parameter `part`, less the one that stands for all. */
  readonly parts: readonly string[]
  /** Never signals; its readings are the ranked one and each part. */
  readonly strategy: ResolvedStrategy
}

/** Name of the ranked reading, and of its parts in their order. */
export const wholeReading = 'whole'
export const partReading = (index: number): string => `part${index}`

/** Looks up an indicator to rank by. Throws `UserError` where there is none, or where it needs a position. */
export function rankedBy(id: string): RankedBy {
  const definition = findIndicator(id)
  if (definition === undefined) throw unknown(id)
  const own = definition.inputs.find((input) => input === 'position' || input === 'signal')
  if (own !== undefined) {
    throw new UserError({
      code: 'notRankable',
      message: `${id} is read off a strategy's own ${own}, which nobody has here`,
      where: '--by',
      remedy: 'choose a reading of the market, e.g. pumpScore or barRiseInUsualMoves',
    })
  }
  const choice = definition.parameters.find(({ name }) => name === 'part')
  const parts = choice?.choices?.filter((part) => part !== choice.default) ?? []
  const checked = checkStrategy(
    {
      schemaVersion: 1,
      name: 'rank',
      direction: 'long',
      readings: {
        price: { indicator: 'lastPrice' },
        [wholeReading]: { indicator: id },
        ...Object.fromEntries(parts.map((part, index) => [partReading(index), { indicator: id, params: { part } }])),
      },
      signal: { when: { reading: 'price', is: 'lte', value: 0 } },
      entry: { size: { riskPct: 1 } },
      protection: { stopLoss: { distancePct: 50 } },
    },
    [],
  )
  if (!checked.ok) throw new Error(checked.problems[0]?.message)
  return { definition, parts, strategy: checked.strategy }
}

function unknown(id: string): UserError {
  const close = nearest(
    id,
    catalog.map((definition) => definition.id),
  )
  return new UserError({
    code: 'unknownIndicator',
    message: `there is no reading ${id}`,
    where: '--by',
    remedy: `${close === undefined ? '' : `did you mean ${close}? `}\`riptide indicators\` shows all`,
    exit: 'notFound',
  })
}
