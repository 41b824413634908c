import { basename } from 'node:path'
import { UserError } from '#model/failure.ts'
import type { InstrumentId, UnixMs } from '#model/ids.ts'
import { openFiles } from '#store/store.ts'
import { readLabels } from '../pumps/labels.ts'
import type { BacktestSpec } from '../spec.ts'

/** A pump that a list of events names. */
export interface LabelledPump {
  readonly eventId: string
  readonly instrumentId: InstrumentId
  readonly onset: UnixMs
}

export interface LabelledPumps {
  /** By onset. */
  readonly pumps: readonly LabelledPump[]
  /** Ids of events that no file, or no time, of the data covers. */
  readonly notInData: readonly string[]
}

/** Reads a list of events and finds the instruments of the files it names; flat ones (`no_pump`) are left out. Throws `UserError`. */
export async function readPumps(path: string, spec: BacktestSpec, signal?: AbortSignal): Promise<LabelledPumps> {
  if (spec.source.kind !== 'files') {
    throw new UserError({
      code: 'labelsNeedFiles',
      message: 'labels name files, but the data is not given as files',
      where: '--labels',
      remedy: 'name the files with --data',
    })
  }
  const labels = await readLabels(path)
  const options = { instruments: spec.instruments, cacheBytes: 0, ...(signal ? { signal } : {}) }
  const { files } = await openFiles(spec.source.paths, options)
  const byName = new Map(files.map((file) => [stem(file.path), file]))
  const pumps: LabelledPump[] = []
  const notInData: string[] = []
  for (const { eventId, file, kind, onset } of labels) {
    if (kind !== 'pump' || onset === null) continue
    const found = byName.get(stem(file))
    const covered = found !== undefined && onset >= (spec.from ?? -Infinity) && onset < (spec.to ?? Infinity)
    if (covered) pumps.push({ eventId, instrumentId: found.instrumentId, onset })
    else notInData.push(eventId)
  }
  return { pumps: pumps.toSorted((a, b) => a.onset - b.onset), notInData }
}

/** Compressed or not is all the same. */
const stem = (path: string): string => basename(path).replace(/\.gz$/, '')
