import { grainText } from '../alarms/words.ts'
import { alignColumns } from '../report/columns.ts'
import { countOf, durationText, none, numberText, priceText, timeText } from '../report/format.ts'
import { paint, renderTable, type TableColumn, type TerminalOptions } from '../report/terminal-table.ts'
import { withUnit } from '../report/words.ts'
import type { RankReport } from './rank.ts'

/** The ranking as a table for a terminal; the first `top` of it. */
export function rankText(report: RankReport, top: number, options: TerminalOptions): string {
  const { spec, by, parts, ranked, notRanked, elsewhere } = report
  const columns: TableColumn[] = [
    right('#'),
    { title: 'Instrument', align: 'left' },
    { title: 'Data', align: 'left', drop: 3 },
    right(by.title),
    ...parts.map((part) => right(part)),
    right('Price', 1),
    right('Last data', 2),
  ]
  const rows = ranked
    .slice(0, top)
    .map((one, index) => [
      String(index + 1),
      one.instrument.id,
      grainText(one.grain),
      by.unit === 'score' ? numberText(one.value, 1) : withUnit(one.value, by.unit),
      ...parts.map((part) => numberText(one.parts.get(part) ?? null, 0)),
      one.price === null ? none : priceText(one.price),
      `${durationText(spec.at - one.lastDataAt)} ago`,
    ])
  const more = ranked.length - rows.length
  const notes = [
    ...(more > 0 ? [`and ${more} more; --top shows them`] : []),
    ...(elsewhere > 0 ? [`${countOf(elsewhere, 'instrument')} of the data without any at that time`] : []),
  ]
  return [
    [renderTable(`RANKING by ${by.id} at ${timeText(spec.at)}`, columns, rows, options), ...notes].join('\n'),
    ...(notRanked.length === 0 ? [] : [notRankedText(report, options)]),
  ].join('\n\n')
}

const right = (title: string, drop = 0): TableColumn => ({ title, align: 'right', drop })

function notRankedText({ notRanked }: RankReport, options: TerminalOptions): string {
  const byReason = Map.groupBy(notRanked, ({ reason }) => reason)
  const rows = [...byReason].map(([reason, some]) => {
    const names = some.slice(0, 8).map(({ instrument }) => instrument.id)
    return [reason, `${names.join(', ')}${some.length > names.length ? ` and ${some.length - names.length} more` : ''}`]
  })
  const lines = alignColumns(rows, { indent: 0, width: options.width })
  return [paint('NOT RANKED', 'warn', options), ...lines].join('\n')
}
