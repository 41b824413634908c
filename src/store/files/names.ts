import { basename, dirname } from 'node:path'
import { isQuote, type Pair, splitSymbol } from './instrument-defaults.ts'

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** What a path says about its content. */
export interface NameHints {
  readonly pair: Pair | undefined
  readonly intervalMs: number | undefined
}

/** The pair and interval in a file's name, e.g. `DOGEUSDT_1m.csv.gz`, or the pair of a folder as in `data/BTC_USDT/2024-10-25/prices.csv`. */
export function hintsOf(path: string): NameHints {
  const words = basename(path)
    .replace(/\.(csv|txt|jsonl|data|zip|gz|last)(?=\.|$)/gi, '')
    .split(/[-_. ]+/)
  const dayFolder = dirname(path)
  const folder = /^\d{4}-\d{2}-\d{2}$/.test(basename(dayFolder)) ? splitSymbol(basename(dirname(dayFolder))) : undefined
  return { pair: folder ?? pairIn(words), intervalMs: intervalIn(words) }
}

/** `1m` and the like in milliseconds; undefined for months and anything else. */
export function parseInterval(text: string): number | undefined {
  const match = /^(\d{1,3})([smhdw])$/.exec(text)
  return match ? Number(match[1]) * (unitMs[match[2] ?? ''] ?? NaN) : undefined
}

/** The shortest name of an interval: 60 000 → `1m`. */
export function intervalName(intervalMs: number): string {
  const unit = ['w', 'd', 'h', 'm', 's'].find((unit) => intervalMs % (unitMs[unit] ?? NaN) === 0) ?? 's'
  return `${intervalMs / (unitMs[unit] ?? 1)}${unit}`
}

/** `BTC_USDT` in two words, the last such two; else the first word that is a pair by itself. */
function pairIn(words: readonly string[]): Pair | undefined {
  for (let index = words.length - 1; index > 0; index--) {
    const base = words[index - 1]?.toUpperCase() ?? ''
    const quote = words[index]?.toUpperCase() ?? ''
    if (isQuote(quote) && base !== quote && /^[A-Z0-9]+$/.test(base)) return { base, quote }
  }
  for (const word of words) {
    const pair = splitSymbol(word)
    if (pair) return pair
  }
  return undefined
}

function intervalIn(words: readonly string[]): number | undefined {
  for (const word of words) {
    const interval = parseInterval(word)
    if (interval !== undefined) return interval
  }
  return undefined
}
