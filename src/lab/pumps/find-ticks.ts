import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { UserError } from '#model/failure.ts'
import type { PumpLabel } from './labels.ts'

/** Files that labels name, and what lies beside them. */
export interface FoundTicks {
  /** Path of each labelled file, by the name labels give it, in the order of the names. */
  readonly paths: ReadonlyMap<string, string>
  /** Labelled files that are not there. */
  readonly missing: readonly string[]
  /** Data without labels, which is not scored. */
  readonly unlabelled: readonly string[]
}

/** Finds the files of ticks that labels name, in a folder and those below; compressed or not is all the same. Throws `UserError`. */
export async function findTicks(
  data: string,
  labels: readonly PumpLabel[],
  others: readonly (string | null)[],
): Promise<FoundTicks> {
  const files = await filesAt(data)
  const byName = Map.groupBy(files, (path) => stem(basename(path)))
  const wanted = [...new Set(labels.map(({ file }) => file))].toSorted()
  const paths = new Map<string, string>()
  for (const name of wanted) {
    const [path, second] = byName.get(stem(name)) ?? []
    if (second !== undefined) {
      throw new UserError({
        code: 'ambiguousFile',
        message: `there are two files of that name: ${path} and ${second}`,
        where: `--data ${data}`,
        remedy: 'name the folder that holds the right one',
      })
    }
    if (path !== undefined) paths.set(name, path)
  }
  if (paths.size === 0) throw noneFound(data, wanted, files)
  const known = new Set([...paths.values(), ...others])
  return {
    paths,
    missing: wanted.filter((name) => !paths.has(name)),
    unlabelled: files.filter((path) => /\.(csv|jsonl|txt|zip)(\.gz)?$/.test(path) && !known.has(path)),
  }
}

const stem = (name: string): string => name.replace(/\.gz$/, '')

async function filesAt(data: string): Promise<string[]> {
  const info = await stat(data).catch((cause: unknown) => {
    throw new UserError({
      code: 'fileNotFound',
      message: 'there is no such folder',
      where: `--data ${data}`,
      remedy: 'name the folder of the ticks; relative paths start at the current folder',
      exit: 'notFound',
      cause,
    })
  })
  if (!info.isDirectory()) return [data]
  const entries = await readdir(data, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}

function noneFound(data: string, wanted: readonly string[], files: readonly string[]): UserError {
  const named = `the labels name ${wanted[0]}${wanted.length > 1 ? ` and ${wanted.length - 1} more` : ''}`
  const there =
    files.length === 0 ? 'the folder is empty' : `there is ${basename(files[0])} and ${files.length - 1} more`
  return new UserError({
    code: 'noLabelledData',
    message: `none of the labelled files is in it: ${named}, ${there}`,
    where: `--data ${data}`,
    remedy: 'name the folder that holds them, or the list that belongs to this one',
    exit: 'notFound',
  })
}
