import { type AddCommand, examples } from '../add-command.ts'
import { liveOptions } from '../live-options.ts'
import { venueOptions } from '../venue-access.ts'
import type { WatchOptions } from '../run-watch.ts'

export const addWatch: AddCommand = (program, shell) => {
  const command = program
    .command('watch [instruments...]')
    .description('live prices, book, rates and the age of the data, without keys')
  liveOptions(venueOptions(command), 'trade,quote,markPrice,funding')
    .option('--json', 'print one JSON object a line for every instrument, once a second')
    .addHelpText('after', examples(['riptide watch BTC_USDT PEPE_USDT', 'riptide watch --all --venue binance-usdm']))
    .action(async (globs: string[], options: WatchOptions) => {
      const { watchLive } = await import('../run-watch.ts')
      await watchLive(shell(), globs, options)
    })
}
