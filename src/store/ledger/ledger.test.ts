import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EngineOutput } from '#model/events.ts'
import { instanceId, instrumentId, orderId, positionId, signalId, venueId } from '#model/ids.ts'
import { defaultLimits } from '#model/limits.ts'
import { toMoney } from '#model/money.ts'
import type { Order, RoundTrip } from '#model/order.ts'
import { strategySchema } from '#model/strategy.ts'
import { type Ledger, openLedger, type RunToSave } from './ledger.ts'
import { migrations } from './migrations.ts'
import { ledgerPath, openDatabase } from './open-database.ts'

let folder = ''
let ledger: Ledger | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'riptide-ledger-'))
})
afterEach(async () => {
  await ledger?.close()
  ledger = undefined
  rmSync(folder, { recursive: true, force: true })
})

const open = async (): Promise<Ledger> => (ledger = await openLedger(folder))

const instrument = instrumentId('BTC_USDT')
const instance = instanceId('pump-fade@7d1fa0c2/BTC_USDT')
const fact = (time: number) => ({ time, instanceId: instance, instrumentId: instrument })
const zero = { fee: 0n, spread: 0n, impact: 0n, delay: 0n, funding: 0n }

const order: Order = {
  orderId: orderId('1-o1'),
  instanceId: instance,
  instrumentId: instrument,
  signalId: signalId('1-s1'),
  purpose: 'entry',
  side: 'sell',
  type: 'market',
  timeInForce: 'ioc',
  quantity: 0.3,
  reduceOnly: false,
  leverage: 2,
  decisionPrice: 100.1,
  decidedAt: 1_000,
  status: 'filled',
  filledQuantity: 0.3,
  averagePrice: 100.05,
  submittedAt: 1_000,
  updatedAt: 1_300,
  cancelRequested: false,
}

const trip: RoundTrip = {
  positionId: positionId('1-p1'),
  signalId: signalId('1-s1'),
  instanceId: instance,
  instrumentId: instrument,
  strategy: 'pump-fade',
  side: 'short',
  quantity: 0.3,
  leverage: 2,
  entryPrice: 100.05,
  exitPrice: 99,
  openedAt: 1_300,
  closedAt: 9_000,
  exitReason: 'exitSignal',
  grossProfit: toMoney(0.315),
  netProfit: toMoney(0.28512345),
  costs: { ...zero, fee: toMoney(0.02987655), delay: toMoney(-0.001) },
  notional: toMoney(30.015),
  maxFavorable: 0.012,
  maxAdverse: -0.004,
}

const decisions: readonly EngineOutput[] = [
  {
    type: 'signalDetected',
    ...fact(1_000),
    signalId: signalId('1-s1'),
    strategy: 'pump-fade',
    price: 100.1,
    verdicts: [],
  },
  { type: 'submitOrder', time: 1_000, order },
  { type: 'cancelOrder', time: 1_200, orderId: order.orderId, instrumentId: instrument, reason: 'timeout' },
  { type: 'positionClosed', ...fact(9_000), positionId: positionId('1-p1'), roundTrip: trip },
  {
    type: 'signalDetected',
    ...fact(20_000),
    signalId: signalId('1-s2'),
    strategy: 'pump-fade',
    price: 101,
    verdicts: [],
  },
  { type: 'tradingStateChanged', time: 21_000, from: 'active', to: 'halted', cause: 'maxDrawdown' },
]

function run(name = 'first try', equityPoints = 3): RunToSave {
  return {
    name,
    createdAt: '2026-11-21T10:00:00.000Z',
    kind: 'backtest',
    status: 'completed',
    codeVersion: '0.1.0',
    fingerprint: 'f'.repeat(64),
    outputHash: '0'.repeat(64),
    durationMs: 1_234.5,
    spec: {
      strategies: [
        {
          name: 'pump-fade',
          hash: '7d1fa0c2be44',
          document: strategySchema.parse({
            schemaVersion: 1,
            name: 'pump-fade',
            direction: 'short',
            readings: {},
            signal: { when: { reading: 'pump', is: 'gte', value: 7 } },
            cancel: {},
            entry: { size: { riskPct: 1 } },
            protection: { stopLoss: { distancePct: 2 } },
          }),
        },
      ],
      instruments: [
        {
          id: instrument,
          venue: venueId('binance'),
          symbol: 'BTCUSDT',
          kind: 'perpetual',
          base: 'BTC',
          quote: 'USDT',
          tickSize: 0.1,
          lotSize: 0.001,
          contractSize: 1,
          minQuantity: 0.001,
          minNotional: 5,
          maxLeverage: 20,
          makerFeeRate: 0.0002,
          takerFeeRate: 0.0005,
          marginTiers: [{ notionalCap: Infinity, maintenanceRate: 0.005, deduction: 0, maxLeverage: 20 }],
          liquidationFeeRate: 0.0125,
        },
      ],
      data: [
        {
          instrumentId: instrument,
          label: 'BTCUSDT_trades.csv',
          checksum: 'a'.repeat(64),
          rows: 10,
          from: 0,
          to: 30_000,
        },
      ],
      limits: defaultLimits,
      capital: toMoney(10_000),
      currency: 'USDT',
      simulator: { latency: { type: 'fixed', ms: 250 }, participation: 0.1 },
      settings: { paths: ['data'], capital: null },
      seed: 42,
      from: 0,
      to: 30_000,
    },
    counts: { events: 10, signals: 2, skippedSignals: 0, deniedOrders: 0, orders: 1, fills: 1, roundTrips: 1 },
    metrics: {
      netProfit: 0.28512345,
      sharpe: null,
      profitFactor: Infinity,
      perInstrument: { BTC_USDT: { trades: 1 } },
    },
    costs: trip.costs,
    roundTrips: [trip],
    decisions,
    orders: [order],
    fills: [
      {
        type: 'orderFilled',
        orderId: order.orderId,
        tradeId: '7',
        time: 1_300,
        price: 100.05,
        quantity: 0.3,
        liquidity: 'taker',
        fee: toMoney(0.015),
        slippage: { delay: -0.1, spread: 0.05, impact: 0.1 },
      },
    ],
    postings: [
      {
        time: 1_300,
        kind: 'fee',
        instrumentId: instrument,
        orderId: order.orderId,
        legs: [
          { account: 'cash', amount: -1_500_000n },
          { account: 'fees', amount: 1_500_000n },
        ],
      },
    ],
    nearMisses: [
      {
        instanceId: instance,
        instrumentId: instrument,
        strategy: 'pump-fade',
        group: 'signal',
        reading: 'pump',
        indicator: 'priceVelocity',
        operator: 'gte',
        threshold: 7,
        bestMargin: -0.4,
        bestValue: 6.6,
        bestAt: 5_000,
        askedMs: 29_000,
        metShare: 0.1,
        pendingShare: 0.2,
        blockedAloneMs: 100,
        blockedAloneAt: 6_000,
        wouldHave: [{ threshold: 6, times: 3 }],
      },
    ],
    equity: {
      time: Float64Array.from({ length: equityPoints }, (_, index) => index),
      equity: new Float64Array(equityPoints).fill(10_000.25),
      drawdown: new Float64Array(equityPoints),
    },
    prices: [
      {
        instrumentId: instrument,
        intervalMs: 60_000,
        time: Float64Array.of(0),
        open: Float64Array.of(1),
        high: Float64Array.of(4),
        low: Float64Array.of(0.5),
        close: Float64Array.of(2),
      },
      {
        instrumentId: instrument,
        intervalMs: 60_000,
        time: Float64Array.of(0),
        open: Float64Array.of(1),
        high: Float64Array.of(4),
        low: Float64Array.of(0.5),
        close: Float64Array.of(2),
        volume: Float64Array.of(12.5),
      },
    ],
    account: {
      time: 30_000,
      currency: 'USDT',
      cash: toMoney(10_000.28512345),
      equity: 10_000.28,
      peakEquity: 10_001,
      drawdown: 0,
      maxDrawdown: 0.001,
      dayBaseline: 10_000,
      marginUsed: 0,
    },
    quality: { files: 1, rows: 10, skippedFiles: [], rejectedRows: 0, duplicatesDropped: 2, gaps: [] },
    lookahead: { cuts: 5, changedDecisions: 0 },
  }
}

test('a run comes back as it was saved, to the last bigint and column', async () => {
  const { saveRun, loadRun } = await open()
  const saved = await saveRun(run())
  expect(saved.id).toBe('r00001')
  expect(await loadRun('r00001')).toEqual(saved)
  expect(saved).toEqual({ ...run(), id: 'r00001' })
})

test('runs survive closing and opening again', async () => {
  const saved = await (await open()).saveRun(run())
  await ledger?.close()
  expect(await (await open()).loadRun('last')).toEqual(saved)
})

test('many decisions are stored in one go, in order', async () => {
  const many = Array.from({ length: 3_000 }, (_, index): EngineOutput => ({
    type: 'signalSkipped',
    ...fact(index),
    strategy: 'pump-fade',
    reasons: ['warmingUp'],
    verdicts: [],
  }))
  const { saveRun, decisionsOf } = await open()
  await saveRun({ ...run(), decisions: many })
  expect(await decisionsOf('last')).toEqual(many)
})

describe('a run is found', () => {
  test('by id, number, beginning and as the last one', async () => {
    const { saveRun, loadRun, listRuns } = await open()
    for (const name of ['one', 'two', 'three']) await saveRun(run(name))
    expect((await listRuns()).map(({ id, name }) => `${id} ${name}`)).toEqual([
      'r00003 three',
      'r00002 two',
      'r00001 one',
    ])
    expect((await loadRun('r00002')).name).toBe('two')
    expect((await loadRun('2')).name).toBe('two')
    expect((await loadRun('last')).name).toBe('three')
    expect(await listRuns(1)).toMatchObject([
      {
        strategies: [{ name: 'pump-fade', hash: '7d1fa0c2be44' }],
        instruments: ['BTC_USDT'],
        counts: { signals: 2 },
        metrics: { sharpe: null },
      },
    ])
  })

  test('or the refusal says why not', async () => {
    const { saveRun, loadRun } = await open()
    await expect(loadRun('last')).rejects.toMatchObject({ code: 'runNotFound', exit: 'notFound' })
    await saveRun(run())
    await saveRun(run())
    await expect(loadRun('r9')).rejects.toMatchObject({ code: 'runNotFound' })
    await expect(loadRun('r000')).rejects.toMatchObject({
      code: 'ambiguousRun',
      message: expect.stringContaining('r00002, r00001') as string,
    })
  })
})

test('decisions are found by signal and by instrument, those of orders and cancels too', async () => {
  const { saveRun, decisionsOf } = await open()
  await saveRun(run())
  expect((await decisionsOf('last', { signalId: '1-s1' })).map(({ type }) => type)).toEqual([
    'signalDetected',
    'submitOrder',
    'cancelOrder',
    'positionClosed',
  ])
  expect(await decisionsOf('last', { instrumentId: instrument, from: 9_000, to: 21_000 })).toEqual([
    decisions[3],
    decisions[4],
  ])
  expect(await decisionsOf('last', { types: ['tradingStateChanged'] })).toEqual([decisions[5]])
  expect(await decisionsOf('last')).toEqual(decisions)
})

test('a deleted run leaves nothing behind, and its number is not given again', async () => {
  const { saveRun, deleteRun, loadRun } = await open()
  await saveRun(run())
  expect(await deleteRun('last')).toBe('r00001')
  await expect(loadRun('r00001')).rejects.toMatchObject({ code: 'runNotFound' })
  expect((await saveRun(run())).id).toBe('r00002')
  const database = await openDatabase(folder)
  const { rows } = await sql<{
    count: number
  }>`SELECT count(*) AS count FROM decisions WHERE run_id = 'r00001'`.execute(database)
  await database.destroy()
  expect(rows).toEqual([{ count: 0 }])
})

test('a run that cannot be stored in whole is not stored at all', async () => {
  const { saveRun, listRuns } = await open()
  const broken = { ...run(), postings: [{ ...run().postings[0], kind: null as never }] }
  await expect(saveRun(broken)).rejects.toThrow('NOT NULL')
  expect(await listRuns()).toEqual([])
  expect((await saveRun(run())).id).toBe('r00001')
})

describe('the schema', () => {
  test('is made from nothing, and only moves forward', async () => {
    await (await openDatabase(folder)).destroy()
    const next = { name: '0002-test', statements: ['ALTER TABLE runs ADD COLUMN note TEXT'] }
    const database = await openDatabase(folder, [...migrations, next])
    await sql`SELECT note FROM runs`.execute(database)
    await database.destroy()
    await expect(openDatabase(folder)).rejects.toMatchObject({ code: 'ledgerNewer' })
  })

  test('whose text was changed after it was applied is refused', async () => {
    await (await openDatabase(folder)).destroy()
    const [first, ...rest] = migrations
    const edited = [{ ...first, statements: [...first.statements, 'CREATE TABLE extra (a)'] }, ...rest]
    await expect(openDatabase(folder, edited)).rejects.toMatchObject({
      code: 'ledgerChanged',
      where: ledgerPath(folder),
    })
  })

  test('that fails half-way is not applied at all', async () => {
    const broken = { name: '0002-broken', statements: ['CREATE TABLE half (a)', 'not sql'] }
    await expect(openDatabase(folder, [...migrations, broken])).rejects.toThrow('syntax error')
    const database = await openDatabase(folder)
    const { rows } = await sql`SELECT name FROM sqlite_master WHERE name = 'half'`.execute(database)
    await database.destroy()
    expect(rows).toEqual([])
  })
})

describe('a place that cannot be used', () => {
  test('below a file is named with the remedy', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(openLedger(join(folder, 'file/data'))).rejects.toMatchObject({
      code: 'notWritable',
      remedy: expect.stringContaining('--data-dir') as string,
    })
  })

  test('is a file that is no database', async () => {
    writeFileSync(ledgerPath(folder), 'this is certainly not a database, but a text of some length')
    await expect(openLedger(folder)).rejects.toMatchObject({ code: 'notALedger' })
  })

  test('is a full disk', async () => {
    const database = await openDatabase(folder)
    const { rows } = await sql<{ page_count: number }>`PRAGMA page_count`.execute(database)
    await sql.raw(`PRAGMA max_page_count = ${rows[0].page_count + 2}`).execute(database)
    const { saveRun } = await import('./save-run.ts')
    const { ioProblem } = await import('../problems.ts')
    const error = await saveRun(database, run('large', 100_000)).catch((error: unknown) =>
      ioProblem(error, ledgerPath(folder), 'write'),
    )
    await database.destroy()
    expect(error).toMatchObject({ code: 'diskFull', where: ledgerPath(folder) })
  })
})
