import { UserError } from '#model/failure.ts'
import { runBacktest } from './backtest.ts'
import type { JobAnswer } from './jobs.ts'
import type { BacktestSpec } from './spec.ts'

/** Entry point of a lab worker thread. */
export default async function job(spec: BacktestSpec): Promise<JobAnswer> {
  try {
    return { ok: true, run: await runBacktest(spec) }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const { code, message, where, remedy, exit } = error
    return { ok: false, problem: { code, message, where, remedy, exit } }
  }
}
