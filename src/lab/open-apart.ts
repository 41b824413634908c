import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '#model/failure.ts'
import { openFiles, type FilesSource } from '#store/store.ts'

/** Said by the store of files that are each right, but cannot be one source. */
const conflicts: readonly string[] = ['mixedMarkets', 'overlappingFiles']
/** Said by the store of what is no market data. */
const others: readonly string[] = ['noMarketData', 'unknownFormat', 'unknownInstrument', 'unknownInterval', 'noRows']

/**
 * Recorded market as one source where that is possible. Where files tell of one instrument on two markets or in two intervals, the
 * paths are opened one by one, and of a folder what is in it. Throws `UserError` as opening does.
 */
export async function openApart(paths: readonly string[], signal?: AbortSignal): Promise<readonly FilesSource[]> {
  try {
    return [await openFiles(paths, signal ? { signal } : {})]
  } catch (error) {
    if (codeOf(error, conflicts) === undefined) throw error
    const [path, ...more] = paths
    const parts = more.length > 0 ? [] : await inside(path)
    if (more.length === 0 && parts.length < 2) throw error
    const opened: FilesSource[] = []
    for (const named of more.length > 0 ? paths : []) opened.push(...(await openApart([named], signal)))
    for (const part of parts) opened.push(...(await openPart(part, signal)))
    return opened
  }
}

/** Of a folder, not named by the user: nothing where it holds no market data. */
async function openPart(path: string, signal: AbortSignal | undefined): Promise<readonly FilesSource[]> {
  try {
    return await openApart([path], signal)
  } catch (error) {
    if (codeOf(error, others) === undefined) throw error
    return []
  }
}

async function inside(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return []
  return (await readdir(path))
    .filter((name) => !name.startsWith('.'))
    .map((name) => join(path, name))
    .toSorted()
}

const codeOf = (error: unknown, codes: readonly string[]): string | undefined =>
  error instanceof UserError ? codes.find((code) => code === error.code) : undefined
