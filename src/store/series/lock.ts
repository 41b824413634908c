import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileProblem, ioProblem } from '../problems.ts'
import { seriesFolder } from './manifest.ts'

/** A recording and a download take turns: each holds the store for the time of a day's file. */
const patienceMs = 30_000
const pauseMs = 50
/** Between a lock's creation and the name in it. */
const takingMs = 500

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
  await take(path, name === '.lock' ? patienceMs : 0)
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function take(path: string, patience: number): Promise<void> {
  for (let attempt = 0, waited = 0; ;) {
    try {
      await mkdir(join(path, '..'), { recursive: true })
      const file = await open(path, 'wx')
      await file.writeFile(String(process.pid))
      await file.close()
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw ioProblem(error, path, 'write')
      const text = await readFile(path, 'utf8').catch(() => '')
      const owner = Number(text)
      const lives = isAlive(owner)
      // without a name in it somebody is taking it right now
      const isTurn = text === '' ? waited >= takingMs : !lives || owner === process.pid || waited >= patience
      if (!isTurn) {
        await setTimeout(pauseMs)
        waited += pauseMs
        continue
      }
      if (attempt++ > 0 || lives) {
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
