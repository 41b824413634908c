import { createHmac } from 'node:crypto'
import { WebSocket } from 'ws'
import { toMoney } from '#model/money.ts'
import type { Door } from '#simulator/server/binance/door.ts'
import { type DoorOptions, openBinanceFutures } from '#simulator/server/binance/futures.ts'
import { binanceRules } from '#simulator/server/binance/rules.ts'
import { exampleExchange } from './example-exchange.ts'
import { until } from './until.ts'

type Fields = Readonly<Record<string, string | number | boolean>>
/** For tests: whatever JSON said. */
export type Json = ReturnType<typeof JSON.parse>

/** For tests: what came back. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: Json
}

const keys = [{ apiKey: 'test-key-one', secret: 'not-secret-one' }]
const otherKeys = [{ apiKey: 'test-key-two', secret: 'not-secret-two' }]

/** For tests: a standing market of COINUSDT (99.9 / 100.1, 10 each) behind the futures door, and a client of account one. */
export async function openExample(given: Parameters<typeof exampleExchange>[0] = {}, options: DoorOptions = {}) {
  const example = await exampleExchange({
    rules: binanceRules,
    accounts: [
      { name: 'one', balances: { USDT: toMoney(10_000) }, keys },
      { name: 'two', balances: { USDT: toMoney(10_000) }, keys: otherKeys },
    ],
    ...given,
  })
  const door = await openBinanceFutures(example.exchange, options)
  const client = clientOf(door, () => example.exchange.now())
  return {
    ...example,
    ...client,
    door,
    close: async () => {
      client.hangUp()
      await door.close()
      example.exchange.close()
    },
  }
}

/** For tests: raw requests and sockets, signed by hand. */
export function clientOf(door: Pick<Door, 'url' | 'wsUrl'>, now: () => number, [{ apiKey, secret }] = keys) {
  const opened: WebSocket[] = []
  const send = async (method: string, path: string, query: string, headers: Fields = {}): Promise<Answered> => {
    const url = `${door.url}${path}${query === '' ? '' : `?${query}`}`
    const response = await fetch(url, { method, headers: headers as Record<string, string> })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: jsonOf(text) }
  }
  return {
    send,
    open: (path: string, fields: Fields = {}) => send('GET', path, queryOf(fields)),
    keyed: (method: string, path: string) => send(method, path, '', { 'X-MBX-APIKEY': apiKey }),
    signed: (method: string, path: string, fields: Fields = {}) => {
      const query = queryOf({ ...fields, timestamp: fields['timestamp'] ?? now() })
      return send(method, path, `${query}&signature=${signatureOf(secret, query)}`, { 'X-MBX-APIKEY': apiKey })
    },
    /** Frames arrive in `frames`, parsed. */
    stream: async (path: string) => {
      const socket = new WebSocket(`${door.wsUrl}${path}`)
      opened.push(socket)
      const frames: Json[] = []
      let ended: { readonly code: number; readonly reason: string } | null = null
      socket.on('message', (data: Buffer) => frames.push(jsonOf(data.toString())))
      socket.on('close', (code, reason) => (ended = { code, reason: reason.toString() }))
      socket.on('error', () => {})
      await new Promise((resolve) => void socket.once('open', resolve))
      return {
        socket,
        frames,
        ended: () => ended,
        /** Sends a control frame and waits for its answer. */
        ask: async (method: string, params?: unknown, id = 1): Promise<Json> => {
          const before = frames.length
          socket.send(JSON.stringify({ method, ...(params === undefined ? {} : { params }), id }))
          const answer = (): Json => frames.slice(before).find((frame: Json) => frame.id === id)
          await until(() => answer() !== undefined)
          return answer()
        },
      }
    },
    hangUp: () => {
      for (const socket of opened) socket.terminate()
    },
  }
}

export function queryOf(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}

export const signatureOf = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('hex')

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
