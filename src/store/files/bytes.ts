import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Transform, type Readable } from 'node:stream'
import { createGunzip, createInflateRaw, crc32 } from 'node:zlib'
import { fileProblem, ioProblem } from '../problems.ts'

const chunkSize = 1 << 18
/** Room for two chunks, so that unpacking goes on while one is parsed. */
const unpacking = { chunkSize, highWaterMark: chunkSize * 2 }

/**
 * The content of a file in chunks of about 256 kB, unpacked when its name ends in `.gz` or `.zip` (one entry).
 * Throws `truncatedFile` where packed data ends early or does not match its own checksum.
 */
export async function* chunksOf(path: string): AsyncGenerator<Buffer, void, undefined> {
  const name = path.toLowerCase()
  if (name.endsWith('.gz'))
    yield* unpacked(path, createReadStream(path, { highWaterMark: chunkSize }), createGunzip(unpacking))
  else if (name.endsWith('.zip')) yield* zipEntry(path)
  else yield* drained(path, createReadStream(path, { highWaterMark: chunkSize }))
}

async function* drained(path: string, stream: Readable): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const chunk of stream) yield chunk as Buffer
  } catch (error) {
    throw packingProblem(error, path) ?? ioProblem(error, path, 'read')
  } finally {
    stream.destroy()
  }
}

async function* unpacked(path: string, packed: Readable, unpack: Transform): AsyncGenerator<Buffer, void, undefined> {
  packed.on('error', (error) => unpack.destroy(error))
  packed.pipe(unpack)
  try {
    yield* drained(path, unpack)
  } finally {
    packed.destroy()
  }
}

function packingProblem(error: unknown, path: string): Error | undefined {
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? '') : ''
  if (!code.startsWith('Z_')) return undefined
  const says =
    code === 'Z_BUF_ERROR'
      ? 'the compressed data ends early'
      : `the compressed data is damaged (${(error as Error).message})`
  return fileProblem('truncatedFile', { path }, says, 'copy or download the file again', error)
}

interface ZipEntry {
  readonly method: number
  readonly checksum: number
  readonly packedSize: number
  readonly size: number
  readonly offset: number
}

async function* zipEntry(path: string): AsyncGenerator<Buffer, void, undefined> {
  const entry = await findEntry(path)
  if (entry.packedSize === 0) return
  const packed = createReadStream(path, {
    start: entry.offset,
    end: entry.offset + entry.packedSize - 1,
    highWaterMark: chunkSize,
  })
  const content = entry.method === 0 ? drained(path, packed) : unpacked(path, packed, createInflateRaw(unpacking))
  let checksum = 0
  let size = 0
  for await (const chunk of content) {
    checksum = crc32(chunk, checksum)
    size += chunk.length
    yield chunk
  }
  if (checksum !== entry.checksum || size % 2 ** 32 !== entry.size) {
    throw fileProblem(
      'truncatedFile',
      { path },
      'the zip content does not match its checksum',
      'copy or download the file again',
    )
  }
}

/** The only entry of a zip file; sizes come from the central directory, since local headers may leave them out. */
async function findEntry(path: string): Promise<ZipEntry> {
  const file = await open(path).catch((error: unknown) => {
    throw ioProblem(error, path, 'read')
  })
  try {
    const { size } = await file.stat()
    const tail = Buffer.alloc(Math.min(size, 66_000))
    await file.read(tail, 0, tail.length, size - tail.length)
    const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
    if (end < 0 || end + 22 > tail.length) {
      throw fileProblem(
        'truncatedFile',
        { path },
        'the zip file has no directory at its end',
        'copy or download the file again',
      )
    }
    const entries = tail.readUInt16LE(end + 10)
    const directoryAt = tail.readUInt32LE(end + 16)
    if (entries !== 1 || directoryAt === 0xffffffff) {
      throw fileProblem(
        'unsupportedZip',
        { path },
        `the zip file holds ${entries} files, one is expected`,
        'unzip it and open the folder instead',
      )
    }
    const directory = Buffer.alloc(46)
    await file.read(directory, 0, 46, directoryAt)
    const method = directory.readUInt16LE(10)
    if ((method !== 0 && method !== 8) || (directory.readUInt16LE(8) & 1) === 1) {
      throw fileProblem(
        'unsupportedZip',
        { path },
        'the zip file is encrypted or packed in an unknown way',
        'unzip it and open the result instead',
      )
    }
    const localAt = directory.readUInt32LE(42)
    const local = Buffer.alloc(30)
    await file.read(local, 0, 30, localAt)
    const offset = localAt + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
    return {
      method,
      checksum: directory.readUInt32LE(16),
      packedSize: directory.readUInt32LE(20),
      size: directory.readUInt32LE(24),
      offset,
    }
  } catch (error) {
    throw ioProblem(error, path, 'read')
  } finally {
    await file.close()
  }
}
