import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { UserError } from '#model/failure.ts'
import type { Timers } from '#model/venue.ts'
import { withPath } from '../problems.ts'
import { pause } from './pause.ts'

export interface DumpAccess {
  /** Scheme, host and port; `/data/…` follows. */
  readonly baseUrl: string
  readonly timers: Timers
  readonly signal: AbortSignal
}

const attempts = 5

/** sha256 that the exchange publishes beside a file; null where there is no such file. */
export async function publishedChecksum(path: string, access: DumpAccess): Promise<string | null> {
  const url = urlOf(access, `${path}.CHECKSUM`)
  return insist(url, access, async () => {
    const reply = await request(url, access.signal)
    if (reply === null) return null
    const text = await reply.text()
    const sum = /^([0-9a-f]{64})\s+\*?(\S+)\s*$/i.exec(text)
    if (sum !== null && sum[2] === basename(path)) return sum[1].toLowerCase()
    throw failed(url, `its checksum file reads ${JSON.stringify(text.slice(0, 80))}`)
  })
}

/** Fetches a file to its place, which has it whole and proven or not at all. */
export async function fetchDump(path: string, target: string, checksum: string, access: DumpAccess): Promise<void> {
  const url = urlOf(access, path)
  await withPath(target, 'write', () => mkdir(dirname(target), { recursive: true }))
  const partial = `${target}.part`
  try {
    await insist(url, access, async () => {
      const reply = await request(url, access.signal)
      if (!reply?.body) throw new Passing(`${basename(path)} is not there, although its checksum is`)
      const found = await write(reply.body, partial)
      if (found !== checksum) throw new Passing(`what came of it has the checksum ${found} instead of ${checksum}`)
    })
    await withPath(target, 'write', () => rename(partial, target))
  } finally {
    await rm(partial, { force: true })
  }
}

/** sha256 of a file; undefined where there is none. */
export async function checksumOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
    return hash.digest('hex')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function write(body: ReadableStream<Uint8Array>, path: string): Promise<string> {
  const hash = createHash('sha256')
  const file = await withPath(path, 'write', () => open(path, 'w'))
  try {
    for await (const chunk of body) {
      hash.update(chunk)
      await withPath(path, 'write', () => file.writeFile(chunk))
    }
    await withPath(path, 'write', () => file.sync())
  } finally {
    await file.close()
  }
  return hash.digest('hex')
}

/** Something that may be better the next time. */
class Passing extends Error {
  readonly afterMs: number
  constructor(message: string, afterMs = 0) {
    super(message)
    this.afterMs = afterMs
  }
}

/** The reply; null for a file that is not there. */
async function request(url: string, signal: AbortSignal): Promise<Response | null> {
  const reply = await fetch(url, { signal })
  if (reply.ok) return reply
  await reply.body?.cancel()
  if (reply.status === 404) return null
  const words = `it answers with ${reply.status} ${reply.statusText}`
  const seconds = Number(reply.headers.get('retry-after') ?? 0)
  if (reply.status === 429 || reply.status === 408 || reply.status >= 500)
    throw new Passing(words, Math.min(600, seconds) * 1_000)
  throw failed(url, words)
}

/** Tries again what may pass; throws `UserError` (`dumpsFailed`) when it does not. */
async function insist<T>(url: string, { timers, signal }: DumpAccess, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      signal.throwIfAborted()
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof UserError) throw error
      if (attempt === attempts) throw failed(url, wordsOf(error), error)
      await pause(timers, Math.max(error instanceof Passing ? error.afterMs : 0, 1_000 * 2 ** (attempt - 1)), signal)
    }
  }
}

const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'it does not answer'
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
}

function failed(url: string, message: string, cause?: unknown): UserError {
  return new UserError({
    code: 'dumpsFailed',
    message: `${url}: ${message}`,
    where: url,
    remedy: 'check the connection (and --dumps), then run the command again: it goes on where it stopped',
    exit: 'error',
    cause,
  })
}

const urlOf = ({ baseUrl }: DumpAccess, path: string): string =>
  `${baseUrl.replace(/\/+$/, '')}/data/${path.split('/').map(encodeURIComponent).join('/')}`
