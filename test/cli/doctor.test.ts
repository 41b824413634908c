import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CliIo } from '#cli/cli.ts'
import { generateMarket, startExchange } from '#simulator/simulator.ts'
import { openVenue, systemTimers, venueNames } from '#venues/venues.ts'
import type { Check } from '#session/session.ts'
import { sandbox } from './sandbox.ts'

const { cwd, runWith } = sandbox()

let exchange: Awaited<ReturnType<typeof startExchange>>
beforeAll(async () => {
  const source = generateMarket({ seed: 1, instruments: 2, days: 1 })
  exchange = await startExchange(
    { venues: ['mexc', 'binance'], port: 0, source, seed: 1, speed: 1, loop: true, historyMs: 3_600_000 },
    systemTimers,
  )
})
afterAll(() => exchange.close())

const doors: Partial<CliIo> = {
  venues: () =>
    Promise.resolve({
      names: venueNames,
      timers: systemTimers,
      open: (request) => openVenue({ ...request, venue: request.venue as (typeof venueNames)[number] }),
    }),
}
const at = (venue: 'mexc' | 'binance') => exchange.venues.find((one) => one.venue === venue)!
const visit = (venue: 'mexc' | 'binance', env: CliIo['env'], ...more: readonly string[]) => {
  const { rest, stream } = at(venue).urls
  const name = venue === 'mexc' ? 'mexc' : 'binance-usdm'
  return runWith({ ...doors, env }, 'doctor', '--venue', name, '--rest', rest, '--stream', stream, ...more)
}
const keysOf = (venue: 'mexc' | 'binance'): CliIo['env'] => ({
  [`RIPTIDE_${venue.toUpperCase()}_API_KEY`]: at(venue).keys.apiKey,
  [`RIPTIDE_${venue.toUpperCase()}_SECRET`]: at(venue).keys.secret,
})
const odd = (checks: readonly Check[]): readonly string[] =>
  checks.filter(({ state }) => state !== 'green').map(({ id, state }) => `${state} ${id}`)

describe.each(['mexc', 'binance'] as const)('our exchange as %s', (venue) => {
  test('is well without keys', { timeout: 30_000 }, async () => {
    const { code, json } = await visit(venue, {}, '--json')
    expect(json).toMatchObject({ key: null, state: 'green' })
    expect(json.checks.map(({ id }: Check) => id)).toEqual(['rest', 'clock', 'instrument', 'sockets', 'smallestOrder'])
    expect(code).toBe(0)
  })

  test('tells what the key may do, what is charged and what is there', { timeout: 30_000 }, async () => {
    const { code, stdout, stderr } = await visit(venue, keysOf(venue))
    expect(code).toBe(0)
    expect(stdout).toMatch(/green +key: trade/)
    expect(stdout).toMatch(/green +balance +100000 USDT/)
    expect(stdout).toMatch(
      venue === 'mexc' ? /fees .*maker 0\.06 %, taker 0\.08 %/ : /fees .*maker 0\.02 %, taker 0\.05 %/,
    )
    expect(stdout).toMatch(/amber +key: withdraw .*\n +→ look at the key/)
    const { apiKey, secret } = at(venue).keys
    expect(stderr).toContain(`…${apiKey.slice(-4)}, fingerprint `)
    expect(stdout + stderr).not.toContain(apiKey)
    expect(stdout + stderr).not.toContain(secret)
  })

  test('refuses a wrong secret, which is red and ends with 1, told once', { timeout: 30_000 }, async () => {
    const wrong = 'f'.repeat(64)
    const env = { ...keysOf(venue), [`RIPTIDE_${venue.toUpperCase()}_SECRET`]: wrong }
    const { code, json, stdout, stderr } = await visit(venue, env, '--json')
    expect(code).toBe(1)
    expect(odd(json.checks)).toContain('red read')
    expect(odd(json.checks)).toContain('red trade')
    expect(stdout + stderr).not.toContain(wrong)
  })
})

test('does not trade what is not listed', { timeout: 30_000 }, async () => {
  const { code, json } = await visit('binance', {}, '--json', '-p', 'QORVEL_USDT,NOPE_USDT')
  expect(code).toBe(1)
  expect(odd(json.checks)).toEqual(['red instrument'])
})

describe('keys', () => {
  const file = (content: string, mode: number): string => {
    const path = join(cwd, 'keys.json')
    writeFileSync(path, content)
    chmodSync(path, mode)
    return 'keys.json'
  }
  const ask = async (env: CliIo['env'], ...more: readonly string[]) =>
    (await runWith({ ...doors, env }, 'doctor', '--json', ...more)).json.error

  test('in a file that others may read are refused', async () => {
    expect(await ask({}, '--key-file', file('{}', 0o644))).toMatchObject({
      code: 'keysExposed',
      remedy: expect.stringContaining('chmod 600') as string,
    })
  })

  test.each([
    ['that is no JSON', '{ "mexc": { "apiKey": "half-a-secret', 'invalidKeyFile'],
    ['with something else in it', '{ "mexc": { "apiKey": "half-a-secret" } }', 'invalidKeyFile'],
    ['of another exchange', '{ "binance": { "apiKey": "half-a-secret", "secret": "x" } }', 'noKeys'],
  ])('in a file %s are refused without a word of it', async (_what, content, code) => {
    const error = await ask({ RIPTIDE_KEY_FILE: file(content, 0o600) })
    expect(error.code).toBe(code)
    expect(JSON.stringify(error)).not.toContain('half-a-secret')
  })

  test('of which the environment has one half are refused', async () => {
    expect(await ask({ RIPTIDE_MEXC_SECRET: 'half-a-secret' })).toMatchObject({ code: 'halfAKey' })
  })

  test('are not looked for when only the market is asked about', { timeout: 30_000 }, async () => {
    const { json } = await visit('binance', { RIPTIDE_KEY_FILE: 'nowhere.json' }, '--no-keys', '--json')
    expect(json.key).toBeNull()
  })
})
