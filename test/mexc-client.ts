import { createHmac } from 'node:crypto'
import { WebSocket } from 'ws'
import { toMoney } from '#model/money.ts'
import { listedAs } from '#simulator/server/listed-as.ts'
import { type MexcOptions, openMexc } from '#simulator/server/mexc/open.ts'
import { mexcRules } from '#simulator/server/mexc/rules.ts'
import { coin, exampleExchange, recordingOf } from './example-exchange.ts'
import { until } from './until.ts'

/** For tests: whatever JSON said. */
export type Json = ReturnType<typeof JSON.parse>
type Fields = Readonly<Record<string, unknown>>

/** For tests: what came back. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Json
}

const key = { apiKey: 'test-key-one', secret: 'not-secret-one' }
const keys = [key]
const otherKeys = [{ apiKey: 'test-key-two', secret: 'not-secret-two' }]

/** For tests: a standing market of COIN_USDT (99.9 / 100.1, 10 coins each, 0.01 a contract) behind the MEXC door, and a client of account one. */
export async function openMexcExample(
  given: Parameters<typeof exampleExchange>[0] = {},
  options: Partial<MexcOptions> = {},
) {
  const source = given.source ?? recordingOf([[0, 100, 1, 1]], [[0, 99.9, 100.1, 10]])
  const example = await exampleExchange({
    venue: 'mexc',
    rules: mexcRules,
    accounts: [
      { name: 'one', balances: { USDT: toMoney(10_000) }, keys },
      { name: 'two', balances: { USDT: toMoney(10_000) }, keys: otherKeys },
    ],
    ...given,
    source,
    instruments: (given.instruments ?? [coin]).map((instrument) => listedAs('mexc', instrument)),
  })
  const door = await openMexc(example.exchange, { port: 0, limits: false, ...options })
  const base = `http://127.0.0.1:${door.port}`
  const opened: WebSocket[] = []
  const now = () => example.exchange.now()

  const send = async (method: string, path: string, headers: Fields = {}, body?: string): Promise<Answered> => {
    const init: RequestInit = {
      method,
      headers: headers as Record<string, string>,
      ...(body === undefined ? {} : { body }),
    }
    const response = await fetch(`${base}${path}`, init)
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: jsonOf(text) }
  }
  const signature = (text: string, secret = key.secret) => createHmac('sha256', secret).update(text).digest('hex')
  const signed = (target: string, time = String(now())): Fields => ({
    ApiKey: key.apiKey,
    'Request-Time': time,
    Signature: signature(key.apiKey + time + target),
    'Content-Type': 'application/json',
  })

  return {
    ...example,
    door,
    send,
    signature,
    signed,
    open: async (path: string): Promise<Json> => (await send('GET', `/api/v1/contract/${path}`)).body,
    get: async (path: string, fields: Fields = {}): Promise<Json> => {
      const query = Object.keys(fields)
        .toSorted()
        .map((name) => `${name}=${String(fields[name])}`)
        .join('&')
      return (await send('GET', `/api/v1/private/${path}${query === '' ? '' : `?${query}`}`, signed(query))).body
    },
    post: async (path: string, body: unknown = {}): Promise<Json> => {
      const text = JSON.stringify(body)
      return (await send('POST', `/api/v1/private/${path}`, signed(text), text)).body
    },
    /** Frames arrive in `frames`, parsed, and in `texts` as they were. */
    stream: async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${door.port}/edge`)
      opened.push(socket)
      const texts: string[] = []
      const frames: Json[] = []
      let ended: { readonly code: number; readonly reason: string } | null = null
      socket.on('message', (data: Buffer) => {
        texts.push(data.toString())
        frames.push(jsonOf(data.toString()))
      })
      socket.on('close', (code, reason) => (ended = { code, reason: reason.toString() }))
      socket.on('error', () => {})
      await new Promise((resolve) => void socket.once('open', resolve))
      const tell = (method: string, param?: unknown, more: Fields = {}): void =>
        socket.send(JSON.stringify({ method, ...(param === undefined ? {} : { param }), ...more }))
      const next = async (channel: string, fits: (frame: Json) => boolean = () => true): Promise<Json> => {
        const found = (): Json => frames.find((frame) => frame.channel === channel && fits(frame))
        await until(() => found() !== undefined)
        return found()
      }
      return {
        socket,
        frames,
        texts,
        tell,
        /** The first frame of a channel that fits, once it is there. */
        next,
        ended: () => ended,
        login: async (more: Fields = {}) => {
          const reqTime = String(now())
          tell('login', { apiKey: key.apiKey, reqTime, signature: signature(key.apiKey + reqTime) }, more)
          await next('rs.login')
        },
        /** Everything the server had to say so far has come. */
        caughtUp: async () => {
          const before = frames.filter(({ channel }) => channel === 'pong').length
          tell('ping')
          await until(() => frames.filter(({ channel }) => channel === 'pong').length > before)
        },
      }
    },
    close: async () => {
      for (const socket of opened) socket.terminate()
      await door.close()
      example.exchange.close()
    },
  }
}

/** For tests: a buy of 100 contracts (one coin), isolated at 5×. */
export const openLong = { symbol: 'COIN_USDT', vol: 100, side: 1, type: 5, openType: 1, leverage: 5 }

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
