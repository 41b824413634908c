/** Exit codes of the command line. */
export const exitCodes = {
  ok: 0,
  error: 1,
  notFound: 2,
  notRunning: 3,
  configuration: 4,
  timeout: 5,
  interrupted: 130,
} as const
export type ExitKind = keyof typeof exitCodes

/**
 * Something the user can mend: names what is wrong, where, and the remedy. The command line prints it without a stack
 * and exits with `exit`'s code; `code` is stable.
 */
export class UserError extends Error {
  readonly code: string
  readonly exit: ExitKind
  /** Field, file or line it is about. */
  readonly where: string
  readonly remedy: string

  constructor(problem: {
    code: string
    message: string
    where: string
    remedy: string
    exit?: ExitKind
    cause?: unknown
  }) {
    super(problem.message, problem.cause === undefined ? undefined : { cause: problem.cause })
    this.name = 'UserError'
    this.code = problem.code
    this.where = problem.where
    this.remedy = problem.remedy
    this.exit = problem.exit ?? 'configuration'
  }
}
