import { type AddCommand, examples } from '../add-command.ts'
import type { WhyOptions } from '../tell-why.ts'

export const addWhy: AddCommand = (program, shell) => {
  program
    .command('why')
    .description('explain a trade of a run from its readings to its result, or why there was none')
    .argument('<run>', 'a run such as r00042, or last')
    .option('--trade <n>', 'the n-th trade in order of closing')
    .option('--instrument <id>', 'how close this instrument came, e.g. BTC_USDT')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(['riptide why last', 'riptide why last --trade 2', 'riptide why r00042 --instrument BRD_BTC']),
    )
    .action(async (run: string, options: WhyOptions) => {
      const { tellWhy } = await import('../tell-why.ts')
      await tellWhy(shell(), run, options)
    })
}
