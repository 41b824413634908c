import { type AddCommand, examples } from '../add-command.ts'

interface JsonOption {
  readonly json?: boolean
}

export const addStrategy: AddCommand = (program, shell) => {
  const strategy = program.command('strategy').description('list, read, check and start strategies')
  const pages = () => import('../strategy-pages.ts')
  strategy
    .command('list')
    .description('shipped templates and your own')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['riptide strategy list']))
    .action(async ({ json }: JsonOption) => (await pages()).listAll(shell(), json === true))
  strategy
    .command('show')
    .description('print a strategy as it stands in its file')
    .argument('<name>', 'template, your own, or a JSON file')
    .option('--json', 'print it on one line, with its hash')
    .addHelpText(
      'after',
      examples(['riptide strategy show flash-pump', 'riptide strategy show flash-pump > mine.json']),
    )
    .action(async (name: string, { json }: JsonOption) => (await pages()).show(shell(), name, json === true))
  strategy
    .command('check')
    .description('name every problem of a strategy file, with its remedy')
    .argument('<file>', 'JSON file, or a name')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['riptide strategy check mine.json']))
    .action(async (file: string, { json }: JsonOption) => (await pages()).check(shell(), file, json === true))
  strategy
    .command('new')
    .description('copy a template into <data-dir>/strategies under a name of your own')
    .argument('<name>', 'lower-case letters, digits and dashes')
    .option('--from <template>', 'what to start from', 'flash-pump')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['riptide strategy new my-pump', 'riptide strategy new my-fade --from pump-fade']))
    .action(async (name: string, options: JsonOption & { readonly from: string }) =>
      (await pages()).create(shell(), name, options.from, options.json === true),
    )
  strategy
    .command('schema')
    .description('print the JSON Schema of strategy files, for editors')
    .addHelpText('after', examples(['riptide strategy schema > strategy.schema.json']))
    .action(async () => (await pages()).schema(shell()))
}
