import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sandbox } from './sandbox.ts'

const { cwd, run } = sandbox()

test('the demo trades a made-up market, tells its best and worst trade, and says where the page is', async () => {
  const { code, stdout, stderr } = await run('demo')
  expect(code).toBe(0)
  expect(stderr).toBe('A made-up market of 8 instruments over 3 days (seed 1), traded by flash-pump.\n')
  for (const heading of [
    'BACKTEST REPORT',
    'COSTS',
    'Look-ahead: none found',
    'THE BEST TRADE',
    'THE WORST TRADE',
    'Next',
  ]) {
    expect(stdout).toContain(heading)
  }
  const page = /HTML report {2}(\S+)/.exec(stdout)?.[1] ?? ''
  expect(page).toMatch(/riptide-data\/reports\/r00001\.html$/)
  expect(existsSync(join(cwd, 'riptide-data/reports/r00001.html'))).toBe(true)
  expect((await run('runs', 'list', '--json')).json.runs).toMatchObject([{ id: 'r00001', name: 'flash-pump' }])
})
