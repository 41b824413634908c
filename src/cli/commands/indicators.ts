import { type AddCommand, examples } from '../add-command.ts'

export const addIndicators: AddCommand = (program, shell) => {
  program
    .command('indicators')
    .description('list the indicators strategies can read, or explain one')
    .argument('[id]', 'e.g. pumpMagnitudePct')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['riptide indicators', 'riptide indicators pumpMagnitudePct']))
    .action(async (id: string | undefined, options: { readonly json?: boolean }) => {
      const { listIndicators, showIndicator } = await import('../indicator-pages.ts')
      if (id === undefined) listIndicators(shell(), options.json === true)
      else showIndicator(shell(), id, options.json === true)
    })
}
