import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { generateMarket, labelsToCsv } from '#lab/lab.ts'
import { UserError } from '#model/failure.ts'
import { decimalsOf } from '#model/instrument.ts'
import { toJson } from '#store/store.ts'
import type { Shell } from './io.ts'
import { type Progress, withProgress } from './progress.ts'
import { writeProblem } from './reports.ts'
import { countOf, countText } from './texts.ts'
import { demand, wholeIn } from './values.ts'

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
 * Everything is written to a folder beside it first, so that an interrupted command leaves nothing.
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
  const partial = `${out.replace(/[/\\]+$/, '')}.partial-${process.pid}`
  try {
    await withProgress(shell, 'Writing', (progress) => writeMarket(shell, market, partial, progress))
    await rmdir(out).catch(() => undefined)
    await rename(partial, out)
  } catch (error) {
    throw writeProblem(out, error as NodeJS.ErrnoException)
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
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

async function demandEmpty(out: string): Promise<void> {
  const content = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new UserError({
      code: 'notWritable',
      message: `it cannot be used as a folder (${error.code ?? error.message})`,
      where: out,
      remedy: 'choose another folder with --out',
      exit: 'error',
    })
  })
  if (content.length === 0) return
  throw new UserError({
    code: 'folderNotEmpty',
    message: `the folder is not empty (${countOf(content.length, 'entry').replace('entrys', 'entries')})`,
    where: out,
    remedy: 'choose a new folder with --out, or empty this one',
  })
}

async function writeMarket(shell: Shell, market: Market, folder: string, progress: Progress): Promise<void> {
  for (const [index, series] of market.series.entries()) {
    progress.update(index / market.series.length, series.instrument.id)
    await setImmediate() // Ctrl-C gets a turn
    shell.io.signal.throwIfAborted()
    await writeSeries(join(folder, series.instrument.id), series, market.from)
  }
  await writeFile(
    join(folder, 'labels.csv'),
    labelsToCsv(market.labels, (label) => label.instrumentId),
  )
  shell.io.signal.throwIfAborted()
}

async function writeSeries(folder: string, series: Series, from: number): Promise<void> {
  const { instrument, trades, quotes, events } = series
  const price = fixed(instrument.tickSize)
  const quantity = fixed(instrument.lotSize)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'instrument.json'), `${toJson(instrument)}\n`)
  const marks = events.filter((event) => event.type === 'markPrice')
  await writeDays(
    folder,
    'trades.csv',
    'timestamp,side,price,quantity',
    trades.time,
    from,
    (row) =>
      `${trades.time[row]},${trades.side[row] > 0 ? 'buy' : 'sell'},${price(trades.price[row])},${quantity(trades.quantity[row])}`,
  )
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

/** Numbers of a grid with its decimals, never an exponent. */
function fixed(step: number): (value: number) => string {
  const decimals = decimalsOf(step)
  return (value) => value.toFixed(decimals)
}
