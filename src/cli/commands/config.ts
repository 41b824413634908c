import { type AddCommand, examples } from '../add-command.ts'

export const addConfig: AddCommand = (program, shell) => {
  program
    .command('config')
    .description('show every setting with its value and where it comes from')
    .option('--json', 'print JSON')
    .option('--schema', 'print the JSON Schema of riptide.json, for editors')
    .addHelpText(
      'after',
      `\nLayers: defaults < riptide.json in this folder < environment (RIPTIDE__BACKTEST__LATENCY=100ms) < flags.\n${examples(['riptide config', 'RIPTIDE__LIMITS__MAX_OPEN_POSITIONS=5 riptide config'])}`,
    )
    .action(async ({ json, schema }: { readonly json?: boolean; readonly schema?: boolean }) => {
      const desk = shell()
      const config = await desk.config()
      if (schema === true) return desk.print(JSON.stringify(config.jsonSchema(), null, 2))
      if (json === true)
        return desk.answer({
          settings: Object.fromEntries(config.origins.map(({ path, value, origin }) => [path, { value, origin }])),
        })
      const { tableText } = await import('../table.ts')
      const rows = config.origins.map(({ path, value, origin, description }) => [
        path,
        typeof value === 'string' ? value : value === null ? '–' : JSON.stringify(value),
        origin,
        description,
      ])
      desk.print(
        tableText(desk, [{ title: 'Setting' }, { title: 'Value' }, { title: 'From' }, { title: 'Meaning' }], rows),
      )
    })
}
