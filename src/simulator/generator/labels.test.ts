import { instrumentId } from '#model/ids.ts'
import { expect, test } from 'vitest'
import { labelsToCsv } from './generator.ts'
import type { MarketLabel } from './generator.ts'

const label: MarketLabel = {
  eventId: 'ZUNDRA_USDT_pump_1',
  instrumentId: instrumentId('ZUNDRA_USDT'),
  kind: 'pump',
  onset: Date.UTC(2026, 0, 5, 8, 44, 39, 856),
  peakTime: Date.UTC(2026, 0, 5, 8, 46, 1, 645),
  prePrice: 0.032,
  peakPrice: 0.048,
  risePct: 50,
  plannedRisePct: 48.5,
  afterPct: -31.19,
  end: Date.UTC(2026, 0, 5, 9, 14, 39, 856),
}

test('labels are written with the columns of the recorded events.csv', () => {
  expect(labelsToCsv([label], () => 'zundra.csv').split('\n')).toEqual([
    'event_id,file,exchange,symbol,listed_time_utc,listed_by,kind,onset_utc,onset_source,lamorgia_chunk_utc,first_message_utc,ardia_success,ardia_peak_minute_utc,peak_time_utc,pre_price_btc,peak_price_btc,peak_rise_pct,price_25_35min_after_peak_pct,note',
    'ZUNDRA_USDT_pump_1,zundra.csv,generated,ZUNDRA_USDT,2026-01-05T08:44:00Z,generator,pump,2026-01-05T08:44:39.856Z,planted,,,,,2026-01-05T08:46:01.645Z,0.032,0.048,50.00,-31.19,planned 48.50 %; end 2026-01-05T09:14:39.856Z',
    '',
  ])
})
