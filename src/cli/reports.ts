import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { catalog } from '#engine/engine.ts'
import { htmlReport, jsonReport } from '#lab/lab.ts'
import { UserError } from '#model/failure.ts'
import type { StoredRun } from '#model/run.ts'

/** A run as reports take it: with the units of the readings beside their numbers. */
export type ReportRun = Parameters<typeof jsonReport>[0]

const units = Object.fromEntries(catalog.map(({ id, unit }) => [id, unit]))

export const toReport = (run: StoredRun): ReportRun => ({ ...run, units })

/** Where the HTML report of a run goes unless the user says otherwise. */
export const defaultHtmlPath = (dataDir: string, run: Pick<StoredRun, 'id'>): string =>
  join(dataDir, 'reports', `${run.id}.html`)

/** Writes the HTML report whole or not at all; a report that was there is replaced. */
export async function writeHtml(run: ReportRun, path: string): Promise<void> {
  await writeWhole(path, htmlReport(run))
}

/** Writes beside the file first, so that nobody ever sees half of it. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const partial = join(dirname(path), `.${randomUUID()}.partial`)
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(partial, text)
    await rename(partial, path)
  } catch (cause) {
    throw writeProblem(path, cause as NodeJS.ErrnoException)
  } finally {
    await rm(partial, { force: true }).catch(() => undefined)
  }
}

/** An I/O error as one the user can mend. */
export function writeProblem(path: string, cause: NodeJS.ErrnoException): unknown {
  const { code } = cause
  if (cause instanceof UserError || code === undefined || !/^E[A-Z0-9]+$/.test(code)) return cause
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  return new UserError({
    code: full ? 'diskFull' : 'notWritable',
    message: full ? 'the disk is full' : `it cannot be written (${code})`,
    where: path,
    remedy: full ? 'free some space, then run the command again' : 'choose another place, or make this one writable',
    exit: 'error',
    cause,
  })
}

/** Numbers of the trades that made and lost most, from 1 in order of closing; undefined without trades, or without a loser. */
export function bestAndWorst(run: ReportRun): { readonly best?: number; readonly worst?: number } {
  const sorted = jsonReport(run).roundTrips.toSorted((a, b) => b.netProfit - a.netProfit)
  const best = sorted.at(0)
  const worst = sorted.at(-1)
  return {
    ...(best === undefined ? {} : { best: best.number }),
    ...(worst === undefined || worst === best ? {} : { worst: worst.number }),
  }
}
