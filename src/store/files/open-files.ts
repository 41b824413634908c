import { UserError } from '#model/failure.ts'
import type { MarketBlock } from '#model/market.ts'
import type { MarketSource } from '#model/source.ts'
import { FeedScan } from '../blocks.ts'
import { BlockHasher } from '../checksum.ts'
import { matchesGlobs } from '../glob.ts'
import { fileProblem } from '../problems.ts'
import { BlockCache } from './block-cache.ts'
import { decode, decoderOf } from './decode.ts'
import type { FileReport, FilesOptions, FilesSource, SkippedFile } from './files-source.ts'
import { instrumentsOf } from './infer-instruments.ts'
import { listFiles, type ListedFile } from './list-files.ts'
import type { ScannedFile } from './scanned-file.ts'
import { segmentsOf } from './segments.ts'
import { type FilePlan, isOther, sniff } from './sniff.ts'

/**
 * Opens recorded market data as it lies there: files, or folders with everything below. Each file is read once to check it and
 * to learn its range, grid and checksum; `read()` of a segment gives its blocks from memory or parses again.
 * Throws `UserError` on the first thing that cannot be right.
 */
export async function openFiles(paths: readonly string[], options: FilesOptions = {}): Promise<FilesSource> {
  const files = await listFiles(paths)
  const cache = new BlockCache(options.cacheBytes ?? 256e6)
  const skipped: SkippedFile[] = []
  const scanned: ScannedFile[] = []
  const others = new Set<string>()
  for (const [index, file] of files.entries()) {
    options.signal?.throwIfAborted()
    const plan = await planOf(file, skipped)
    if (
      plan &&
      !matchesGlobs({ id: plan.instrumentId, symbol: `${plan.pair.base}${plan.pair.quote}` }, options.instruments)
    ) {
      others.add(plan.instrumentId)
    } else if (plan) {
      const found = await scan(file, plan, cache, options.signal)
      if ('reason' in found) skipped.push(found)
      else scanned.push(found)
    }
    options.onFile?.(file.path, index + 1, files.length)
  }
  if (scanned.length === 0) throw nothingFound(paths, skipped, options, [...others])
  const instruments = await instrumentsOf(scanned, options.overrides ?? {})
  const source: MarketSource = { instruments, segments: segmentsOf(scanned, cache) }
  return { ...source, skipped, files: scanned.map(({ report }) => report) }
}

async function planOf({ path, explicit }: ListedFile, skipped: SkippedFile[]): Promise<FilePlan | undefined> {
  if (!explicit && path.endsWith('instrument.json')) return undefined
  try {
    return await sniff(path)
  } catch (error) {
    if (explicit || !(error instanceof UserError) || !isOther(error.code)) throw error
    skipped.push({ path, reason: error.message.slice(error.where.length + 2) })
    return undefined
  }
}

async function scan(
  { path, label, explicit }: ListedFile,
  plan: FilePlan,
  cache: BlockCache,
  signal: AbortSignal | undefined,
): Promise<ScannedFile | SkippedFile> {
  const decoder = decoderOf(plan)
  const hasher = new BlockHasher()
  const feeds = new FeedScan()
  const kept: MarketBlock[] = []
  try {
    for await (const block of decode(plan, decoder, signal)) {
      hasher.add(block)
      feeds.add(block)
      cache.offer(kept, block)
    }
  } catch (error) {
    // a recording in which nothing happened is no reason to refuse its folder
    if (!explicit && error instanceof UserError && error.code === 'noRows')
      return { path, reason: 'there are no rows in it' }
    throw error
  }
  cache.keep(path, kept, feeds.rows)
  const { stats } = decoder
  const report: FileReport = {
    path,
    instrumentId: plan.instrumentId,
    shape: plan.format.shape,
    rows: feeds.rows,
    repeatedRows: stats.repeatedRows,
    bookGaps: stats.bookGaps,
    from: feeds.from,
    to: feeds.to,
    checksum: hasher.digest(),
  }
  return {
    plan,
    label,
    report,
    feeds: [...feeds.feeds],
    priceDecimals: stats.priceDecimals,
    quantityDecimals: stats.quantityDecimals,
  }
}

function nothingFound(
  paths: readonly string[],
  skipped: readonly SkippedFile[],
  { instruments = [] }: FilesOptions,
  others: readonly string[],
): UserError {
  if (others.length > 0) {
    const rest = others.length > 8 ? ` and ${others.length - 8} more` : ''
    return new UserError({
      code: 'noInstrument',
      message: `no data for ${instruments.join(', ')}`,
      where: '--instruments',
      remedy: `there is data for ${others.slice(0, 8).join(', ')}${rest}`,
      exit: 'notFound',
    })
  }
  const why = skipped.slice(0, 3).map(({ path, reason }) => `${path}: ${reason}`)
  const message = ['there is no market data in it', ...why].join('; ')
  return fileProblem(
    'noMarketData',
    { path: paths.join(', ') },
    message,
    'name files or folders with trades, candles or captures',
  )
}
