import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { withPath } from '../problems.ts'

/** A file to open. `label` is its path from the folder that was named, with `/`. */
export interface ListedFile {
  readonly path: string
  readonly label: string
  /** Named by the user, so it must be readable. */
  readonly explicit: boolean
}

/** Files at the paths and in folders below them, in the order of their names; hidden ones are left out, doubles too. */
export async function listFiles(paths: readonly string[]): Promise<readonly ListedFile[]> {
  const found = new Map<string, ListedFile>()
  for (const path of paths.map((path) => resolve(path))) {
    const info = await withPath(path, 'read', () => stat(path))
    const files = info.isDirectory()
      ? await below(path, basename(path))
      : [{ path, label: basename(path), explicit: true }]
    for (const file of files) if (!found.has(file.path) || file.explicit) found.set(file.path, file)
  }
  return [...found.values()]
}

async function below(folder: string, label: string): Promise<readonly ListedFile[]> {
  const entries = await withPath(folder, 'read', () => readdir(folder, { withFileTypes: true }))
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  const files: ListedFile[] = []
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    const isFolder =
      entry.isDirectory() ||
      (entry.isSymbolicLink() && (await stat(path).catch(() => undefined))?.isDirectory() === true)
    if (isFolder) files.push(...(await below(path, `${label}/${entry.name}`)))
    else files.push({ path, label: `${label}/${entry.name}`, explicit: false })
  }
  return files
}
