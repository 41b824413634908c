import { expect, test } from 'vitest'
import { catalog, findIndicator, nearest, resolveParameters } from './indicators.ts'
import { twpa } from './twpa.ts'
import { volumeSurgeRatio } from './volume-surge.ts'

test('every indicator is found by its id, which is its own', () => {
  expect(new Set(catalog.map(({ id }) => id)).size).toBe(catalog.length)
  for (const definition of catalog) expect(findIndicator(definition.id)).toBe(definition)
  expect(findIndicator('rsj')).toBeUndefined()
})

test('every default is allowed', () => {
  for (const definition of catalog) {
    const given = Object.fromEntries(definition.parameters.map((spec) => [spec.name, spec.default]))
    expect(resolveParameters(definition, given)).toEqual({ ok: true, parameters: given })
  }
})

test('what is not given takes the default', () => {
  expect(resolveParameters(twpa, { fromMs: 5_000 })).toEqual({ ok: true, parameters: { fromMs: 5_000, toMs: 0 } })
})

test('every wrong parameter is reported, each with its remedy', () => {
  expect(
    resolveParameters(volumeSurgeRatio, { formMs: 5_000, toMs: 1.5, baselineFromMs: 1e9, method: 'medain' }),
  ).toEqual({
    ok: false,
    problems: [
      {
        path: 'formMs',
        code: 'unknownParameter',
        message: 'volumeSurgeRatio has no parameter formMs',
        remedy: 'did you mean fromMs? volumeSurgeRatio takes fromMs, toMs, baselineFromMs, baselineToMs, method',
      },
      {
        path: 'toMs',
        code: 'parameterType',
        message: 'toMs cannot be 1.5',
        remedy: 'give a whole number from 0 to 86400000 (ms)',
      },
      {
        path: 'baselineFromMs',
        code: 'parameterOutOfRange',
        message: 'baselineFromMs is 1000000000',
        remedy: 'give a whole number from 1 to 86400000 (ms)',
      },
      {
        path: 'method',
        code: 'parameterOutOfRange',
        message: 'method cannot be "medain"',
        remedy: 'did you mean median? one of mean, median',
      },
    ],
  })
})

test('a rule between parameters refuses them together', () => {
  expect(resolveParameters(twpa, { fromMs: 1_000, toMs: 2_000 })).toEqual({
    ok: false,
    problems: [
      {
        path: '',
        code: 'parameterRule',
        message: 'fromMs must be greater than toMs',
        remedy: 'change one of fromMs, toMs',
      },
    ],
  })
})

test('a choice of numbers may be given as a number', () => {
  const resolved = resolveParameters(findIndicator('rsi')!, { intervalMs: 900_000 })
  expect(resolved).toMatchObject({ ok: true, parameters: { intervalMs: '900000' } })
})

test('the name probably meant is near in letters, and none is guessed from far', () => {
  const ids = catalog.map(({ id }) => id)
  expect(nearest('pumpMagnitude', ids)).toBe('pumpMagnitudePct')
  expect(nearest('TWPA', ids)).toBe('twpa')
  expect(nearest('maxPirce', ids)).toBe('maxPrice')
  expect(nearest('fromSeconds', ['baselineToMs'])).toBeUndefined()
})
