import { existsSync } from 'node:fs'
import type { FinishedRun } from '#lab/lab.ts'
import { UserError } from '#model/failure.ts'
import type { RunSummary, StoredRun } from '#model/run.ts'
import { type Ledger, openLedger } from '#store/store.ts'

/** Saves runs in order and gives them back with their ids. */
export function saveRuns(dataDir: string, runs: readonly FinishedRun[]): Promise<readonly StoredRun[]> {
  return withLedger(dataDir, async (ledger) => {
    const saved: StoredRun[] = []
    for (const run of runs) saved.push(await ledger.saveRun(run))
    return saved
  })
}

/** The run of this id, of its number, or the newest for `last`. Throws `UserError`. */
export function loadRun(dataDir: string, given: string): Promise<StoredRun> {
  return withRuns(dataDir, (ledger) => ledger.loadRun(referenceOf(given)))
}

/** Runs, newest first. */
export async function listRuns(dataDir: string, limit: number): Promise<readonly RunSummary[]> {
  return existsSync(dataDir) ? withLedger(dataDir, (ledger) => ledger.listRuns(limit)) : []
}

/** Deletes a run and everything that belongs to it; gives its id. Throws `UserError`. */
export function deleteRun(dataDir: string, given: string): Promise<string> {
  return withRuns(dataDir, (ledger) => ledger.deleteRun(referenceOf(given)))
}

async function withLedger<T>(dataDir: string, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = await openLedger(dataDir)
  try {
    return await work(ledger)
  } finally {
    await ledger.close()
  }
}

/** Refuses where there are no runs at all, and then makes no ledger either. */
async function withRuns<T>(dataDir: string, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  if (!existsSync(dataDir)) throw noRuns(dataDir)
  return withLedger(dataDir, async (ledger) => {
    if ((await ledger.listRuns(1)).length === 0) throw noRuns(dataDir)
    return work(ledger)
  })
}

/** `42` is `r00042`. */
const referenceOf = (given: string): string => (/^\d{1,5}$/.test(given) ? `r${given.padStart(5, '0')}` : given)

function noRuns(dataDir: string): UserError {
  return new UserError({
    code: 'noRuns',
    message: 'there are no runs yet',
    where: dataDir,
    remedy: 'make one with `riptide demo` or `riptide backtest`, or name its folder with --data-dir',
    exit: 'notFound',
  })
}
