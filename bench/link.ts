import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { instrumentId } from '#model/ids.ts'
import { sharedFolder } from '#test/shared-folder.ts'
import { createBookSync, type Delta } from '../src/venues/link/book-sync.ts'
import { previousVersion } from '../src/venues/link/chain-rules.ts'
import { parseExact } from '../src/venues/link/exact-json.ts'
import type { Level } from '../src/venues/link/local-book.ts'
import { createSnapshotGate } from '../src/venues/link/snapshot-gate.ts'
import { systemTimers } from '../src/venues/link/timers.ts'
import { spreadOf } from './measure.ts'

// node bench/link.ts: the shared machinery of venue doors, one core. Private replies parsed exactly against JSON.parse; deltas a book takes.

const rounds = 7
const order = (orderId: string): string =>
  `{"success":true,"code":0,"data":{"orderId":${orderId},"symbol":"BTC_USDT","positionId":0,"price":103115.5,"vol":12,"side":1,"state":3,"dealAvgPrice":103115.4,"takerFee":0.0742,"externalOid":"7-o12","createTime":1789498321789,"updateTime":1789498321801}}`
const bodies = { short: order('1234567890'), long: order('123456789012345678'), text: order('"123456789012345678"') }

const perSecond = (count: number, job: () => void): string => {
  const sample: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const startedAt = performance.now()
    job()
    if (round > 0) sample.push((count / (performance.now() - startedAt)) * 1_000)
  }
  return `${Math.round(spreadOf(sample).median).toLocaleString('en-US')} /s`
}
const repeat = (parse: (text: string) => unknown, text: string) => () => {
  for (let count = 0; count < 50_000; count++) parse(text)
}
const tell = (name: string, value: string): void => void process.stdout.write(`${name.padEnd(52)} ${value}\n`)

for (const [name, text] of Object.entries(bodies)) {
  tell(`JSON.parse, order with ${name} id`, perSecond(50_000, repeat(JSON.parse, text)))
  tell(
    `parseExact, order with ${name} id`,
    perSecond(
      50_000,
      repeat((body) => parseExact(body), text),
    ),
  )
}

const levels = (rows: [string, string][]): Level[] => rows.map(([price, size]): Level => [Number(price), Number(size)])
const messages = gunzipSync(readFileSync(`${sharedFolder}/data/market/book_binance/usdm_btcusdt_20240808.jsonl.gz`))
  .toString()
  .split('\n')
  .filter((line) => line.includes('@depth') || line.includes('lastUpdateId'))
  .map((line) => JSON.parse(line.slice(line.indexOf(' ') + 1)))
const snapshot = messages.find(({ lastUpdateId }) => lastUpdateId !== undefined)
const deltas: Delta[] = messages
  .filter(({ data }) => data !== undefined)
  .map(({ data: { U, u, pu, T, b, a } }) => ({
    first: U,
    last: u,
    previous: pu,
    time: T,
    bids: levels(b),
    asks: levels(a),
  }))
const changes = deltas.reduce((sum, { bids, asks }) => sum + bids.length + asks.length, 0)
const sample: number[] = []
for (let round = 0; round <= rounds; round++) {
  const sync = createBookSync({
    instrumentId: instrumentId('BTC_USDT'),
    rule: previousVersion,
    timers: systemTimers,
    gate: createSnapshotGate(1),
    snapshot: () =>
      Promise.resolve({
        version: snapshot.lastUpdateId,
        time: null,
        bids: levels(snapshot.bids),
        asks: levels(snapshot.asks),
      }),
    onUpdate: () => {},
  })
  sync.start()
  sync.delta(deltas[0], 0)
  await new Promise((resolve) => void setTimeout(resolve, 20))
  const startedAt = performance.now()
  for (const delta of deltas) sync.delta(delta, 0)
  if (round > 0) sample.push((deltas.length / (performance.now() - startedAt)) * 1_000)
  if (sync.state !== 'live') throw new Error('the book is not whole')
}
const { median } = spreadOf(sample)
tell(
  'deltas into a book kept whole',
  `${Math.round(median).toLocaleString('en-US')} /s, ${(changes / deltas.length).toFixed(1)} levels each`,
)
