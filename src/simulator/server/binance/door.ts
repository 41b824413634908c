import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Exchange } from '../exchange.ts'
import { type Reply, sendReply, serveWithFaults } from '../http-faults.ts'
import type { ApiKey } from '../types.ts'
import { authenticate, checkWindow } from './auth.ts'
import { failureReply } from './failures.ts'
import type { Limits } from './limits.ts'
import { Params } from './params.ts'
import type { Route, Routes } from './routes.ts'
import { WireError } from './wire-error.ts'

const mostBody = 64 * 1024

/** A host of the venue on this machine. */
export interface Door {
  /** `http://127.0.0.1:1234`. */
  readonly url: string
  /** `ws://127.0.0.1:1234`. */
  readonly wsUrl: string
  /** Cuts every socket and stops listening. */
  close(): Promise<void>
}

export interface DoorParts {
  readonly exchange: Exchange
  readonly routes: Routes
  readonly limits: Limits
  /** Which kind of socket a path is, for the fault plan; null = the path takes none (404). */
  readonly socketKind: (path: string) => string | null
  readonly openSocket: (socket: WebSocket, request: IncomingMessage) => void
  readonly onClose: () => void
}

/** Listens on loopback, or where told. Port 0 = any free one. */
export function openDoor(parts: DoorParts, at: { readonly host?: string; readonly port?: number } = {}): Promise<Door> {
  const { exchange } = parts
  const sockets = new Set<Socket>()
  const asked = new WeakSet<Socket>()
  const server = createServer({ keepAliveTimeout: 60_000 })
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: 4096 * 4, perMessageDeflate: false })

  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('request', (request, response) => {
    if (!asked.has(request.socket)) {
      asked.add(request.socket)
      if (isRefused(exchange, request, 'rest')) return
    }
    void readBody(request).then((body) => answer(parts, request, response, body))
  })
  server.on('upgrade', (request, socket: Socket, head) => {
    const path = (request.url ?? '/').split('?', 1)[0]
    const kind = parts.socketKind(path)
    if (kind === null) {
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      return
    }
    if (isRefused(exchange, request, kind)) return
    webSockets.handleUpgrade(request, socket, head, (client) => parts.openSocket(client, request))
  })

  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(at.port ?? 0, at.host ?? '127.0.0.1', () => {
      const { address, port, family } = server.address() as AddressInfo
      const host = family === 'IPv6' ? `[${address}]` : address
      resolve({
        url: `http://${host}:${port}`,
        wsUrl: `ws://${host}:${port}`,
        close: () =>
          new Promise((closed) => {
            parts.onClose()
            server.close(() => closed())
            for (const socket of sockets) socket.destroy()
          }),
      })
    })
  })
}

/** Whether the fault plan keeps this connection from opening; then it is done for. */
function isRefused(exchange: Exchange, request: IncomingMessage, kind: string): boolean {
  const context = { socket: kind, path: (request.url ?? '').split('?', 1)[0], method: request.method ?? '' }
  const fault = exchange.faults.decide('connect', context)
  // one that hangs is simply never answered
  if (fault?.kind === 'refuse') request.socket.destroy()
  return fault !== null
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = []
  let length = 0
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      length += part.length
      if (length > mostBody) return null
      parts.push(part)
    }
  } catch {
    return ''
  }
  return Buffer.concat(parts).toString('utf8')
}

function answer(parts: DoorParts, request: IncomingMessage, response: ServerResponse, body: string | null): void {
  const { exchange, routes } = parts
  const method = request.method ?? 'GET'
  const [path, query = ''] = (request.url ?? '/').split('?', 2)
  if (body === null) {
    sendReply(response, { status: 413, body: JSON.stringify({ code: -1100, msg: 'Request body is too large.' }) })
    return
  }
  const route = routes[`${method} ${path}`]
  const ip = request.socket.remoteAddress ?? ''
  const prepared = prepare(parts, { request, route, method, path, query, body, ip })
  serveWithFaults(exchange, response, {
    context: {
      method,
      path,
      ...(prepared.symbol === undefined ? {} : { symbol: prepared.symbol }),
      ...(prepared.key === null ? {} : { account: prepared.key.accountId }),
      ...(route?.action === undefined ? {} : { action: route.action }),
    },
    order: route?.action !== undefined,
    apply: prepared.apply,
    failure: failureReply,
  })
}

interface Arrived {
  readonly request: IncomingMessage
  readonly route: Route | undefined
  readonly method: string
  readonly path: string
  readonly query: string
  readonly body: string
  readonly ip: string
}

/** Limits and signature are looked at when a request arrives; what it asks for is done by `apply`. */
function prepare(
  { exchange, limits }: DoorParts,
  { request, route, method, path, query, body, ip }: Arrived,
): { readonly apply: () => Reply; readonly key: ApiKey | null; readonly symbol?: string } {
  let key: ApiKey | null = null
  let symbol: string | undefined
  const reply = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
    status,
    body: JSON.stringify(value),
    headers: { ...limits.headers(ip, key?.accountId), ...headers },
  })
  const refused = (error: unknown): Reply => {
    if (!(error instanceof WireError)) throw error
    return reply(error.status, { code: error.code, msg: error.message }, error.headers)
  }
  try {
    if (route === undefined) {
      limits.arrive(ip, 1, path, method)
      throw new WireError(-5000, `Path ${path}, Method ${method} is invalid`, 404)
    }
    const params = new Params(query, body)
    symbol = params.has('symbol') ? params.text('symbol') : undefined
    limits.arrive(ip, typeof route.weight === 'number' ? route.weight : route.weight(params), path, method)
    const apiKey = header(request, 'x-mbx-apikey')
    key = authenticate(exchange, { apiKey, query, body, params }, route.security)
    const owner = key
    return {
      key,
      ...(symbol === undefined ? {} : { symbol }),
      apply: () => {
        try {
          if (route.action !== undefined) checkWindow(exchange.now(), params, 'engine')
          return reply(200, route.handle(callOf(exchange, params, owner, limits, ip)))
        } catch (error) {
          return refused(error)
        }
      },
    }
  } catch (error) {
    const answered = refused(error)
    return { key: null, apply: () => answered }
  }
}

function callOf(exchange: Exchange, params: Params, key: ApiKey | null, limits: Limits, ip: string) {
  const owner = (): ApiKey => {
    if (key === null) throw new WireError(-2014, 'API-key format invalid.', 401)
    return key
  }
  // brings the market up to now
  exchange.now()
  return {
    exchange,
    params,
    ip,
    get key() {
      return owner()
    },
    get accountId() {
      return owner().accountId
    },
    countOrders: (inTenSeconds: number, inMinute: number) =>
      limits.countOrders(owner().accountId, inTenSeconds, inMinute),
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
