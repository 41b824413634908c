import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { simulatorDefaults } from '#lab/lab.ts'
import { defaultLimits } from '#model/limits.ts'
import { loadConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'riptide-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const load = (layers: Partial<Parameters<typeof loadConfig>[0]> & { file?: unknown } = {}) => {
  const { file, ...rest } = layers
  writeFileSync(join(folder, 'riptide.json'), typeof file === 'string' ? file : JSON.stringify(file ?? {}))
  return loadConfig({ env: {}, cwd: folder, flags: {}, ...rest })
}

test('the defaults are those of the simulator and of the risk room', async () => {
  const { settings, originOf, origins } = await load()
  expect(settings.limits).toEqual(defaultLimits)
  expect(settings.backtest).toMatchObject({
    latency: simulatorDefaults.latency,
    reportLatency: simulatorDefaults.reportLatencyMs,
    participation: simulatorDefaults.participation,
    impact: simulatorDefaults.impact,
    fundingRate: simulatorDefaults.assumedFundingRate,
    seed: simulatorDefaults.seed,
    capital: null,
  })
  expect(new Set(origins.map(({ origin }) => origin))).toEqual(new Set(['default']))
  expect(originOf('backtest.seed')).toBe('backtest.seed')
})

test('a flag wins over the environment, the environment over the file, the file over the default', async () => {
  const { settings, origins } = await load({
    file: { backtest: { latency: '1s', seed: 5, warmUp: '1h' } },
    env: { RIPTIDE__BACKTEST__LATENCY: '2s', RIPTIDE__BACKTEST__WARM_UP: '2h', RIPTIDE__LIMITS__MAXOPENPOSITIONS: '9' },
    flags: { 'backtest.latency': { value: '3s', from: '--latency' } },
  })
  expect(settings.backtest).toMatchObject({ latency: { type: 'fixed', ms: 3_000 }, warmUp: 7_200_000, seed: 5 })
  expect(settings.limits.maxOpenPositions).toBe(9)
  const origin = Object.fromEntries(origins.map(({ path, origin }) => [path, origin]))
  expect(origin).toMatchObject({
    'backtest.latency': '--latency',
    'backtest.warmUp': 'RIPTIDE__BACKTEST__WARM_UP',
    'backtest.seed': expect.stringMatching(/riptide\.json$/),
    'backtest.cuts': 'default',
  })
})

test('RIPTIDE_DATA_DIR names the data folder; a flag wins', async () => {
  const env = { RIPTIDE_DATA_DIR: '/one' }
  expect((await load({ env })).settings.dataDir).toBe('/one')
  expect((await load({ env, flags: { dataDir: { value: '/two', from: '--data-dir' } } })).settings.dataDir).toBe('/two')
})

describe('what cannot be right names its place', () => {
  test.each([
    [
      { file: { backtest: { latencyy: '1s' } } },
      'unknownSetting',
      /riptide\.json: backtest\.latencyy$/,
      'did you mean backtest.latency?',
    ],
    [{ file: { limit: { maxOpenPositions: 1 } } }, 'unknownSetting', /riptide\.json: limit$/, 'riptide config'],
    [{ file: { backtest: 5 } }, 'invalidConfig', /riptide\.json$/, 'riptide config'],
    [{ file: '{ "backtest": ' }, 'invalidConfig', /riptide\.json$/, 'riptide config'],
    [{ file: { limits: { maxDrawdown: 2 } } }, 'invalidNumber', /limits\.maxDrawdown$/, 'write e.g.'],
    [{ file: { backtest: { seed: [1] } } }, 'invalidSetting', /backtest\.seed$/, 'Seed'],
    [
      { env: { RIPTIDE__BACKTEST__SED: '1' } },
      'unknownSetting',
      /^RIPTIDE__BACKTEST__SED$/,
      'did you mean backtest.seed?',
    ],
    [{ env: { RIPTIDE__BACKTEST__SEED: 'x' } }, 'invalidNumber', /^RIPTIDE__BACKTEST__SEED$/, 'write e.g. 1'],
    [{ flags: { 'backtest.fee': { value: '0.1', from: '--fee' } } }, 'invalidFee', /^--fee$/, '0.001'],
    [{ flags: { dataDir: { value: '', from: '--data-dir' } } }, 'invalidSetting', /^--data-dir$/, ''],
  ])('%j', async (layers, code, where, remedy) => {
    await expect(load(layers)).rejects.toMatchObject({
      code,
      where: expect.stringMatching(where),
      remedy: expect.stringContaining(remedy),
    })
  })
})

test('the JSON Schema describes every setting', async () => {
  const { jsonSchema, origins } = await load()
  const text = JSON.stringify(jsonSchema())
  for (const { description } of origins) expect(text).toContain(JSON.stringify(description))
})
