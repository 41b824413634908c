// Every check that needs no running system: types, lint, format, dead code, architecture. Runs all of them even when
// one fails, prints each result in this order, and exits with 1 when any failed.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

interface Step {
  readonly name: string
  readonly command: readonly [tool: string, ...args: string[]]
}

const root = dirname(import.meta.dirname)

const steps: readonly Step[] = [
  { name: 'types', command: ['tsc', '--noEmit'] },
  ...(existsSync(join(root, 'dashboard/tsconfig.json'))
    ? [{ name: 'types of the dashboard', command: ['tsc', '--noEmit', '-p', 'dashboard'] } as const]
    : []),
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'format', command: ['oxfmt', '--check'] },
  { name: 'dead code', command: ['knip', '--no-progress', '--treat-config-hints-as-errors'] },
  { name: 'architecture', command: ['vitest', 'run', 'test/architecture.test.ts', '--reporter=dot'] },
]

const failed: string[] = []
const started = steps.map((step) => ({ step, finished: run(step) }))
for (const { step, finished } of started) {
  const result = await finished
  if (!result.ok) failed.push(step.name)
  const seconds = (result.elapsedMs / 1000).toFixed(1)
  process.stdout.write(`${result.ok ? 'ok    ' : 'FAILED'}  ${step.name}  (${seconds} s)\n`)
  if (!result.ok) process.stdout.write(`${result.output.trim().replaceAll(/^/gm, '        ')}\n`)
}
process.stdout.write(failed.length === 0 ? 'check passed\n' : `check failed: ${failed.join(', ')}\n`)
process.exitCode = failed.length === 0 ? 0 : 1

function run({ command: [tool, ...args] }: Step): Promise<{ ok: boolean; output: string; elapsedMs: number }> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const child = spawn(join(root, 'node_modules/.bin', tool), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('error', (error) => (output += error.message))
    child.on('close', (code) => resolve({ ok: code === 0, output, elapsedMs: performance.now() - startedAt }))
  })
}
