import type { InstrumentId, UnixMs } from '#model/ids.ts'
import { bootstrapInterval, type Interval, type Spread, spreadOf } from './statistics.ts'

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/** Seconds after the onset at which recall is told. */
export const horizons = ['5', '15', '30', '60', '120'] as const
export type Horizon = (typeof horizons)[number]
/** The last horizon: what comes later is no hit; an alert up to as long before the onset is an early one. */
export const hitMs = 120_000
/** Around a pump's onset an alert is neither right nor wrong. */
export const neutralBeforeMs = hourMs
export const neutralAfterMs = 4 * hourMs
/** An alert this close to a jump that nobody explained is counted apart. */
export const jumpMs = 10 * minuteMs
/** False alerts no further apart are one episode. */
export const episodeMs = 30 * minuteMs

/** Where none was seen there is nothing to draw from; upper end of the exact 95 % interval of a Poisson count of 0. */
const noneSeen = -Math.log(0.025)

/** A pump, and what the tape says of it. */
export interface PumpEvent {
  readonly eventId: string
  readonly onset: UnixMs
  /** Null where nothing traded in time to tell. */
  readonly prePrice: number | null
  readonly peakPrice: number | null
  readonly peakTime: UnixMs | null
}

export interface TimedPrice {
  readonly time: UnixMs
  readonly price: number
}

/** One recording, what a detector said about it, and what is known of it. */
export interface Recording {
  readonly file: string
  readonly instrumentId: InstrumentId
  readonly from: UnixMs
  readonly to: UnixMs
  /** Ascending. */
  readonly alerts: readonly TimedPrice[]
  readonly pumps: readonly PumpEvent[]
  /** Beginnings of the minutes in which the price jumped. */
  readonly jumps: readonly UnixMs[]
}

export interface EventScore {
  readonly eventId: string
  readonly file: string
  readonly instrumentId: InstrumentId
  readonly onset: UnixMs
  /** `hit`: an alert within 120 s after the onset; `early`: only one within 120 s before it. */
  readonly outcome: 'hit' | 'early' | 'missed'
  readonly alert: TimedPrice | null
  readonly delayMs: number | null
  /** Time from the last early alert to the onset. */
  readonly earlyMs: number | null
  /** From the price before to the peak, percent. */
  readonly risePct: number | null
  /** Part of that rise which the price had made at the alert. */
  readonly pricePaid: number | null
}

export interface FalseAlert extends TimedPrice {
  readonly file: string
  readonly instrumentId: InstrumentId
  /** An unexplained jump is near. */
  readonly unexplained: boolean
  /** In a recording without a pump. */
  readonly quiet: boolean
  /** It does not follow another one within 30 minutes. */
  readonly begins: boolean
}

/** False alerts by where they fell; `quiet` is null where no recording is without a pump. */
export interface FalseAlertCounts {
  readonly all: number
  readonly withoutUnexplained: number
  readonly quiet: number | null
}

export interface Score {
  readonly events: number
  readonly recordings: number
  /** Scored time: without the warm-up of each recording and without the neutral time around each pump. */
  readonly coinDays: number
  readonly quietCoinDays: number
  /** Shares of the events; null without events. */
  readonly recall: Readonly<Record<Horizon, number | null>>
  /** Over hits, as `pricePaid`. */
  readonly delayMs: Spread | null
  readonly pricePaid: Spread | null
  readonly falseAlertCounts: FalseAlertCounts
  readonly falseAlertsPerCoinDay: { readonly [Name in keyof FalseAlertCounts]: number | null }
  readonly episodesPerCoinDay: { readonly [Name in keyof FalseAlertCounts]: number | null }
  /** 95 %: recall and delay by drawing events, false alerts by drawing recordings; exact where there were none. */
  readonly intervals: {
    readonly recall: Readonly<Record<Horizon, Interval | null>>
    readonly medianDelayMs: Interval | null
    readonly falseAlertsPerCoinDay: { readonly [Name in keyof FalseAlertCounts]: Interval | null }
  }
  readonly perEvent: readonly EventScore[]
  readonly falseAlerts: readonly FalseAlert[]
}

export interface ScoreOptions {
  /** Beginning of every recording that is not scored. */
  readonly warmUpMs: number
  readonly seed: number
}

/** Scores alerts as `docs/pump-laboratory.md` states it. Pumps in the warm-up are not scored, but stay neutral time. */
export function scoreAlerts(recordings: readonly Recording[], { warmUpMs, seed }: ScoreOptions): Score {
  const perEvent = recordings.flatMap((recording) => eventScores(recording, warmUpMs))
  const shares = recordings.map((recording) => shareOf(recording, warmUpMs))
  const quiet = shares.filter((share) => share.quiet)
  const coinDays = sum(shares, ({ days }) => days)
  const quietCoinDays = sum(quiet, ({ days }) => days)
  const all = shares.flatMap(({ alerts }) => alerts)
  const unexplained = ({ alerts }: Share): number => alerts.filter((alert) => !alert.unexplained).length
  const every = ({ alerts }: Share): number => alerts.length
  const rate = (some: readonly Share[], count: (share: Share) => number): number | null => {
    const days = sum(some, (share) => share.days)
    return days > 0 ? sum(some, count) / days : null
  }
  const rates = (count: (share: Share) => number, clean: (share: Share) => number) => ({
    all: rate(shares, count),
    withoutUnexplained: rate(shares, clean),
    quiet: rate(quiet, count),
  })
  const interval = (some: readonly Share[], count: (share: Share) => number): Interval | null => {
    const days = sum(some, (share) => share.days)
    if (sum(some, count) === 0) return days > 0 ? { low: 0, high: noneSeen / days } : null
    return bootstrapInterval(some, (sample) => rate(sample, count), { seed })
  }
  return {
    events: perEvent.length,
    recordings: recordings.length,
    coinDays,
    quietCoinDays,
    recall: byHorizon((ms) => recallOf(perEvent, ms)),
    delayMs: spreadOf(delaysOf(perEvent)),
    pricePaid: spreadOf(perEvent.flatMap(({ pricePaid }) => pricePaid ?? [])),
    falseAlertCounts: {
      all: sum(shares, every),
      withoutUnexplained: sum(shares, unexplained),
      quiet: quiet.length === 0 ? null : sum(quiet, every),
    },
    falseAlertsPerCoinDay: rates(every, unexplained),
    episodesPerCoinDay: rates(
      ({ alerts }) => episodesIn(alerts),
      ({ alerts }) => episodesIn(alerts.filter((alert) => !alert.unexplained)),
    ),
    intervals: {
      recall: byHorizon((ms) => bootstrapInterval(perEvent, (sample) => recallOf(sample, ms), { seed })),
      medianDelayMs: bootstrapInterval(perEvent, (sample) => spreadOf(delaysOf(sample))?.median ?? null, { seed }),
      falseAlertsPerCoinDay: {
        all: interval(shares, every),
        withoutUnexplained: interval(shares, unexplained),
        quiet: interval(quiet, every),
      },
    },
    perEvent,
    falseAlerts: all,
  }
}

/** Whether a pump begins inside the scored part of its recording. */
export const isScored = (
  { from, to }: Pick<Recording, 'from' | 'to'>,
  { onset }: PumpEvent,
  warmUpMs: number,
): boolean => onset >= from + warmUpMs && onset <= to

/** The scored pumps of a recording. */
export const eventScores = (recording: Recording, warmUpMs: number): EventScore[] =>
  recording.pumps.filter((pump) => isScored(recording, pump, warmUpMs)).map((pump) => eventScore(recording, pump))

/** Alerts of a recording in scored time. */
export const falseAlertsOf = (recording: Recording, warmUpMs: number): readonly FalseAlert[] =>
  shareOf(recording, warmUpMs).alerts

function eventScore({ file, instrumentId, alerts }: Recording, pump: PumpEvent): EventScore {
  const { onset, prePrice, peakPrice } = pump
  const alert = alerts.find(({ time }) => time > onset && time <= onset + hitMs) ?? null
  const early = alerts.findLast(({ time }) => time >= onset - hitMs && time <= onset)
  const rise = prePrice !== null && peakPrice !== null && peakPrice > prePrice ? peakPrice - prePrice : null
  return {
    eventId: pump.eventId,
    file,
    instrumentId,
    onset,
    outcome: alert ? 'hit' : early ? 'early' : 'missed',
    alert,
    delayMs: alert && alert.time - onset,
    earlyMs: early ? onset - early.time : null,
    risePct: rise === null || prePrice === null ? null : (rise / prePrice) * 100,
    pricePaid: alert === null || rise === null || prePrice === null ? null : (alert.price - prePrice) / rise,
  }
}

/** What one recording brings to the false alerts. */
interface Share {
  readonly days: number
  readonly quiet: boolean
  readonly alerts: readonly FalseAlert[]
}

function shareOf(recording: Recording, warmUpMs: number): Share {
  const { file, instrumentId, to, jumps } = recording
  const from = recording.from + warmUpMs
  const quiet = recording.pumps.length === 0
  const neutral = recording.pumps.map(({ onset }) => [onset - neutralBeforeMs, onset + neutralAfterMs] as const)
  const alerts: FalseAlert[] = []
  for (const { time, price } of recording.alerts) {
    if (time < from || neutral.some(([start, end]) => time >= start && time <= end)) continue
    const unexplained = jumps.some((minute) => time >= minute - jumpMs && time <= minute + minuteMs + jumpMs)
    const begins = time - (alerts.at(-1)?.time ?? -Infinity) > episodeMs
    alerts.push({ file, instrumentId, time, price, unexplained, quiet, begins })
  }
  return { days: (Math.max(0, to - from) - covered(neutral, from, to)) / dayMs, quiet, alerts }
}

/** Time within `[from, to]` that at least one of the windows covers. */
function covered(windows: readonly (readonly [number, number])[], from: UnixMs, to: UnixMs): number {
  let total = 0
  let reached = from
  for (const [start, end] of windows.toSorted(([a], [b]) => a - b)) {
    const begin = Math.max(start, reached)
    const stop = Math.min(end, to)
    if (stop <= begin) continue
    total += stop - begin
    reached = stop
  }
  return total
}

function episodesIn(alerts: readonly TimedPrice[]): number {
  return alerts.filter(({ time }, index) => index === 0 || time - alerts[index - 1].time > episodeMs).length
}

function recallOf(events: readonly EventScore[], ms: number): number | null {
  if (events.length === 0) return null
  return events.filter(({ delayMs }) => delayMs !== null && delayMs <= ms).length / events.length
}

const delaysOf = (events: readonly EventScore[]): number[] => events.flatMap(({ delayMs }) => delayMs ?? [])

const byHorizon = <T>(value: (ms: number) => T): Record<Horizon, T> =>
  Object.fromEntries(horizons.map((horizon) => [horizon, value(Number(horizon) * 1_000)])) as Record<Horizon, T>

const sum = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((total, item) => total + value(item), 0)
