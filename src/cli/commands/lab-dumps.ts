import { type AddCommand, examples } from '../add-command.ts'
import type { LabDumpsOptions } from '../run-lab-dumps.ts'

export const addDumps: AddCommand = (program, shell) => {
  program
    .command('dumps')
    .description(
      'score a short strategy on the falls after labelled pumps: delay from the peak, share of the fall captured',
    )
    .requiredOption('--data <folder>', 'folder of recorded trades')
    .requiredOption('--labels <file>', 'CSV of the pumps in them, with the columns of docs/pump-laboratory.md')
    .option('-s, --strategy <name>', 'template, your own, or a JSON file; a short one', 'pump-fade')
    .option('--jumps <file>', 'CSV of unexplained jumps (default: other_jumps.csv beside the labels, else measured)')
    .option('--warm-up <time>', 'beginning of every recording that is neither scored nor traded', '12h')
    .option('--refractory <time>', "after an alert the detector sleeps this long (default: the strategy's own)")
    .option('--split <date>', 'also score the events before and from this date apart, e.g. 2021-01-01')
    .option('--no-trades', 'score the detector only')
    .option('--latency <time>', 'decision to venue: 250ms, 100ms-400ms, or lognormal:200ms:1500ms')
    .option('--participation <share>', 'share of what trades that our orders may take, e.g. 0.1')
    .option('--impact <factor>', 'factor of the square-root impact, 0 = off')
    .option('--fee <rate>', 'maker and taker fee as a fraction, e.g. 0.001')
    .option('--capital <amount>', 'starting capital of every recording, e.g. 0.5BTC')
    .option('--seed <n>', 'seed of the bootstrap and of everything random')
    .option('--workers <n>', 'threads, or auto')
    .option('--json', 'print one JSON object instead of the tables')
    .addHelpText(
      'after',
      examples([
        'riptide lab dumps --data ticks/ --labels ticks/events.csv',
        'riptide lab dumps --data ticks/ --labels events.csv -s my-fade.json --split 2021-01-01 --latency 1s --participation 0.05',
      ]),
    )
    .action(async (options: LabDumpsOptions) => {
      const { labDumps } = await import('../run-lab-dumps.ts')
      await labDumps(shell(), options)
    })
}
