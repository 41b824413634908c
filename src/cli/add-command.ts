import type { Command } from 'commander'
import type { Shell } from './io.ts'

/** Adds one command; `shell` may be asked for once options are known, that is in the command's action. */
export type AddCommand = (program: Command, shell: () => Shell) => void

/** Help text that shows how a command is used. */
export function examples(lines: readonly string[]): string {
  return `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map((line) => `  ${line}`).join('\n')}\n`
}
