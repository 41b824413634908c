import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Connection, Exchange } from './exchange.ts'
import type { FaultContext } from './faults.ts'
import { sendReply, type Serving, serveWithFaults } from './http-faults.ts'
import type { AccountId } from './types.ts'
import { createFaultySender } from './ws-faults.ts'

/** One request as it came; nothing is decoded. */
export interface DoorRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** Without the `?`. */
  readonly query: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly ip: string
}

/** One socket of a client. */
export interface DoorSocket {
  readonly id: string
  readonly path: string
  readonly query: string
  readonly ip: string
  /** `context.stream` and `.symbol` say what the frame is; the fault plan decides how it gets there. */
  send(frame: string, context?: FaultContext): void
  /** From now on it is a private one, of that account. */
  own(accountId: AccountId, accountName: string): void
  /** At once and without a closing handshake where `code` is absent. */
  cut(code?: number, reason?: string): void
  /** A protocol ping. */
  ping(payload: string): void
  /** Bytes the client has not read yet. */
  readonly buffered: number
}

/** What a venue makes of a socket. */
export interface SocketHandler {
  message(text: string): void
  closed(): void
}

export interface DoorSpec {
  /** Says how a request is carried out and answered. */
  serve(request: DoorRequest): Serving
  /** null = no such path: the upgrade is answered with 404. */
  kindOf(path: string): Connection['kind'] | null
  accept(socket: DoorSocket): SocketHandler
  /** Protocol pings and pongs of the client; its pings are answered by `ws` itself. */
  readonly pinged?: (socket: DoorSocket, frame: 'ping' | 'pong') => void
}

export interface DoorServer {
  readonly port: number
  close(): Promise<void>
}

/** Requests larger than this are answered with 413. */
const largestBody = 1_000_000
const hangMs = 60_000

/** An HTTP and WebSocket server on loopback, with the faults of connections, answers and frames; port 0 = any free one. */
export async function openDoorServer(exchange: Exchange, spec: DoorSpec, port: number): Promise<DoorServer> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestBody })
  const known = new WeakSet<Duplex>()

  const server = createServer((request, response) => {
    const refused = firstOf(known, request.socket)
      ? connectFault(exchange, { method: request.method ?? '', path: pathOf(request), socket: 'rest' }, [
          'refuse',
          'hang',
        ])
      : null
    if (refused !== null) return refuse(exchange, request.socket, refused)
    void read(request).then((body) => answer(exchange, spec, request, response, body))
  })
  const open = new Set<Duplex>()
  server.on('connection', (socket) => {
    open.add(socket)
    // one left hanging has nobody else to hear that its client went away
    socket.on('error', () => {})
    socket.on('close', () => open.delete(socket))
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = pathOf(request)
    const kind = spec.kindOf(path)
    if (kind === null)
      return void socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    const refused = connectFault(exchange, { path, socket: kind })
    if (refused !== null) return refuse(exchange, socket, refused)
    sockets.handleUpgrade(request, socket, head, (client) =>
      welcome(exchange, spec, { client, wire: socket }, request, kind),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })

  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate()
        sockets.close()
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

function answer(
  exchange: Exchange,
  spec: DoorSpec,
  request: IncomingMessage,
  response: ServerResponse,
  body: string | null,
): void {
  if (body === null) return sendReply(response, { status: 413, body: '{}' })
  const { method = 'GET', url = '/', headers, socket } = request
  const at = url.indexOf('?')
  const asked: DoorRequest = {
    method,
    path: pathOf(request),
    query: at < 0 ? '' : url.slice(at + 1),
    headers,
    body,
    ip: socket.remoteAddress ?? '127.0.0.1',
  }
  serveWithFaults(exchange, response, spec.serve(asked))
}

let counted = 0

function welcome(
  exchange: Exchange,
  spec: DoorSpec,
  { client, wire }: { readonly client: WebSocket; readonly wire: Duplex },
  request: IncomingMessage,
  kind: Connection['kind'],
): void {
  const id = `c${++counted}`
  const url = request.url ?? '/'
  let owner: { readonly accountId: AccountId; readonly name: string } | null = null
  const sender = createFaultySender(exchange, gathered(client, wire), { connection: id })
  const kindNow = (): Connection['kind'] => (owner === null ? kind : 'private')
  const cut = (code?: number, reason?: string): void => {
    if (code === undefined) client.terminate()
    else client.close(code, reason)
  }
  const left = exchange.connections.add({
    id,
    get kind() {
      return kindNow()
    },
    get accountId() {
      return owner?.accountId
    },
    openedAt: exchange.now(),
    cut,
  } as Connection)
  const socket: DoorSocket = {
    id,
    path: pathOf(request),
    query: url.includes('?') ? url.slice(url.indexOf('?') + 1) : '',
    ip: request.socket.remoteAddress ?? '127.0.0.1',
    send: (frame, context = {}) =>
      sender.send(frame, { socket: kindNow(), ...(owner === null ? {} : { account: owner.name }), ...context }),
    own(accountId, name) {
      owner = { accountId, name }
    },
    cut,
    ping(payload) {
      if (client.readyState === client.OPEN) client.ping(payload)
    },
    get buffered() {
      return client.bufferedAmount
    },
  }
  const handler = spec.accept(socket)
  client.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) handler.message(data.toString())
  })
  client.on('ping', () => spec.pinged?.(socket, 'ping'))
  client.on('pong', () => spec.pinged?.(socket, 'pong'))
  // what follows an error is its close
  client.on('error', () => {})
  client.on('close', () => {
    left()
    sender.close()
    handler.closed()
  })
}

/** Frames of one turn of the event loop leave in one write. */
function gathered(client: WebSocket, wire: Duplex): Pick<WebSocket, 'send' | 'readyState'> {
  let corked = false
  const release = (): void => {
    corked = false
    wire.uncork()
  }
  return {
    get readyState() {
      return client.readyState
    },
    send(frame: string) {
      if (!corked) {
        corked = true
        wire.cork()
        setImmediate(release)
      }
      client.send(frame)
    },
  }
}

/** A connection is met with a fault once, at its first request or its upgrade. */
function connectFault(exchange: Exchange, context: FaultContext, kinds?: readonly ('refuse' | 'hang')[]) {
  return exchange.faults.decide('connect', context, kinds)
}

function refuse(exchange: Exchange, socket: Duplex, fault: { readonly kind: string; readonly delayMs: number }): void {
  if (fault.kind !== 'hang') return void socket.destroy()
  exchange.after(fault.delayMs || hangMs, () => void socket.destroy())
}

function firstOf(known: WeakSet<Duplex>, socket: Duplex): boolean {
  if (known.has(socket)) return false
  known.add(socket)
  return true
}

/** null = too large, or the client left. */
async function read(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > largestBody) return null
      chunks.push(chunk)
    }
  } catch {
    return null
  }
  return Buffer.concat(chunks).toString()
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const at = url.indexOf('?')
  return at < 0 ? url : url.slice(0, at)
}
