import type { InstrumentId, UnixMs } from '#model/ids.ts'
import { idOf, splitSymbol } from '../files/instrument-defaults.ts'
import type { Span } from './coverage.ts'

/** Series that the dumps offer and the store can take. */
export const dumpTypes = ['aggTrades', 'trades', 'klines', 'markPriceKlines', 'fundingRate'] as const
export type DumpType = (typeof dumpTypes)[number]

/** Markets that publish dumps, by venue. */
export const dumpMarkets = {
  'binance-usdm': { folder: 'futures/um', kind: 'perpetual', types: dumpTypes },
  'binance-spot': { folder: 'spot', kind: 'spot', types: ['aggTrades', 'trades', 'klines'] },
} as const satisfies Readonly<
  Record<string, { folder: string; kind: 'perpetual' | 'spot'; types: readonly DumpType[] }>
>
export type DumpVenue = keyof typeof dumpMarkets

/** One file as the exchange publishes it. */
export interface DumpFile extends Span {
  readonly type: DumpType
  /** Below `data/` of the address, and below the folder of dumps here. */
  readonly path: string
  readonly period: 'monthly' | 'daily'
}

export interface DumpQuestion {
  readonly venue: DumpVenue
  readonly symbol: string
  readonly type: DumpType
  /** As the exchange names it: `1m`, `1h`, `1d`. */
  readonly interval: string
}

const dayMs = 86_400_000

/** The pair behind the name of an instrument that the catalog does not list (any more); undefined where its quote is not known. */
export function dumpSymbolOf(name: string): { readonly id: InstrumentId; readonly symbol: string } | undefined {
  const pair = splitSymbol(name)
  return pair && { id: idOf(pair), symbol: `${pair.base}${pair.quote}` }
}

/**
 * Files that cover the range: months where a whole month is wanted and over, days elsewhere. Funding comes by month only. Days that are
 * not over by `now` have no file yet.
 */
export function dumpFiles(question: DumpQuestion, { from, to }: Span, now: UnixMs): readonly DumpFile[] {
  const files: DumpFile[] = []
  const end = Math.min(to, Math.floor(now / dayMs) * dayMs)
  for (let day = Math.floor(from / dayMs) * dayMs; day < end;) {
    const month = monthOf(day)
    const isWhole = day === month.from && month.to <= Math.ceil(end / dayMs) * dayMs
    if (question.type === 'fundingRate' || isWhole) {
      files.push(fileOf(question, 'monthly', month))
      day = month.to
    } else {
      files.push(fileOf(question, 'daily', { from: day, to: day + dayMs }))
      day += dayMs
    }
  }
  return files
}

/** The days of a month, for where there is no file of the month. */
export function daysOfMonth(question: DumpQuestion, { from, to }: Span): readonly DumpFile[] {
  return Array.from({ length: (to - from) / dayMs }, (_, day) =>
    fileOf(question, 'daily', { from: from + day * dayMs, to: from + (day + 1) * dayMs }),
  )
}

/** The file of the month that a day's file is in. */
export function monthFileOf(question: DumpQuestion, { from }: Span): DumpFile {
  return fileOf(question, 'monthly', monthOf(from))
}

function fileOf({ venue, symbol, type, interval }: DumpQuestion, period: DumpFile['period'], span: Span): DumpFile {
  const hasInterval = type === 'klines' || type === 'markPriceKlines'
  const date = new Date(span.from).toISOString().slice(0, period === 'monthly' ? 7 : 10)
  const folder = [dumpMarkets[venue].folder, period, type, symbol, ...(hasInterval ? [interval] : [])].join('/')
  return { ...span, type, period, path: `${folder}/${symbol}-${hasInterval ? interval : type}-${date}.zip` }
}

function monthOf(time: UnixMs): Span {
  const date = new Date(time)
  return {
    from: Date.UTC(date.getUTCFullYear(), date.getUTCMonth()),
    to: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1),
  }
}
