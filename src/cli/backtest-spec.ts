import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { BacktestSpec } from '#lab/lab.ts'
import { UserError } from '#model/failure.ts'
import type { Shell } from './io.ts'
import type { Config, Flags, Settings } from './settings.ts'
import { timeRangeOf } from './time-range.ts'
import { quote } from './values.ts'

/** What `riptide backtest` was given, as commander read it. */
export interface BacktestOptions {
  readonly strategy?: readonly string[]
  readonly data?: readonly string[]
  readonly instruments?: readonly string[]
  readonly timerange?: string
  readonly from?: string
  readonly to?: string
  readonly limits?: string
  readonly each?: boolean
  readonly breakdown?: readonly string[]
  readonly trades?: boolean
  readonly json?: boolean
  readonly html?: string | boolean
  readonly save: boolean
  readonly name?: string
  readonly [flag: string]: unknown
}

/** Flags that set a setting, by commander's name for them. */
const settingFlags: Readonly<Record<string, readonly [flag: string, path: string]>> = {
  capital: ['--capital', 'backtest.capital'],
  fee: ['--fee', 'backtest.fee'],
  makerFee: ['--maker-fee', 'backtest.makerFee'],
  takerFee: ['--taker-fee', 'backtest.takerFee'],
  latency: ['--latency', 'backtest.latency'],
  participation: ['--participation', 'backtest.participation'],
  impact: ['--impact', 'backtest.impact'],
  fundingRate: ['--funding-rate', 'backtest.fundingRate'],
  seed: ['--seed', 'backtest.seed'],
  warmUp: ['--warm-up', 'backtest.warmUp'],
  grid: ['--grid', 'backtest.grid'],
  cuts: ['--cuts', 'backtest.cuts'],
  workers: ['--workers', 'backtest.workers'],
  maxOpen: ['--max-open', 'limits.maxOpenPositions'],
  maxPosition: ['--max-position', 'limits.maxPositionSize'],
  maxDrawdown: ['--max-drawdown', 'limits.maxDrawdown'],
  maxDailyLoss: ['--max-daily-loss', 'limits.maxDailyLoss'],
}

/** The settings that flags ask for; those of a limits file come below single flags. */
export function flagsOf(shell: Shell, options: Readonly<Record<string, unknown>>): Flags {
  const flags: Record<string, Flags[string]> =
    typeof options['limits'] === 'string' ? { ...limitsOf(shell, options['limits']) } : {}
  for (const [name, [from, path]] of Object.entries(settingFlags)) {
    if (options[name] !== undefined) flags[path] = { value: options[name], from }
  }
  return flags
}

/** The run that options and settings describe; with several strategies on one account. Throws `UserError`. */
export function specOf(shell: Shell, options: BacktestOptions, config: Config): BacktestSpec {
  const currency = config.settings.backtest.capital?.currency ?? null
  const instruments = (options.instruments ?? []).flatMap((globs) => globs.split(','))
  return {
    ...settingsOf(config),
    strategies: strategiesOf(shell, options),
    source: sourceOf(shell, options, config.settings),
    // an account in one currency trades what settles in it
    instruments: instruments.length === 0 && currency !== null ? [`*_${currency}`] : instruments,
    ...timeRangeOf(options),
  }
}

/** What settings say about a run, whatever it runs on. */
export function settingsOf(config: Config): Omit<BacktestSpec, 'strategies' | 'source' | 'instruments'> {
  const { settings } = config
  const { backtest } = settings
  return {
    strategyFolder: strategyFolderOf(settings),
    warmUpMs: backtest.warmUp,
    capital: backtest.capital?.amount ?? null,
    limits: settings.limits,
    latency: backtest.latency,
    reportLatencyMs: backtest.reportLatency,
    participation: backtest.participation,
    impact: backtest.impact,
    assumedFundingRate: backtest.fundingRate,
    ...feesOf(config),
    seed: backtest.seed,
    gridMs: backtest.grid,
    cuts: backtest.cuts,
  }
}

export const strategyFolderOf = ({ dataDir }: Pick<Settings, 'dataDir'>): string => join(dataDir, 'strategies')

function strategiesOf(shell: Shell, { strategy = [] }: BacktestOptions): readonly string[] {
  if (strategy.length > 0) return [...new Set(strategy.map((name) => strategyPath(shell, name)))]
  throw new UserError({
    code: 'missingStrategy',
    message: 'no strategy is given',
    where: '--strategy',
    remedy: 'name one, e.g. --strategy flash-pump; `riptide strategy list` shows all',
  })
}

/** A name stays a name; a file is found from the user's folder. */
export function strategyPath(shell: Shell, given: string): string {
  return given.endsWith('.json') || given.includes('/') ? shell.path(given) : given
}

/** Files that were named, else the series store. */
export function sourceOf(
  shell: Shell,
  { data }: Pick<BacktestOptions, 'data'>,
  { dataDir }: Pick<Settings, 'dataDir'>,
): BacktestSpec['source'] {
  // the same files in another order are the same run
  if (data !== undefined) return { kind: 'files', paths: data.map((path) => shell.path(path)).toSorted() }
  if (existsSync(dataDir)) return { kind: 'series', dataDir }
  throw new UserError({
    code: 'noData',
    message: `there is no series store in ${dataDir} and no --data`,
    where: '--data',
    remedy: 'name files or folders with --data, or fill the store with `riptide data import <files>`',
    exit: 'notFound',
  })
}

function feesOf({ settings, originOf }: Config): Pick<BacktestSpec, 'fees'> {
  const { fee, makerFee, takerFee } = settings.backtest
  const maker = makerFee ?? fee
  const taker = takerFee ?? fee
  if (maker === null && taker === null) return {}
  if (maker !== null && taker !== null) return { fees: { maker, taker } }
  const [given, missing] = maker === null ? ['backtest.takerFee', 'maker'] : ['backtest.makerFee', 'taker']
  throw new UserError({
    code: 'invalidFee',
    message: `the ${missing} fee is missing`,
    where: originOf(given),
    remedy: 'give --maker-fee and --taker-fee, or --fee for both',
  })
}

function limitsOf(shell: Shell, file: string): Flags {
  const path = shell.path(file)
  const problem = (message: string, cause?: unknown): UserError =>
    new UserError({
      code: 'invalidLimits',
      message,
      where: path,
      remedy: 'write an object such as { "maxOpenPositions": 5, "maxDrawdown": 0.2 }',
      cause,
    })
  if (!existsSync(path) || !statSync(path).isFile()) throw problem('there is no such file')
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw problem(`it cannot be read as JSON: ${(cause as Error).message}`, cause)
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw problem('it does not hold an object')
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [`limits.${name}`, { value, from: `${path}: ${name}` }]),
  )
}

const periods = ['day', 'week', 'month'] as const
export type Period = (typeof periods)[number]

export function breakdownOf({ breakdown = [] }: Pick<BacktestOptions, 'breakdown'>): readonly Period[] {
  return breakdown
    .flatMap((text) => text.split(','))
    .map((text) => {
      const period = periods.find((one) => one === text.toLowerCase())
      if (period !== undefined) return period
      throw new UserError({
        code: 'invalidValue',
        message: `${quote(text)} is not a period`,
        where: '--breakdown',
        remedy: `choose from ${periods.join(', ')}`,
      })
    })
}
