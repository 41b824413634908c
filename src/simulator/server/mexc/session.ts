import type { DoorSocket, SocketHandler } from '../door-server.ts'
import type { FaultContext } from '../faults.ts'
import type { AccountId } from '../types.ts'
import { authenticateSocket } from './auth.ts'
import type { Hub, Subscriber } from './hub.ts'
import type { PrivateListener, PrivateStreams } from './private-streams.ts'
import { publicChannel } from './public-channels.ts'
import type { Deps } from './routes.ts'
import { WireError } from './wire-error.ts'

/** A socket whose client has not pinged for so long is cut, whatever else it sent. */
const silenceMs = 60_000
/** A client that reads so slowly that this much waits is cut. */
const mostBuffered = 32 * 1024 * 1024

const filters = new Set([
  'order',
  'order.deal',
  'position',
  'plan.order',
  'stop.order',
  'stop.planorder',
  'risk.limit',
  'adl.level',
  'asset',
])

/** One socket of `/edge`: pings, public subscriptions, login and filters. */
export class Session implements SocketHandler, Subscriber, PrivateListener {
  readonly #deps: Deps
  readonly #hub: Hub
  readonly #privates: PrivateStreams
  readonly #socket: DoorSocket
  readonly #keys = new Set<string>()
  #accountId: AccountId | null = null
  /** Topics with their symbols (none = all); null = everything. */
  #filters: ReadonlyMap<string, ReadonlySet<string>> | null = null
  /** Login with `subscribe:false`: nothing before a filter was sent. */
  #muted = false
  #drop: () => void

  constructor(deps: Deps, hub: Hub, privates: PrivateStreams, socket: DoorSocket) {
    this.#deps = deps
    this.#hub = hub
    this.#privates = privates
    this.#socket = socket
    this.#drop = this.#deadline()
  }

  message(text: string): void {
    let frame: unknown
    try {
      frame = JSON.parse(text)
    } catch {
      return
    }
    if (!isRecord(frame)) return
    const { method } = frame
    const param = isRecord(frame['param']) ? frame['param'] : {}
    if (method === 'ping') return this.#ping()
    if (method === 'login') return this.#login(frame, param)
    if (method === 'personal.filter') return this.#filter(param)
    const [, verb, topic] = typeof method === 'string' ? (/^(sub|unsub)\.(.+)$/.exec(method) ?? []) : []
    // what is not known is not answered
    if (verb === undefined || topic === undefined) return
    const asked = publicChannel(this.#deps, topic, param)
    if (asked === null) return
    if ('error' in asked) return this.#answer('rs.error', asked.error)
    this.#answer(`rs.${method as string}`, 'success')
    if (verb === 'sub') {
      this.#keys.add(asked.key)
      this.#hub.add(asked.key, this, asked.create)
    } else if (this.#keys.delete(asked.key)) this.#hub.remove(asked.key, this)
  }

  closed(): void {
    this.#drop()
    for (const key of this.#keys) this.#hub.remove(key, this)
    this.#keys.clear()
    if (this.#accountId !== null) this.#privates.leave(this.#accountId, this)
  }

  send(frame: string, context: FaultContext): void {
    if (this.#socket.buffered > mostBuffered) this.#socket.cut()
    else this.#socket.send(frame, context)
  }

  wants(filter: string | null, symbol: string | null): boolean {
    if (this.#muted) return false
    if (filter === null || this.#filters === null) return true
    const symbols = this.#filters.get(filter)
    return symbols !== undefined && (symbols.size === 0 || symbol === null || symbols.has(symbol))
  }

  #ping(): void {
    this.#drop()
    this.#drop = this.#deadline()
    const now = this.#deps.exchange.now()
    this.#socket.send(`{"channel":"pong","data":${now},"ts":${now}}`)
  }

  #deadline(): () => void {
    return this.#deps.exchange.after(silenceMs, () => this.#socket.cut())
  }

  #login(frame: Readonly<Record<string, unknown>>, param: Readonly<Record<string, unknown>>): void {
    const { exchange } = this.#deps
    const word = (name: string): string => {
      const value = param[name]
      return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
    }
    try {
      const login = { apiKey: word('apiKey'), reqTime: word('reqTime'), signature: word('signature') }
      const { accountId } = authenticateSocket(exchange, login)
      if (this.#accountId !== null) this.#privates.leave(this.#accountId, this)
      this.#accountId = accountId
      this.#muted = frame['subscribe'] === false || param['subscribe'] === false
      this.#socket.own(accountId, accountId)
      this.#privates.join(accountId, this)
      this.#answer('rs.login', 'success')
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#answer('rs.error', error.message)
    }
  }

  /** The last filters replace those before; an empty list is everything. */
  #filter(param: Readonly<Record<string, unknown>>): void {
    if (this.#accountId === null) return this.#answer('rs.error', 'Not logged in')
    const list: unknown = param['filters'] ?? []
    if (!Array.isArray(list)) return this.#answer('rs.error', 'Parameter error')
    const wanted = new Map<string, ReadonlySet<string>>()
    for (const entry of list as readonly unknown[]) {
      const name = isRecord(entry) ? entry['filter'] : undefined
      if (!isRecord(entry) || typeof name !== 'string' || !filters.has(name))
        return this.#answer('rs.error', `Filter [${String(name)}] not exists`)
      const rules: unknown = entry['rules'] ?? []
      if (!Array.isArray(rules) || rules.some((rule) => typeof rule !== 'string'))
        return this.#answer('rs.error', 'Parameter error')
      wanted.set(name, new Set(rules as readonly string[]))
    }
    this.#filters = wanted.size === 0 ? null : wanted
    this.#muted = false
    this.#answer('rs.personal.filter', 'success')
  }

  #answer(channel: string, data: string): void {
    this.#socket.send(JSON.stringify({ channel, data, ts: this.#deps.exchange.now() }))
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
