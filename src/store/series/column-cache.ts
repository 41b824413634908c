import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { arraysOf, columnNames, type Columns, columnsFrom, type SeriesKind } from './kinds.ts'

const magic = Buffer.from('RIPTIDE1')
/** Before each block: its number of rows and the CRC of its columns. */
const headerBytes = 16

/**
 * Raw columns of one stored day, as blocks of little-endian arrays: what Parquet gives, several times faster. Named by checksum, so
 * it can never be out of date, and safe to delete.
 */
export function cachePath(dataDir: string, checksum: string): string {
  return join(dataDir, 'cache', checksum.slice(0, 2), `${checksum}.cols`)
}

/** Blocks from the cache; undefined when there is none. Yields `undefined` last and stops where it turns out damaged. */
export async function openCache(
  path: string,
  kind: SeriesKind,
): Promise<AsyncGenerator<Columns | 'damaged', void, undefined> | undefined> {
  const file = await open(path, 'r').catch(() => undefined)
  return file && blocks(file, kind)
}

async function* blocks(file: FileHandle, kind: SeriesKind): AsyncGenerator<Columns | 'damaged', void, undefined> {
  try {
    const { size } = await file.stat()
    const start = Buffer.alloc(magic.length)
    await file.read(start, 0, start.length, 0)
    if (!start.equals(magic)) {
      yield 'damaged'
      return
    }
    const header = Buffer.alloc(headerBytes)
    let at = magic.length
    while (at < size) {
      const { bytesRead } = await file.read(header, 0, headerBytes, at)
      const rows = header.readUInt32LE(0)
      const length = rows * rowBytes(kind)
      if (bytesRead < headerBytes || rows === 0 || at + headerBytes + length > size) {
        yield 'damaged'
        return
      }
      // not pooled and not zeroed: the views into it live on as the block's columns
      const bytes = Buffer.allocUnsafeSlow(length)
      await file.read(bytes, 0, length, at + headerBytes)
      if (crc32(bytes) !== header.readUInt32LE(4)) {
        yield 'damaged'
        return
      }
      yield viewsOf(bytes, kind, rows)
      at += headerBytes + length
    }
  } finally {
    await file.close()
  }
}

/** Writes a cache file while its blocks pass by. A failure is no error: the cache is then missing, as before. */
export class CacheWriter {
  readonly #path: string
  readonly #kind: SeriesKind
  readonly #temporary: string
  #file: FileHandle | undefined
  #failed = false

  constructor(path: string, kind: SeriesKind) {
    this.#path = path
    this.#kind = kind
    this.#temporary = `${path}.tmp-${process.pid}-${nextNumber++}`
  }

  async add(columns: Columns): Promise<void> {
    await this.#try(async () => {
      if (!this.#file) {
        await mkdir(dirname(this.#path), { recursive: true })
        this.#file = await open(this.#temporary, 'w')
        await this.#file.write(magic)
      }
      const bytes = Buffer.concat(
        arraysOf(this.#kind, columns).map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)),
      )
      const header = Buffer.alloc(headerBytes)
      header.writeUInt32LE(columns.time.length, 0)
      header.writeUInt32LE(crc32(bytes), 4)
      await this.#file.writev([header, bytes])
    })
  }

  /** All blocks have passed: the file counts from now on. */
  async finish(): Promise<void> {
    await this.#try(async () => {
      await this.#file?.close()
      this.#file = undefined
      await rename(this.#temporary, this.#path)
    })
  }

  async discard(): Promise<void> {
    await this.#file?.close().catch(() => undefined)
    this.#file = undefined
    await rm(this.#temporary, { force: true }).catch(() => undefined)
  }

  async #try(work: () => Promise<void>): Promise<void> {
    if (this.#failed) return
    try {
      await work()
    } catch {
      this.#failed = true
      await this.discard()
    }
  }
}

let nextNumber = 0

function rowBytes(kind: SeriesKind): number {
  return columnNames(kind).reduce((sum, name) => sum + (name === 'side' ? 1 : 8), 0)
}

/** The column of single bytes is the last one, so all others stay aligned. */
function viewsOf(bytes: Buffer, kind: SeriesKind, rows: number): Columns {
  let at = bytes.byteOffset
  const arrays = columnNames(kind).map((name) => {
    const array = name === 'side' ? new Int8Array(bytes.buffer, at, rows) : new Float64Array(bytes.buffer, at, rows)
    at += array.byteLength
    return array
  })
  return columnsFrom(kind, arrays)
}
