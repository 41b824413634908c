import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { generateMarket, labelsToCsv } from '#lab/lab.ts'
import { toJson } from '#store/store.ts'
import type { Shell } from './io.ts'
import { type Progress, withProgress } from './progress.ts'
import { countOf, countText } from './texts.ts'
import { decimal, tradeHeader, tradeLine } from './trade-line.ts'
import { demand, wholeIn } from './values.ts'
import { demandEmpty, writeFolder } from './whole-folder.ts'

export interface GenerateOptions {
  readonly out: string
  readonly seed: string
  readonly days: string
  readonly instruments: string
  readonly json?: boolean
}

type Market = ReturnType<typeof generateMarket>
type Series = Market['series'][number]

const dayMs = 86_400_000

/**
 * Writes `<out>/<instrument>/<day>/{trades,quotes,marks}.csv`, `instrument.json` beside the days, and `labels.csv`.
 * An interrupted command leaves nothing.
 */
export async function generate(shell: Shell, options: GenerateOptions): Promise<void> {
  const size = {
    seed: demand(
      wholeIn({ name: 'a seed', min: 0, max: Number.MAX_SAFE_INTEGER, example: '1' })(options.seed),
      '--seed',
    ),
    days: demand(wholeIn({ name: 'a number of days', min: 1, max: 366, example: '3' })(options.days), '--days'),
    instruments: demand(
      wholeIn({ name: 'a number of instruments', min: 1, max: 200, example: '8' })(options.instruments),
      '--instruments',
    ),
  }
  const out = shell.path(options.out)
  await demandEmpty(out)
  const market = generateMarket(size)
  await writeFolder(out, (folder) =>
    withProgress(shell, 'Writing', (progress) => writeMarket(shell, market, folder, progress)),
  )
  tell(shell, options, market, out)
}

function tell(shell: Shell, options: GenerateOptions, market: Market, out: string): void {
  const rows = (of: (series: Series) => number): number => market.series.reduce((sum, series) => sum + of(series), 0)
  const trades = rows((series) => series.trades.time.length)
  const quotes = rows((series) => series.quotes.time.length)
  const labels: Record<string, number> = {}
  for (const { kind } of market.labels) labels[kind] = (labels[kind] ?? 0) + 1
  if (options.json === true) {
    return shell.answer({
      out,
      seed: market.options.seed,
      instruments: market.instruments.map(({ id }) => id),
      trades,
      quotes,
      labels,
      from: new Date(market.from).toISOString(),
      to: new Date(market.to).toISOString(),
    })
  }
  const kinds = Object.entries(labels).map(([kind, count]) => `${count} ${kind}`)
  shell.print(
    `${out}: ${countOf(market.series.length, 'instrument')}, ${countText(trades)} trades, ${countText(quotes)} quotes`,
  )
  shell.print(`labels.csv: ${kinds.join(', ')}`)
  shell.print(`\nNext:\n  riptide backtest --strategy flash-pump --data ${options.out}`)
}

async function writeMarket(shell: Shell, market: Market, folder: string, progress: Progress): Promise<void> {
  for (const [index, series] of market.series.entries()) {
    progress.update(index / market.series.length, series.instrument.id)
    await setImmediate() // Ctrl-C gets a turn
    shell.io.signal.throwIfAborted()
    await writeSeries(join(folder, series.instrument.id), series, market.from)
  }
  await writeFile(join(folder, 'labels.csv'), labelsToCsv(market.labels))
  shell.io.signal.throwIfAborted()
}

async function writeSeries(folder: string, series: Series, from: number): Promise<void> {
  const { instrument, trades, quotes, events } = series
  const price = decimal(instrument.tickSize)
  const quantity = decimal(instrument.lotSize)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'instrument.json'), `${toJson(instrument)}\n`)
  const marks = events.filter((event) => event.type === 'markPrice')
  await writeDays(folder, 'trades.csv', tradeHeader, trades.time, from, tradeLine(instrument, trades))
  await writeDays(
    folder,
    'quotes.csv',
    'timestamp,bid,bid_size,ask,ask_size',
    quotes.time,
    from,
    (row) =>
      `${quotes.time[row]},${price(quotes.bid[row])},${quantity(quotes.bidSize[row])},${price(quotes.ask[row])},${quantity(quotes.askSize[row])}`,
  )
  await writeDays(
    folder,
    'marks.csv',
    'timestamp,value',
    marks.map(({ time }) => time),
    from,
    (row) => `${marks[row].time},${marks[row].price}`,
  )
}

async function writeDays(
  folder: string,
  name: string,
  header: string,
  time: ArrayLike<number>,
  from: number,
  line: (row: number) => string,
): Promise<void> {
  let row = 0
  for (let day = from; row < time.length; day += dayMs) {
    const lines = [header]
    for (; row < time.length && time[row] < day + dayMs; row++) lines.push(line(row))
    if (lines.length === 1) continue
    const dayFolder = join(folder, new Date(day).toISOString().slice(0, 10))
    await mkdir(dayFolder, { recursive: true })
    await writeFile(join(dayFolder, name), `${lines.join('\n')}\n`)
  }
}
