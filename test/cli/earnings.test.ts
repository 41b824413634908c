import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { interrupted } from '#cli/cli.ts'
import { describeShared, sharedPath } from '../shared.ts'
import { sandbox } from './sandbox.ts'

const { cwd, run, runWith } = sandbox()

test.each([
  [['--participation', '0.1'], 'in doubt', '--participation'],
  [['--participation', '120'], 'out of range', '--participation'],
  [['--latency', 'soon'], 'is not a latency', '--latency'],
  [['--by', 'event'], 'no list of events', '--by'],
  [['--by', 'week', '--labels', 'x.csv'], 'nothing that earnings', '--by'],
  [['-s', 'flesh-pump'], 'there is no strategy', '--strategy'],
])('%j is refused before anything runs', async (flags, message, where) => {
  const { code, stderr } = await run('lab', 'earnings', '--data', '.', ...flags)
  expect(code).toBeGreaterThan(0)
  expect(stderr).toContain(message)
  expect(stderr).toContain(where)
})

describeShared('earnings on a recorded pump', () => {
  const trades = sharedPath('data/market/trades_binance_spot/BRDBTC_2021-02-24T1700.csv.gz')
  const labels = sharedPath('data/market/trades_binance_spot/events.csv')
  const earnings = [
    'lab',
    'earnings',
    '-s',
    'flash-pump',
    '--data',
    trades,
    '--latency',
    '0,250',
    '--participation',
    '10',
  ] as const

  test('each cell is a run of its own in the ledger, equal to the same backtest', async () => {
    const { json } = await run(...earnings, '--labels', labels, '--by', 'event', '--json')
    expect(json).toMatchObject({ failed: 0, currency: 'BTC', labelledPumps: 1 })
    expect(json.notInData).toHaveLength(37)
    expect(json.cells.map(({ run: id }: { run: string }) => id)).toEqual(['r00001', 'r00002'])
    const [, cell] = json.cells
    const alone = await run('backtest', '-s', 'flash-pump', '--data', trades, '--json', '--no-save')
    expect(cell).toMatchObject({ changedDecisions: 0, trades: alone.json.trades, netProfit: alone.json.netProfit })
    expect(cell.outputHash).toBe(alone.json.outputHash)
    expect(cell.signals).toBe(cell.trades + cell.missed.denied + cell.missed.unfilled + cell.missed.abandoned)
    expect(cell.places.events).toMatchObject([{ eventId: 'BRDBTC_2021-02-24T1700', instrument: 'BRD_BTC' }])
    expect((await run('why', 'r00002')).code).toBe(0)
    expect((await run('runs', 'list')).stdout).toContain('flash-pump, 250 ms, 10 %')
  })

  test('a strategy that this data cannot carry is reported, the others are complete', async () => {
    const { stdout } = await run('strategy', 'show', 'flash-pump')
    const document = JSON.parse(stdout)
    const readings = { ...document.readings, spread: { indicator: 'spreadPct' } }
    const emergency = { ...document.emergency, when: { reading: 'spread', is: 'gte', value: 5 } }
    writeFileSync(join(cwd, 'careful.json'), JSON.stringify({ ...document, name: 'careful', readings, emergency }))
    const { code, stdout: text, stderr } = await run(...earnings, '-s', 'careful.json', 'flash-pump', '--no-save')
    expect(code).toBe(0)
    expect(stderr).toContain('2 runs of 4 failed; the others are complete')
    expect(text).toContain('FAILED\ncareful, 0 ms, 10 %: missingFeed: careful needs best bid and ask')
    expect(text).toContain('flash-pump │  250 ms')
  })

  test('a Ctrl-C saves nothing and is told as one', async () => {
    const controller = new AbortController()
    controller.abort(interrupted())
    const { code, stderr } = await runWith({ signal: controller.signal }, ...earnings)
    expect([code, stderr]).toEqual([130, expect.stringContaining('nothing of this command was saved')])
  })
})
