import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Instrument } from '#model/instrument.ts'
import { parseJson } from '../ledger/json.ts'
import { fileProblem } from '../problems.ts'
import { instrumentSchema } from '../series/instrument-schema.ts'
import type { FilesOptions } from './files-source.ts'
import { makeInstrument } from './instrument-defaults.ts'
import type { ScannedFile } from './scanned-file.ts'

/**
 * One instrument per id: the grid from the decimals of all its files, the rest from defaults, an `instrument.json` beside the
 * data (exports write one) or the caller's overrides. Throws `mixedMarkets` where files of one id come from different markets.
 */
export async function instrumentsOf(
  files: readonly ScannedFile[],
  overrides: NonNullable<FilesOptions['overrides']>,
): Promise<readonly Instrument[]> {
  const byId = Map.groupBy(files, ({ plan }) => plan.instrumentId)
  const instruments: Instrument[] = []
  for (const [id, group] of byId) {
    const [first] = group as [ScannedFile, ...ScannedFile[]]
    const { market, pair } = first.plan
    const other = group.find(({ plan }) => plan.market.venue !== market.venue || plan.market.kind !== market.kind)
    const exported = await exportedInstrument(first)
    if (other && !exported) {
      const says = `it is ${id} of ${other.plan.market.venue} ${other.plan.market.kind}, but ${first.plan.path} is ${market.venue} ${market.kind}`
      throw fileProblem('mixedMarkets', { path: other.plan.path }, says, 'open one market of an instrument at a time')
    }
    const priceDecimals = Math.max(...group.map((file) => file.priceDecimals))
    const quantityDecimals = Math.max(...group.map((file) => file.quantityDecimals))
    const known = exported ?? makeInstrument(pair, market, priceDecimals, quantityDecimals)
    instruments.push({ ...known, ...overrides[id], id })
  }
  return instruments.sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The metadata an export wrote: in the symbol's folder, beside the file or one up. */
async function exportedInstrument({ plan }: ScannedFile): Promise<Instrument | undefined> {
  const folder = dirname(plan.path)
  for (const path of [join(folder, 'instrument.json'), join(dirname(folder), 'instrument.json')]) {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text === undefined) continue
    const read = instrumentSchema.safeParse(jsonOf(text))
    if (!read.success) {
      throw fileProblem(
        'badInstrument',
        { path },
        `it does not describe an instrument: ${read.error.issues[0]?.message ?? ''}`,
        'delete it, or export again',
      )
    }
    const instrument = read.data
    if (instrument.id === plan.instrumentId) return instrument
  }
  return undefined
}

function jsonOf(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
