import type { CliIo, GlobalOptions } from './io.ts'
import { createShell } from './io.ts'
import { exitCodes } from '#model/failure.ts'
import { reportFailure } from './failures.ts'
import { createProgram } from './program.ts'

export type { CliIo, ConfigRequest, FoundKeys, KeysRequest, VenueDoors } from './io.ts'
export { pathIn } from './io.ts'
export { interrupted, processIo } from './process-io.ts'
export type { Config, Settings } from './settings.ts'
export {
  numberIn,
  parseCapital,
  parseDuration,
  parseFee,
  parseLatency,
  type Parser,
  parseWorkers,
  Refusal,
  wholeIn,
} from './values.ts'

/** Runs one command line, given without the program's own name, and resolves with its exit code; never rejects. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const program = createProgram(io)
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' })
    return exitCodes.ok
  } catch (error) {
    const shell = createShell(io, program.opts<GlobalOptions>())
    return reportFailure(error, shell, argv.includes('--json'))
  }
}
