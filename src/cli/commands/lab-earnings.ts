import { type AddCommand, examples } from '../add-command.ts'
import type { LabEarningsOptions } from '../run-lab-earnings.ts'

export const addEarnings: AddCommand = (program, shell) => {
  program
    .command('earnings')
    .description('what strategies earn under several latencies and shares of what trades, every cost apart')
    .option('-s, --strategy <names...>', 'templates, your own, or JSON files', [
      'flash-pump',
      'pump-momentum',
      'pump-fade',
    ])
    .option('--data <paths...>', 'files or folders to read (default: the series store)')
    .option('-p, --instruments <globs...>', 'only these, e.g. BTC_USDT or "*_BTC"')
    .option(
      '--timerange <range>',
      '20240101-20240201, in UTC; either end may be left out, the last day is not included',
    )
    .option(
      '--latency <times>',
      'decision to venue, several with commas: 0,250,1000 or 250ms,100ms-400ms',
      '0,250,1000',
    )
    .option('--participation <shares>', 'percent of what trades that orders may take, several with commas', '5,10,25')
    .option('--labels <file>', 'CSV of labelled pumps: tells what they earned apart from false alarms')
    .option('--by <what>', 'event: every labelled pump for itself; needs --labels')
    .option('--capital <amount>', 'starting capital of every run, e.g. 1000 or 0.5BTC')
    .option('--fee <rate>', 'maker and taker fee as a fraction, e.g. 0.001')
    .option('--impact <factor>', 'factor of the square-root impact, 0 = off')
    .option('--max-open <n>', 'positions open at once')
    .option('--warm-up <time>', 'no entries during the first stretch of every recording, e.g. 12h')
    .option('--seed <n>', 'seed of everything random')
    .option('--workers <n>', 'threads, or auto')
    .option('--json', 'print one JSON object instead of the tables')
    .option('--no-save', 'do not keep the runs in the ledger')
    .addHelpText(
      'after',
      examples([
        'riptide lab earnings --data ticks/',
        'riptide lab earnings -s flash-pump --data ticks/ --labels ticks/events.csv --by event --latency 250 --participation 10',
      ]),
    )
    .action(async (options: LabEarningsOptions) => {
      const { labEarnings } = await import('../run-lab-earnings.ts')
      await labEarnings(shell(), options)
    })
}
