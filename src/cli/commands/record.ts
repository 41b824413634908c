import { type AddCommand, examples } from '../add-command.ts'
import { liveOptions } from '../live-options.ts'
import { venueOptions } from '../venue-access.ts'
import type { RecordOptions } from '../run-record.ts'

export const addRecord: AddCommand = (program, shell) => {
  const command = program
    .command('record [instruments...]')
    .description('write live market into the series store until stopped, and tell how whole it is')
  liveOptions(venueOptions(command), 'trade,quote,book,markPrice,funding')
    .option('--json', 'print the report as one JSON object')
    .addHelpText(
      'after',
      examples(['riptide record BTC_USDT PEPE_USDT', 'riptide record --all --feeds trade,quote --for 1h --json']),
    )
    .action(async (globs: string[], options: RecordOptions) => {
      const { recordLive } = await import('../run-record.ts')
      await recordLive(shell(), globs, options)
    })
}
