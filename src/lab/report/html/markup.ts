/** Markup that is safe to insert as it is. */
export interface Html {
  readonly html: string
}

export type Content = string | number | Html | null | readonly Content[]

/** Template tag: everything inserted is escaped unless it is `Html`. Indentation of the template itself is left out. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return {
    html: parts.reduce(
      (text, part, index) => text + part.replace(/\n\s+/g, '\n') + (index < values.length ? render(values[index]) : ''),
      '',
    ),
  }
}

/** Text inside an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}

/** A script element that is only data; no `<` in it can end it early. */
export function scriptJson(id: string, value: unknown): Html {
  const text = JSON.stringify(value).replaceAll('<', '\\u003c')
  return { html: `<script type="application/json" id="${escapeHtml(id)}">${text}</script>` }
}

/** Our own markup, already safe: what the chart functions return. */
export const trusted = (markup: string): Html => ({ html: markup })

export interface Cell {
  readonly text: Content
  /** What the column sorts by; the text when absent. */
  readonly sort?: number | string
  readonly tone?: 'good' | 'bad' | 'muted'
}

/** Tone of a profit; spread into a cell. */
export const toneOf = (value: number | bigint): Pick<Cell, 'tone'> =>
  value > 0 ? { tone: 'good' } : value < 0 ? { tone: 'bad' } : {}

export interface Column {
  readonly title: string
  readonly right?: boolean
}

export interface TableOptions {
  readonly caption: string
  readonly sortable?: boolean
  /** Attributes of each body row. */
  readonly rowId?: (row: number) => Html
  /** Scrolls in a box of its own, its header stays. */
  readonly tall?: boolean
  /** Last row is a total. */
  readonly total?: boolean
}

/** A table that scrolls by itself when it is too wide, with headers for every column and row. */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], options: TableOptions): Html {
  const head = columns.map(({ title, right }) =>
    options.sortable === true && title !== ''
      ? html`<th scope="col" ${alignment(right)}><button type="button" class="sort">${title}</button></th>`
      : html`<th scope="col" ${alignment(right)}>${title}</th>`,
  )
  const body = rows.map((cells, row) => {
    const last = options.total === true && row === rows.length - 1
    return html`<tr${options.rowId === undefined ? '' : options.rowId(row)}${last ? trusted(' class="total"') : ''}>${cells.map((cell, at) => tableCell(cell, at, columns[at]?.right))}</tr>`
  })
  return html`<div class="scroll${options.tall === true ? ' tall' : ''}" role="region" tabindex="0" aria-label="${options.caption}"><table${options.sortable === true ? trusted(' class="sortable"') : ''}><caption class="unseen">${options.caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`
}

function tableCell(cell: Cell, at: number, right: boolean | undefined): Html {
  const names = [right === true ? 'right' : '', cell.tone ?? ''].filter((name) => name !== '').join(' ')
  const attributes = html`${names === '' ? '' : html` class="${names}"`}${cell.sort === undefined ? '' : html` data-sort="${cell.sort}"`}`
  return at === 0 ? html`<th scope="row" ${attributes}>${cell.text}</th>` : html`<td${attributes}>${cell.text}</td>`
}

const alignment = (right: boolean | undefined): Html | string => (right === true ? trusted(' class="right"') : '')

function render(value: Content): string {
  if (value === null) return ''
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  if (isList(value)) return value.map(render).join('')
  return value.html
}

const isList = (value: Content): value is readonly Content[] => Array.isArray(value)
