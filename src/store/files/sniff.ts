import type { InstrumentId } from '#model/ids.ts'
import { fileProblem } from '../problems.ts'
import { type ColumnFormat, type ColumnRole, type Format, recognize } from './format.ts'
import { idOf, type Market, marketOf, type Pair, splitSymbol } from './instrument-defaults.ts'
import { firstLines } from './lines.ts'
import { hintsOf } from './names.ts'
import { compactTime, toUnixMs } from './times.ts'

/** How to read a file. */
export interface FilePlan {
  readonly path: string
  readonly format: Format
  readonly pair: Pair
  readonly instrumentId: InstrumentId
  readonly market: Market
  /** As the content spells it, where it does. */
  readonly symbol: string | undefined
  /** 0 for anything but bars. */
  readonly intervalMs: number
}

const readable = /\.(csv|txt|tsv|jsonl|data)(\.gz|\.zip)?$|\.zip$|\.gz$/i
const remedy = 'give a file of trades, candles, quotes or a raw capture as described in docs/data.md'

/** Recognizes a file from its name and first lines; throws `unknownFormat`, `unknownInstrument` or `unknownInterval`. */
export async function sniff(path: string): Promise<FilePlan> {
  const lines = readable.test(path) ? await firstLines(path, 4) : []
  const format = readable.test(path)
    ? ofPrices(path, recognize(lines))
    : 'its name does not end in .csv, .txt, .tsv, .jsonl or .zip (with .gz or not)'
  if (format === 'the file is empty') throw fileProblem('noRows', { path }, format, 'record or download it again')
  if (typeof format === 'string') throw fileProblem('unknownFormat', { path }, format, remedy)
  const hints = hintsOf(path)
  const symbol = format.shape === 'capture' ? symbolInCapture(lines) : symbolInColumns(format, lines)
  const pair = (symbol === undefined ? undefined : splitSymbol(symbol)) ?? hints.pair
  if (!pair) {
    const says = `the instrument is neither in the file nor in its name${symbol === undefined ? '' : ` (symbol "${symbol}")`}`
    throw fileProblem('unknownInstrument', { path }, says, 'name the file like BTCUSDT_trades.csv or BTCUSDT_1m.csv')
  }
  const intervalMs = format.shape === 'bars' ? (hints.intervalMs ?? spacing(format, lines)) : 0
  if (intervalMs === undefined) {
    throw fileProblem(
      'unknownInterval',
      { path },
      'the interval of the candles is not in the file name',
      'name the file like BTCUSDT_1m.csv',
    )
  }
  return { path, format, pair, instrumentId: idOf(pair), market: marketOf(path, pair), symbol, intervalMs }
}

/**
 * The exchange's dumps of mark prices look like candles of trades; only their path tells. Of each the close is kept, at its time.
 * Index and premium have no place here.
 */
function ofPrices(path: string, format: Format | string): Format | string {
  const kind = /(mark|index|premiumIndex)PriceKlines|premiumIndexKlines/.exec(path)
  if (kind === null || typeof format === 'string' || format.shape !== 'bars') return format
  if (kind[1] !== 'mark') return 'candles of an index or a premium are not prices that anything trades at'
  const columns: readonly ColumnRole[] = ['skip', 'skip', 'skip', 'skip', 'price', 'skip', 'time']
  const skipped = Array.from({ length: format.columns.length - columns.length }, (): ColumnRole => 'skip')
  return { ...format, shape: 'marks', columns: [...columns, ...skipped] }
}

/** Whether an error of `sniff` only says that the file is something else than market data. */
export function isOther(code: string): boolean {
  return code === 'unknownFormat' || code === 'unknownInstrument' || code === 'unknownInterval' || code === 'noRows'
}

function symbolInCapture(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const found = /"s":"([A-Z0-9]+)"/.exec(line)
    if (found) return found[1]
  }
  return undefined
}

function symbolInColumns(format: ColumnFormat, lines: readonly string[]): string | undefined {
  const column = format.columns.indexOf('symbol')
  return column < 0 ? undefined : lines[format.header ? 1 : 0]?.split(format.delimiter)[column]
}

const usual = new Set(
  [1, 60, 180, 300, 900, 1800, 3600, 7200, 14_400, 21_600, 28_800, 43_200, 86_400, 604_800].map(
    (seconds) => seconds * 1000,
  ),
)

/** The distance of the first two candles, where it is a usual interval. */
function spacing(format: ColumnFormat, lines: readonly string[]): number | undefined {
  const column = format.columns.findIndex((role) => role === 'time' || role === 'compactTime')
  const times = lines.slice(format.header ? 1 : 0).map((line) => {
    const text = line.split(format.delimiter)[column] ?? ''
    return format.columns[column] === 'time' ? toUnixMs(Number(text)) : compactTime(Buffer.from(text), 0, text.length)
  })
  const distance = (times[1] ?? NaN) - (times[0] ?? NaN)
  return usual.has(distance) ? distance : undefined
}
