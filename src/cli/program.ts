import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { Command } from 'commander'
import { type AddCommand, examples } from './add-command.ts'
import { addBacktest } from './commands/backtest.ts'
import { addConfig } from './commands/config.ts'
import { addData } from './commands/data.ts'
import { addDemo } from './commands/demo.ts'
import { addDoctor } from './commands/doctor.ts'
import { addExchange } from './commands/exchange.ts'
import { addGenerate } from './commands/generate.ts'
import { addIndicators } from './commands/indicators.ts'
import { addLab } from './commands/lab.ts'
import { addMarkets } from './commands/markets.ts'
import { addRecord } from './commands/record.ts'
import { addRuns } from './commands/runs.ts'
import { addStrategy } from './commands/strategy.ts'
import { addWatch } from './commands/watch.ts'
import { addWhy } from './commands/why.ts'
import { type CliIo, createShell, type GlobalOptions, hasColor } from './io.ts'

const commands: readonly AddCommand[] = [
  addDemo,
  addBacktest,
  addWhy,
  addRuns,
  addData,
  addStrategy,
  addIndicators,
  addLab,
  addMarkets,
  addWatch,
  addRecord,
  addDoctor,
  addGenerate,
  addExchange,
  addConfig,
]

/** The whole command line. Only names and options are here: what a command needs is loaded when it runs. */
export function createProgram(io: CliIo): Command {
  const program = new Command('riptide')
    .description('Finds pumps in recorded markets, trades them on one engine, and explains every trade.')
    .version(version(), '--version', 'print the version')
    .option('--data-dir <folder>', 'folder of series, runs, reports and your strategies (default: riptide-data)')
    .option('-v, --verbose', 'also tell timings, and the stack of internal errors')
    .option('--no-color', 'no colors; NO_COLOR in the environment does the same')
    .addHelpText(
      'after',
      examples(['riptide demo', 'riptide backtest --strategy flash-pump --data trades/*.csv.gz', 'riptide why last']),
    )
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (text) => styleText('bold', text, { validateStream: false }),
    })
  for (const add of commands) add(program, () => createShell(io, program.opts<GlobalOptions>()))
  for (const command of everyCommand(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: () => undefined, // told once, as every other problem is
      getOutHelpWidth: () => Math.min(io.stdout.columns || 120, 120),
      getErrHelpWidth: () => Math.min(io.stderr.columns || 120, 120),
      getOutHasColors: () => hasColor(io, io.stdout, program.opts<GlobalOptions>()),
      getErrHasColors: () => hasColor(io, io.stderr, program.opts<GlobalOptions>()),
    })
  }
  return program
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}

function version(): string {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    readonly version: string
  }
  return manifest.version
}
