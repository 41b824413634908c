import { fork } from 'node:child_process'
import { cpus } from 'node:os'
import { openBinanceFutures } from '#simulator/server/binance/futures.ts'
import { binanceRules } from '#simulator/server/binance/rules.ts'
import { createExchange } from '#simulator/server/create-exchange.ts'
import { systemTimers } from '#venues/venues.ts'
import { perpetual, walk } from '#test/ccxt/walk.ts'
import type { Received } from './exchange-client.ts'

// node bench/exchange.ts [--every 45] [--seconds 10] [--json]: 150 markets of our exchange with trades, depth and quotes to a client
// in another process, each printing every so many ms (budget: 10 000 messages/s).

const numberAfter = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(name)
  return at < 0 ? otherwise : Number(process.argv[at + 1])
}
const seconds = numberAfter('--seconds', 10)
const everyMs = numberAfter('--every', 45)
const markets = Array.from({ length: 150 }, (_, index) => ({
  instrument: perpetual(`C${index}`),
  price: 1_000 + index,
}))

const exchange = createExchange({
  venue: 'binance',
  rules: binanceRules,
  timers: systemTimers,
  seed: 1,
  source: walk(markets, 120_000, everyMs),
  accounts: [],
})
await exchange.start()
const door = await openBinanceFutures(exchange)
const client = fork(new URL('exchange-client.ts', import.meta.url), [
  door.wsUrl,
  String(markets.length),
  String(seconds),
])
const measured = new Promise<Received>((resolve) => {
  client.on('message', (message) => {
    if (message === 'started') before = { cpu: process.cpuUsage(), at: performance.now() }
    else resolve(message as Received)
  })
})
let before = { cpu: process.cpuUsage(), at: performance.now() }
const { messages, bytes, p50, p99 } = await measured
const used = process.cpuUsage(before.cpu)
const core = (used.user + used.system) / 1_000 / (performance.now() - before.at)
await door.close()
exchange.close()

const result = {
  messagesPerSecond: Math.round(messages / seconds),
  megabytesPerSecond: Number((bytes / seconds / 1e6).toFixed(1)),
  core: Number(core.toFixed(2)),
  latencyMs: { p50, p99 },
  rssMb: Math.round(process.memoryUsage.rss() / 1e6),
}
const { messagesPerSecond, megabytesPerSecond, rssMb } = result
process.stdout.write(
  process.argv.includes('--json')
    ? `${JSON.stringify(result)}\n`
    : `${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}\n` +
        `${messagesPerSecond.toLocaleString('en')} messages/s, ${megabytesPerSecond} MB/s, ${result.core} of a core, ` +
        `told → received p50 ${p50} ms, p99 ${p99} ms, ${rssMb} MB\n`,
)
