import { spanOf } from '#model/block.ts'
import type { Instrument } from '#model/instrument.ts'
import type { UnixMs } from '#model/ids.ts'
import type { Funding, MarketBlock } from '#model/market.ts'
import { linesOf } from '../files/lines.ts'
import { toUnixMs } from '../files/times.ts'
import { fileProblem } from '../problems.ts'

export interface FundingDump {
  /** Absent when there is no payment in it whose mark price is known. */
  readonly block?: MarketBlock
  /** Payments left out, as there is no mark price of their minute. */
  readonly withoutMark: number
}

/**
 * Funding payments of a month, with the mark price at which the bar of their moment opened: dumps of funding tell none themselves.
 * Throws `UserError` where a row cannot be read.
 */
export async function readFundingDump(
  instrument: Instrument,
  path: string,
  marks: readonly string[],
  intervalMs: number,
): Promise<FundingDump> {
  const opens = new Map<UnixMs, number>()
  for (const file of marks)
    for await (const [open, price] of rowsOf(file)) opens.set(toUnixMs(Number(open)), Number(price))
  const events: Funding[] = []
  let withoutMark = 0
  let line = 0
  for await (const [at, hours, rateText] of rowsOf(path)) {
    line++
    const time = toUnixMs(Number(at))
    const rate = Number(rateText)
    if (!Number.isFinite(time) || !(Number(hours) > 0) || rateText === '' || !(Math.abs(rate) < 1))
      throw fileProblem(
        'badFunding',
        { path },
        `row ${line} is no funding payment: ${at},${hours},${rateText}`,
        'fetch the file again, or leave fundingRate out',
      )
    const markPrice = opens.get(Math.floor(time / intervalMs) * intervalMs)
    if (markPrice === undefined || !(markPrice > 0)) withoutMark++
    else events.push({ type: 'funding', instrumentId: instrument.id, time, rate, markPrice })
  }
  events.sort((a, b) => a.time - b.time)
  const block: MarketBlock = { instrumentId: instrument.id, events }
  return spanOf(block) ? { block, withoutMark } : { withoutMark }
}

/** Fields of every row but the header. */
async function* rowsOf(path: string): AsyncGenerator<readonly string[], void, undefined> {
  for await (const { bytes } of linesOf(path)) {
    for (const line of bytes.toString('latin1').split('\n')) {
      if (/^\d/.test(line)) yield line.trim().split(',')
    }
  }
}
