import { WebSocket } from 'ws'

// The other side of bench/exchange.ts: listens to every market, thirty a socket, and tells what came.

export interface Received {
  readonly messages: number
  readonly bytes: number
  /** From the frame's `E` to its arrival. */
  readonly p50: number
  readonly p99: number
}

const [, , url = '', markets = '0', seconds = '0'] = process.argv
const kinds = { public: ['depth@100ms', 'bookTicker'], market: ['aggTrade'] } as const
const delays: number[] = []
let bytes = 0
let counting = false
const opened: Promise<unknown>[] = []

for (const [path, streams] of Object.entries(kinds)) {
  for (let from = 0; from < Number(markets); from += 30) {
    const names: string[] = []
    for (let index = from; index < Math.min(from + 30, Number(markets)); index++)
      names.push(...streams.map((stream) => `c${index}usdt@${stream}`))
    const socket = new WebSocket(`${url}/${path}/stream?streams=${names.join('/')}`)
    opened.push(new Promise((resolve) => void socket.once('open', resolve)))
    socket.on('message', (data: Buffer) => {
      if (!counting) return
      bytes += data.length
      const told = /"E":(\d+)/.exec(data.toString('latin1'))
      if (told !== null) delays.push(Date.now() - Number(told[1]))
    })
  }
}
await Promise.all(opened)
// the first second is connecting and warming up
await new Promise((resolve) => void setTimeout(resolve, 1_000))
counting = true
process.send?.('started')
setTimeout(
  () => {
    delays.sort((a, b) => a - b)
    const at = (share: number): number => delays[Math.floor(delays.length * share)] ?? 0
    const received: Received = { messages: delays.length, bytes, p50: at(0.5), p99: at(0.99) }
    process.send?.(received, () => process.exit(0))
  },
  Number(seconds) * 1_000,
)
