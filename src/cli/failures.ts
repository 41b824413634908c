import { CommanderError } from 'commander'
import { exitCodes, UserError } from '#model/failure.ts'
import type { Shell } from './io.ts'

/** The result, which has been printed, says what is wrong: what remains is the exit code, and a line for people. */
export class ToldFailure extends UserError {}

/** Tells what went wrong, on stderr for people and on stdout for programs, and gives the exit code. */
export function reportFailure(error: unknown, shell: Shell, json: boolean): number {
  if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok
  const problem = problemOf(error)
  if (problem === undefined) return reportFault(error, shell, json)
  const { code, message, where, remedy, exit } = problem
  if (exit === 'interrupted') shell.note(`${lineStart(shell)}interrupted: ${message}`)
  else
    shell.note(
      [`error ${code}: ${withoutPlace(message, where)}`, `  where:  ${where}`, `  remedy: ${remedy}`].join('\n'),
    )
  if (shell.verbose && problem.cause instanceof Error) shell.note(String(problem.cause.stack))
  if (json && !(problem instanceof ToldFailure)) shell.answer({ error: { code, message, where, remedy } })
  return exitCodes[exit]
}

/** A terminal shows `^C`; the message begins on a line of its own. */
const lineStart = (shell: Shell): string => (shell.io.stderr.isTTY === true ? '\n' : '')

/** Not something the user did. */
function reportFault(error: unknown, shell: Shell, json: boolean): number {
  const message = error instanceof Error ? error.message : String(error)
  const remedy = shell.verbose ? 'report it with the lines above' : 'run it again with -v and report what it prints'
  if (shell.verbose && error instanceof Error) shell.note(String(error.stack))
  shell.note([`error internal: ${message}`, '  where:  Riptide itself', `  remedy: ${remedy}`].join('\n'))
  if (json) shell.answer({ error: { code: 'internal', message, where: 'Riptide itself', remedy } })
  return exitCodes.error
}

function problemOf(error: unknown): UserError | undefined {
  if (error instanceof UserError) return error
  if (error instanceof CommanderError) return usageProblem(error)
  // an aborted worker rejects with its own error, which carries ours
  if (error instanceof Error && error.cause instanceof UserError && error.cause.exit === 'interrupted')
    return error.cause
  return undefined
}

/** A store names the place in its message too; once is enough. */
function withoutPlace(message: string, where: string): string {
  return message.startsWith(`${where}: `) ? message.slice(where.length + 2) : message
}

const usageCodes: Readonly<Record<string, string>> = {
  'commander.unknownCommand': 'unknownCommand',
  'commander.unknownOption': 'unknownOption',
  'commander.missingArgument': 'missingArgument',
  'commander.optionMissingArgument': 'missingValue',
  'commander.missingMandatoryOptionValue': 'missingOption',
  'commander.excessArguments': 'tooManyArguments',
  'commander.conflictingOption': 'conflictingOptions',
  'commander.invalidArgument': 'invalidValue',
  'commander.help': 'missingCommand',
}

/** `error: unknown option '--x'\n(Did you mean --y?)` as a problem like all others. */
function usageProblem(error: CommanderError): UserError {
  const [first = '', hint = ''] = error.message.replace(/^error: /, '').split('\n')
  const meant = /^\(Did you mean (.*)\?\)$/.exec(hint)?.[1]
  const code = usageCodes[error.code] ?? 'usage'
  return new UserError({
    code,
    message: code === 'missingCommand' ? 'the command is incomplete' : first,
    where: 'command line',
    remedy: `${meant === undefined ? '' : `did you mean ${meant}? `}--help after a command shows what it takes`,
    cause: error,
  })
}
