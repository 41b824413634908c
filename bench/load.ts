import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importFiles, loadColumns } from '#store/store.ts'
import { spreadOf, timed } from './measure.ts'
import { instrument, sourceOf } from './replay.ts'
import { syntheticBlocks } from './synthetic-trades.ts'

// A process of its own: loads are measured on a heap that holds nothing else.
const rows = Number(process.argv[2])
const folder = await mkdtemp(join(tmpdir(), 'riptide-bench-'))
try {
  const source = sourceOf(() => syntheticBlocks(rows, 1), rows)
  const importMs = await timed(() => importFiles(source, folder))
  const rates = async (cache: boolean): Promise<number> => {
    const sample: number[] = []
    for (let round = 0; round < 6; round++)
      sample.push(rows / ((await timed(() => loadColumns(folder, instrument.id, { cache }))) / 1_000))
    return spreadOf(sample.slice(1)).median
  }
  const parquet = await rates(false)
  const cached = await rates(true)
  process.stdout.write(
    JSON.stringify({
      rows,
      importRowsPerSecond: rows / (importMs / 1_000),
      parquetRowsPerSecond: parquet,
      cacheRowsPerSecond: cached,
    }),
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}
