import { type AddCommand, examples } from '../add-command.ts'
import { venueOptions } from '../venue-access.ts'
import type { MarketsOptions } from '../run-markets.ts'

export const addMarkets: AddCommand = (program, shell) => {
  venueOptions(
    program
      .command('markets [instruments...]')
      .description('what a venue trades: grid, smallest order, fees, leverage'),
  )
    .option('--json', 'print one JSON object instead of the table')
    .addHelpText('after', examples(['riptide markets', 'riptide markets "*PEPE*" --venue binance-usdm --json']))
    .action(async (globs: string[], options: MarketsOptions) => {
      const { listMarkets } = await import('../run-markets.ts')
      await listMarkets(shell(), globs, options)
    })
}
