import type { MarketBlock } from '#model/market.ts'
import { fileProblem } from '../problems.ts'
import { CaptureDecoder } from './capture-decoder.ts'
import { ColumnDecoder } from './column-decoder.ts'
import type { Decoder } from './decoder.ts'
import { linesOf } from './lines.ts'
import type { FilePlan } from './sniff.ts'

/** A fresh decoder for one pass over a file. */
export function decoderOf(plan: FilePlan): Decoder {
  const { path, format, instrumentId, symbol, intervalMs } = plan
  if (format.shape === 'capture') return new CaptureDecoder({ path, instrumentId, symbol: symbol ?? '' })
  return new ColumnDecoder({ path, format, instrumentId, symbol, intervalMs })
}

/** One pass over a file in blocks; throws `noRows` when there was none. */
export async function* decode(
  plan: FilePlan,
  decoder: Decoder,
  signal?: AbortSignal,
): AsyncGenerator<MarketBlock, void, undefined> {
  for await (const lines of linesOf(plan.path)) {
    signal?.throwIfAborted()
    decoder.feed(lines)
    yield* decoder.take()
  }
  decoder.finish()
  yield* decoder.take()
  if (decoder.stats.rows === 0) {
    throw fileProblem(
      'noRows',
      { path: plan.path },
      'there are no rows in it',
      'record or download it again, or leave it out',
    )
  }
}
