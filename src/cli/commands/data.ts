import { type AddCommand, examples } from '../add-command.ts'
import type { ImportFlags } from '../data-pages.ts'
import type { PlantOptions } from '../plant-data.ts'
import type { DownloadOptions } from '../run-download.ts'
import { venueOptions } from '../venue-access.ts'

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
  venueOptions(
    data
      .command('download')
      .description("fetch a venue's history into the store; what is there whole is not fetched again"),
  )
    .requiredOption('-p, --instruments <globs...>', 'e.g. BTC_USDT or "*PEPE*"')
    .option('--kind <kind>', 'klines or trades by the API, or dumps: files that Binance publishes', 'klines')
    .option('--interval <interval>', 'of candles, as the venue has them', '1m')
    .option('--timerange <range>', 'UTC days, e.g. 20240101-20240201; the end is not included')
    .option('--from <time>', 'UTC, e.g. 2024-01-31T12:00')
    .option('--to <time>', 'UTC, not included (default: now)')
    .option('--files <types>', 'of dumps: aggTrades, trades, klines, markPriceKlines, fundingRate', 'aggTrades')
    .option('--dumps <url>', 'address of the dumps', 'https://data.binance.vision')
    .option('--replace', 'rows that differ from stored ones of the same time replace them')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples([
        'riptide data download -p BTC_USDT --from 2026-01-01',
        'riptide data download --venue binance-usdm --kind trades -p BTC_USDT --from 2026-11-20',
        'riptide data download --venue binance-usdm --kind dumps --files aggTrades,fundingRate -p BTC_USDT --timerange 20240101-20240401',
      ]),
    )
    .action(async (options: DownloadOptions) => (await import('../run-download.ts')).download(shell(), options))
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
  data
    .command('plant')
    .description('plant pumps and decoys with known onsets on recorded quiet trades')
    .option('--data <paths...>', 'files and folders of trades; without it the series store')
    .option('-p, --instruments <globs...>', 'only these, e.g. BTC_USDT or "*_BTC"')
    .option('--timerange <range>', 'UTC days, e.g. 20240101-20240201; the end is not included')
    .option('--from <time>', 'UTC, e.g. 2024-01-31T12:00')
    .option('--to <time>', 'UTC, not included')
    .requiredOption('--out <folder>', 'a folder that is new or empty')
    .option(
      '--pump <specs...>',
      'instant, fast, slow or stepped, with size=, duration=, volume=, rate=, giveBack=, drift=, at= or every=',
    )
    .option(
      '--decoys <specs...>',
      'newsRamp, liquidationCascade, shortSqueeze, fatFinger, thinJump, volumeBurst or all, with size=, duration=, at= or every=',
    )
    .option('--seed <n>', 'equal seeds give equal files', '1')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples([
        'riptide data plant --data recorded/ --out planted --pump fast,size=30,duration=20s,volume=200,every=6h',
        'riptide data plant --data BRDBTC.csv.gz --out planted --pump size=30,at=2021-02-23T12:00 --decoys newsRamp,fatFinger',
      ]),
    )
    .action(async (options: PlantOptions) => (await import('../plant-data.ts')).plant(shell(), options))
}
