import type { InstrumentId, UnixMs } from '#model/ids.ts'
import type { PumpProfile } from './shapes.ts'

/** What is planted apart from pumps, and looks like one to a careless detector. */
export const decoyKinds = [
  /** Gradual, on orders of ordinary size from both sides, and there to stay. */
  'newsRamp',
  /** A fast fall and recovery. */
  'liquidationCascade',
  /** Its upward mirror. */
  'shortSqueeze',
  /** One huge order through the book, gone a second or two later. */
  'fatFinger',
  /** A dead market moved by two tiny orders. */
  'thinJump',
  /** Volume without price. */
  'volumeBurst',
] as const
export type DecoyKind = (typeof decoyKinds)[number]
export type EventKind = 'pump' | DecoyKind
/** A `dump` is the fall after a pump's peak; it is labelled apart, for short strategies. */
export type LabelKind = EventKind | 'dump'

/** Ground truth of one planted event, measured on the finished tape except where it says planned. */
export interface MarketLabel {
  /** `<instrument>_<kind>_<n>`, n counting from 1 within the instrument and kind. */
  readonly eventId: string
  readonly instrumentId: InstrumentId
  readonly kind: LabelKind
  /** Of a pump. */
  readonly profile?: PumpProfile
  /** Time of the first planted order, a twitch before it left out; of a dump, the pump's peak. */
  readonly onset: UnixMs
  /** First order of the twitch before a stepped pump. */
  readonly twitch?: UnixMs
  /** Time of the most extreme trade: the highest, or the lowest of a cascade or dump. */
  readonly peakTime: UnixMs
  /** Median trade price from 60 to 5 min before the onset (as in the recorded `events.csv`); of a dump, the peak. */
  readonly prePrice: number
  readonly peakPrice: number
  /** Percent of `prePrice`, negative for a fall. */
  readonly risePct: number
  /** Percent the plan asked for; 0 for a volume burst. */
  readonly plannedRisePct: number
  /** Median trade price 25 to 35 min after the peak against the peak, in percent; absent when nothing traded then. */
  readonly afterPct?: number
  /** Planned end of the disturbance: volume is back to ordinary. */
  readonly end: UnixMs
}

const header =
  'event_id,file,exchange,symbol,listed_time_utc,listed_by,kind,onset_utc,onset_source,lamorgia_chunk_utc,' +
  'first_message_utc,ardia_success,ardia_peak_minute_utc,peak_time_utc,pre_price_btc,peak_price_btc,peak_rise_pct,' +
  'price_25_35min_after_peak_pct,note'

/** How labels name what they are about; what is left out is a generated market's. */
export interface LabelNames {
  readonly file?: (label: MarketLabel) => string
  readonly symbol?: (label: MarketLabel) => string
  readonly exchange?: string
}

/**
 * The labels with the columns of the recorded `events.csv`, one line each, header first. Prices are in the
 * instrument's quote whatever the column's name says; `onset_source` is `planted`, profile, plan, end and twitch are in the note.
 */
export function labelsToCsv(labels: readonly MarketLabel[], names: LabelNames = {}): string {
  const lines = labels.map((label) =>
    [
      label.eventId,
      names.file?.(label) ?? label.instrumentId,
      names.exchange ?? 'generated',
      names.symbol?.(label) ?? label.instrumentId,
      isoMinute(label.onset),
      'generator',
      label.kind,
      iso(label.onset),
      'planted',
      '',
      '',
      '',
      '',
      iso(label.peakTime),
      decimal(label.prePrice),
      decimal(label.peakPrice),
      label.risePct.toFixed(2),
      label.afterPct === undefined ? '' : label.afterPct.toFixed(2),
      noteOf(label),
    ].join(','),
  )
  return `${[header, ...lines].join('\n')}\n`
}

/** Decoys as `event_id,file,symbol,kind,from_utc,to_utc,size_pct`, the size as measured. */
export function decoysToCsv(labels: readonly MarketLabel[], names: LabelNames = {}): string {
  const lines = labels.map((label) =>
    [
      label.eventId,
      names.file?.(label) ?? label.instrumentId,
      names.symbol?.(label) ?? label.instrumentId,
      label.kind,
      iso(label.onset),
      iso(label.end),
      label.risePct.toFixed(2),
    ].join(','),
  )
  return `${['event_id,file,symbol,kind,from_utc,to_utc,size_pct', ...lines].join('\n')}\n`
}

function noteOf({ profile, plannedRisePct, end, twitch }: MarketLabel): string {
  const parts = [`planned ${plannedRisePct.toFixed(2)} %`, `end ${iso(end)}`]
  if (profile !== undefined) parts.unshift(profile)
  if (twitch !== undefined) parts.push(`twitch ${iso(twitch)}`)
  return parts.join('; ')
}

/** Prices are on grids of at most twelve decimals; never an exponent. */
const decimal = (price: number): string => price.toFixed(12).replace(/\.?0+$/, '')
const iso = (time: UnixMs): string => new Date(time).toISOString()
const isoMinute = (time: UnixMs): string => `${iso(Math.floor(time / 60_000) * 60_000).slice(0, 19)}Z`
