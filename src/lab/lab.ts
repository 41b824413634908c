export { type BacktestHooks, type FinishedRun, runBacktest } from './backtest.ts'
export { runBacktests } from './jobs.ts'
export { type BacktestSpec, defaultCapital, type SourceSpec } from './spec.ts'
export {
  checkStrategy,
  invalid,
  listStrategies,
  loadStrategy,
  loadVariants,
  readStrategyText,
  type StrategyFile,
  strategyHash,
  strategyJsonSchema,
} from './strategies.ts'
export { compareRuns, comparisonText } from './report/compare.ts'
export { htmlReport } from './report/html.ts'
export { jsonReport } from './report/json.ts'
export { whyNot, whyTrade } from './report/story.ts'
export { tableOfTrades } from './report/terminal-tables.ts'
export { terminalReport } from './report/terminal.ts'
export { simulatorDefaults } from '#simulator/simulator.ts'
export { generateMarket, labelsToCsv } from '#simulator/simulator.ts'
