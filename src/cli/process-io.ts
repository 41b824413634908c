import { UserError, exitCodes } from '#model/failure.ts'
import type { CliIo, TextStream } from './io.ts'

/** Ctrl-C arrives several times at once when npm, a launcher and the terminal all pass it on. */
const repeatedMs = 1_000

/** The real process as commands see it: its streams, its folder, and Ctrl-C as an aborted signal. */
export function processIo(given: Pick<CliIo, 'env' | 'loadConfig' | 'loadKeys' | 'venues' | 'startExchange'>): CliIo {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', leaveOnClosedPipe)
  return {
    ...given,
    stdout: process.stdout,
    stderr: process.stderr,
    cwd: process.cwd(),
    signal: interruptions(process.stderr),
  }
}

/** A reader such as `head` that has seen enough is no failure of ours. */
function leaveOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok)
  throw error
}

/** Aborts on the first Ctrl-C, so that a command can leave nothing half-written; the second one leaves at once. */
function interruptions(stderr: TextStream): AbortSignal {
  const controller = new AbortController()
  let firstAt = -Infinity
  const stop = (): void => {
    if (!controller.signal.aborted) {
      firstAt = performance.now()
      controller.abort(interrupted())
    } else if (performance.now() - firstAt > repeatedMs) {
      // a progress line keeps the terminal from wrapping; that must not stay
      stderr.write(`${stderr.isTTY === true ? '\u001b[?7h\n' : ''}stopped at once\n`)
      process.exit(exitCodes.interrupted)
    }
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return controller.signal
}

/** What a command stopped by the user ends with. */
export function interrupted(): UserError {
  return new UserError({
    code: 'interrupted',
    message: 'stopped by you; nothing of this command was saved',
    where: 'Ctrl-C',
    remedy: 'run the same command again',
    exit: 'interrupted',
  })
}
