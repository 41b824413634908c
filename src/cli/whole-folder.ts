import { readdir, rename, rm, rmdir } from 'node:fs/promises'
import { UserError } from '#model/failure.ts'
import { writeProblem } from './reports.ts'
import { countOf } from './texts.ts'

/**
 * Fills a new or empty folder whole or not at all: everything goes to a folder beside it first, which takes its place when
 * `write` is done. Throws `UserError` where the folder holds something.
 */
export async function writeFolder(out: string, write: (folder: string) => Promise<void>): Promise<void> {
  const partial = `${out.replace(/[/\\]+$/, '')}.partial-${process.pid}`
  try {
    await write(partial)
    await rmdir(out).catch(() => undefined)
    await rename(partial, out)
  } catch (error) {
    throw writeProblem(out, error as NodeJS.ErrnoException)
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

/** Before the work that would be lost. Throws `UserError`. */
export async function demandEmpty(out: string): Promise<void> {
  const content = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new UserError({
      code: 'notWritable',
      message: `it cannot be used as a folder (${error.code ?? error.message})`,
      where: out,
      remedy: 'choose another folder with --out',
      exit: 'error',
    })
  })
  if (content.length === 0) return
  throw new UserError({
    code: 'folderNotEmpty',
    message: `the folder is not empty (${countOf(content.length, 'entry').replace('entrys', 'entries')})`,
    where: out,
    remedy: 'choose a new folder with --out, or empty this one',
  })
}
