import { UserError } from '#model/failure.ts'
import type { UnixMs } from '#model/ids.ts'
import type { Money } from '#model/money.ts'
import type { StoredRun } from '#model/run.ts'
import type { UserProblem } from '../jobs.ts'
import { type EarningsByPlace, earningsByPlace } from './by-event.ts'
import type { EarningsCell } from './cells.ts'
import { type Episode, episodesOf } from './episodes.ts'
import { type EarningsFigures, figuresOf } from './figures.ts'
import type { LabelledPumps } from './labelled-pumps.ts'

/** How a cell ended: the run as it was kept, or what went wrong. */
export type CellResult =
  | { readonly ok: true; readonly run: StoredRun }
  | { readonly ok: false; readonly error: unknown }

export type CellReport = CellHead & (CellEarnings | CellFailure)

interface CellHead extends Pick<EarningsCell, 'strategy' | 'latency' | 'participation'> {}
interface CellEarnings {
  readonly status: 'completed'
  /** Id in the ledger, or `unsaved`. */
  readonly run: string
  /** Over every decision and posting, as the run has it. */
  readonly outputHash: string
  /** Decisions that came out differently on data that ended earlier; 0 = no look-ahead. */
  readonly changedDecisions: number | null
  readonly figures: EarningsFigures
  /** null without labels. */
  readonly places: EarningsByPlace | null
}
interface CellFailure {
  readonly status: 'failed'
  readonly error: UserProblem
}

/** What one strategy earned over all of its cells together. */
export interface StrategyTotal {
  readonly strategy: string
  readonly cells: number
  readonly figures: EarningsFigures
  readonly places: EarningsByPlace | null
}

/** What strategies earn on the same data under several latencies and shares, every cost apart. */
export interface EarningsReport {
  readonly currency: string
  readonly capital: Money
  readonly instruments: number
  readonly recordings: number
  readonly trades: number
  readonly from: UnixMs
  readonly to: UnixMs
  /** As the simulator was told, without what varies. */
  readonly assumptions: Pick<EarningsCell['spec'], 'impact' | 'reportLatencyMs' | 'assumedFundingRate'>
  /** Taker fees of the instruments, lowest and highest; fractions. */
  readonly takerFees: readonly [low: number, high: number]
  /** Trades that sold short a coin recorded on spot: the simulator takes it for a contract. */
  readonly spotShorts: number
  /** In the order of the cells. */
  readonly cells: readonly CellReport[]
  readonly totals: readonly StrategyTotal[]
  /** Events that the data does not cover; null without labels. */
  readonly notInData: readonly string[] | null
  readonly labelledPumps: number | null
}

/** Builds the report from cells and their results, one for each. Throws the first cell's error when no cell completed. */
export function reportEarnings(
  cells: readonly EarningsCell[],
  results: readonly CellResult[],
  labelled: LabelledPumps | null,
): EarningsReport {
  const runs = results.flatMap((result) => (result.ok ? [result.run] : []))
  const [first] = runs
  if (first === undefined) throw results.map((result) => (result.ok ? null : result.error))[0]
  const pumps = labelled?.pumps ?? null
  const placesOf = (episodes: readonly Episode[]): EarningsByPlace | null =>
    pumps === null ? null : earningsByPlace(episodes, pumps)
  /** By the strategy as it was given: two files may carry one name. */
  const byStrategy = new Map<string, { readonly strategy: string; readonly runs: (readonly Episode[])[] }>()
  const reports = cells.map(({ strategy, latency, participation, spec }, index): CellReport => {
    const head = { strategy, latency, participation }
    const result = results[index]
    if (!result.ok) return { ...head, status: 'failed', error: problemOf(result.error) }
    const episodes = episodesOf(result.run)
    const [given] = spec.strategies
    const total = byStrategy.get(given) ?? { strategy, runs: [] }
    total.runs.push(episodes)
    byStrategy.set(given, total)
    return {
      ...head,
      status: 'completed',
      run: result.run.id,
      outputHash: result.run.outputHash,
      changedDecisions: result.run.lookahead?.changedDecisions ?? null,
      figures: figuresOf(episodes),
      places: placesOf(episodes),
    }
  })
  const { spec } = first
  const fees = spec.instruments.map(({ takerFeeRate }) => takerFeeRate)
  const { impact, reportLatencyMs, assumedFundingRate } = cells[0].spec
  return {
    currency: spec.currency,
    capital: spec.capital,
    instruments: spec.instruments.length,
    recordings: spec.data.length,
    trades: spec.data.reduce((sum, { rows }) => sum + rows, 0),
    from: spec.from,
    to: spec.to,
    assumptions: { impact, reportLatencyMs, assumedFundingRate },
    takerFees: [Math.min(...fees), Math.max(...fees)],
    spotShorts: runs.reduce((sum, run) => sum + spotShortsOf(run), 0),
    cells: reports,
    totals: [...byStrategy.values()].map(({ strategy, runs }) => ({
      strategy,
      cells: runs.length,
      figures: figuresOf(runs.flat()),
      places: placesOf(runs.flat()),
    })),
    notInData: labelled?.notInData ?? null,
    labelledPumps: pumps?.length ?? null,
  }
}

function spotShortsOf({ spec, roundTrips }: StoredRun): number {
  const spot = new Set(spec.instruments.filter(({ kind }) => kind === 'spot').map(({ id }) => id))
  return roundTrips.filter(({ side, instrumentId }) => side === 'short' && spot.has(instrumentId)).length
}

/** A user's error as it is; a fault of ours under the code `internal`. */
function problemOf(error: unknown): UserProblem {
  if (error instanceof UserError) {
    const { code, message, where, remedy, exit } = error
    return { code, message, where, remedy, exit }
  }
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    where: 'Riptide itself',
    remedy: 'run this cell alone with `riptide backtest -v` and report what it prints',
    exit: 'error',
  }
}
