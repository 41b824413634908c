import { UserError } from '#model/failure.ts'
import { Piscina } from 'piscina'
import { type BacktestHooks, type FinishedRun, runBacktest } from './backtest.ts'
import type { BacktestSpec } from './spec.ts'

/** What a worker answers: errors lose their class on the way, so a user's error travels as data. */
export type JobAnswer =
  | { readonly ok: true; readonly run: FinishedRun }
  | { readonly ok: false; readonly problem: UserProblem }
export type UserProblem = Pick<UserError, 'code' | 'message' | 'where' | 'remedy' | 'exit'>

/** How one of several runs ended: `error` is a `UserError`, or a fault of ours. */
export type SettledRun =
  | { readonly ok: true; readonly run: FinishedRun }
  | { readonly ok: false; readonly error: unknown }

/**
 * Runs specs on up to `workers` threads; results come in the order of the specs and do not depend on the number of threads.
 * One spec, or one worker, runs here. Throws the error of the first spec that has one.
 */
export async function runBacktests(
  specs: readonly BacktestSpec[],
  workers: number,
  hooks: BacktestHooks = {},
): Promise<FinishedRun[]> {
  const settled = await settleAll(specs, workers, hooks, true)
  return settled.map((one) => {
    if (one.ok) return one.run
    throw one.error
  })
}

/** As `runBacktests`, but a spec that fails stands in the results as its error and stops no other. Rejects only when aborted. */
export async function settleBacktests(
  specs: readonly BacktestSpec[],
  workers: number,
  hooks: BacktestHooks = {},
): Promise<SettledRun[]> {
  return settleAll(specs, workers, hooks, false)
}

type Job = (spec: BacktestSpec, index: number) => Promise<FinishedRun>

async function settleAll(
  specs: readonly BacktestSpec[],
  workers: number,
  hooks: BacktestHooks,
  stopAtFirst: boolean,
): Promise<SettledRun[]> {
  if (specs.length > 1 && workers > 1) return settleOnThreads(specs, workers, hooks, stopAtFirst)
  const job: Job = (spec, index) =>
    runBacktest(spec, {
      ...hooks,
      onProgress: (share, time, stage) => hooks.onProgress?.((index + share) / specs.length, time, stage),
    })
  return settle(specs, 1, job, hooks.signal, stopAtFirst)
}

async function settleOnThreads(
  specs: readonly BacktestSpec[],
  workers: number,
  { signal, onProgress }: BacktestHooks,
  stopAtFirst: boolean,
): Promise<SettledRun[]> {
  const threads = Math.min(workers, specs.length)
  const pool = new Piscina({
    filename: new URL('job-worker.ts', import.meta.url).href,
    maxThreads: threads,
    minThreads: threads,
  })
  let done = 0
  const job: Job = async (spec) => {
    try {
      const answer: JobAnswer = await pool.run(spec, signal ? { signal } : {})
      if (!answer.ok) throw new UserError(answer.problem)
      return answer.run
    } finally {
      onProgress?.(++done / specs.length, 0, 'replay')
    }
  }
  try {
    return await settle(specs, threads, job, signal, stopAtFirst)
  } finally {
    await pool.destroy()
  }
}

/** Takes the specs in turn, `lanes` at a time. */
async function settle(
  specs: readonly BacktestSpec[],
  lanes: number,
  job: Job,
  signal: AbortSignal | undefined,
  stopAtFirst: boolean,
): Promise<SettledRun[]> {
  const settled: SettledRun[] = []
  let next = 0
  const take = (): number => (signal?.aborted === true ? specs.length : next++)
  const lane = async (): Promise<void> => {
    for (let index = take(); index < specs.length; index = take()) {
      settled[index] = await job(specs[index], index).then(
        (run) => ({ ok: true, run }),
        (error: unknown) => ({ ok: false, error }),
      )
      if (!settled[index].ok && stopAtFirst) next = specs.length
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  signal?.throwIfAborted()
  return settled
}
