import { durationText, none, numberText, percentText, timeText } from '../report/format.ts'
import type { FalseAlertCounts, Score } from '../pumps/score.ts'
import type { Interval } from '../pumps/statistics.ts'
import type { CaptureScore, CaptureSpread } from './captured.ts'
import type { DumpReport, DumpScore } from './dumps.ts'
import { horizons } from './score.ts'

/** A line of the score table: name, then a value for all events and, where they are split, for each part. */
type ScoreRow = readonly [name: string, ...values: string[]]

/** The columns after the name. */
export function scoreColumns({ spec, parts }: DumpReport): readonly string[] {
  if (parts === null || spec.splitAt === null) return ['All']
  const day = timeText(spec.splitAt).replace('T00:00:00Z', '')
  return ['All', `Before ${day}`, `From ${day}`]
}

export function scoreRows({ score, parts }: DumpReport): readonly ScoreRow[] {
  const scores = [score, ...(parts ? [parts.before, parts.from] : [])]
  const row = (name: string, value: (score: DumpScore) => string): ScoreRow => [name, ...scores.map(value)]
  const captured = (name: string, value: (capture: CaptureScore) => string): readonly ScoreRow[] =>
    score.capture === null ? [] : [row(name, ({ capture }) => (capture === null ? none : value(capture)))]
  return [
    row('Peaks scored', ({ detection }) => String(detection.events)),
    ...horizons.map((horizon) =>
      row(`Found within ${horizon} s`, ({ detection: { recall, events, intervals } }) => {
        const share = recall[horizon]
        if (share === null) return none
        const found = `${Math.round(share * events)}/${events} = ${percentText(share, 0)}`
        return withInterval(found, intervals.recall[horizon], spanOfPercent)
      }),
    ),
    row('Delay from the peak, median', ({ detection: { delayMs, intervals } }) =>
      withInterval(durationText(delayMs?.median ?? null), intervals.medianDelayMs, spanOfTime),
    ),
    row('Delay, quartiles', ({ detection: { delayMs } }) =>
      delayMs === null ? none : spanOfTime(delayMs.q1, delayMs.q3),
    ),
    row('Delay, 90 %', ({ detection: { delayMs } }) => durationText(delayMs?.p90 ?? null)),
    row('Fall already gone, median', ({ detection: { fallGone, intervals } }) =>
      withInterval(percentText(fallGone?.median ?? null, 0), intervals.medianFallGone, spanOfPercent),
    ),
    row('Fall already gone, quartiles', ({ detection: { fallGone } }) =>
      fallGone === null ? none : spanOfPercent(fallGone.q1, fallGone.q3),
    ),
    row('Alerted before the peak, too', ({ detection: { premature, events, intervals } }) =>
      events === 0 ? none : withInterval(`${premature.events}/${events}`, intervals.prematureEvents, spanOfPercent),
    ),
    row('  alerts then', ({ detection: { premature } }) => String(premature.alerts)),
    row('  it rose further, median / most', ({ detection: { premature } }) => {
      const { furtherRisePct } = premature
      return furtherRisePct === null
        ? none
        : `${numberText(furtherRisePct.median, 1)} % / ${numberText(furtherRisePct.max, 1)} %`
    }),
    row('Coin-days scored', ({ alarms }) => numberText(alarms.coinDays, 1)),
    row('False alerts a coin-day', ({ alarms }) => rateText(alarms, 'all')),
    row('  less unexplained jumps', ({ alarms }) => rateText(alarms, 'withoutUnexplained')),
    row('  both as episodes', ({ alarms: { episodesPerCoinDay } }) =>
      [episodesPerCoinDay.all, episodesPerCoinDay.withoutUnexplained].map((rate) => numberText(rate, 3)).join(' / '),
    ),
    ...captured('Pumps that fell', ({ falls }) => String(falls)),
    ...captured('Fall captured before costs, mean', ({ beforeCosts }) => meanText(beforeCosts)),
    ...captured('  at the prices filled', ({ atFills }) => meanText(atFills)),
    ...captured('  after all costs', ({ afterCosts }) => meanText(afterCosts)),
    ...captured('  after all costs, median', ({ afterCosts }) => percentText(afterCosts.spread?.median ?? null, 0)),
    ...captured('  after all costs, quartiles', ({ afterCosts: { spread } }) =>
      spread === null ? none : spanOfPercent(spread.q1, spread.q3),
    ),
  ]
}

const meanText = ({ mean, interval }: CaptureSpread): string =>
  withInterval(percentText(mean, 0), interval, spanOfPercent)

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
