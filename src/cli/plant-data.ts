import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import {
  decoysToCsv,
  labelsToCsv,
  openSource,
  type PlantedRecording,
  type PlantPlan,
  plantRecordings,
} from '#lab/lab.ts'
import { toJson } from '#store/store.ts'
import { sourceOf } from './backtest-spec.ts'
import type { Shell } from './io.ts'
import { decoysOf, pumpsOf } from './plant-spec.ts'
import { withProgress } from './progress.ts'
import { countOf, countText } from './texts.ts'
import { timeRangeOf } from './time-range.ts'
import { tradeHeader, tradeLine } from './trade-line.ts'
import { demand, wholeIn } from './values.ts'
import { demandEmpty, writeFolder } from './whole-folder.ts'

/** What `riptide data plant` was given, as commander read it. */
export interface PlantOptions {
  readonly data?: readonly string[]
  readonly instruments?: readonly string[]
  readonly timerange?: string
  readonly from?: string
  readonly to?: string
  readonly out: string
  readonly pump?: readonly string[]
  readonly decoys?: readonly string[]
  readonly seed: string
  readonly json?: boolean
}

/** What is told of a recording once its trades are written. */
type Written = Omit<PlantedRecording, 'trades'> & { readonly file: string }

/**
 * `riptide data plant`: writes `<out>/<instrument>/<instrument>_<first minute>.csv` for every recording, `instrument.json` beside
 * them, and the truth in `events.csv` and `decoys.csv`. An interrupted command leaves nothing.
 */
export async function plant(shell: Shell, options: PlantOptions): Promise<void> {
  const plan: PlantPlan = { pumps: pumpsOf(options.pump ?? []), decoys: decoysOf(options.decoys ?? []) }
  const seed = demand(wholeIn({ name: 'a seed', min: 0, max: 2 ** 31 - 1, example: '1' })(options.seed), '--seed')
  const out = shell.path(options.out)
  await demandEmpty(out)
  const { settings } = await shell.config()
  const { source } = await openSource({
    source: sourceOf(shell, options, settings),
    instruments: (options.instruments ?? []).flatMap((globs) => globs.split(',')),
    ...timeRangeOf(options),
  })
  const written: Written[] = []
  await writeFolder(out, (folder) =>
    withProgress(shell, 'Planting', async (progress) => {
      for await (const recording of plantRecordings(source, plan, seed)) {
        progress.update(written.length / source.segments.length, recording.segment.label)
        await setImmediate() // Ctrl-C gets a turn
        shell.io.signal.throwIfAborted()
        written.push(await writeRecording(folder, recording))
      }
      await writeTruth(folder, written)
    }),
  )
  tell(shell, options, { out, seed, written })
}

async function writeRecording(folder: string, { trades, ...recording }: PlantedRecording): Promise<Written> {
  const { instrument, segment } = recording
  const minute = new Date(segment.from).toISOString().slice(0, 16).replace(':', '')
  const file = join(instrument.id, `${instrument.id}_${minute}.csv`)
  await mkdir(join(folder, instrument.id), { recursive: true })
  await writeFile(join(folder, instrument.id, 'instrument.json'), `${toJson(instrument)}\n`)
  await writeFile(join(folder, file), `${tradeHeader}\n`)
  const line = tradeLine(instrument, trades)
  for (let row = 0; row < trades.time.length; row += 50_000) {
    const rows = Math.min(50_000, trades.time.length - row)
    await appendFile(join(folder, file), Array.from({ length: rows }, (_, index) => `${line(row + index)}\n`).join(''))
  }
  return { ...recording, file }
}

/** Labels carry the recording in their ids, as one instrument may have several. */
async function writeTruth(folder: string, written: readonly Written[]): Promise<void> {
  const write = async (name: string, toCsv: typeof labelsToCsv, ofPumps: boolean): Promise<void> => {
    const parts = written.map(({ file, instrument, events }) =>
      toCsv(
        events
          .filter(({ kind }) => (kind === 'pump') === ofPumps)
          .map((event) => ({ ...event, eventId: event.eventId.replace(instrument.id, basename(file, '.csv')) })),
        { file: () => file, exchange: instrument.venue, symbol: () => instrument.symbol },
      ),
    )
    const header = toCsv([])
    await writeFile(join(folder, name), `${header}${parts.map((part) => part.slice(header.length)).join('')}`)
  }
  await write('events.csv', labelsToCsv, true)
  await write('decoys.csv', decoysToCsv, false)
}

interface Outcome {
  readonly out: string
  readonly seed: number
  readonly written: readonly Written[]
}

function tell(shell: Shell, options: PlantOptions, { out, seed, written }: Outcome): void {
  const sum = (of: (one: Written) => number): number => written.reduce((total, one) => total + of(one), 0)
  const counts: Record<string, number> = {}
  for (const { kind } of written.flatMap(({ events }) => events)) counts[kind] = (counts[kind] ?? 0) + 1
  const recorded = sum(({ recordedRows }) => recordedRows)
  const planted = sum(({ plantedRows }) => plantedRows)
  const skipped = sum((one) => one.skipped)
  const leftOut = [...new Set(written.flatMap(({ segment }) => segment.feeds.filter((feed) => !kept.includes(feed))))]
  if (options.json === true) {
    const files = written.map(({ file }) => file)
    return shell.answer({
      out,
      seed,
      files,
      recorded,
      planted,
      events: counts,
      stretchesWithoutPlace: skipped,
      leftOut,
    })
  }
  const { pump = 0, ...decoys } = counts
  const kinds = Object.entries(decoys).map(([kind, count]) => `${count} ${kind}`)
  shell.print(
    `${out}: ${countOf(written.length, 'recording')}, ${countText(recorded)} recorded trades and ${countText(planted)} planted`,
  )
  shell.print(`events.csv: ${countOf(pump, 'pump')}; decoys.csv: ${kinds.join(', ') || 'none'}`)
  if (skipped > 0)
    shell.print(
      `${countOf(skipped, 'stretch').replace('stretchs', 'stretches')} without a quiet moment left as they were.`,
    )
  if (leftOut.length > 0) shell.print(`Left out, as they would tell another price: ${leftOut.join(', ')}.`)
  if (pump > 0)
    shell.print(`\nNext:\n  riptide lab pumps --data ${options.out} --labels ${join(options.out, 'events.csv')}`)
}

const kept: readonly string[] = ['trade', 'side']
