import { createHash, type Hash } from 'node:crypto'
import { toJson } from './ledger/json.ts'
import type { MarketBlock } from '#model/market.ts'

/**
 * sha256 over decoded columns, one hash per column, so that neither packing, nor number formatting, nor the cutting into
 * blocks changes it.
 */
export class BlockHasher {
  readonly #columns = new Map<string, Hash>()

  add({ trades, quotes, bars, events }: MarketBlock): void {
    if (trades) this.#arrays('trade', trades)
    if (quotes) this.#arrays('quote', quotes)
    if (bars) this.#arrays(`bar-${bars.intervalMs}`, bars)
    if (events) for (const event of events) this.#of('event').update(`${toJson(event)}\n`)
  }

  digest(): string {
    const lines = [...this.#columns].map(([name, hash]) => `${name} ${hash.copy().digest('hex')}`).sort()
    return sha256(lines.join('\n'))
  }

  #arrays(kind: string, columns: object): void {
    for (const [name, column] of Object.entries(columns) as [string, unknown][]) {
      if (column instanceof Float64Array || column instanceof Int8Array)
        this.#of(`${kind}.${name}`).update(Buffer.from(column.buffer, column.byteOffset, column.byteLength))
    }
  }

  #of(name: string): Hash {
    let hash = this.#columns.get(name)
    if (!hash) this.#columns.set(name, (hash = createHash('sha256')))
    return hash
  }
}

/** Hex digest of a text. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
