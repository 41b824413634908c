import { type AddCommand, examples } from '../add-command.ts'
import type { LabRankOptions } from '../run-lab-rank.ts'

export const addRank: AddCommand = (program, shell) => {
  program
    .command('rank')
    .description('rank all instruments by how much they look like a pump at one moment')
    .requiredOption('--data <paths...>', 'files and folders of recorded trades or candles')
    .requiredOption('--at <time>', 'the moment, UTC, e.g. 2024-01-31T12:00:05; nothing later is known to it')
    .option('--by <reading>', 'indicator to rank by (default: pumpScore; on candles barRiseInUsualMoves)')
    .option('--top <n>', 'show so many', '20')
    .option('--look-back <time>', 'market before the moment that the readings learn from', '24h')
    .option('--json', 'print one JSON object instead of the table')
    .addHelpText(
      'after',
      examples([
        'riptide lab rank --data ticks/ --at 2024-01-31T12:00:05',
        'riptide lab rank --data ticks/ --at 2024-01-31T12:00:05 --by priceVelocity --top 5 --json',
      ]),
    )
    .action(async (options: LabRankOptions) => {
      const { labRank } = await import('../run-lab-rank.ts')
      await labRank(shell(), options)
    })
}
