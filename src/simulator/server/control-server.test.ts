import { afterAll, expect, test } from 'vitest'
import { startControlServer } from './control-server.ts'
import { coin, exampleExchange, order } from '#test/example-exchange.ts'

const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
})

async function controlled() {
  const example = await exampleExchange()
  const server = await startControlServer([{ exchange: example.exchange, urls: { rest: 'http://127.0.0.1:1' } }], {
    port: 0,
  })
  closing.push(() => server.close())
  const post = async (name: string, body: unknown, headers: Record<string, string> = {}) => {
    const reply = await fetch(`${server.url}/api/binance/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
  }
  return { ...example, url: server.url, post }
}

test('the state shows accounts with their keys, orders, positions, and the markets', async () => {
  const { url, exchange, one } = await controlled()
  exchange.place(one, order('buy', 2))
  exchange.place(one, order('buy', 1, 99))
  const { exchanges } = (await (await fetch(`${url}/api/state`)).json()) as { exchanges: readonly unknown[] }
  const [key] = exchange.control.accounts()[0].keys
  expect(exchanges).toMatchObject([
    {
      venue: 'binance',
      paused: false,
      markets: [{ instrument: 'COIN_USDT', state: 'trading', top: { bid: 99.9 } }],
      accounts: [
        {
          account: 'a1',
          keys: [{ apiKey: key.apiKey, secret: key.secret }],
          balances: [{ currency: 'USDT', wallet: '9999.8999' }],
          positions: [{ quantity: 2, entryPrice: 100.1 }],
          openOrders: [{ price: 99, status: 'new' }],
        },
        { account: 'a2' },
      ],
    },
  ])
})

test('a position can be liquidated, order entry switched off, the market halted', async () => {
  const { exchange, one, post } = await controlled()
  exchange.place(one, order('buy', 2))
  expect(await post('liquidate', { account: 'a1', instrument: coin.id })).toEqual({
    status: 200,
    body: { ok: true, result: true },
  })
  expect(exchange.positions(one)).toEqual([])
  const [{ apiKey }] = exchange.control.accounts()[0].keys
  await post('permissions', { apiKey, trade: false })
  expect(exchange.key(apiKey)?.permissions.trade).toBe(false)
  await post('halt', { instrument: coin.id })
  expect(exchange.market(coin.id)?.state).toBe('halted')
})

test('a fault plan is set, read back with what it did, and cleared', async () => {
  const { url, exchange, post } = await controlled()
  await post('faults', { plan: [{ place: 'ws-drop', kind: 'drop' }] })
  exchange.faults.decide('ws-drop', { stream: 'x' })
  const told = await (await fetch(`${url}/api/binance/faults`)).json()
  expect(told).toMatchObject({
    seed: 1,
    plan: [{ place: 'ws-drop' }],
    counts: { 'ws-drop drop': 1 },
    log: [{ context: { stream: 'x' } }],
  })
  await post('clear-faults', {})
  expect(exchange.faults.plan()).toEqual([])
})

test('sockets are cut, all or of one kind', async () => {
  const { exchange, post } = await controlled()
  const cut: string[] = []
  for (const kind of ['public', 'private'] as const) {
    exchange.connections.add({ id: kind, kind, openedAt: 0, cut: () => void cut.push(kind) })
  }
  expect((await post('cut', { socket: 'private' })).body).toEqual({ ok: true, result: 1 })
  expect(cut).toEqual(['private'])
})

test.each([
  ['a field is missing', 'liquidate', { account: 'a1' }, 400],
  ['a field is unknown', 'halt', { instrument: 'COIN_USDT', now: true }, 400],
  ['the body is no JSON', 'halt', '{', 400],
  ['the instrument does not exist', 'halt', { instrument: 'NOPE_USDT' }, 404],
  ['the account does not exist', 'liquidate', { account: 'a9', instrument: 'COIN_USDT' }, 404],
  ['the action does not exist', 'explode', {}, 404],
  ['the plan cannot be read', 'faults', { plan: [{ place: 'x' }] }, 400],
])('a request is refused with its reason when %s', async (_, name, body, status) => {
  const { post } = await controlled()
  expect(await post(name, body)).toMatchObject({
    status,
    body: { ok: false, error: { remedy: expect.any(String) as string } },
  })
})

test('another page in the browser is refused, and so is a body that is not JSON by its type', async () => {
  const { exchange, post } = await controlled()
  expect((await post('halt', { instrument: coin.id }, { origin: 'http://example.com' })).status).toBe(403)
  expect((await post('halt', { instrument: coin.id }, { 'content-type': 'text/plain' })).status).toBe(415)
  expect(exchange.market(coin.id)?.state).toBe('trading')
})

test('the page allows no script but its own', async () => {
  const { url } = await controlled()
  const page = await fetch(url)
  const nonce = /script-src 'nonce-([^']+)'/.exec(page.headers.get('content-security-policy') ?? '')?.[1]
  expect(nonce).toBeDefined()
  expect(await page.text()).toContain(`<script nonce="${nonce}">`)
})
