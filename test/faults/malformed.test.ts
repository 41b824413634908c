import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BenchName } from '#test/contracts/bench.ts'
import { onFrame } from '#test/wire-clock.ts'
import { readFrame as readBinance } from '#venues/binance/wire/frames.ts'
import { readUserFrame } from '#venues/binance/wire/user-frames.ts'
import { readFrame as readMexc } from '#venues/mexc/wire/frames.ts'
import { runScenario } from './run-scenario.ts'
import { type Scenario, scenarios } from './scenarios.ts'

/** RT-14, message by message: frames of our exchange, broken in every way, never throw and never become numbers that are none. */
const readers: readonly (readonly [BenchName, (json: unknown) => unknown])[] = [
  ['mexc', readMexc],
  ['binance-usdm', readBinance],
  ['binance-usdm', readUserFrame],
]

const hostile = fc.constantFrom<unknown>(
  null,
  '',
  'NaN',
  '1e400',
  -1,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  '-0',
  '٣',
  [],
  {},
  [[]],
  true,
  'x'.repeat(10_000),
  JSON.parse('{"__proto__":{"polluted":1}}'),
)

test.for(readers)('frames of %s that were broken are told as such and do no harm', async ([venue, read]) => {
  const frames = await framesOf(venue)
  expect(frames.length).toBeGreaterThan(20)
  const broken = fc
    .tuple(
      fc.constantFrom(...frames),
      fc.array(fc.tuple(fc.nat(), hostile, fc.boolean()), { minLength: 1, maxLength: 4 }),
    )
    .map(([frame, changes]) => changes.reduce((json, [at, value, drop]) => changed(json, at, value, drop), frame))
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: broken }, { weight: 1, arbitrary: fc.jsonValue() }), (json) => {
      expect(notNumbers(read(json))).toEqual([])
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    }),
    { numRuns: 10_000 },
  )
})

/** What a quiet minute of trading brings over the sockets, parsed. */
async function framesOf(venue: BenchName): Promise<readonly unknown[]> {
  const texts: string[] = []
  const stop = onFrame((text) => void texts.push(text))
  const quiet: Scenario = { ...scenarios[0], faultyMs: 20_000, healMs: 5_000, plan: () => [] }
  const outcome = await runScenario(quiet, venue, 1)
  stop()
  expect(outcome?.failures).toEqual([])
  return texts.flatMap((text): unknown[] => (text.startsWith('{') ? [JSON.parse(text)] : []))
}

/** The value at one of the frame's places, counted depth first, replaced or left out. */
function changed(json: unknown, at: number, value: unknown, drop: boolean): unknown {
  const copy = structuredClone(json)
  const places: (readonly [holder: Record<string, unknown>, key: string])[] = []
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [key, inner] of Object.entries(node)) {
      places.push([node as Record<string, unknown>, key])
      walk(inner)
    }
  }
  walk(copy)
  const place = places[at % Math.max(1, places.length)]
  if (place === undefined) return value
  const [holder, key] = place
  if (drop) delete holder[key]
  else holder[key] = value
  return copy
}

/** Paths of NaN and infinities in what was read. */
function notNumbers(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => notNumbers(inner, `${path}.${key}`))
}
