/* oxlint-disable unicorn/require-post-message-target-origin, unicorn/prefer-add-event-listener -- between threads, not windows */
import { BroadcastChannel, isMainThread, Worker } from 'node:worker_threads'
import { instrumentId } from '#model/ids.ts'
import type { Timers } from '#model/venue.ts'
import { exampleDetail, exampleRate, startScriptedMexc } from '#test/scripted-mexc.ts'
import { openMexc } from '../src/venues/mexc/mexc.ts'

// node bench/venues-mexc-watch.ts: 150 instruments × (trades, book, mark price) at 10 000 messages a second over loopback, the venue on another
// thread: receive → mapped; then all sockets are cut, until every book is whole again under the venue's own limits (10 snapshots in 2 s).

const instruments = Array.from({ length: 150 }, (_, at) => `COIN${at}_USDT`)
const time = 1_789_500_000_000
const channel = new BroadcastChannel('mexc')

if (isMainThread) await measure()
else await serve()

async function measure(): Promise<void> {
  const worker = new Worker(new URL(import.meta.url))
  const hosts = await new Promise<{ rest: string; stream: string }>((resolve) => {
    channel.onmessage = (event: unknown) => {
      resolve((event as { data: { rest: string; stream: string } }).data)
    }
  })
  // fractions of milliseconds, to see what a message takes
  const timers: Timers = {
    now: () => performance.timeOrigin + performance.now(),
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs)
      return () => clearTimeout(timer)
    },
  }
  const venue = openMexc({ hosts, timers })
  const live = new Set<string>()
  const quoted = new Set<string>()
  let delays = new Float64Array(1)
  let count = 0
  const watch = venue.watch(
    instruments.map((name) => ({ instrumentId: instrumentId(name), feeds: ['trade', 'book', 'quote', 'markPrice'] })),
    {
      onEvent(event, receivedAt) {
        if (event.type === 'quote') quoted.add(event.instrumentId)
        if (count < delays.length) delays[count] = timers.now() - receivedAt
        count += 1
      },
      onStatus({ instrumentId: id, feed, state }) {
        if (feed !== 'book') return
        if (state === 'live') live.add(id)
        else live.delete(id)
      },
    },
  )
  const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 5))
  while (live.size < instruments.length) await turn()
  delays = new Float64Array(2_000_000)
  count = 0
  const before = watch.stats().messages
  const startedAt = performance.now()
  while (performance.now() - startedAt < 10_000) await turn()
  const elapsed = (performance.now() - startedAt) / 1_000
  const sorted = delays.slice(0, Math.min(count, delays.length)).sort()
  const at = (share: number): string => `${sorted[Math.floor(sorted.length * share)].toFixed(3)} ms`
  const perSecond = Math.round((watch.stats().messages - before) / elapsed)
  process.stdout.write(
    `${perSecond} messages/s, ${Math.round(count / elapsed)} events/s; receive → mapped p50 ${at(0.5)}, p99 ${at(0.99)}, p99.9 ${at(0.999)}\n`,
  )
  const cutAt = performance.now()
  channel.postMessage('cut')
  while (live.size > 0) await turn()
  quoted.clear()
  while (quoted.size < instruments.length) await turn()
  const quotesMs = performance.now() - cutAt
  while (live.size < instruments.length) await turn()
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
  process.stdout.write(
    `after a cut of all sockets: best prices of all again in ${seconds(quotesMs)}, whole books in ${seconds(performance.now() - cutAt)}\n`,
  )
  process.stdout.write(`${JSON.stringify(watch.stats())}\n`)
  await venue.close()
  await worker.terminate()
  channel.close()
}

async function serve(): Promise<void> {
  const version = new Map(instruments.map((name) => [name, 1]))
  const asks = Array.from({ length: 20 }, (_, at) => [101 + at, 10, 1])
  const bids = Array.from({ length: 20 }, (_, at) => [100 - at, 10, 1])
  const script = await startScriptedMexc({
    'GET /contract/detail': () => instruments.map((symbol) => exampleDetail({ symbol })),
    'GET /contract/funding_rate': () => instruments.map((symbol) => exampleRate({ symbol })),
    'GET /contract/depth/*': ({ url }) => {
      const symbol = /depth\/(\w+)/.exec(url)?.[1] ?? ''
      return { asks, bids, version: version.get(symbol), timestamp: time, cts: null }
    },
    'GET /contract/depth_commits/*': () => [],
  })
  const subscribers = new Map<string, { send(text: string): void }>()
  script.ws.onFrame((socket, text) => {
    const { method, param } = JSON.parse(text) as { method: string; param?: { symbol?: string } }
    const key = `${method.replace(/^(un)?sub\./, '')}:${param?.symbol ?? ''}`
    if (method.startsWith('sub.')) subscribers.set(key, socket)
    else if (method.startsWith('unsub.') && subscribers.get(key) === socket) subscribers.delete(key)
  })
  channel.onmessage = () => {
    for (const socket of script.ws.sockets.splice(0)) socket.terminate()
  }
  channel.postMessage(script.hosts)
  const kinds: Readonly<Record<string, (symbol: string) => unknown>> = {
    deal: () => [{ p: 100, v: 3, T: 1, O: 1, M: 2, t: time }],
    depth: (symbol) => {
      const last = version.get(symbol)! + 3
      version.set(symbol, last)
      const rows = asks.slice(2, 6).map(([price]) => [price, 10 + (last % 7), 1])
      return { asks: rows, bids: [[95, 10 + (last % 5), 1]], begin: last - 2, end: last, version: last, cts: time }
    },
    'depth.full': (symbol) => ({ asks, bids, version: version.get(symbol), cts: time }),
    'fair.price': (symbol) => ({ symbol, price: 100 }),
  }
  let turn = 0
  const send = (channel: string, symbol: string): void => {
    const socket = subscribers.get(`${channel}:${symbol}`)
    if (socket === undefined) return
    socket.send(JSON.stringify({ channel: `push.${channel}`, symbol, data: kinds[channel](symbol), ts: time + turn }))
  }
  setInterval(() => {
    for (let sent = 0; sent < 40; sent++, turn++) {
      const symbol = instruments[(turn * 7) % instruments.length]
      send('deal', symbol)
      if (Math.floor(turn / instruments.length) % 3 > 0) send('depth', symbol)
      if (Math.floor(turn / instruments.length) % 8 === 0) send('fair.price', symbol)
    }
  }, 5)
  setInterval(() => {
    for (const symbol of instruments) send('depth.full', symbol)
  }, 300)
}
