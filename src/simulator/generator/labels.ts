import type { InstrumentId, UnixMs } from '#model/ids.ts'

/** What can be planted: the pump, and what looks like one to a careless detector. */
export type EventKind = 'pump' | DecoyKind
/** `newsRamp` slow and lasting · `liquidationCascade` fast drop and bounce · `fatFinger` one order, back at once ·
 * `thinJump` a thin market moved by two orders · `volumeBurst` volume without price. */
export type DecoyKind = 'newsRamp' | 'liquidationCascade' | 'fatFinger' | 'thinJump' | 'volumeBurst'
/** A `dump` is the fall after a pump's peak; it is labelled apart, for short strategies. */
export type LabelKind = EventKind | 'dump'

/** Ground truth of one planted event, measured on the finished tape except where it says planned. */
export interface MarketLabel {
  /** `<instrument>_<kind>_<n>`, n counting from 1 within the instrument and kind. */
  readonly eventId: string
  readonly instrumentId: InstrumentId
  readonly kind: LabelKind
  /** Time of the first planted order; of a dump, the pump's peak. */
  readonly onset: UnixMs
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

/**
 * The labels with the columns of the recorded `events.csv`, one line each, header first. Prices are in the
 * instrument's quote whatever the column's name says; `onset_source` is `planted`, `end` is in the note.
 */
export function labelsToCsv(
  labels: readonly MarketLabel[],
  fileOf: (label: MarketLabel) => string = (label) => `${label.instrumentId}.csv`,
): string {
  const lines = labels.map((label) =>
    [
      label.eventId,
      fileOf(label),
      'generated',
      label.instrumentId,
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
      label.prePrice,
      label.peakPrice,
      label.risePct.toFixed(2),
      label.afterPct === undefined ? '' : label.afterPct.toFixed(2),
      `planned ${label.plannedRisePct.toFixed(2)} %; end ${iso(label.end)}`,
    ].join(','),
  )
  return `${[header, ...lines].join('\n')}\n`
}

const iso = (time: UnixMs): string => new Date(time).toISOString()
const isoMinute = (time: UnixMs): string => `${iso(Math.floor(time / 60_000) * 60_000).slice(0, 19)}Z`
