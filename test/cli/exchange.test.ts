import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CliIo } from '#cli/cli.ts'
import { sandbox } from './sandbox.ts'

const { cwd, run, runWith } = sandbox()

type Request = Parameters<CliIo['startExchange']>[0]

/** An exchange that starts, is looked at, and is stopped by Ctrl-C. */
function stopped() {
  const asked: Request[] = []
  const stop = new AbortController()
  let closed = 0
  const io: Partial<CliIo> = {
    signal: stop.signal,
    startExchange(request) {
      asked.push(request)
      setImmediate(() => stop.abort(new Error('Ctrl-C')))
      return Promise.resolve({
        controlUrl: 'http://127.0.0.1:8790',
        venues: [
          {
            venue: 'binance',
            urls: { rest: 'http://127.0.0.1:8791', stream: 'ws://127.0.0.1:8791' },
            keys: { apiKey: 'test-key', secret: 'test-secret' },
            ccxt: ['const exchange = …'],
            instruments: request.source.instruments.map(({ id }) => id),
          },
        ],
        close: () => Promise.resolve(void closed++),
      })
    },
  }
  return { io, asked, closed: () => closed }
}

describe('riptide exchange', () => {
  test('tells addresses, keys, how ccxt gets there and the control page, and closes on Ctrl-C', async () => {
    const { io, asked, closed } = stopped()
    const { code, stdout } = await runWith(
      io,
      'exchange',
      '--venue',
      'binance',
      '--generate',
      'seed=3,instruments=1,days=1',
    )
    expect(code).toBe(0)
    expect(closed()).toBe(1)
    for (const told of [
      'http://127.0.0.1:8791',
      'test-key',
      'test-secret',
      'const exchange',
      'http://127.0.0.1:8790',
      'QORVEL_USDT',
    ]) {
      expect(stdout).toContain(told)
    }
    expect(asked).toMatchObject([
      { venues: ['binance'], port: 8_790, seed: 1, speed: 1, loop: true, historyMs: 6 * 3_600_000 },
    ])
    expect(asked[0]).not.toHaveProperty('faults')
  })

  test('a fault plan is read from its file', async () => {
    const plan = [{ place: 'ws-drop', kind: 'drop' }]
    writeFileSync(join(cwd, 'plan.json'), JSON.stringify(plan))
    const { io, asked } = stopped()
    await runWith(io, 'exchange', '--generate', 'instruments=1,days=1', '--faults', 'plan.json', '--json')
    expect(asked).toMatchObject([{ venues: ['mexc', 'binance'], faults: plan }])
  })

  test.each([
    [['--venue', 'mtgox'], 'unknownVenue', 'mexc, binance'],
    [['--port', 'x'], 'invalidNumber', '8790'],
    [['--speed', '0'], 'invalidNumber', '10'],
    [['--history', '6'], 'invalidDuration', '5m'],
    [['--generate', 'size=3'], 'invalidValue', 'seed=7'],
    [['--generate', 'days=1000'], 'invalidNumber', '2'],
    [['--generate', 'seed=1', '--data', '.'], 'invalidValue', 'leave one'],
    [['--faults', 'none.json'], 'faultPlan', 'JSON file'],
  ])('%j is refused as %s', async (flags, refusal, remedy) => {
    const { code, stderr } = await run('exchange', ...flags)
    expect(code).toBe(4)
    expect(stderr).toContain(`error ${refusal}`)
    expect(stderr).toContain(remedy)
  })
})
