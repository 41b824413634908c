import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const main = join(import.meta.dirname, '../../src/main.ts')
const cwd = mkdtempSync(join(tmpdir(), 'riptide-process-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The real process; `during` may act on it as soon as it runs. */
function start(
  argv: readonly string[],
  during: (child: ReturnType<typeof spawn>) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...argv], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  during(child)
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
}

describe('the program', () => {
  test('loads nothing heavy to show its help', async () => {
    const { code, stdout, stderr } = await start(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('riptide demo')
  })

  test('leaves quietly when its reader has seen enough', async () => {
    const { code, stderr } = await start(['indicators', '--json'], (child) =>
      child.stdout?.once('data', () => child.stdout?.destroy()),
    )
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  test('stops at Ctrl-C, pressed once or passed on three times, with one line and nothing written', async () => {
    const { code, stderr } = await start(
      ['generate', '--out', 'market', '--days', '4', '--instruments', '8'],
      (child) => {
        const timer = setInterval(() => {
          if (!readdirSync(cwd).some((name) => name.startsWith('market.partial'))) return
          clearInterval(timer)
          for (let times = 0; times < 3; times++) child.kill('SIGINT')
        }, 5)
        child.once('exit', () => clearInterval(timer))
      },
    )
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: 'interrupted: stopped by you; nothing of this command was saved\n',
    })
    expect(readdirSync(cwd)).toEqual([])
  })
})
