import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileProblem, ioProblem } from '../problems.ts'
import { seriesFolder } from './manifest.ts'

/**
 * Runs `work` while no other process writes to the series store, or records into it; a lock left behind by a dead process is
 * taken over.
 */
export async function withLock<T>(
  dataDir: string,
  work: () => Promise<T>,
  name: '.lock' | '.recording' = '.lock',
): Promise<T> {
  const path = join(seriesFolder(dataDir), name)
  await take(path)
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function take(path: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await mkdir(join(path, '..'), { recursive: true })
      const file = await open(path, 'wx')
      await file.writeFile(String(process.pid))
      await file.close()
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw ioProblem(error, path, 'write')
      const owner = Number(await readFile(path, 'utf8').catch(() => ''))
      if (attempt > 0 || isAlive(owner)) {
        throw fileProblem(
          'seriesLocked',
          { path },
          `process ${owner} is writing to the series store`,
          'wait until it is done, then run the command again',
        )
      }
      await rm(path, { force: true })
    }
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
