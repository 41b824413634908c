import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { TradeColumns } from '#model/market.ts'
import { sharedPath } from './shared.ts'

/** For tests: the trades of one recorded file; a row equal to the one before it is the downloader's repetition. */
export function recordedTrades(file: string): TradeColumns {
  const lines = linesOf('data/market/trades_binance_spot', file)
  const rows = lines.filter((line, index) => line !== lines[index - 1]).map((line) => line.split(','))
  return {
    time: Float64Array.from(rows, (row) => Number(row[1])),
    price: Float64Array.from(rows, (row) => Number(row[4])),
    quantity: Float64Array.from(rows, (row) => Number(row[5])),
    side: Int8Array.from(rows, (row) => (row[3] === 'buy' ? 1 : -1)),
  }
}

/** For tests: files and onsets of the labelled pumps. */
export function recordedPumps(): readonly { readonly file: string; readonly onset: number }[] {
  const lines = linesOf('data/market/trades_binance_spot/events.csv')
  return lines
    .map((line) => line.split(','))
    .filter((row) => row[6] === 'pump')
    .map((row) => ({ file: row[1].split('/').at(-1) ?? '', onset: Date.parse(row[7]) }))
}

/** Without the head. */
function linesOf(...path: readonly string[]): readonly string[] {
  const bytes = readFileSync(sharedPath(...path))
  const text = path.at(-1)?.endsWith('.gz') === true ? gunzipSync(bytes) : bytes
  return text.toString().trimEnd().split('\n').slice(1)
}
