import { wrap } from '../report/columns.ts'
import { durationText, none, numberText, percentText, priceText } from '../report/format.ts'
import { renderTable, type TableColumn, type TerminalOptions } from '../report/terminal-table.ts'
import { percentOf, secondText, watchedCoins } from '../pumps/score-rows.ts'
import type { AlarmReport } from './alarms.ts'
import { liquidityText } from './liquidity.ts'
import type { AlarmRate } from './rate.ts'
import { classText, grainText, inLife, intervalText } from './words.ts'

/** The alarm load as tables for a terminal; `list` adds every alarm. */
export function alarmsText(report: AlarmReport, options: TerminalOptions & { readonly list: boolean }): string {
  return [
    classTable(report, options),
    notes(report)
      .flatMap((line) => wrap(line, options.width))
      .join('\n'),
    marketTable(report, options),
    ...(options.list ? [alarmTable(report, options)] : []),
  ].join('\n\n')
}

const left = (title: string, drop = 0): TableColumn => ({ title, align: 'left', drop })
const right = (title: string, drop = 0): TableColumn => ({ title, align: 'right', drop })

const rateColumns = [right('Coin-days', 1), right('Alarms'), right('A coin-day'), right('95 %', 2)]
const rateCells = ({ coinDays, alarms, perCoinDay, interval }: AlarmRate): readonly string[] => [
  numberText(coinDays, 1),
  String(alarms),
  numberText(perCoinDay, 4),
  intervalText(interval),
]

function classTable({ classes, detectors }: AlarmReport, options: TerminalOptions): string {
  const named = detectors.map(({ name, hash }) => `${name}@${hash.slice(0, 8)}`)
  const columns = [
    left('Class'),
    right('Markets'),
    ...rateColumns,
    right('Up 15 min'),
    right(`At ${watchedCoins} coins`),
  ]
  const rows = classes.map((one) => [
    classText(one),
    String(one.instruments),
    ...rateCells(one.rate),
    percentOf(one.medianRisePct),
    numberText(inLife(one.rate.perCoinDay), 1),
  ])
  return renderTable(`ALARM LOAD: S1 of ${named.join(', ')}`, columns, rows, options)
}

function notes({ spec, tooShort }: AlarmReport): readonly string[] {
  const sleep = spec.refractoryMs === null ? "the strategy's own" : durationText(spec.refractoryMs)
  const short =
    tooShort.length === 0
      ? []
      : [
          `Not counted, as no longer than the warm-up: ${tooShort.slice(0, 5).join(', ')}${tooShort.length > 5 ? ` and ${tooShort.length - 5} more` : ''}.`,
        ]
  return [
    `Classes by what was measured: ${liquidityText}.`,
    `Nobody says here what was a pump: every alarm counts. Warm-up ${durationText(spec.warmUpMs)}, sleep after an alarm: ${sleep}. Up 15 min: the median of the highest price of the 15 minutes after, above that of the alarm. At ${watchedCoins} coins: alarms a day.`,
    ...short,
  ]
}

function marketTable({ markets }: AlarmReport, options: TerminalOptions): string {
  const columns = [
    left('Instrument'),
    left('Class'),
    left('Data', 6),
    right('Turnover a day', 5),
    right('Empty bars', 4),
    right('Move a minute', 3),
    ...rateColumns,
    right('Up 15 min', 2),
  ]
  const rows = markets.map(({ instrument, grain, liquidity, measures, rate, medianRisePct }) => [
    instrument.id,
    classText({ kind: instrument.kind, liquidity, grain: null }),
    grainText(grain),
    `${numberText(measures.turnoverPerDay, measures.turnoverPerDay < 1_000 ? 1 : 0)} ${instrument.quote}`,
    percentText(measures.emptyShare, 1),
    `${numberText(measures.movePct, 3)} %`,
    ...rateCells(rate),
    percentOf(medianRisePct),
  ])
  return renderTable('INSTRUMENTS', columns, rows, options)
}

function alarmTable({ markets }: AlarmReport, options: TerminalOptions): string {
  const columns = [left('Instrument'), left('Data', 1), left('Time, UTC'), right('Price'), right('Up 15 min')]
  const rows = markets.flatMap(({ instrument, grain, alarms }) =>
    alarms.map(({ time, price, furtherRisePct }) => [
      instrument.id,
      grainText(grain),
      secondText(time),
      priceText(price),
      furtherRisePct === null ? none : percentOf(furtherRisePct),
    ]),
  )
  return renderTable('ALARMS', columns, rows, options)
}
