import type { TableCell, TableColumn } from '../report/terminal-table.ts'
import { type Amounts } from './amounts.ts'
import { type EarningsCell, latencyText, shareText } from './cells.ts'
import type { EarningsFigures } from './figures.ts'

export const left = (title: string): TableColumn => ({ title, align: 'left' })
export const right = (title: string): TableColumn => ({ title, align: 'right' })

/** What a run was under. */
export const headColumns: readonly TableColumn[] = [left('Strategy'), right('Latency'), right('Share')]

export const cellHead = ({
  strategy,
  latency,
  participation,
}: Pick<EarningsCell, 'strategy' | 'latency' | 'participation'>): readonly string[] => [
  strategy,
  latencyText(latency),
  shareText(participation),
]

/** All cells of a strategy together. */
export const totalHead = (strategy: string, cells: number): readonly string[] => [strategy, 'all', `${cells} runs`]

/** Net profit in the tone of what it is; plain where nothing was traded. */
export function netCell({ netProfit, trades }: EarningsFigures, amounts: Amounts): TableCell {
  const text = amounts.signed(netProfit)
  return trades === 0 ? { text } : { text, tone: netProfit > 0n ? 'good' : 'bad' }
}
