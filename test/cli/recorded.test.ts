import { expect, test } from 'vitest'
import { describeShared, sharedPath } from '../shared.ts'
import { sandbox } from './sandbox.ts'

describeShared('recorded data', () => {
  const { run } = sandbox()
  const trades = sharedPath('data/market/trades_binance_spot/BRDBTC_2021-02-24T1700.csv.gz')
  const candles = sharedPath('data/market/candles_mexc_spot_1m/HIVEUSDT_1m.csv.gz')

  test('a recorded pump is traded without looking ahead, alike from the file and from the store', async () => {
    const file = (await run('backtest', '-s', 'flash-pump', '--data', trades, '--json', '--no-save')).json
    expect(file).toMatchObject({
      strategy: 'flash-pump',
      instruments: ['BRD_BTC'],
      currency: 'BTC',
      lookahead: { changedDecisions: 0 },
    })
    expect(file.trades).toBeGreaterThan(0)
    expect((await run('data', 'import', trades, '--json')).json).toMatchObject({
      instruments: ['BRD_BTC'],
      repeatedRowsLeftOut: 697,
    })
    const store = (await run('backtest', '-s', 'flash-pump', '--json', '--no-save')).json
    expect(store.roundTrips).toEqual(file.roundTrips)
  })

  test('candles carry the strategies made for them, and refuse the others with the reason', async () => {
    const range = ['--timerange', '20260525-20260526']
    const { json } = await run('backtest', '-s', 'dip-reversion', '--data', candles, ...range, '--json', '--no-save')
    expect(json).toMatchObject({ instruments: ['HIVE_USDT'], lookahead: { changedDecisions: 0 } })
    expect(await run('backtest', '-s', 'flash-pump', '--data', candles, ...range)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('needs the taker side of trades'),
    })
  })
})
