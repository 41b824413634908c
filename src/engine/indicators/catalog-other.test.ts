import { readingsOf, randomRecording, scaled } from '#test/indicator-runs.ts'
import type { Parameters, Unit } from '#model/indicator.ts'
import { describe, expect, test } from 'vitest'
import { catalogOther } from './catalog-other.ts'

const recording = randomRecording(7, 420)

/** Windows short enough to fill within the recording. */
const short: Parameters = {
  intervalMs: '5000',
  fromMs: 20_000,
  baselineFromMs: 90_000,
  baselineToMs: 30_000,
  drainMs: 20_000,
  drainBaselineMs: 90_000,
  momentumMs: 20_000,
}

/** Powers of price and quantity by which an output of this unit scales. */
const powers: Partial<Record<Unit, readonly [price: number, quantity: number]>> = {
  price: [1, 0],
  priceDistance: [1, 0],
  quantity: [0, 1],
  notional: [1, 1],
  notionalPerSecond: [1, 1],
}

test('every id is in the catalog once', () => {
  const ids = catalogOther.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

describe.each(catalogOther)('$id', (definition) => {
  const parameters = Object.fromEntries(
    definition.parameters.map((spec) => [spec.name, short[spec.name] ?? spec.default]),
  )
  const run = readingsOf(definition, parameters, recording)
  const ready = run.values.filter((value) => !Number.isNaN(value))

  test('its defaults are within their own limits and not refused', () => {
    const strange = definition.parameters.filter(({ type, default: value, min, max, choices }) =>
      type === 'choice' ? !choices!.includes(String(value)) : !(Number(value) >= min! && Number(value) <= max!),
    )
    expect(strange).toEqual([])
    const defaults = Object.fromEntries(definition.parameters.map((spec) => [spec.name, spec.default]))
    expect(definition.refuse?.(defaults)).toBeUndefined()
    expect(definition.lookbackMs(defaults)).toBeGreaterThanOrEqual(0)
  })

  test('it warms up, then has values inside its range', () => {
    expect(ready.length).toBeGreaterThan(100)
    for (const value of ready) expect(value >= definition.range[0] && value <= definition.range[1]).toBe(true)
  })

  test('it is pending with a reason until its look-back is covered to 80 %', () => {
    const first = run.reasons.indexOf('ready')
    for (const reason of run.reasons.slice(0, first)) {
      expect(reason).toMatch(/^(warmingUp|noTrades|noQuotes|noBook|noBars|noBaseline|undefined)$/)
    }
    const bars = definition.inputs.includes('bar')
    const waited = run.time[first] - run.time[0]
    expect(waited).toBeGreaterThanOrEqual(bars ? 0 : Math.min(definition.lookbackMs(parameters), 20_000) * 0.8)
    expect(run.reasons).not.toContain('failed')
  })

  test('one instant at a time it reads the same as in one stretch, bit for bit', () => {
    expect(readingsOf(definition, parameters, recording, { stretch: 1 }).values).toEqual(run.values)
    expect(readingsOf(definition, parameters, recording, { stretch: 97 })).toEqual(run)
  })

  test('it goes on from a snapshot as if nothing had happened, bit for bit', () => {
    expect(readingsOf(definition, parameters, recording, { moveAfter: 777, stretch: 50 })).toEqual(run)
    expect(readingsOf(definition, parameters, recording, { moveAfter: 1 })).toEqual(run)
  })

  test('its output scales with price and quantity as its unit says', () => {
    const [price, quantity] = powers[definition.unit] ?? [0, 0]
    const other = readingsOf(definition, parameters, scaled(recording, 8, 32))
    const factor = 8 ** price * 32 ** quantity
    expect(other.values).toEqual(run.values.map((value) => value * factor))
  })
})
