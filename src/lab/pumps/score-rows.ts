import type { UnixMs } from '#model/ids.ts'
import { countOf, durationText, none, numberText, percentText, timeText } from '../report/format.ts'
import type { FalseAlertFacts } from './false-alerts.ts'
import type { PumpReport } from './pumps.ts'
import { type EventScore, type FalseAlertCounts, type Horizon, horizons, type Score } from './score.ts'
import type { Interval } from './statistics.ts'

/** Coins a trader may watch at once: what a rate means in life. */
export const watchedCoins = 300

/** A line of the score table: name, then a value for all events and, where they are split, for each part. */
export type ScoreRow = readonly [name: string, ...values: string[]]

/** The columns after the name. */
export function scoreColumns({ spec, parts }: PumpReport): readonly string[] {
  if (parts === null || spec.splitAt === null) return ['All']
  const day = timeText(spec.splitAt).replace('T00:00:00Z', '')
  return ['All', `Before ${day}`, `From ${day}`]
}

/** Lines of the score table; terminal and page show the same ones. */
export function scoreRows({ score, parts }: PumpReport): readonly ScoreRow[] {
  const scores = [score, ...(parts ? [parts.before, parts.from] : [])]
  const row = (name: string, value: (score: Score) => string): ScoreRow => [name, ...scores.map(value)]
  return [
    row('Pumps scored', ({ events }) => String(events)),
    ...horizons.map((horizon) => row(`Found within ${horizon} s`, (one) => recallText(one, horizon))),
    row('Too early only', ({ perEvent }) => String(countIn(perEvent, 'early'))),
    row('Delay, median', ({ delayMs, intervals }) =>
      withInterval(durationText(delayMs?.median ?? null), intervals.medianDelayMs, spanOfTime),
    ),
    row('Delay, quartiles', ({ delayMs }) => (delayMs === null ? none : spanOfTime(delayMs.q1, delayMs.q3))),
    row('Delay, 90 % / longest', ({ delayMs }) =>
      delayMs === null ? none : `${durationText(delayMs.p90)} / ${durationText(delayMs.max)}`,
    ),
    row('Rise already paid, median', ({ pricePaid }) => (pricePaid === null ? none : percentText(pricePaid.median, 0))),
    row('Rise already paid, quartiles', ({ pricePaid }) =>
      pricePaid === null ? none : spanOfPercent(pricePaid.q1, pricePaid.q3),
    ),
    row('Coin-days scored', ({ coinDays }) => numberText(coinDays, 1)),
    row('  of recordings without a pump', ({ quietCoinDays }) => numberText(quietCoinDays, 1)),
    row('False alerts a coin-day', (one) => rateText(one, 'all')),
    row('  less unexplained jumps', (one) => rateText(one, 'withoutUnexplained')),
    row('  in those without a pump', (one) => rateText(one, 'quiet')),
    row('  these three as episodes', ({ episodesPerCoinDay: { all, withoutUnexplained, quiet } }) =>
      [all, withoutUnexplained, quiet].map((rate) => numberText(rate, 3)).join(' / '),
    ),
    row(`A day on ${watchedCoins} coins, all / less`, ({ falseAlertsPerCoinDay: { all, withoutUnexplained } }) =>
      [all, withoutUnexplained].map((rate) => numberText(rate === null ? null : rate * watchedCoins, 1)).join(' / '),
    ),
  ]
}

/** What the detector costs, in one line. */
export function costText({ cost, spec }: PumpReport): string {
  const { nsPerTrade, nsPerTimerPoint, engineNsPerTrade, trades, timerPoints } = cost
  if (spec.candlesMs !== null)
    return `Cost of the detector: ${numberText(nsPerTrade, 0)} ns a candle. Whole engine: ${numberText(engineNsPerTrade, 0)} ns a candle. Measured on ${countOf(trades, 'candle')}, best of three.`
  return `Cost of the detector: ${numberText(nsPerTrade, 0)} ns a trade, ${numberText(nsPerTimerPoint, 0)} ns a point of the 1 s timer (${numberText(timerPoints / trades, 1)} of them to a trade here). Whole engine, both together: ${numberText(engineNsPerTrade, 0)} ns a trade. Measured on ${countOf(trades, 'trade')}, best of three.`
}

/** Assumptions the numbers stand on, in one line. */
export function protocolText({ spec, refractoryMs, jumps }: PumpReport): string {
  const dataText = spec.candlesMs === null ? '' : `Candles of ${durationText(spec.candlesMs)} made of the trades. `
  const jumpText = jumps === null ? 'jumps measured on the tape' : `jumps of ${jumps}`
  return `${dataText}Warm-up ${durationText(spec.warmUpMs)}, refractory ${durationText(refractoryMs)}, ${jumpText}, bootstrap of 1,000 draws, seed ${spec.seed}. Brackets: 95 % intervals.`
}

/** Columns of the list of false alerts. */
export const falseAlertColumns = ['Rise', 'Volume', 'Up in 15 min', 'After 30 min', 'Near'] as const

/** What a false alert was and what came after, in those columns. */
export function falseAlertCells(alert: FalseAlertFacts): readonly string[] {
  const { risePct, volumeRatio, furtherRisePct, afterHalfHourPct } = alert
  return [
    percentOf(risePct),
    volumeRatio === null ? none : `${numberText(volumeRatio, 0)} ×`,
    percentOf(furtherRisePct),
    percentOf(afterHalfHourPct),
    [...(alert.unexplained ? ['unexplained jump'] : []), ...(alert.quiet ? ['no pump in its file'] : [])].join(', '),
  ]
}

/** The same as a sentence. */
export function falseAlertText(alert: FalseAlertFacts): string {
  const [rise, volume, further, after, near] = falseAlertCells(alert)
  return `rise ${rise}, volume ${volume}, up to ${further} in 15 min, ${after} after 30 min${near === '' ? '' : `; ${near}`}`
}

/** A time to the second, as lists show it. */
export const secondText = (time: UnixMs): string => timeText(Math.floor(time / 1_000) * 1_000)

/** `+7.5 %`; a dash for null. */
export const percentOf = (value: number | null): string =>
  value === null ? none : `${value > 0 ? '+' : ''}${numberText(value, 1)} %`

export const outcomeWords: Readonly<Record<EventScore['outcome'], string>> = {
  hit: 'found',
  early: 'too early',
  missed: 'missed',
}

export const countIn = (events: readonly EventScore[], outcome: EventScore['outcome']): number =>
  events.filter((event) => event.outcome === outcome).length

function recallText({ recall, intervals, events }: Score, horizon: Horizon): string {
  const share = recall[horizon]
  if (share === null) return none
  const found = `${Math.round(share * events)}/${events} = ${percentText(share, 0)}`
  return withInterval(found, intervals.recall[horizon], spanOfPercent)
}

function rateText(score: Score, name: keyof FalseAlertCounts): string {
  const rate = score.falseAlertsPerCoinDay[name]
  const count = score.falseAlertCounts[name]
  if (rate === null || count === null) return none
  const text = withInterval(
    numberText(rate, 3),
    score.intervals.falseAlertsPerCoinDay[name],
    (low, high) => `${numberText(low, 3)}–${numberText(high, 3)}`,
  )
  return `${text}, ${count}`
}

const spanOfTime = (low: number, high: number): string => `${durationText(low)} – ${durationText(high)}`
const spanOfPercent = (low: number, high: number): string =>
  `${numberText(low * 100, 0)}–${numberText(high * 100, 0)} %`

const withInterval = (text: string, interval: Interval | null, write: (low: number, high: number) => string): string =>
  interval === null ? text : `${text} (${write(interval.low, interval.high)})`
