import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sandbox } from './sandbox.ts'

const { cwd, run, runWith } = sandbox()

describe('help', () => {
  test('without a command everything there is to do is listed, on stdout', async () => {
    const { code, stdout, stderr } = await run()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const command of [
      'demo',
      'backtest',
      'why',
      'runs',
      'data',
      'strategy',
      'indicators',
      'lab',
      'generate',
      'config',
    ])
      expect(stdout).toContain(`\n  ${command} `)
  })

  test.each([
    ['demo'],
    ['backtest'],
    ['why'],
    ['runs', 'list'],
    ['runs', 'show'],
    ['runs', 'compare'],
    ['runs', 'delete'],
    ['data', 'import'],
    ['data', 'list'],
    ['data', 'verify'],
    ['data', 'export'],
    ['strategy', 'list'],
    ['strategy', 'show'],
    ['strategy', 'check'],
    ['strategy', 'new'],
    ['strategy', 'schema'],
    ['indicators'],
    ['lab', 'pumps'],
    ['generate'],
    ['config'],
  ])('%s %s shows an example', async (...command) => {
    const { code, stdout } = await run(...command, '--help')
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`Examples?:\\n(.*\\n)*?.*riptide ${command.join(' ')}`))
    expect(stdout).toContain('--data-dir')
  })

  test('the version is that of the package', async () => {
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('a command line that cannot be right exits with 4 and says what was meant', () => {
  test.each([
    [['backtst'], 'unknownCommand', 'did you mean backtest?'],
    [['data', 'lst'], 'unknownCommand', 'did you mean list?'],
    [['backtest', '--stratgy', 'x'], 'unknownOption', 'did you mean --strategy?'],
    [['why'], 'missingArgument', '--help'],
    [['generate'], 'missingOption', '--help'],
    [['backtest', '--seed'], 'missingValue', '--help'],
    [['runs', 'list', 'all'], 'tooManyArguments', '--help'],
    [['why', 'last', '--trade', '1', '--instrument', 'A_B'], 'conflictingOptions', 'one of them'],
    [['why', 'last', '--trade', '0'], 'invalidNumber', 'write e.g. 1'],
    [['backtest'], 'missingStrategy', 'strategy list'],
    [['backtest', '-s', 'flash-pump', '--capital', '-5'], 'invalidMoney', '0.5BTC'],
    [['backtest', '-s', 'flash-pump', '--capital', 'lots'], 'invalidMoney', '0.5BTC'],
    [['backtest', '-s', 'flash-pump', '--fee', '0.1'], 'invalidFee', '0.001'],
    [['backtest', '-s', 'flash-pump', '--fee', '-0.1'], 'invalidFee', '0.001'],
    [['backtest', '-s', 'flash-pump', '--maker-fee', '0.001', '--data', '.'], 'invalidFee', '--fee for both'],
    [['backtest', '-s', 'flash-pump', '--participation', '0'], 'invalidNumber', '0.1'],
    [['backtest', '-s', 'flash-pump', '--participation', '1.5'], 'invalidNumber', '0.1'],
    [['backtest', '-s', 'flash-pump', '--latency', 'fast'], 'invalidLatency', '250ms'],
    [['backtest', '-s', 'flash-pump', '--warm-up', '5'], 'invalidDuration', '5m'],
    [['backtest', '-s', 'flash-pump', '--seed', '1.5'], 'invalidNumber', 'write e.g. 1'],
    [['backtest', '-s', 'flash-pump', '--workers', '0'], 'invalidNumber', 'auto'],
    [['backtest', '-s', 'flash-pump', '--max-open', 'x'], 'invalidNumber', 'write e.g.'],
    [
      ['backtest', '-s', 'flash-pump', '--timerange', '20240201-20240101', '--data', '.'],
      'emptyRange',
      'before the end',
    ],
    [['backtest', '-s', 'flash-pump', '--from', '2024-02-31', '--data', '.'], 'invalidTime', '2024-01-31'],
    [['backtest', '-s', 'flash-pump', '--breakdown', 'year'], 'invalidValue', 'day, week, month'],
    [['backtest', '-s', 'a', '-s', 'b', '--each', '--html', 'x.html', '--data', '.'], 'invalidValue', 'without a file'],
    [['backtest', '-s', 'flash-pump', '--limits', 'none.json'], 'invalidLimits', 'maxOpenPositions'],
    [
      ['backtest', '-s', 'flash-pump', '--limits', 'limits.json'],
      'unknownSetting',
      'did you mean limits.maxOpenPositions?',
    ],
    [['generate', '--out', 'x', '--days', 'many'], 'invalidNumber', 'write e.g. 3'],
    [['generate', '--out', '.'], 'folderNotEmpty', 'new folder'],
    [['strategy', 'new', 'My Pump'], 'invalidName', 'lower-case'],
    [['strategy', 'new', 'flash-pump'], 'strategyExists', 'another name'],
  ])('riptide %j: %s', async (argv, code, remedy) => {
    writeFileSync(join(cwd, 'limits.json'), '{ "maxOpenPosition": 3 }')
    const plain = await run(...argv)
    expect(plain).toMatchObject({ code: 4, stdout: '' })
    expect(plain.stderr).toMatch(new RegExp(`^error ${code}: .+\\n  where:  .+\\n  remedy: .+\\n$`))
    expect(plain.stderr).toContain(remedy)
  })

  test('a group without a command shows its commands', async () => {
    const { code, stdout, stderr } = await run('data')
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toContain('import [options] <paths...>')
    expect(stderr).toContain('error missingCommand: the command is incomplete')
  })

  test('with --json the problem is one object on stdout as well', async () => {
    const { code, json, stderr } = await run('backtest', '--json', '--strategy', 'flash-pump', '--fee', '7')
    expect(code).toBe(4)
    expect(json).toEqual({
      error: {
        code: 'invalidFee',
        message: '7 is out of range: a fee, as a fraction of notional, is 0 or more and below 0.1',
        where: '--fee',
        remedy: 'write e.g. 0.001, which is 0.1 %',
      },
    })
    expect(stderr).toContain('error invalidFee: 7 is out of range')
  })
})

describe('what is not there exits with 2', () => {
  test.each([
    [['why', 'last'], 'noRuns', 'riptide demo'],
    [['runs', 'show', 'r00001'], 'noRuns', 'riptide demo'],
    [['runs', 'delete', 'last'], 'noRuns', 'riptide demo'],
    [['indicators', 'pumpMagnitude'], 'unknownIndicator', 'did you mean pumpMagnitudePct?'],
    [['strategy', 'show', 'flash-pum'], 'unknownStrategy', 'did you mean flash-pump?'],
    [['backtest', '-s', 'flash-pump'], 'noData', 'riptide data import'],
    [['data', 'verify'], 'noSeries', 'riptide data import'],
  ])('riptide %j: %s', async (argv, code, remedy) => {
    const { code: exit, stderr, stdout } = await run(...argv)
    expect(stderr).toContain(`error ${code}: `)
    expect(stderr).toContain(remedy)
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
  })
})

test('a fault of ours exits with 1 and shows its stack only with -v', async () => {
  const loadConfig = () => Promise.reject(new TypeError('not the user'))
  const plain = await runWith({ loadConfig }, 'config', '--json')
  expect(plain.code).toBe(1)
  expect(plain.stderr).toBe(
    'error internal: not the user\n  where:  Riptide itself\n  remedy: run it again with -v and report what it prints\n',
  )
  expect(plain.json).toMatchObject({ error: { code: 'internal', message: 'not the user' } })
  expect((await runWith({ loadConfig }, 'config', '-v')).stderr).toContain('at ')
})
