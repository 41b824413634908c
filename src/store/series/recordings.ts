import type { InstrumentId } from '#model/ids.ts'
import type { Recording, RecordingGroup } from './manifest.ts'
import type { SeriesKind } from './kinds.ts'

/** The group a kind is replayed in. */
export function groupOf(kind: SeriesKind): RecordingGroup {
  return kind === 'trade' || kind === 'quote' || kind === 'event' ? 'tape' : kind
}

/** Adds a stretch; those of a group that touch or overlap become one. */
export function addRecording(recordings: readonly Recording[], added: Recording): readonly Recording[] {
  const same = [...recordings.filter(({ group }) => group === added.group), added].sort((a, b) => a.from - b.from)
  const merged: Recording[] = []
  for (const recording of same) {
    const last = merged.at(-1)
    if (last && recording.from <= last.to + gapWithin(added.group))
      merged[merged.length - 1] = { ...last, to: Math.max(last.to, recording.to) }
    else merged.push(recording)
  }
  return [...recordings.filter(({ group }) => group !== added.group), ...merged]
}

/** Bars follow each other at their interval. */
function gapWithin(group: RecordingGroup): number {
  return group === 'tape' ? 0 : Number(group.slice(4))
}

/** For messages: `BTC_USDT trade 2026-01-04`. */
export function dayLabel(id: InstrumentId, kind: SeriesKind, day: string): string {
  return `${id} ${kind} ${day}`
}
