import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type CliIo, runCli } from '#cli/cli.ts'
import { loadConfig, loadKeys } from '../../src/config.ts'

export interface CliResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** What `--json` printed. */
  readonly json: any // oxlint-disable-line typescript/no-explicit-any -- a test looks into whatever came
}

export interface Sandbox {
  /** A folder of its own, removed after the tests of the file. */
  readonly cwd: string
  readonly run: (...argv: readonly string[]) => Promise<CliResult>
  readonly runWith: (io: Partial<CliIo>, ...argv: readonly string[]) => Promise<CliResult>
}

/** The command line in a folder of its own, in this process. */
export function sandbox(): Sandbox {
  const cwd = mkdtempSync(join(tmpdir(), 'riptide-cli-'))
  afterAll(() => rmSync(cwd, { recursive: true, force: true }))
  const runWith: Sandbox['runWith'] = async (io, ...argv) => {
    let stdout = ''
    let stderr = ''
    const code = await runCli(argv, {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      env: {},
      cwd,
      signal: new AbortController().signal,
      loadConfig,
      loadKeys: (request) => Promise.try(() => loadKeys(request)),
      venues: () => Promise.reject(new Error('no venue in this test')),
      startExchange: () => Promise.reject(new Error('no exchange in this test')),
      ...io,
    })
    return { code, stdout, stderr, json: argv.includes('--json') ? JSON.parse(stdout) : undefined }
  }
  return { cwd, runWith, run: (...argv) => runWith({}, ...argv) }
}
