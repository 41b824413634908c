export { type FinishedRun, runBacktest } from './backtest.ts'
export { runBacktests, settleBacktests } from './jobs.ts'
export { type BacktestSpec } from './spec.ts'
export {
  checkStrategy,
  invalid,
  listStrategies,
  loadStrategy,
  loadVariants,
  readStrategyText,
  strategyJsonSchema,
} from './strategies.ts'
export { compareRuns, comparisonText } from './report/compare.ts'
export { htmlReport } from './report/html.ts'
export { jsonReport } from './report/json.ts'
export { whyNot, whyTrade } from './report/story.ts'
export { terminalReport } from './report/terminal.ts'
export { measureAlarms } from './alarms/alarms.ts'
export { alarmsJson } from './alarms/json.ts'
export { alarmsText } from './alarms/terminal.ts'
export { cellsOf } from './earnings/cells.ts'
export { type CellResult, reportEarnings } from './earnings/earnings.ts'
export { earningsJson } from './earnings/json.ts'
export { readPumps } from './earnings/labelled-pumps.ts'
export { earningsText } from './earnings/terminal.ts'
export { scoreDumps } from './dumps/dumps.ts'
export { dumpsJson } from './dumps/json.ts'
export { dumpsText } from './dumps/terminal.ts'
export { rankJson } from './rank/json.ts'
export { rankAt } from './rank/rank.ts'
export { rankText } from './rank/terminal.ts'
export { scorePumps, type PumpReport } from './pumps/pumps.ts'
export { pumpsHtml } from './pumps/html.ts'
export { pumpsJson } from './pumps/json.ts'
export { pumpsText } from './pumps/terminal.ts'
export { simulatorDefaults } from '#simulator/simulator.ts'
export { openSource } from './source.ts'
export { type PlantedRecording, plantRecordings } from './plant-recordings.ts'
export {
  decoyKinds,
  type DecoyRequest,
  decoysToCsv,
  generateMarket,
  labelsToCsv,
  type PlantPlan,
  pumpProfiles,
  type PumpRequest,
} from '#simulator/simulator.ts'
