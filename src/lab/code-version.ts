import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Rooms whose code decides what a run gives. */
const rooms = ['model', 'engine', 'simulator', 'session', 'lab']
let known: string | undefined

/** Hash of the source files that decide results, 12 hexadecimal digits: it changes when they do, committed or not. */
export function codeVersion(): string {
  if (known !== undefined) return known
  const hash = createHash('sha256')
  const root = join(import.meta.dirname, '..')
  for (const room of rooms) {
    const files = readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
    )
    for (const file of files.toSorted()) hash.update(`${room}/${file}`).update(readFileSync(join(root, room, file)))
  }
  known = hash.digest('hex').slice(0, 12)
  return known
}
