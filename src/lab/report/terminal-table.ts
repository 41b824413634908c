import Table from 'cli-table3'
import { widthOf, wrap } from './columns.ts'

export interface TerminalOptions {
  /** ANSI colors; leave off when the output is not a terminal. */
  readonly color: boolean
  /** Columns of the terminal; tables leave out their least important columns to fit. */
  readonly width: number
}

export interface TableColumn {
  readonly title: string
  readonly align: 'left' | 'right'
  /** 0 always stays; the highest goes first when the table is too wide. */
  readonly drop?: number
}

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'bold'
const codes: Readonly<Record<Tone, readonly [number, number]>> = {
  good: [32, 39],
  bad: [31, 39],
  warn: [33, 39],
  dim: [2, 22],
  bold: [1, 22],
}

/** Text in a tone; the same text when colors are off. */
export function paint(text: string, tone: Tone | undefined, options: TerminalOptions): string {
  if (!options.color || tone === undefined || text === '') return text
  const [on, off] = codes[tone]
  return `\u001b[${on}m${text}\u001b[${off}m`
}

export interface TableCell {
  readonly text: string
  readonly tone?: Tone
}
export type TableRow = readonly (string | TableCell)[]

/** A boxed table under its title; the last row may be set off as a total. */
export function renderTable(
  title: string,
  columns: readonly TableColumn[],
  rows: readonly TableRow[],
  options: TerminalOptions,
): string {
  const { kept, widths } = fitting(columns, rows, options.width)
  const table = new Table({
    head: kept.map((index) => paint(folded(columns[index].title, widths[index]), 'bold', options)),
    colAligns: kept.map((index) => columns[index].align),
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 1, compact: true },
  })
  for (const row of rows) {
    table.push(
      kept.map((index) => {
        const cell = row[index] ?? ''
        const { text, tone } = typeof cell === 'string' ? { text: cell } : cell
        return paint(folded(clean(text), widths[index]), tone, options)
      }),
    )
  }
  const dropped = columns.length - kept.length
  const note = dropped === 0 ? '' : paint(`  (${dropped} of ${columns.length} columns do not fit)`, 'dim', options)
  return `${paint(title, 'bold', options)}${note}\n${table.toString()}`
}

/** Names come from users and venues: no control characters reach the terminal. */
// eslint-disable-next-line no-control-regex -- that is what it removes
const clean = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')

/** Narrowest a column is made before the table is left too wide. */
const leastWidth = 8

/** Columns to show and how wide each may be: the least important go first, then the widest are folded. */
function fitting(
  columns: readonly TableColumn[],
  rows: readonly TableRow[],
  width: number,
): { readonly kept: readonly number[]; readonly widths: readonly number[] } {
  const widths = columns.map((column, index) =>
    rows.reduce((widest, row) => {
      const cell = row[index] ?? ''
      return Math.max(widest, widthOf(typeof cell === 'string' ? cell : cell.text))
    }, widthOf(column.title)),
  )
  let kept = columns.map((_, index) => index)
  const total = (): number => kept.reduce((sum, index) => sum + widths[index] + 3, 1)
  while (total() > width) {
    const droppable = kept.filter((index) => (columns[index]?.drop ?? 0) > 0)
    if (droppable.length === 0) break
    const first = droppable.reduce((worst, index) =>
      (columns[index]?.drop ?? 0) >= (columns[worst]?.drop ?? 0) ? index : worst,
    )
    kept = kept.filter((index) => index !== first)
  }
  while (total() > width) {
    const widest = kept.reduce((a, b) => (widths[b] > widths[a] ? b : a))
    if (widths[widest] <= leastWidth) break
    widths[widest]--
  }
  return { kept, widths }
}

/** Text in lines no longer than `width`, also where a single word is. */
function folded(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  return wrap(text, width)
    .flatMap((line) => line.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [''])
    .join('\n')
}
