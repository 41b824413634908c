/** Rows of cells as aligned lines: each column as wide as its widest cell, two spaces apart, indented. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  options: { readonly indent?: number; readonly right?: readonly number[] } = {},
): readonly string[] {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))))
  const indent = ' '.repeat(options.indent ?? 2)
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const gap = ' '.repeat(widths[column] - widthOf(cell))
      return options.right?.includes(column) === true ? gap + cell : cell + gap
    })
    return (indent + cells.join('  ')).trimEnd()
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
