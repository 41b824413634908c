import { describe, expect, test } from 'vitest'
import { describeShared, sharedPath } from '#test/shared.ts'
import { parseJumps, parseLabels, readLabels } from './labels.ts'

const header = 'event_id,file,kind,listed_time_utc,onset_utc,peak_time_utc,pre_price_btc,peak_price_btc,note'
const pump = 'A,ticks/ABTC.csv.gz,pump,2021-02-24T17:00:00Z,2021-02-24T17:00:01.987Z,2021-02-24T17:00:21Z,0.001,0.002,'
const listOf = (...rows: readonly string[]): string => `${[header, ...rows].join('\n')}\n`

function refusalOf(text: string): unknown {
  try {
    parseLabels(text, 'events.csv')
  } catch (error) {
    const { code, where, message, remedy } = error as Record<string, unknown>
    return { code, where, message, remedy }
  }
  return undefined
}

describe('a list of events', () => {
  test('is read whatever its order of columns, quotes and line ends', () => {
    const text = `\uFEFFnote,kind,onset_utc,file\r\n"a, ""b""\nc",pump,2021-02-24 17:00:01,ABTC.csv\r\n\r\nx,no_pump,,B.csv\r\n`
    const none = { listed: null, peakTime: null, prePrice: null, peakPrice: null }
    expect(parseLabels(text, 'events.csv')).toEqual([
      {
        ...none,
        eventId: 'ABTC.csv:2',
        file: 'ABTC.csv',
        kind: 'pump',
        onset: Date.UTC(2021, 1, 24, 17, 0, 1),
        line: 2,
      },
      { ...none, eventId: 'B.csv:5', file: 'B.csv', kind: 'no_pump', onset: null, line: 5 },
    ])
  })

  test('gives times in UTC, prices, and the file without its folder', () => {
    expect(parseLabels(listOf(pump), 'events.csv')).toEqual([
      {
        eventId: 'A',
        file: 'ABTC.csv.gz',
        kind: 'pump',
        onset: Date.UTC(2021, 1, 24, 17, 0, 1, 987),
        listed: Date.UTC(2021, 1, 24, 17),
        peakTime: Date.UTC(2021, 1, 24, 17, 0, 21),
        prePrice: 0.001,
        peakPrice: 0.002,
        line: 2,
      },
    ])
  })
})

describe('a value that cannot be right is refused with line, column, value and remedy', () => {
  test.each([
    ['no onset', pump.replace('2021-02-24T17:00:01.987Z', ''), 'onset_utc is empty', 'every pump needs it'],
    ['an onset that is no time', pump.replace('2021-02-24T17:00:01.987Z', '17:00'), 'onset_utc is "17:00"', 'UTC'],
    ['a day there is not', pump.replace('02-24T17:00:21', '13-24T17:00:21'), 'peak_time_utc is "2021-13', 'UTC'],
    ['a February 31', pump.replace('02-24T17:00:21', '02-31T17:00:21'), 'peak_time_utc is "2021-02-31', 'UTC'],
    ['another kind', pump.replace('pump', 'dump'), 'kind is "dump"', 'pump or no_pump'],
    ['no file', pump.replace('ticks/ABTC.csv.gz', ''), 'file is empty', 'every row'],
    ['a price of zero', pump.replace('0.001', '0'), 'pre_price_btc is "0"', 'leave the field empty'],
    ['a peak below the price before', pump.replace('0.002', '0.0005'), 'peak_price_btc is "0.0005"', 'above'],
    ['a field too many', `${pump}a,b`, 'the row has 10 fields, the header 9', 'double quotes'],
    ['a quote that does not end', pump.replace('A,', '"A,'), 'the row has 1 fields', 'double quotes'],
  ])('%s', (_what, row, message, remedy) => {
    expect(refusalOf(listOf(row))).toEqual({
      code: 'badLabel',
      where: 'events.csv:2',
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    })
  })

  test('an event twice', () => {
    expect(refusalOf(listOf(pump, pump))).toMatchObject({ code: 'badLabel', where: 'events.csv:3' })
  })

  test('a list without a needed column, and one without events', () => {
    expect(refusalOf('file,kind\n')).toMatchObject({ code: 'missingColumn', where: 'events.csv:1' })
    expect(refusalOf('')).toMatchObject({ code: 'missingColumn' })
    expect(refusalOf(listOf())).toMatchObject({ code: 'noLabels' })
  })
})

test('jumps are minutes of files', () => {
  expect(parseJumps('file,symbol,minute_utc\nticks/A.csv.gz,A,2018-08-28T00:49:00Z\n', 'jumps.csv')).toEqual([
    { file: 'A.csv.gz', minute: Date.UTC(2018, 7, 28, 0, 49) },
  ])
})

describeShared('the shared list', () => {
  test('holds 38 pumps and 4 flat minutes', async () => {
    const labels = await readLabels(sharedPath('data/market/trades_binance_spot/events.csv'))
    expect(Object.groupBy(labels, ({ kind }) => kind)).toMatchObject({
      pump: { length: 38 },
      no_pump: { length: 4 },
    })
    expect(new Set(labels.map(({ file }) => file)).size).toBe(41)
  })
})
