import { UserError } from '#model/failure.ts'
import { Piscina } from 'piscina'
import { type BacktestHooks, type FinishedRun, runBacktest } from './backtest.ts'
import type { BacktestSpec } from './spec.ts'

/** What a worker answers: errors lose their class on the way, so a user's error travels as data. */
export type JobAnswer =
  | { readonly ok: true; readonly run: FinishedRun }
  | { readonly ok: false; readonly problem: UserProblem }
export type UserProblem = Pick<UserError, 'code' | 'message' | 'where' | 'remedy' | 'exit'>

/**
 * Runs specs on up to `workers` threads; results come in the order of the specs and do not depend on the number of threads.
 * One spec, or one worker, runs here. Throws the first `UserError`.
 */
export async function runBacktests(
  specs: readonly BacktestSpec[],
  workers: number,
  hooks: BacktestHooks = {},
): Promise<FinishedRun[]> {
  if (specs.length === 1 || workers <= 1) {
    const runs: FinishedRun[] = []
    for (const [index, spec] of specs.entries()) {
      runs.push(
        await runBacktest(spec, {
          ...hooks,
          onProgress: (share, time, stage) => hooks.onProgress?.((index + share) / specs.length, time, stage),
        }),
      )
    }
    return runs
  }
  const pool = new Piscina({
    filename: new URL('job-worker.ts', import.meta.url).href,
    maxThreads: workers,
    minThreads: Math.min(workers, specs.length),
  })
  try {
    let done = 0
    const answers = await Promise.all(
      specs.map(async (spec) => {
        const answer: JobAnswer = await pool.run(spec, hooks.signal ? { signal: hooks.signal } : {})
        hooks.onProgress?.(++done / specs.length, 0, 'replay')
        return answer
      }),
    )
    return answers.map((answer) => {
      if (answer.ok) return answer.run
      throw new UserError(answer.problem)
    })
  } finally {
    await pool.destroy()
  }
}
