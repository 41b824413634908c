export interface ColumnOptions {
  readonly indent?: number
  /** Columns to align right. */
  readonly right?: readonly number[]
  /** Columns of the terminal; any width when absent. */
  readonly width?: number
  /** Columns to leave out when the lines are too wide, the first one first. */
  readonly drop?: readonly number[]
}

/**
 * Rows of cells as aligned lines: each column as wide as its widest cell, two spaces apart, indented. What is still too wide
 * goes on below the last column.
 */
export function alignColumns(rows: readonly (readonly string[])[], options: ColumnOptions = {}): readonly string[] {
  const { indent = 2, width = Infinity, right = [], drop = [] } = options
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))))
  const left = new Set(widths.keys())
  const total = (): number => [...left].reduce((sum, column) => sum + widths[column] + 2, indent - 2)
  for (const column of drop) if (total() > width) left.delete(column)
  const last = Math.max(...left)
  const before = total() - (widths[last] ?? 0)
  return rows.flatMap((row) => {
    const cells = [...left].map((column) => {
      const cell = row[column] ?? ''
      if (column === last && !right.includes(column)) return cell
      const gap = ' '.repeat(widths[column] - widthOf(cell))
      return right.includes(column) ? gap + cell : cell + gap
    })
    const line = (' '.repeat(indent) + cells.join('  ')).trimEnd()
    if (widthOf(line) <= width || width - before < 16) return [line]
    const [first = '', ...rest] = wrap(cells.at(-1) ?? '', width - before)
    const head = ' '.repeat(indent) + [...cells.slice(0, -1), first].join('  ')
    return [head.trimEnd(), ...rest.map((text) => ' '.repeat(before) + text)]
  })
}

/** Prose broken at spaces so that no line is longer than `width`, indented. */
export function wrap(text: string, width: number, indent = 0): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent + widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  if (line !== '') lines.push(line)
  return lines.map((entry) => ' '.repeat(indent) + entry)
}

/** Cells on screen: code points, which is exact for everything the reports write. */
export const widthOf = (text: string): number => Array.from(text).length
