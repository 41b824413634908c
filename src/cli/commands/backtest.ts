import { type Command, Option } from 'commander'
import { type AddCommand, examples } from '../add-command.ts'
import type { BacktestOptions } from '../backtest-spec.ts'

export const addBacktest: AddCommand = (program, shell) => {
  const command = program.command('backtest').description('run strategies over recorded data and report every trade')
  whatOptions(command)
  howOptions(command)
  command
    .option('--each', 'one run per strategy on its own account, instead of one account for all')
    .option('--workers <n>', 'threads for --each, or auto')
    .option('--breakdown <periods...>', 'also break the profit down by day, week, month')
    .option('--trades', 'also list every trade')
    .option('--json', 'print one JSON object instead of the report')
    .option('--html [file]', 'also write an HTML report (default: <data-dir>/reports/<run>.html)')
    .option('--no-save', 'do not keep the run in the ledger')
    .option('--name <text>', 'a name for the run')
    .addHelpText(
      'after',
      examples([
        'riptide backtest --strategy flash-pump --data recorded/ --instruments "*_BTC" --timerange 20210101-20210201',
        'riptide backtest --strategy mine.json --data BRDBTC.csv.gz --capital 0.5BTC --fee 0.001 --latency 100ms-400ms --html',
        'riptide backtest --strategy flash-pump --strategy dip-reversion --each --data recorded/ --json',
      ]),
    )
    .action(async (options: BacktestOptions) => {
      const { backtest } = await import('../run-backtest.ts')
      await backtest(shell(), options)
    })
}

function whatOptions(command: Command): void {
  command
    .option('-s, --strategy <names...>', 'template, your own, or a JSON file; several share one account')
    .option('--data <paths...>', 'files or folders to read (default: the series store)')
    .option('-p, --instruments <globs...>', 'only these, e.g. BTC_USDT or "*_BTC"')
    .option(
      '--timerange <range>',
      '20240101-20240201, in UTC; either end may be left out, the last day is not included',
    )
    .option('--from <time>', 'first moment, ISO 8601 or a date, UTC')
    .option('--to <time>', 'the moment after the last')
}

function howOptions(command: Command): void {
  command
    .option('--capital <amount>', 'starting capital, e.g. 1000 or 0.5BTC')
    .option('--fee <rate>', 'maker and taker fee as a fraction, e.g. 0.001')
    .option('--maker-fee <rate>', 'maker fee, together with --taker-fee')
    .option('--taker-fee <rate>', 'taker fee, together with --maker-fee')
    .option('--latency <time>', 'decision to venue: 250ms, 100ms-400ms, or lognormal:200ms:1500ms')
    .option('--participation <share>', 'share of what trades that our orders may take, e.g. 0.1')
    .option('--impact <factor>', 'factor of the square-root impact, 0 = off')
    .option('--funding-rate <rate>', 'paid per interval where the data has no funding, e.g. 0.0001')
    .option('--limits <file>', 'JSON file with risk limits')
    .option('--max-open <n>', 'positions open at once')
    .option('--max-position <share>', 'margin of one position ÷ equity, e.g. 0.1')
    .option('--max-drawdown <share>', 'no entries beyond this drawdown, e.g. 0.15')
    .option('--max-daily-loss <share>', 'no entries beyond this loss in a day, e.g. 0.05')
    .option('--seed <n>', 'seed of everything random')
    .option('--warm-up <time>', 'no entries during the first stretch of every recording, e.g. 1h')
    .option('--cuts <n>', 'moments at which the look-ahead check cuts the data')
    .addOption(new Option('--grid <time>', 'time between two looks at the clock when nothing trades').hideHelp())
}
