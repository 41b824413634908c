import { type AddCommand, examples } from '../add-command.ts'
import type { GenerateOptions } from '../generate-market.ts'

export const addGenerate: AddCommand = (program, shell) => {
  program
    .command('generate')
    .description('write a made-up market with labelled pumps and decoys as CSV files')
    .requiredOption('--out <folder>', 'a folder that is new or empty')
    .option('--seed <n>', 'equal seeds give equal files', '1')
    .option('--days <n>', 'days of market', '3')
    .option('--instruments <n>', 'instruments', '8')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(['riptide generate --out market', 'riptide generate --out market --seed 7 --days 1 --instruments 4']),
    )
    .action(async (options: GenerateOptions) => {
      const { generate } = await import('../generate-market.ts')
      await generate(shell(), options)
    })
}
