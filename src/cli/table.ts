import Table from 'cli-table3'
import type { Shell } from './io.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Text longer than this is broken into lines. */
  readonly width?: number
}

/** Rows under a head, without boxes: easy to read, to grep and to cut. */
export function tableText(shell: Shell, columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const none = ''
  const table = new Table({
    head: columns.map(({ title }) => shell.paint('bold', title)),
    colAligns: columns.map(({ align = 'left' }) => align),
    colWidths: columns.map(({ width }) => width ?? null),
    wordWrap: true,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: {
      top: none,
      'top-mid': none,
      'top-left': none,
      'top-right': none,
      bottom: none,
      'bottom-mid': none,
      'bottom-left': none,
      'bottom-right': none,
      left: none,
      'left-mid': none,
      mid: none,
      'mid-mid': none,
      right: none,
      'right-mid': none,
      middle: none,
    },
  })
  for (const row of rows) table.push(row.map(clean))
  return table.toString().replace(/[ ]+$/gm, '')
}

/** Names come from users and venues: no control characters reach the terminal. */
// eslint-disable-next-line no-control-regex -- that is what it removes
const clean = (text: string): string => text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ')
