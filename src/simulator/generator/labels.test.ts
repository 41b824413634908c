import { instrumentId } from '#model/ids.ts'
import { expect, test } from 'vitest'
import { labelsToCsv } from './generator.ts'
import type { MarketLabel } from './generator.ts'
import { decoysToCsv } from './labels.ts'

const label: MarketLabel = {
  eventId: 'ZUNDRA_USDT_pump_1',
  instrumentId: instrumentId('ZUNDRA_USDT'),
  kind: 'pump',
  profile: 'stepped',
  onset: Date.UTC(2026, 0, 5, 8, 44, 39, 856),
  twitch: Date.UTC(2026, 0, 5, 8, 44, 9, 856),
  peakTime: Date.UTC(2026, 0, 5, 8, 46, 1, 645),
  prePrice: 0.032,
  peakPrice: 0.048,
  risePct: 50,
  plannedRisePct: 48.5,
  afterPct: -31.19,
  end: Date.UTC(2026, 0, 5, 9, 14, 39, 856),
}

test('labels are written with the columns of the recorded events.csv', () => {
  expect(labelsToCsv([label], { file: () => 'zundra.csv' }).split('\n')).toEqual([
    'event_id,file,exchange,symbol,listed_time_utc,listed_by,kind,onset_utc,onset_source,lamorgia_chunk_utc,first_message_utc,ardia_success,ardia_peak_minute_utc,peak_time_utc,pre_price_btc,peak_price_btc,peak_rise_pct,price_25_35min_after_peak_pct,note',
    'ZUNDRA_USDT_pump_1,zundra.csv,generated,ZUNDRA_USDT,2026-01-05T08:44:00Z,generator,pump,2026-01-05T08:44:39.856Z,planted,,,,,2026-01-05T08:46:01.645Z,0.032,0.048,50.00,-31.19,stepped; planned 48.50 %; end 2026-01-05T09:14:39.856Z; twitch 2026-01-05T08:44:09.856Z',
    '',
  ])
})

test('labels go by the names of their recording, and small prices are plain decimals', () => {
  const names = { exchange: 'binance', symbol: () => 'ASTBTC' }
  const [, line] = labelsToCsv([{ ...label, prePrice: 5e-7, peakPrice: 6.1e-7 }], names).split('\n')
  expect(line.split(',').slice(1, 4)).toEqual(['ZUNDRA_USDT', 'binance', 'ASTBTC'])
  expect(line.split(',').slice(14, 16)).toEqual(['0.0000005', '0.00000061'])
})

test('decoys are written with kind, span and size', () => {
  expect(decoysToCsv([{ ...label, kind: 'thinJump', eventId: 'x_thinJump_1' }], { file: () => 'a.csv' })).toBe(
    'event_id,file,symbol,kind,from_utc,to_utc,size_pct\n' +
      'x_thinJump_1,a.csv,ZUNDRA_USDT,thinJump,2026-01-05T08:44:39.856Z,2026-01-05T09:14:39.856Z,50.00\n',
  )
})
