import { setInterval } from 'node:timers/promises'
import type { FeedStatus } from '#model/venue.ts'
import { recordMarket, type LiveRecording, type RecordingQuality, type RecordingReport } from '#session/session.ts'
import { openLiveSeries } from '#store/store.ts'
import type { Shell } from './io.ts'
import { chosenGlobs, type LiveOptions, parseFeeds, untilOver } from './live-options.ts'
import { tableText } from './table.ts'
import { countOf, countText, durationText } from './texts.ts'
import { chooseInstruments, type VenueOptions, withVenue } from './venue-access.ts'

export interface RecordOptions extends VenueOptions, LiveOptions {
  readonly json?: boolean
}

const tellEveryMs = 10_000

/** `riptide record`: live market into the series store until Ctrl-C. Throws `UserError`. */
export async function recordLive(shell: Shell, given: readonly string[], options: RecordOptions): Promise<void> {
  const globs = chosenGlobs(given, options)
  const feeds = parseFeeds(options.feeds)
  const { settings } = await shell.config()
  const { timers } = await shell.io.venues()
  const report = await withVenue(shell, options, async (venue) => {
    const instruments = await chooseInstruments(venue, globs)
    const failed = new AbortController()
    const series = await openLiveSeries(settings.dataDir, instruments, { onError: (error) => failed.abort(error) })
    if (series.recovered > 0)
      shell.note(`${countOf(series.recovered, 'row')} of a recording that was not closed are in the store now`)
    const signal = AbortSignal.any([untilOver(shell.io.signal, options), failed.signal])
    const wants = instruments.map(({ id }) => ({ instrumentId: id, feeds }))
    shell.note(
      `recording ${countOf(instruments.length, 'instrument')} of ${venue.id}; Ctrl-C ends it and keeps everything`,
    )
    const recording = recordMarket({
      market: venue,
      sink: series,
      wants,
      timers,
      signal,
      onStatus: statusTeller(shell),
    })
    try {
      await tellProgress(shell, recording, signal)
    } finally {
      await recording.done
      await series.close()
    }
    failed.signal.throwIfAborted()
    return recording.report()
  })
  if (options.json === true) return shell.answer(report)
  shell.print(reportText(shell, report))
}

async function tellProgress(shell: Shell, { report }: LiveRecording, signal: AbortSignal): Promise<void> {
  let before = 0
  try {
    for await (const _ of setInterval(tellEveryMs, undefined, { signal })) {
      const { rows, link, from, to } = report()
      const rate = Math.round(((rows - before) * 1_000) / tellEveryMs)
      shell.note(
        `${durationText(to - from)}: ${countOf(rows, 'row')}, ${countText(rate)} a second, ${countOf(link.gaps, 'gap')}, ${countOf(link.reconnects, 'reconnect')}`,
      )
      before = rows
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Tells feeds that are in trouble, and when they are out of it; how they began is a detail. */
function statusTeller(shell: Shell): (status: FeedStatus) => void {
  const begun = new Set<string>()
  return ({ instrumentId, feed, state, detail }) => {
    const name = `${instrumentId} ${feed}`
    const text = `${name}: ${state}${detail === undefined ? '' : `, ${detail}`}`
    if (begun.has(name)) shell.note(text)
    else shell.detail(text)
    if (state === 'live') begun.add(name)
  }
}

function reportText(shell: Shell, report: RecordingReport): string {
  const { link } = report
  const columns = ['Instrument', 'Trades', 'Quotes', 'Depth', 'Mark', 'Funding', 'Gaps', 'Missing', 'Silent', 'Spikes']
  const table = tableText(
    shell,
    columns.map((title, index) => ({ title, align: index > 0 ? 'right' : 'left' })),
    report.instruments.map(rowOf),
  )
  const rejected = Object.entries(link.rejected).map(([reason, count]) => `${countText(count)} ${reason}`)
  return [
    table,
    '',
    `${countOf(report.rows, 'row')} in ${durationText(report.to - report.from)}; ${countOf(link.reconnects, 'reconnect')}, ${countOf(link.resyncs, 'book')} built anew, ${countText(report.late)} late.`,
    rejected.length === 0
      ? 'Every message was understood.'
      : `Messages that were not understood: ${rejected.join(', ')}.`,
  ].join('\n')
}

function rowOf({ instrumentId, rows, gaps, silences, spikes }: RecordingQuality): string[] {
  const missing = gaps.reduce((sum, { from, to }) => sum + to - from, 0)
  const silent = Object.values(silences).reduce((sum, { totalMs }) => sum + totalMs, 0)
  return [
    instrumentId,
    ...[rows.trade, rows.quote, rows.book, rows.markPrice, rows.funding].map((count) => countText(count ?? 0)),
    String(gaps.length),
    missing > 0 ? durationText(missing) : '–',
    silent > 0 ? durationText(silent) : '–',
    String(spikes),
  ]
}
