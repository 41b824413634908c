import { type AddCommand, examples } from '../add-command.ts'
import type { ExchangeOptions } from '../run-exchange.ts'

export const addExchange: AddCommand = (program, shell) => {
  program
    .command('exchange')
    .description(
      'start our own exchange on this machine: REST and WebSocket of MEXC and Binance, to test any bot against',
    )
    .option('--venue <names>', 'mexc, binance, or both with a comma', 'mexc,binance')
    .option('--port <n>', 'of the control page; the venues listen on the ports after it; 0 = any free ones', '8790')
    .option('--data <paths...>', 'files or folders with recordings to play')
    .option('--generate <what>', 'play a made-up market, e.g. seed=7,instruments=4,days=2 (without --data: seed=1)')
    .option('-p, --instruments <globs...>', 'only these, e.g. BTC_USDT or "*_USDT"')
    .option('--speed <n>', 'market seconds per second', '1')
    .option('--history <duration>', "of the recording's start, told as the past", '6h')
    .option('--no-loop', 'stand still at the end of the recording instead of playing it again')
    .option('--faults <file>', 'a fault plan to start with, as JSON')
    .option('--seed <n>', 'of made-up depth and faults; equal seeds and requests give equal answers', '1')
    .option('--json', 'print addresses and keys as one JSON object')
    .addHelpText(
      'after',
      examples([
        'riptide exchange',
        'riptide exchange --venue binance --generate seed=7,instruments=2 --faults plan.json',
        'riptide exchange --data recorded/ --speed 10',
      ]),
    )
    .action(async (options: ExchangeOptions) => {
      const { runExchange } = await import('../run-exchange.ts')
      await runExchange(shell(), options)
    })
}
