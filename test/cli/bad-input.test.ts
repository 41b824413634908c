import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { sandbox } from './sandbox.ts'

const { cwd, run } = sandbox()
const template = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../src/lab/templates/${name}.json`), 'utf8'))

const start = Date.UTC(2024, 0, 1)
const header = 'timestamp,side,price,quantity'
const lines = (count: number): string[] =>
  Array.from({ length: count }, (_, row) => `${start + row * 1_000},buy,${(100 + (row % 7) / 10).toFixed(1)},2.5`)
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(cwd, name), content)
  return name
}
const csv = (rows: readonly string[]): string => `${[header, ...rows].join('\n')}\n`
const good = write('GOOD_USDT.csv', csv(lines(600)))

interface Refusal {
  readonly exit: number
  readonly code: string
  readonly where: string
  /** One message of three parts for people, the same as one object for programs, and nothing saved. */
  readonly tidy: boolean
}

async function refusalOf(...argv: readonly string[]): Promise<Refusal> {
  const { code: exit, stderr, json } = await run(...argv, '--json')
  const { code, message, where, remedy } = json.error
  const isClear =
    /^error [a-zA-Z]+: [\s\S]+\n {2}where: {2}.+\n {2}remedy: .+\n$/.test(stderr) && stderr.includes(remedy)
  const { runs } = (await run('runs', 'list', '--json')).json
  return { exit, code, where, tidy: isClear && typeof message === 'string' && runs.length === 0 }
}

const refusal = (code: string, exit: number, where: RegExp): unknown => ({
  code,
  exit,
  where: expect.stringMatching(where),
  tidy: true,
})

describe('a strategy that cannot be right', () => {
  type Document = ReturnType<typeof template>
  const broken: readonly (readonly [what: string, code: string, change: (document: Document) => void])[] = [
    ['an unknown indicator', 'unknownIndicator', (d) => void (d.readings.flow.indicator = 'orderFlowImbalanc')],
    ['an unknown variant', 'unknownVariant', (d) => void (d.readings.flow = { variant: 'nothing@1' })],
    ['an unknown operator', 'invalidField', (d) => void (d.signal.when.all[0].is = 'atLeast')],
    ['an unknown field', 'unknownField', (d) => void (d.entry.levrage = 3)],
    ['an unknown parameter', 'unknownParameter', (d) => void (d.readings.flow.params = { fromSeconds: 10 })],
    ['an impossible parameter', 'parameterOutOfRange', (d) => void (d.readings.flow.params = { fromMs: -5 })],
    ['a threshold no reading can reach', 'thresholdOutOfRange', (d) => void (d.emergency.when.all[1].value = -400)],
    ['a condition on no reading', 'unknownReading', (d) => void (d.signal.when.all[0].reading = 'volume')],
  ]

  test.each(broken)('%s', async (_what, code, change) => {
    const document = template('flash-pump')
    change(document)
    const file = write('broken.json', JSON.stringify(document))
    expect(await refusalOf('backtest', '-s', file, '--data', good)).toEqual(refusal(code, 4, /broken\.json$/))
    expect((await run('strategy', 'check', file)).code).toBe(4)
  })

  test('is no JSON, is not there, or is a folder', async () => {
    expect(await refusalOf('backtest', '-s', write('cut.json', '{ "name": '), '--data', good)).toEqual(
      refusal('notJson', 4, /cut\.json$/),
    )
    expect(await refusalOf('backtest', '-s', 'gone.json', '--data', good)).toEqual(
      refusal('unknownStrategy', 2, /--strategy/),
    )
    expect(await refusalOf('backtest', '-s', 'flash-pmup', '--data', good)).toEqual(
      refusal('unknownStrategy', 2, /--strategy/),
    )
  })

  test('needs an order book the data does not have', async () => {
    const document = template('flash-pump')
    document.readings.flow = { indicator: 'liquidityDrainIndex' }
    expect(await refusalOf('backtest', '-s', write('book.json', JSON.stringify(document)), '--data', good)).toEqual(
      refusal('missingFeed', 4, /GOOD_USDT/),
    )
  })
})

describe('data that cannot be right', () => {
  const rows = lines(50)
  const cut = gzipSync(csv(lines(5_000)))
  test.each([
    [
      'a price that is no number',
      csv([...rows.slice(0, 9), `${start + 9_000},buy,NaN,2.5`, ...rows.slice(10)]),
      'badPrice',
      /BAD_USDT\.csv:11$/,
    ],
    [
      'a negative price',
      csv([...rows.slice(0, 9), `${start + 9_000},buy,-1,2.5`, ...rows.slice(10)]),
      'badPrice',
      /BAD_USDT\.csv:11$/,
    ],
    [
      'a price of zero',
      csv([...rows.slice(0, 9), `${start + 9_000},buy,0,2.5`, ...rows.slice(10)]),
      'badPrice',
      /BAD_USDT\.csv:11$/,
    ],
    ['time going backwards', csv([...rows.slice(10), ...rows.slice(0, 10)]), 'timeBackwards', /BAD_USDT\.csv:42$/],
    ['a line cut in the middle', `${csv(rows)}${start + 50_000},buy,10`, 'truncatedRow', /BAD_USDT\.csv:52$/],
    ['other columns', 'when,what\n1,2\n', 'unknownFormat', /BAD_USDT\.csv$/],
    ['nothing', '', 'noRows', /BAD_USDT\.csv$/],
    ['no rows', `${header}\n`, 'noRows', /BAD_USDT\.csv$/],
  ])('%s', async (_what, content, code, where) => {
    const file = write('BAD_USDT.csv', content)
    for (const command of [
      ['backtest', '-s', 'flash-pump', '--data', file],
      ['data', 'import', file],
    ]) {
      expect(await refusalOf(...command)).toEqual(refusal(code, 1, where))
    }
    expect((await run('data', 'list', '--json')).json.series).toEqual([])
  })

  test('gzip that ends early', async () => {
    const file = write('CUT_USDT.csv.gz', cut.subarray(0, cut.length - 400))
    expect(await refusalOf('backtest', '-s', 'flash-pump', '--data', file)).toEqual(
      refusal('truncatedFile', 1, /CUT_USDT\.csv\.gz/),
    )
  })

  test('a file that is not there', async () => {
    expect(await refusalOf('backtest', '-s', 'flash-pump', '--data', 'GONE_USDT.csv')).toEqual(
      refusal('fileNotFound', 2, /GONE_USDT\.csv$/),
    )
  })

  test('two files that tell the same twice', async () => {
    mkdirSync(join(cwd, 'copy'), { recursive: true })
    write('copy/GOOD_USDT.csv', csv(lines(600)))
    expect(await refusalOf('backtest', '-s', 'flash-pump', '--data', good, 'copy')).toEqual(
      refusal('overlappingFiles', 1, /GOOD_USDT\.csv$/),
    )
  })
})

describe('a run that could not mean anything', () => {
  test('has no data for the instrument', async () => {
    expect(await refusalOf('backtest', '-s', 'flash-pump', '--data', good, '-p', 'NONE_USDT')).toEqual(
      refusal('noInstrument', 2, /--instruments/),
    )
  })

  test('has no data in the range', async () => {
    expect(await refusalOf('backtest', '-s', 'flash-pump', '--data', good, '--timerange', '20200101-20200201')).toEqual(
      refusal('emptyRange', 2, /--from/),
    )
  })

  test('has capital below the smallest order', async () => {
    expect(await refusalOf('backtest', '-s', 'flash-pump', '--data', good, '--capital', '1')).toEqual(
      refusal('capitalTooSmall', 4, /--capital/),
    )
  })

  test('has capital in a currency in which nothing settles', async () => {
    expect(await refusalOf('backtest', '-s', 'flash-pump', '--data', good, '--capital', '1BTC')).toEqual(
      refusal('noInstrument', 2, /--instruments/),
    )
  })

  test('mixes currencies on one account', async () => {
    const file = write('GOOD_BTC.csv', csv(lines(600)))
    expect(await refusalOf('backtest', '-s', 'flash-pump', '--data', good, file)).toEqual(
      refusal('mixedCurrencies', 4, /--instruments/),
    )
  })
})

describe('a place that cannot be written', () => {
  test('is named, before or after the run', async () => {
    write('occupied', 'a file')
    const stored = await run('backtest', '-s', 'flash-pump', '--data', good, '--data-dir', 'occupied/below', '--json')
    expect(stored).toMatchObject({
      code: 1,
      json: { error: { code: 'notWritable', where: expect.stringContaining('occupied/below') } },
    })
    const page = await run(
      'backtest',
      '-s',
      'flash-pump',
      '--data',
      good,
      '--no-save',
      '--html',
      'occupied/page.html',
      '--json',
    )
    expect(page).toMatchObject({
      code: 1,
      json: { error: { code: 'notWritable', where: expect.stringContaining('occupied/page.html') } },
    })
    const made = await run('generate', '--out', 'occupied/market', '--days', '1', '--instruments', '1', '--json')
    expect(made).toMatchObject({ code: 1, json: { error: { code: 'notWritable' } } })
  })
})
