import type { WebSocket } from 'ws'
import { type Received, startHttp } from './loopback-http.ts'
import { startWs } from './loopback-ws.ts'

/** What a route answers: the data of a success, or one of `failure`, `status`, `silence`. */
type Route = (request: Received, parameters: URLSearchParams) => unknown

class Raw {
  readonly status: number
  readonly body: string | null
  constructor(status: number, body: string | null) {
    this.status = status
    this.body = body
  }
}

/** The venue refuses, with HTTP 200 as it does. */
export const failure = (code: number, message = 'refused'): unknown =>
  new Raw(200, JSON.stringify({ success: false, code, message }))
export const status = (code: number): unknown => new Raw(code, '<html>bad gateway</html>')
/** The socket is closed without an answer. */
export const hangUp: unknown = new Raw(0, null)

/** MEXC on loopback that answers by a script; routes without the `/api/v1`. */
export async function startScriptedMexc(routes: Readonly<Record<string, Route>> = {}) {
  const all: Record<string, Route> = { ...defaults, ...routes }
  const http = await startHttp([
    (request, reply) => {
      const url = new URL(request.url, 'http://venue')
      const path = `${request.method} ${url.pathname.replace('/api/v1', '')}`
      const name = Object.keys(all).find(
        (route) => path === route || (route.endsWith('*') && path.startsWith(route.slice(0, -1))),
      )
      const answer = name === undefined ? failure(511, `no route ${path}`) : all[name](request, url.searchParams)
      if (answer instanceof Raw && answer.body === null) reply.socket?.destroy()
      else if (answer instanceof Raw) reply.writeHead(answer.status).end(answer.body)
      else reply.end(JSON.stringify({ success: true, code: 0, ...(answer === undefined ? {} : { data: answer }) }))
    },
  ])
  const onFrames: ((socket: WebSocket, text: string) => void)[] = []
  const ws = await startWs((socket) => {
    socket.on('message', (data: Buffer) => {
      for (const onFrame of onFrames) onFrame(socket, data.toString())
      const { method } = JSON.parse(data.toString()) as { method: string }
      const channel = method === 'ping' ? 'pong' : `rs.${method}`
      socket.send(JSON.stringify({ channel, data: method === 'ping' ? 1 : 'success', ts: 1 }))
    })
  })
  return {
    hosts: { rest: http.baseUrl, stream: ws.url },
    ws: { ...ws, onFrame: (listener: (socket: WebSocket, text: string) => void) => void onFrames.push(listener) },
    /** Bodies posted to a path, in order. */
    posted: (path: string): unknown[] =>
      http.received
        .filter(({ method, url }) => method === 'POST' && url === `/api/v1${path}`)
        .map(({ body }) => JSON.parse(body) as unknown),
    /** Requests whose path begins so. */
    asked: (path: string): number => http.received.filter(({ url }) => url.startsWith(`/api/v1${path}`)).length,
    received: http.received,
    /** Changes what a route answers from now on. */
    answer(route: string, to: Route): void {
      all[route] = to
    },
    push(channel: string, symbol: string | undefined, data: unknown, ts = time): void {
      for (const socket of ws.sockets) socket.send(JSON.stringify({ channel, symbol, data, ts }))
    },
    async close(): Promise<void> {
      await ws.close()
      await http.close()
    },
  }
}

/** The venue's time in scripts. */
export const time = 1_789_500_000_000

const detail = {
  symbol: 'BTC_USDT',
  baseCoin: 'BTC',
  quoteCoin: 'USDT',
  settleCoin: 'USDT',
  contractSize: 0.0001,
  priceUnit: 0.1,
  volUnit: 1,
  minVol: 1,
  maxVol: 1_000_000,
  limitMaxVol: 1_000_000,
  maxLeverage: 500,
  maintenanceMarginRate: 0,
  initialMarginRate: 0,
  riskBaseVol: 0,
  riskIncrVol: 0,
  riskIncrMmr: 0,
  riskIncrImr: 0,
  riskLevelLimit: 0,
  riskLimitType: 'BY_VOLUME',
  riskLimitMode: 'CUSTOM',
  riskLimitCustom: [
    { level: 1, maxVol: 50_000, mmr: 0.001, imr: 0.002, maxLeverage: 500 },
    { level: 2, maxVol: 310_000, mmr: 0.004, imr: 0.005, maxLeverage: 200 },
  ],
  liquidationFeeRate: 0.0004,
  makerFeeRate: 0,
  takerFeeRate: 0,
  state: 0,
  apiAllowed: true,
  futureType: 1,
  isHidden: false,
}

/** A contract as `contract/detail` tells it. */
export const exampleDetail = (changes: Readonly<Record<string, unknown>> = {}): unknown => ({ ...detail, ...changes })

export const exampleRate = (changes: Readonly<Record<string, unknown>> = {}): unknown => ({
  symbol: 'BTC_USDT',
  fundingRate: 0.0001,
  maxFundingRate: 0.0018,
  minFundingRate: -0.0018,
  collectCycle: 8,
  nextSettleTime: time + 3_600_000,
  timestamp: time,
  idxPrice: 76_010,
  fairPrice: 76_000,
  ...changes,
})

const none: Route = () => []
const defaults: Readonly<Record<string, Route>> = {
  'GET /contract/ping': () => time,
  'GET /contract/detail': () => [exampleDetail()],
  'GET /contract/funding_rate': () => [exampleRate()],
  'GET /contract/deals/*': none,
  'GET /private/position/position_mode': () => 1,
  'GET /private/position/open_positions': none,
  'GET /private/order/list/open_orders': none,
  'GET /private/order/list/history_orders': none,
  'GET /private/order/list/order_deals/v3': none,
  'GET /private/order/deal_details/*': none,
  'GET /private/order/external/*': () => undefined,
  'GET /private/order/get/*': () => undefined,
  'GET /private/planorder/list/orders': none,
  'GET /private/account/assets': () => [
    {
      currency: 'USDT',
      equity: 1_010.5,
      unrealized: 10.5,
      availableBalance: 900,
      cashBalance: 900,
      positionMargin: 100,
      frozenBalance: 0,
      bonus: 0,
    },
  ],
}
