import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importFiles, loadColumns, openSeries } from '#store/store.ts'
import { spreadOf, timed } from './measure.ts'
import { instrument, sourceOf } from './replay.ts'
import { syntheticBlocks } from './synthetic-trades.ts'

// A process of its own: loads are measured on a heap that holds nothing else.
const rows = Number(process.argv[2])
const folder = await mkdtemp(join(tmpdir(), 'riptide-bench-'))
try {
  const source = sourceOf(() => syntheticBlocks(rows, 1), rows)
  const importMs = await timed(() => importFiles(source, folder))
  const rate = async (load: () => Promise<unknown>): Promise<number> => {
    const sample: number[] = []
    for (let round = 0; round < 6; round++) sample.push(rows / ((await timed(load)) / 1_000))
    return spreadOf(sample.slice(1)).median
  }
  const blocks = async (cache: boolean): Promise<void> => {
    for (const segment of (await openSeries(folder, { cache })).segments) {
      for await (const { trades } of segment.read()) if (!trades) throw new Error('a block without trades')
    }
  }
  const report = {
    rows,
    importRowsPerSecond: rows / (importMs / 1_000),
    parquetRowsPerSecond: await rate(() => blocks(false)),
    cacheRowsPerSecond: await rate(() => blocks(true)),
    joinedParquetRowsPerSecond: await rate(() => loadColumns(folder, instrument.id, { cache: false })),
    joinedCacheRowsPerSecond: await rate(() => loadColumns(folder, instrument.id, { cache: true })),
  }
  process.stdout.write(JSON.stringify(report))
} finally {
  await rm(folder, { recursive: true, force: true })
}
