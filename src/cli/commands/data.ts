import { type AddCommand, examples } from '../add-command.ts'
import type { ImportFlags } from '../data-pages.ts'

interface JsonOption {
  readonly json?: boolean
}

export const addData: AddCommand = (program, shell) => {
  const data = program.command('data').description('keep recorded market data in the series store')
  const pages = () => import('../data-pages.ts')
  data
    .command('import')
    .description('read trades, quotes, candles or book captures into the store, checked')
    .argument('<paths...>', 'files or folders, as they are: .csv, .jsonl, .txt, .zip, also gzipped')
    .option('-p, --instruments <globs...>', 'only these, e.g. BTC_USDT or "*_BTC"')
    .option('--replace', 'rows that differ from stored ones of the same time replace them')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['riptide data import BRDBTC.csv.gz', 'riptide data import recorded/']))
    .action(async (paths: readonly string[], options: ImportFlags) =>
      (await pages()).importAll(shell(), paths, options),
    )
  data
    .command('list')
    .description('what is stored, by instrument and kind')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['riptide data list']))
    .action(async ({ json }: JsonOption) => (await pages()).list(shell(), json === true))
  data
    .command('verify')
    .description('check stored data for gaps, duplicates, order, spikes and damage')
    .argument('[instrument]', 'e.g. BTC_USDT; all when absent')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['riptide data verify', 'riptide data verify BRD_BTC']))
    .action(async (instrument: string | undefined, { json }: JsonOption) =>
      (await import('../verify-data.ts')).verify(shell(), instrument, json === true),
    )
  data
    .command('export')
    .description('write stored data as CSV, one folder per instrument and day')
    .argument('<instrument>', 'e.g. BTC_USDT')
    .requiredOption('--to <folder>', 'where to')
    .option('--flat', 'one file per kind instead of one per day')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['riptide data export BRD_BTC --to csv']))
    .action(async (instrument: string, options: JsonOption & { readonly to: string; readonly flat?: boolean }) =>
      (await pages()).exportOne(shell(), instrument, options),
    )
}
