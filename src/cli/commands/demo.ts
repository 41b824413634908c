import { type AddCommand, examples } from '../add-command.ts'

export const addDemo: AddCommand = (program, shell) => {
  program
    .command('demo')
    .description('make a market with hidden pumps, trade it with the flash-pump template, explain the result')
    .option('--seed <n>', 'another seed, another market')
    .option('--json', 'print one JSON object instead of the report')
    .addHelpText('after', examples(['riptide demo', 'riptide demo --seed 7']))
    .action(async (options: { readonly seed?: string; readonly json?: boolean }) => {
      const { demo } = await import('../run-demo.ts')
      await demo(shell(), options)
    })
}
