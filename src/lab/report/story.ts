import type { ReportRun } from './report-run.ts'
import { buildTradeStory, type TradeStory } from './trade-story.ts'
import { tradeStoryText } from './trade-story-text.ts'
import { buildWhyNot, type WhyNot } from './why-not.ts'
import { type WhyNotOptions, whyNotText } from './why-not-text.ts'

/** A story twice: for reading, and for programs. */
export interface Told<T> {
  readonly text: string
  readonly json: T
}

/** Why trade `n` happened (from 1, in order of closing); throws a `UserError` when there is none. */
export function whyTrade(run: ReportRun, n: number): Told<TradeStory> {
  const json = buildTradeStory(run, n)
  return { json, text: tradeStoryText(json, run.spec.currency) }
}

/** Why there was no trade, on one instrument or on all; throws a `UserError` for an instrument the run does not have. */
export function whyNot(run: ReportRun, instrument?: string, options?: WhyNotOptions): Told<WhyNot> {
  const json = buildWhyNot(run, instrument)
  return { json, text: whyNotText(json, options) }
}
