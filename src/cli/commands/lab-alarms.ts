import { type AddCommand, examples } from '../add-command.ts'
import type { LabAlarmsOptions } from '../run-lab-alarms.ts'

export const addAlarms: AddCommand = (program, shell) => {
  program
    .command('alarms')
    .description('how often a detector cries on markets without labels, per liquidity class')
    .requiredOption('--data <paths...>', 'files and folders of recorded trades or candles')
    .option(
      '-s, --strategy <name>',
      'template, your own, or a JSON file; its S1 is the detector (default: flash-pump on trades, candle-pump on candles)',
    )
    .option('--warm-up <time>', 'beginning of every recording that is not counted', '12h')
    .option('--refractory <time>', "after an alarm the detector sleeps this long (default: the strategy's own)")
    .option('--list', 'also show every alarm')
    .option('--seed <n>', 'seed of the bootstrap', '1')
    .option('--json', 'print one JSON object instead of the tables')
    .addHelpText(
      'after',
      examples([
        'riptide lab alarms --data candles/ --list',
        'riptide lab alarms --data candles_1m/ candles_5m/ ticks/ --json',
        'riptide lab alarms --data ticks/ -s my-pump',
      ]),
    )
    .action(async (options: LabAlarmsOptions) => {
      const { labAlarms } = await import('../run-lab-alarms.ts')
      await labAlarms(shell(), options)
    })
}
