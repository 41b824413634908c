import { fileProblem } from '../problems.ts'
import { chunksOf } from './bytes.ts'

const maxLineBytes = 1 << 23
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/** Whole lines of a file: `bytes` ends in a line feed. `unterminated` marks a last line whose own was missing. */
export interface Lines {
  readonly bytes: Buffer
  readonly unterminated: boolean
}

/** The file's text in pieces of whole lines, without a byte order mark. */
export async function* linesOf(path: string): AsyncGenerator<Lines, void, undefined> {
  let rest: Buffer | undefined
  let first = true
  for await (const chunk of chunksOf(path)) {
    let bytes = rest ? Buffer.concat([rest, chunk]) : chunk
    if (first && bytes.length >= 3) {
      first = false
      if (bytes.subarray(0, 3).equals(byteOrderMark)) bytes = bytes.subarray(3)
    }
    const end = bytes.lastIndexOf(10) + 1
    rest = end < bytes.length ? bytes.subarray(end) : undefined
    if (end > 0) yield { bytes: bytes.subarray(0, end), unterminated: false }
    else if (bytes.length > maxLineBytes) {
      throw fileProblem(
        'unknownFormat',
        { path },
        'there is a line of more than 8 MB',
        'open text files of one row a line',
      )
    }
  }
  if (rest) yield { bytes: Buffer.concat([rest, Buffer.from('\n')]), unterminated: true }
}

/** The first lines of a file as text, at most `count`, without their ends. */
export async function firstLines(path: string, count: number): Promise<readonly string[]> {
  let text = ''
  for await (const { bytes } of linesOf(path)) {
    text += bytes.subarray(0, 1 << 16).toString('utf8')
    if (text.split('\n', count + 1).length > count || text.length >= 1 << 16) break
  }
  return text
    .split('\n', count + 1)
    .slice(0, count)
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '')
}
