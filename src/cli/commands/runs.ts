import { type AddCommand, examples } from '../add-command.ts'
import type { ShowOptions } from '../run-pages.ts'

interface JsonOption {
  readonly json?: boolean
}

export const addRuns: AddCommand = (program, shell) => {
  const runs = program.command('runs').description('list, show, compare and delete saved runs')
  const pages = () => import('../run-pages.ts')
  runs
    .command('list')
    .description('saved runs, newest first')
    .option('-n, --limit <n>', 'at most so many', '100')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['riptide runs list']))
    .action(async (options: JsonOption & { readonly limit: string }) => (await pages()).list(shell(), options))
  runs
    .command('show')
    .description('print the report of a run')
    .argument('<run>', 'a run such as r00042, or last')
    .option('--breakdown <periods...>', 'also break the profit down by day, week, month')
    .option('--trades', 'also list every trade')
    .option('--html [file]', 'also write an HTML report (default: <data-dir>/reports/<run>.html)')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['riptide runs show last', 'riptide runs show r00042 --trades --html']))
    .action(async (run: string, options: ShowOptions) => (await pages()).show(shell(), run, options))
  runs
    .command('compare')
    .description('what differs between two runs: settings, figures, trades, and the first decision')
    .argument('<a>', 'a run')
    .argument('<b>', 'another')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['riptide runs compare r00001 last']))
    .action(async (a: string, b: string, { json }: JsonOption) => (await pages()).compare(shell(), a, b, json === true))
  runs
    .command('delete')
    .description('delete a run with its orders, fills and decisions')
    .argument('<run>', 'a run such as r00042, or last')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['riptide runs delete r00042']))
    .action(async (run: string, { json }: JsonOption) => (await pages()).remove(shell(), run, json === true))
}
