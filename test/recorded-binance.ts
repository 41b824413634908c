import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { sharedPath } from './shared.ts'

/** For tests: the JSON texts of a recording, gzipped or not, a line each; lines without one are left out. */
export function recordedTexts(...segments: readonly string[]): readonly string[] {
  const bytes = readFileSync(sharedPath(...segments))
  const text = (segments.at(-1)?.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  return text.split('\n').flatMap((line) => {
    const start = /(?:^\d+ |: )\{/.exec(line)
    return start === null ? [] : [line.slice(line.indexOf('{', start.index))]
  })
}

export const futuresBook = ['data/market/book_binance', 'usdm_btcusdt_20240808.jsonl.gz'] as const
export const spotBook = ['data/market/book_binance', 'spot_btcusdt_20240808.jsonl.gz'] as const
