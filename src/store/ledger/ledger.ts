import type { EngineOutput } from '#model/events.ts'
import type { DecisionFilter, RunSummary, StoredRun } from '#model/run.ts'
import { ioProblem } from '../problems.ts'
import { decisionsOf, deleteRun, listRuns, loadRun } from './load-run.ts'
import { ledgerPath, openDatabase } from './open-database.ts'
import { type RunToSave, saveRun } from './save-run.ts'

export type { RunToSave } from './save-run.ts'

/** What happened, kept: finished runs with every decision. References to runs are ids, their unique beginnings, or `last`. */
export interface Ledger {
  /** Stores everything in one transaction; the run comes back with its id. */
  readonly saveRun: (run: RunToSave) => Promise<StoredRun>
  /** The newest first; 100 when no limit is given. */
  readonly listRuns: (limit?: number) => Promise<readonly RunSummary[]>
  readonly loadRun: (reference: string) => Promise<StoredRun>
  /** Returns the id of what was deleted. */
  readonly deleteRun: (reference: string) => Promise<string>
  readonly decisionsOf: (reference: string, filter?: DecisionFilter) => Promise<readonly EngineOutput[]>
  readonly close: () => Promise<void>
}

/** Opens `<dataDir>/riptide.sqlite`, made on first use. Throws `UserError` when the folder cannot be written. */
export async function openLedger(dataDir: string): Promise<Ledger> {
  const database = await openDatabase(dataDir)
  const guarded = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      throw ioProblem(error, ledgerPath(dataDir), 'write')
    }
  }
  return {
    saveRun: (run) => guarded(saveRun(database, run)),
    listRuns: (limit = 100) => guarded(listRuns(database, limit)),
    loadRun: (reference) => guarded(loadRun(database, reference)),
    deleteRun: (reference) => guarded(deleteRun(database, reference)),
    decisionsOf: (reference, filter = {}) => guarded(decisionsOf(database, reference, filter)),
    close: () => database.destroy(),
  }
}
