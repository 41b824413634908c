import { jsonReport, whyNot, whyTrade } from '#lab/lab.ts'
import { UserError } from '#model/failure.ts'
import type { Shell } from './io.ts'
import { type ReportRun, toReport } from './reports.ts'
import { loadRun } from './run-book.ts'
import { tableText } from './table.ts'
import { amountText, countOf, percentText } from './texts.ts'
import { demand, wholeIn } from './values.ts'

export interface WhyOptions {
  readonly trade?: string
  readonly instrument?: string
  readonly json?: boolean
}

/** `riptide why`: one trade, one instrument, or an overview of the run. Throws `UserError`. */
export async function tellWhy(shell: Shell, given: string, options: WhyOptions): Promise<void> {
  if (options.trade !== undefined && options.instrument !== undefined) {
    throw new UserError({
      code: 'conflictingOptions',
      message: '--trade and --instrument ask for different things',
      where: '--trade',
      remedy: 'give one of them',
    })
  }
  const trade =
    options.trade === undefined
      ? undefined
      : demand(
          wholeIn({ name: 'the number of a trade', min: 1, max: 1_000_000, example: '1' })(options.trade),
          '--trade',
        )
  const { settings } = await shell.config()
  const run = toReport(await loadRun(settings.dataDir, given))
  if (trade !== undefined) return tell(shell, whyTrade(run, trade), options)
  if (options.instrument !== undefined) return tell(shell, whyNot(run, idOf(run, options.instrument)), options)
  overview(shell, run, options)
}

function tell(
  shell: Shell,
  { text, json }: { readonly text: string; readonly json: unknown },
  options: WhyOptions,
): void {
  if (options.json === true) shell.answer(json)
  else shell.print(text)
}

/** Trades by number, and what stood in the way of more. */
function overview(shell: Shell, run: ReportRun, options: WhyOptions): void {
  const { roundTrips, currency } = jsonReport(run)
  const missed = whyNot(run)
  if (options.json === true) return shell.answer({ run: run.id, trades: roundTrips, whyNot: missed.json })
  if (roundTrips.length > 0) {
    const rows = roundTrips.map((trip) => [
      String(trip.number),
      trip.instrument,
      trip.side,
      trip.openedAt.slice(0, 19).replace('T', ' '),
      trip.exitReason,
      percentText(trip.netFraction),
      amountText(trip.netProfit),
    ])
    const right = 'right' as const
    shell.print(`Run ${run.id}, ${run.name}: ${countOf(rows.length, 'trade')}\n`)
    shell.print(
      tableText(
        shell,
        [
          { title: '#', align: right },
          { title: 'Instrument' },
          { title: 'Side' },
          { title: 'Opened (UTC)' },
          { title: 'Closed by' },
          { title: 'Net', align: right },
          { title: `Net ${currency}`, align: right },
        ],
        rows,
      ),
    )
    shell.print(`\nriptide why ${run.id} --trade <n> tells one of them.\n`)
  }
  shell.print(missed.text)
}

/** `brd_btc`, `BRDBTC` and `BRD/BTC` all mean BRD_BTC. */
function idOf(run: ReportRun, given: string): string {
  const plain = (text: string): string => text.replace(/[^a-z0-9]/gi, '').toLowerCase()
  return (
    run.spec.instruments.find(({ id, symbol }) => plain(id) === plain(given) || plain(symbol) === plain(given))?.id ??
    given
  )
}
