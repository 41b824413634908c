import { alignColumns } from './columns.ts'
import {
  amountsIn,
  countOf,
  durationText,
  parseMoney,
  percentText,
  priceText,
  quantityText,
  signedNumber,
} from './format.ts'
import type { StoryFill, StoryOrder } from './trade-story.ts'

/** Lines of fills shown for one order. */
const maxFillLines = 6

/** One order with its fills as lines; many fills are summed up. */
export function orderLines(order: StoryOrder, currency: string): readonly string[] {
  const at = order.stopPrice ?? order.price
  const verb = order.status === 'filled' ? '' : ', last filled'
  const after = order.filledAfterMs === null ? '' : `${verb} ${durationText(order.filledAfterMs)} after the decision`
  const head = `Order ${order.orderId}  ${order.side} ${order.orderType} ${quantityText(order.quantity)}${at === null ? '' : ` at ${priceText(at)}`}, ${order.status}${after}`
  const groups = fillGroups(order.fills)
  const rows = groups.slice(0, maxFillLines).map((group) => fillCells(group, order.decisionPrice, currency))
  const rest = groups.slice(maxFillLines).reduce((sum, group) => sum + group.length, 0)
  const more = rest === 0 ? [] : [`  and ${countOf(rest, 'more fill')} until ${order.fills.at(-1)?.at ?? ''}`]
  return [head, ...averageLine(order), ...alignColumns(rows, { right: [1] }), ...more, '']
}

function averageLine(order: StoryOrder): readonly string[] {
  if (order.averagePrice === null) return []
  const adverse = order.side === 'buy' ? 1 : -1
  const drift = (adverse * (order.averagePrice - order.decisionPrice)) / order.decisionPrice
  const verb = order.side === 'buy' ? 'paid' : 'got'
  const against = `${percentText(Math.abs(drift), 3)} ${drift < 0 ? 'in our favor' : 'against us'}`
  return [
    `  Decided at ${priceText(order.decisionPrice)}, ${verb} ${priceText(order.averagePrice)} on average: ${against}.`,
  ]
}

/** Neighboring fills at one price and liquidity. */
function fillGroups(fills: readonly StoryFill[]): readonly (readonly StoryFill[])[] {
  const groups: StoryFill[][] = []
  for (const fill of fills) {
    const last = groups.at(-1)
    if (last?.[0]?.price === fill.price && last[0].liquidity === fill.liquidity) last.push(fill)
    else groups.push([fill])
  }
  return groups
}

function fillCells(group: readonly StoryFill[], decisionPrice: number, currency: string): readonly string[] {
  const [first] = group as readonly [StoryFill]
  const quantity = group.reduce((sum, fill) => sum + fill.quantity, 0)
  const fee = group.reduce((sum, fill) => sum + parseMoney(fill.fee), 0n)
  const part = (name: 'delay' | 'spread' | 'impact'): string => {
    if (first[name] === null) return ''
    const cost = group.reduce((sum, fill) => sum + (fill[name] ?? 0) * fill.quantity, 0) / quantity
    return `${name} ${signedNumber((cost / decisionPrice) * 10_000, 1)} bp`
  }
  return [
    first.at,
    quantityText(quantity),
    `at ${priceText(first.price)}`,
    part('delay'),
    part('spread'),
    part('impact'),
    `fee ${amountsIn(currency).fine(fee)} ${currency}`,
    first.liquidity,
    group.length === 1 ? '' : `in ${group.length} fills`,
  ]
}
