/** What a file holds: delimited columns, or a raw capture of a venue's messages. */
export type Format = ColumnFormat | { readonly shape: 'capture' }

export interface ColumnFormat {
  readonly shape: 'trades' | 'bars' | 'quotes' | 'marks'
  readonly delimiter: ',' | ';' | '\t'
  readonly header: boolean
  readonly columns: readonly ColumnRole[]
  /** What the columns are called, for messages. */
  readonly names: readonly string[]
  /** A row equal to the one before it is the downloader's repetition, not a second trade. */
  readonly dropRepeats: boolean
}

export type ColumnRole =
  | 'skip'
  | 'symbol'
  | 'time'
  /** `YYYYMMDD HHMMSS`. */
  | 'compactTime'
  | 'side'
  /** `true` = the buyer was the maker, so the taker sold. */
  | 'buyerMaker'
  | ValueRole
export type ValueRole =
  | 'price'
  | 'quantity'
  /** price × quantity: only checked. */
  | 'amount'
  | 'open'
  | 'high'
  | 'low'
  | 'close'
  | 'volume'
  | 'bid'
  | 'ask'
  | 'bidSize'
  | 'askSize'

/** Recognizes a file by its first lines; a sentence says why not. */
export function recognize(lines: readonly string[]): Format | string {
  const first = lines[0]
  if (first === undefined) return 'the file is empty'
  if (/^\d{15,20} \{/.test(first)) return { shape: 'capture' }
  if (/^\s*[[{<]/.test(first)) return 'it is neither delimited text nor a capture of messages'
  const delimiter = delimiterOf(first)
  const fields = first.split(delimiter).map((field) => field.trim().replace(/^"(.*)"$/, '$1'))
  if (fields.length < 2) return 'the first line has only one column'
  return /^[-+]?[\d.]/.test(fields[0] ?? '') ? withoutHeader(fields, delimiter) : withHeader(fields, delimiter)
}

type Delimiter = ColumnFormat['delimiter']

function delimiterOf(line: string): Delimiter {
  const count = (delimiter: string): number => line.split(delimiter).length
  if (count(';') > count(',')) return ';'
  return count('\t') > count(',') ? '\t' : ','
}

const roleNames: Readonly<Record<Exclude<ColumnRole, 'skip' | 'compactTime'>, readonly string[]>> = {
  symbol: ['symbol', 'pair'],
  time: [
    'timestamp',
    'ts_ms',
    'ts',
    'time',
    'transact_time',
    'transaction_time',
    'open_time',
    'time_ms',
    'timestamp_ms',
  ],
  side: ['side', 'taker_side'],
  buyerMaker: ['is_buyer_maker', 'isbuyermaker'],
  price: ['price'],
  quantity: ['quantity', 'qty', 'amount', 'size'],
  amount: ['btc_volume', 'quote_qty', 'quote_quantity'],
  open: ['open'],
  high: ['high'],
  low: ['low'],
  close: ['close'],
  volume: ['volume'],
  bid: ['bid', 'best_bid_price'],
  ask: ['ask', 'best_ask_price'],
  bidSize: ['bid_size', 'bidsize', 'best_bid_qty'],
  askSize: ['ask_size', 'asksize', 'best_ask_qty'],
}

const needed = {
  bars: ['time', 'open', 'high', 'low', 'close', 'volume'],
  quotes: ['time', 'bid', 'ask', 'bidSize', 'askSize'],
  trades: ['time', 'price', 'quantity'],
  marks: ['time', 'price'],
} as const satisfies Record<ColumnFormat['shape'], readonly ColumnRole[]>

const shapes = ['bars', 'quotes', 'trades', 'marks'] as const

function withHeader(fields: readonly string[], delimiter: Delimiter): Format | string {
  const names = fields.map((name) => name.toLowerCase())
  const roles = names.map(roleOf)
  // `volume` beside a price and no candle columns is the quantity
  if (roles.includes('price') && !roles.includes('open') && !roles.includes('quantity'))
    replace(roles, 'volume', 'quantity')
  // the seeds' unified layout: timestamp,value
  const isSeries = names.length === 2 && roles[0] === 'time' && names[1] === 'value'
  if (isSeries) roles[1] = 'price'
  const shape = shapes.find((candidate) => needed[candidate].every((role) => roles.includes(role)))
  if (shape === undefined) return `its columns are not known: ${fields.join(', ')}`
  if (shape === 'marks' && names.length !== 2)
    return `there is a price but no quantity among its columns: ${fields.join(', ')}`
  const wanted: readonly string[] = [
    ...needed[shape],
    'symbol',
    ...(shape === 'trades' ? ['side', 'buyerMaker', 'amount'] : []),
  ]
  const seen = new Set<ColumnRole>()
  const columns = roles.map((role) => {
    if (!wanted.includes(role) || seen.has(role)) return 'skip'
    seen.add(role)
    return role
  })
  const isDownload = names.includes('datetime') || names.includes('id') || names.includes('agg_trade_id')
  return { shape, delimiter, header: true, columns, names: fields, dropRepeats: shape === 'trades' && isDownload }
}

function roleOf(name: string): ColumnRole {
  for (const [role, names] of Object.entries(roleNames)) if (names.includes(name)) return role as ColumnRole
  return 'skip'
}

function replace(roles: ColumnRole[], from: ColumnRole, to: ColumnRole): void {
  const at = roles.indexOf(from)
  if (at >= 0) roles[at] = to
}

const isFlag = (field: string | undefined): boolean => /^(true|false)$/i.test(field ?? '')
const trade = ['skip', 'price', 'quantity'] as const

/** Dumps of data.binance.vision by their number of columns, and MEXC candles by their date. */
function withoutHeader(fields: readonly string[], delimiter: Delimiter): Format | string {
  const make = (shape: ColumnFormat['shape'], columns: readonly ColumnRole[]): Format => ({
    shape,
    delimiter,
    header: false,
    columns,
    names: columns.map((role, index) => (role === 'skip' ? `column ${index + 1}` : role)),
    dropRepeats: shape === 'trades',
  })
  const last = fields.at(-1)
  const lastButOne = fields.at(-2)
  const candle = ['open', 'high', 'low', 'close', 'volume'] as const
  if (fields.length === 6 && /^\d{8} \d{6}$/.test(fields[0] ?? '')) return make('bars', ['compactTime', ...candle])
  if (fields.length === 12) return make('bars', ['time', ...candle, 'skip', 'skip', 'skip', 'skip', 'skip', 'skip'])
  if (fields.length === 8 && isFlag(last) && isFlag(lastButOne))
    return make('trades', [...trade, 'skip', 'skip', 'time', 'buyerMaker', 'skip'])
  if (fields.length === 7 && isFlag(last) && isFlag(lastButOne))
    return make('trades', [...trade, 'amount', 'time', 'buyerMaker', 'skip'])
  if (fields.length === 7 && isFlag(last)) return make('trades', [...trade, 'skip', 'skip', 'time', 'buyerMaker'])
  if (fields.length === 6 && isFlag(last)) return make('trades', [...trade, 'amount', 'time', 'buyerMaker'])
  if (fields.length === 6 && fields.every((field) => /^[\d.eE+-]+$/.test(field)))
    return make('bars', ['time', ...candle])
  return `it has no header, and ${fields.length} columns like these are not known`
}
