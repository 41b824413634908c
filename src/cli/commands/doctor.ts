import { type AddCommand, examples } from '../add-command.ts'
import type { DoctorOptions } from '../run-doctor.ts'
import { venueOptions } from '../venue-access.ts'

export const addDoctor: AddCommand = (program, shell) => {
  venueOptions(
    program
      .command('doctor')
      .description('look at a venue, and with your keys at the account, without an order that could trade'),
  )
    .option('-p, --instruments <globs...>', 'whose smallest order, fees and settings are told (default: BTC_USDT)')
    .option('--key-file <file>', 'keys by exchange as JSON, readable by you alone (default: $RIPTIDE_KEY_FILE)')
    .option('--no-keys', 'only look at the market')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      [
        '\nKeys come from RIPTIDE_MEXC_API_KEY and RIPTIDE_MEXC_SECRET (RIPTIDE_BINANCE_… alike) or from a key file, never from the command line.',
        'Exits with 1 when something is red.',
        examples([
          'riptide doctor',
          'riptide doctor --venue binance-usdm -p BTC_USDT ETH_USDT --key-file ~/.riptide-keys.json',
        ]),
      ].join('\n'),
    )
    .action(async (options: DoctorOptions) => (await import('../run-doctor.ts')).doctor(shell(), options))
}
