import type { UnixMs } from '#model/ids.ts'
import type { Instrument } from '#model/instrument.ts'
import type { Feed } from '#model/market.ts'
import type { SeriesKind } from './kinds.ts'
import { readManifest } from './manifest.ts'

/** What the store holds of one kind of one instrument. */
export interface SeriesSummary {
  readonly instrument: Instrument
  readonly kind: SeriesKind
  readonly feeds: readonly Feed[]
  readonly days: number
  readonly rows: number
  readonly bytes: number
  readonly from: UnixMs
  readonly to: UnixMs
  /** Stretches without interruption that it belongs to. */
  readonly recordings: number
}

/** Everything in the series store, by instrument and kind. */
export async function listSeries(dataDir: string): Promise<readonly SeriesSummary[]> {
  const { instruments } = await readManifest(dataDir)
  return instruments.flatMap(({ instrument, days, recordings }) =>
    [...Map.groupBy(days, ({ kind }) => kind)].map(([kind, group]) => {
      const name = kind.startsWith('bar-') ? kind : 'tape'
      return {
        instrument,
        kind,
        feeds: [...new Set(group.flatMap(({ feeds }) => feeds))],
        days: group.length,
        rows: group.reduce((sum, { rows }) => sum + rows, 0),
        bytes: group.reduce((sum, { bytes }) => sum + bytes, 0),
        from: Math.min(...group.map(({ from }) => from)),
        to: Math.max(...group.map(({ to }) => to)),
        recordings: recordings.filter((recording) => recording.group === name).length,
      }
    }),
  )
}
