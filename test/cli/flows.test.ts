import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { sandbox } from './sandbox.ts'

const { cwd, run, runWith } = sandbox()
const market = ['--data', 'market']

beforeAll(async () => {
  await run('generate', '--out', 'market', '--days', '1', '--instruments', '3', '--seed', '5')
})

test('a generated market lies there as files that --data reads, with its labels', async () => {
  const folders = readdirSync(join(cwd, 'market')).toSorted()
  expect(folders).toHaveLength(4)
  expect(folders).toContain('labels.csv')
  const [instrument] = folders
  expect(readdirSync(join(cwd, 'market', instrument, '2026-01-05')).toSorted()).toEqual([
    'marks.csv',
    'quotes.csv',
    'trades.csv',
  ])
  const again = await run('generate', '--out', 'again', '--days', '1', '--instruments', '3', '--seed', '5', '--json')
  expect(again.json).toMatchObject({ seed: 5 })
  expect(again.json.instruments.toSorted()).toEqual(folders.filter((name) => name !== 'labels.csv'))
  for (const file of [`${instrument}/2026-01-05/trades.csv`, 'labels.csv']) {
    expect(readFileSync(join(cwd, 'again', file), 'utf8')).toBe(readFileSync(join(cwd, 'market', file), 'utf8'))
  }
  expect(readdirSync(cwd).filter((name) => name.includes('partial'))).toEqual([])
})

describe('a backtest', () => {
  test('prints one object with --json, saved under the id it names', async () => {
    const { code, json, stderr, stdout } = await run(
      'backtest',
      '--strategy',
      'flash-pump',
      ...market,
      '--json',
      '--name',
      'first',
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(json).toMatchObject({
      run: 'r00001',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      strategy: 'flash-pump',
      events: expect.any(Number),
      durationMs: expect.any(Number),
      trades: expect.any(Number),
      netProfit: expect.any(Number),
      costs: {
        fee: expect.any(Number),
        spread: expect.any(Number),
        impact: expect.any(Number),
        delay: expect.any(Number),
        funding: expect.any(Number),
      },
      lookahead: { cuts: expect.any(Number), changedDecisions: 0 },
    })
    expect(json.instruments).toHaveLength(3)
    expect((await run('runs', 'list', '--json')).json.runs).toMatchObject([{ id: 'r00001', name: 'first' }])
  })

  test('gives the same result again, from the folder, from its files in any order, and on two workers', async () => {
    const files = readdirSync(join(cwd, 'market'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.csv') && name.includes('/'),
    )
    const paths = files.map((name) => join('market', name))
    const one = await run('backtest', '-s', 'flash-pump', ...market, '--json', '--no-save')
    const other = await run(
      'backtest',
      '-s',
      'flash-pump',
      '--data',
      ...paths.slice(4),
      '--data',
      ...paths.slice(0, 4),
      '--json',
      '--no-save',
    )
    const both = await run(
      'backtest',
      '-s',
      'flash-pump',
      '-s',
      'dip-reversion',
      '--each',
      '--workers',
      '2',
      ...market,
      '--json',
      '--no-save',
    )
    expect(one.json.run).toBe('unsaved')
    expect(other.json.fingerprint).toBe(one.json.fingerprint)
    expect(both.json.runs.map(({ strategy }: { strategy: string }) => strategy)).toEqual([
      'flash-pump',
      'dip-reversion',
    ])
    expect(both.json.runs[0].fingerprint).toBe(one.json.fingerprint)
  })

  test('reads only the instruments, the range and the settings asked for', async () => {
    const { json } = await run(
      'backtest',
      '-s',
      'flash-pump',
      ...market,
      '-p',
      '*_USDT,nothing',
      '--from',
      '2026-01-05T06:00',
      '--to',
      '2026-01-05T12:00',
      '--capital',
      '500USDT',
      '--fee',
      '0',
      '--json',
      '--no-save',
    )
    expect(Date.parse(json.from)).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 5, 6))
    expect(Date.parse(json.to)).toBeLessThan(Date.UTC(2026, 0, 5, 12))
    expect(json).toMatchObject({ startingCapital: 500, costs: { fee: 0 } })
  })

  test('reports for people, breaks down by period, and writes one self-contained page', async () => {
    const { code, stdout } = await run(
      'backtest',
      '-s',
      'flash-pump',
      ...market,
      '--breakdown',
      'day',
      '--trades',
      '--html',
      'page.html',
    )
    expect(code).toBe(0)
    expect(stdout).toContain('BACKTEST REPORT')
    expect(stdout).toContain('BY DAY')
    expect(stdout).toMatch(/HTML report: \S*page\.html/)
    const page = readFileSync(join(cwd, 'page.html'), 'utf8')
    expect(page).toMatch(/^<!doctype html>/i)
    expect(page).not.toMatch(/<(?:script|link|img)[^>]*(?:src|href)="(?!data:|#)/)
  })

  test('stops at Ctrl-C with 130 and leaves nothing', async () => {
    const before = (await run('runs', 'list', '--json')).json.runs.length
    const { interrupted } = await import('#cli/cli.ts')
    const { code, stderr, stdout } = await runWith(
      { signal: AbortSignal.abort(interrupted()) },
      'backtest',
      '-s',
      'flash-pump',
      ...market,
      '--html',
      'none.html',
    )
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(stderr).toBe('interrupted: stopped by you; nothing of this command was saved\n')
    expect(existsSync(join(cwd, 'none.html'))).toBe(false)
    expect((await run('runs', 'list', '--json')).json.runs).toHaveLength(before)
  })
})

describe('a saved run', () => {
  test('is explained trade by trade, and where there was none', async () => {
    const { json } = await run('why', 'last', '--json')
    expect(json.whyNot.conditions.length).toBeGreaterThan(0)
    expect(json.trades.length).toBeGreaterThan(0)
    expect((await run('why', 'last')).stdout).toContain(`riptide why ${json.run} --trade <n>`)
    const told = await run('why', 'last', '--trade', '1')
    expect(told.stdout).toContain(`Trade 1: ${json.trades[0].side} ${json.trades[0].instrument} by flash-pump`)
    expect((await run('why', '1', '--trade', '1', '--json')).json).toMatchObject({
      number: 1,
      instrument: json.trades[0].instrument,
    })
    expect(
      (await run('why', 'last', '--instrument', json.trades[0].instrument.replace('_', '/').toLowerCase())).stdout,
    ).toContain(json.trades[0].instrument)
    expect(await run('why', 'last', '--trade', '999')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('error tradeNotFound'),
    })
    expect(await run('why', 'last', '--instrument', 'NONE_USDT')).toMatchObject({ code: 2 })
  })

  test('is shown, compared and deleted', async () => {
    await run('backtest', '-s', 'flash-pump', ...market, '--seed', '2', '--latency', '100ms-900ms')
    expect((await run('runs', 'show', 'r00001', '--json')).json).toMatchObject({ run: 'r00001' })
    expect((await run('runs', 'show', 'last', '--html')).stdout).toMatch(/HTML report: \S+reports\/r\d{5}\.html/)
    const compared = await run('runs', 'compare', 'r00001', 'last', '--json')
    expect(compared.json).toMatchObject({ a: 'r00001', sameFingerprint: false })
    const { json } = await run('runs', 'delete', 'last', '--json')
    expect((await run('runs', 'list')).stdout).not.toContain(json.deleted)
    expect(await run('runs', 'show', json.deleted)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('error runNotFound'),
    })
  })
})

describe('the series store', () => {
  test('takes files, tells what it holds, checks it, and gives it back', async () => {
    expect(await run('data', 'list')).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing is stored') })
    const imported = await run('data', 'import', 'market', '--json')
    expect(imported.json).toMatchObject({
      skipped: [expect.objectContaining({ path: expect.stringContaining('labels.csv') })],
    })
    expect((await run('data', 'import', 'market', '--json')).json).toMatchObject({ daysWritten: 0 })
    const { series } = (await run('data', 'list', '--json')).json
    expect(new Set(series.map(({ kind }: { kind: string }) => kind))).toContain('trade')
    expect((await run('data', 'verify', '--json')).json).toMatchObject({ ok: true })
    const [{ instrument }] = series
    const exported = await run('data', 'export', instrument, '--to', 'csv', '--json')
    expect(exported.json.rows).toBeGreaterThan(0)
    const stored = await run('backtest', '-s', 'flash-pump', '-p', instrument, '--json', '--no-save')
    const files = await run('backtest', '-s', 'flash-pump', '--data', 'csv', '--json', '--no-save')
    expect(files.json.events).toBe(stored.json.events - exported.json.eventsLeftOut)
    expect(files.json.netProfit).toBe(stored.json.netProfit)
  })

  test('tells damage with exit code 1', async () => {
    const days = readdirSync(join(cwd, 'riptide-data', 'series'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.parquet'),
    )
    writeFileSync(join(cwd, 'riptide-data', 'series', days[0]), 'not parquet')
    expect(await run('data', 'verify')).toMatchObject({ code: 1, stderr: expect.stringContaining('error dataDamaged') })
  })
})

describe('strategies', () => {
  test('are listed, copied, checked and run under their own name', async () => {
    const made = await run('strategy', 'new', 'my-pump')
    expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('my-pump.json is a copy of flash-pump') })
    const { strategies } = (await run('strategy', 'list', '--json')).json
    expect(strategies.find(({ name }: { name: string }) => name === 'my-pump')).toMatchObject({
      origin: 'user',
      direction: 'long',
    })
    expect(await run('strategy', 'check', 'my-pump')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('my-pump is sound'),
    })
    expect(JSON.parse((await run('strategy', 'show', 'my-pump')).stdout)).toMatchObject({ name: 'my-pump' })
    expect((await run('backtest', '-s', 'my-pump', ...market, '--json', '--no-save')).json.strategy).toBe('my-pump')
  })

  test('have a JSON Schema, and indicators a page each', async () => {
    expect(JSON.parse((await run('strategy', 'schema')).stdout)).toHaveProperty('$schema')
    const { indicators } = (await run('indicators', '--json')).json
    for (const { id } of indicators)
      expect(await run('indicators', id)).toMatchObject({ code: 0, stdout: expect.stringContaining(id) })
    expect((await run('indicators', 'pumpMagnitudePct', '--json')).json).toMatchObject({
      id: 'pumpMagnitudePct',
      unit: 'percent',
    })
  })
})

test('config shows each setting with its origin', async () => {
  const { json } = await runWith(
    { env: { RIPTIDE__BACKTEST__SEED: '9' } },
    'config',
    '--json',
    '--data-dir',
    'elsewhere',
  )
  expect(json.settings).toMatchObject({
    dataDir: { value: 'elsewhere', origin: '--data-dir' },
    'backtest.seed': { value: '9', origin: 'RIPTIDE__BACKTEST__SEED' },
    'backtest.latency': { value: '250ms', origin: 'default' },
  })
})
