import { type AddCommand, examples } from '../add-command.ts'
import type { LabPumpsOptions } from '../run-lab-pumps.ts'

export const addPumps: AddCommand = (program, shell) => {
  program
    .command('pumps')
    .description('score a detector on labelled pumps: recall, delay, price already paid, false alerts a coin-day')
    .requiredOption('--data <folder>', 'folder of recorded trades')
    .requiredOption('--labels <file>', 'CSV of the events in them, with the columns of docs/pump-laboratory.md')
    .option('-s, --strategy <name>', 'template, your own, or a JSON file; its S1 is the detector', 'flash-pump')
    .option('--jumps <file>', 'CSV of unexplained jumps (default: other_jumps.csv beside the labels, else measured)')
    .option('--warm-up <time>', 'beginning of every recording that is not scored', '12h')
    .option('--refractory <time>', "after an alert the detector sleeps this long (default: the strategy's own)")
    .option('--candles <length>', 'give the detector candles made of the trades instead of them, e.g. 1m')
    .option('--split <date>', 'also score the events before and from this date apart, e.g. 2021-01-01')
    .option('--seed <n>', 'seed of the bootstrap', '1')
    .option('--json', 'print one JSON object instead of the table')
    .option('--html <file>', 'also write a page with a chart of every event')
    .addHelpText(
      'after',
      examples([
        'riptide lab pumps --data ticks/ --labels ticks/events.csv',
        'riptide lab pumps --data ticks/ --labels events.csv -s my-pump.json --split 2021-01-01 --html pumps.html',
      ]),
    )
    .action(async (options: LabPumpsOptions) => {
      const { labPumps } = await import('../run-lab-pumps.ts')
      await labPumps(shell(), options)
    })
}
