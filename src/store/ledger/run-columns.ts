import type { EquityPoints, PriceSeries, StoredRun } from '#model/run.ts'
import { bytesOf, floatsOf, parseJson, toJson } from './json.ts'

/** Number series of a run as one row each: the arrays one after the other, and what they are. */
export interface ColumnRow {
  readonly name: string
  readonly info: string
  readonly data: Buffer
}

interface Info {
  readonly length: number
  readonly instrumentId?: string
  readonly intervalMs?: number
  /** Names of the arrays in order, where it is not the usual list. */
  readonly columns?: readonly string[]
}

const equityNames = ['time', 'equity', 'drawdown'] as const
const priceNames = ['time', 'open', 'high', 'low', 'close'] as const
const withVolume = [...priceNames, 'volume'] as const

export function columnRows({ equity, prices }: Pick<StoredRun, 'equity' | 'prices'>): readonly ColumnRow[] {
  return [
    pack(
      'equity',
      { length: equity.time.length },
      equityNames.map((name) => equity[name]),
    ),
    ...prices.map((series, index) => {
      const { instrumentId, intervalMs, time, volume } = series
      const prices = priceNames.map((name) => series[name])
      return pack(
        `price-${String(index).padStart(4, '0')}`,
        { length: time.length, instrumentId, intervalMs, ...(volume === undefined ? {} : { columns: withVolume }) },
        volume === undefined ? prices : [...prices, volume],
      )
    }),
  ]
}

export function columnsOfRun(rows: readonly ColumnRow[]): Pick<StoredRun, 'equity' | 'prices'> {
  const equity = rows.find(({ name }) => name === 'equity')
  const prices = rows.filter(({ name }) => name.startsWith('price-')).sort((a, b) => (a.name < b.name ? -1 : 1))
  return {
    equity: (equity
      ? unpack(equity, equityNames)
      : unpack(pack('equity', { length: 0 }, []), equityNames)) as unknown as EquityPoints,
    prices: prices.map((row) => unpack(row, priceNames) as unknown as PriceSeries),
  }
}

function pack(name: string, info: Info, arrays: readonly Float64Array[]): ColumnRow {
  return { name, info: toJson(info), data: Buffer.concat(arrays.map(bytesOf)) }
}

function unpack({ info, data }: ColumnRow, names: readonly string[]): object {
  const { length, columns = names, ...rest } = parseJson(info) as Info
  const numbers = floatsOf(data)
  return {
    ...rest,
    ...Object.fromEntries(columns.map((name, index) => [name, numbers.slice(index * length, (index + 1) * length)])),
  }
}
