import { array, assert, constantFrom, integer, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instrumentId } from '#model/ids.ts'
import { type PumpEvent, type Recording, scoreAlerts } from './score.ts'

const start = Date.UTC(2020, 0, 1)
const hours = (count: number): number => start + Math.round(count * 3_600_000)
const seconds = (count: number): number => Math.round(count * 1_000)
const day = 24

/** A pump from 1.0 to 1.5 a day after the beginning. */
const pump = (change: Partial<PumpEvent> = {}): PumpEvent => ({
  eventId: 'p',
  onset: hours(day),
  prePrice: 1,
  peakPrice: 1.5,
  peakTime: hours(day) + seconds(40),
  ...change,
})

/** Four days with that pump. */
const recording = (alerts: readonly (readonly [time: number, price: number])[], change: Partial<Recording> = {}) => ({
  file: 'f.csv',
  instrumentId: instrumentId('COIN_BTC'),
  from: start,
  to: hours(4 * day),
  alerts: alerts.map(([time, price]) => ({ time, price })),
  pumps: [pump()],
  jumps: [],
  ...change,
})

const options = { warmUpMs: 12 * 3_600_000, seed: 1 }
const scoreOf = (...recordings: readonly Recording[]) => scoreAlerts(recordings, options)
const onset = hours(day)

describe('a pump', () => {
  test('counts for every horizon that its first alert after the onset keeps', () => {
    const score = scoreOf(
      recording([
        [onset + seconds(14), 1.1],
        [onset + seconds(20), 1.2],
      ]),
    )
    expect(score.recall).toEqual({ '5': 0, '15': 1, '30': 1, '60': 1, '120': 1 })
    expect(score.perEvent).toEqual([
      {
        eventId: 'p',
        file: 'f.csv',
        instrumentId: 'COIN_BTC',
        onset,
        outcome: 'hit',
        alert: { time: onset + seconds(14), price: 1.1 },
        delayMs: seconds(14),
        earlyMs: null,
        risePct: 50,
        pricePaid: expect.closeTo(0.2, 12),
      },
    ])
  })

  test.each([
    ['just after the onset', 0.001, 'hit', 1],
    ['at the last moment', 120, 'hit', 120_000],
    ['too late', 120.001, 'missed', null],
    ['at the onset itself', 0, 'early', null],
    ['as early as counts', -120, 'early', null],
    ['earlier than counts', -120.001, 'missed', null],
  ])('alerted %s', (_when, offset, outcome, delayMs) => {
    const { perEvent } = scoreOf(recording([[onset + seconds(offset), 1]]))
    expect(perEvent[0]).toMatchObject({ outcome, delayMs })
  })

  test('that was alerted before and after its onset is found, and early as well', () => {
    const { perEvent } = scoreOf(
      recording([
        [onset - seconds(5), 1],
        [onset + seconds(2), 1.25],
      ]),
    )
    expect(perEvent[0]).toMatchObject({ outcome: 'hit', delayMs: 2_000, earlyMs: 5_000, pricePaid: 0.5 })
  })

  test('within the warm-up is not scored, and its time stays neutral', () => {
    const early = pump({ onset: hours(11) })
    const score = scoreOf(
      recording(
        [
          [hours(11) + 1, 1],
          [hours(14.9), 1],
        ],
        { pumps: [early] },
      ),
    )
    expect(score).toMatchObject({ events: 0, falseAlerts: [], delayMs: null, pricePaid: null })
    expect(score.recall['30']).toBe(null)
    expect(score.coinDays).toBeCloseTo(3.5 - 3 / 24, 9)
  })

  test('of which nothing is known of the price before has no rise and no price paid', () => {
    const { perEvent, pricePaid } = scoreOf(recording([[onset + 1, 1]], { pumps: [pump({ prePrice: null })] }))
    expect(perEvent[0]).toMatchObject({ outcome: 'hit', risePct: null, pricePaid: null })
    expect(pricePaid).toBe(null)
  })
})

describe('a false alert', () => {
  const timesOf = (recording: Recording): number[] => scoreOf(recording).falseAlerts.map(({ time }) => time)

  test('is one outside the hour before and the four hours after every onset, and after the warm-up', () => {
    const inside = [hours(11.99), hours(day - 1), hours(day) + 1, hours(day + 4)]
    const outside = [hours(12), hours(day - 1) - 1, hours(day + 4) + 1]
    const alerts = [...inside, ...outside].sort((a, b) => a - b).map((time) => [time, 1] as const)
    expect(timesOf(recording(alerts))).toEqual(outside)
  })

  test('counts by coin-days without warm-up and neutral time', () => {
    const score = scoreOf(
      recording([
        [hours(50), 1],
        [hours(60), 1],
      ]),
    )
    expect(score.coinDays).toBeCloseTo((96 - 12 - 5) / 24, 9)
    expect(score.falseAlertsPerCoinDay.all).toBeCloseTo(2 / ((96 - 12 - 5) / 24), 9)
  })

  test('overlapping neutral times count once', () => {
    const second = pump({ eventId: 'q', onset: hours(day + 2) })
    expect(scoreOf(recording([], { pumps: [pump(), second] })).coinDays).toBeCloseTo((96 - 12 - 7) / 24, 9)
  })

  test('within ten minutes of a jump is counted apart', () => {
    const jump = hours(50)
    const near = [jump - seconds(600), jump + seconds(660)]
    const far = [jump - seconds(601), jump + seconds(661)]
    const alerts = [...near, ...far].sort((a, b) => a - b).map((time) => [time, 1] as const)
    const score = scoreOf(recording(alerts, { jumps: [jump] }))
    expect(score.falseAlertCounts).toEqual({ all: 4, withoutUnexplained: 2, quiet: null })
    expect(score.falseAlerts.filter(({ unexplained }) => unexplained).map(({ time }) => time)).toEqual(near)
  })

  test('in a recording without a pump is quiet, and has coin-days of its own', () => {
    const flat = recording([[hours(50), 1]], { pumps: [], file: 'flat.csv' })
    const score = scoreOf(
      recording([
        [hours(50), 1],
        [hours(70), 1],
      ]),
      flat,
    )
    expect(score.falseAlertCounts).toMatchObject({ all: 3, quiet: 1 })
    expect(score.quietCoinDays).toBeCloseTo(3.5, 9)
    expect(score.falseAlertsPerCoinDay.quiet).toBeCloseTo(1 / 3.5, 9)
    expect(scoreOf(recording([])).falseAlertsPerCoinDay.quiet).toBe(null)
  })

  test('within 30 minutes of the one before belongs to its episode', () => {
    const alerts = [50, 50.5, 51, 51.51].map((hour) => [hours(hour), 1] as const)
    const score = scoreOf(recording(alerts))
    expect(score.falseAlerts.map(({ begins }) => begins)).toEqual([true, false, false, true])
    expect(score.episodesPerCoinDay.all).toBeCloseTo(2 / score.coinDays, 9)
  })
})

describe('intervals', () => {
  const two = (delays: readonly (number | null)[]) =>
    delays.map((delay, index) =>
      recording(delay === null ? [] : [[onset + seconds(delay), 1]], { file: `${index}.csv` }),
    )

  test('are the same for the same seed', () => {
    const recordings = two([1.1, 2.7, null, 4.2, 10.6, 3.3, 7.9, 5.5, 0.4])
    expect(scoreAlerts(recordings, options)).toEqual(scoreAlerts(recordings, options))
    expect(scoreAlerts(recordings, options).intervals.recall['5']).toEqual({ low: 2 / 9, high: 8 / 9 })
  })

  test('of no false alert at all end where a Poisson count of none does', () => {
    const { falseAlertsPerCoinDay } = scoreOf(recording([])).intervals
    expect(falseAlertsPerCoinDay.all).toEqual({ low: 0, high: expect.closeTo(3.689 / (79 / 24), 3) })
    expect(falseAlertsPerCoinDay.quiet).toBe(null)
  })
})

test('recall never falls with the horizon, and every alert is a hit, early, neutral, false or warm-up', () => {
  const offset = integer({ min: -100_000, max: 200_000 })
  assert(
    property(
      array(array(offset, { maxLength: 8 }), { minLength: 1, maxLength: 5 }),
      constantFrom(0, 3),
      (runs, seed) => {
        const recordings = runs.map((offsets, index) =>
          recording(
            offsets.sort((a, b) => a - b).map((each) => [onset + seconds(each), 1]),
            { file: String(index) },
          ),
        )
        const score = scoreAlerts(recordings, { ...options, seed })
        const shares = Object.values(score.recall).map(Number)
        expect(shares).toEqual(shares.toSorted((a, b) => a - b))
        const expected = runs.flat().filter((each) => {
          const time = onset + seconds(each)
          return time >= hours(12) && (time < onset - seconds(3_600) || time > onset + seconds(14_400))
        })
        expect(score.falseAlerts).toHaveLength(expected.length)
      },
    ),
    { numRuns: 30 },
  )
})
