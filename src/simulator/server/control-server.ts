import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { UserError } from '#model/failure.ts'
import { controlActions } from './control-actions.ts'
import { controlState, plain } from './control-state.ts'
import type { Exchange } from './exchange.ts'

/** An exchange with the addresses of its doors. */
export interface Controlled {
  readonly exchange: Exchange
  readonly urls: Readonly<Record<string, string>>
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

const maxBodyBytes = 1_000_000

/** The control API and page on 127.0.0.1; docs/exchange.md describes it. It has no password, so it answers only its own page and programs without an origin. */
export async function startControlServer(
  controlled: readonly Controlled[],
  { port }: { readonly port: number },
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const page = readFileSync(join(import.meta.dirname, 'control-page.html'), 'utf8')
  const server = createServer((request, response) => {
    void respond(controlled, page, request, response).catch(() => void response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function respond(
  controlled: readonly Controlled[],
  page: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0]
  const { host = '', origin } = request.headers
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host) || (origin !== undefined && origin !== `http://${host}`)) {
    return sendJson(response, {
      status: 403,
      body: problem('forbidden', 'only this machine and its own page may ask', 'origin'),
    })
  }
  if (path === '/' && request.method === 'GET') return sendPage(response, page)
  if (path === '/api/state' && request.method === 'GET') {
    return sendJson(response, {
      status: 200,
      body: { exchanges: controlled.map(({ exchange, urls }) => controlState(exchange, urls)) },
    })
  }
  const [, venue, name] = /^\/api\/([a-z]+)\/([a-z-]+)$/.exec(path) ?? []
  const exchange = controlled.find((one) => one.exchange.venue === venue)?.exchange
  if (exchange === undefined || name === undefined)
    return sendJson(response, { status: 404, body: problem('notFound', `there is no ${path}`, 'path') })
  if (name === 'faults' && request.method === 'GET') {
    const { faults } = exchange
    const body = { seed: faults.seed, plan: faults.plan(), counts: faults.counts(), log: faults.log() }
    return sendJson(response, { status: 200, body })
  }
  if (request.method !== 'POST' || !Object.hasOwn(controlActions, name))
    return sendJson(response, {
      status: 404,
      body: problem('notFound', `there is no ${request.method} ${path}`, 'path'),
    })
  if (request.headers['content-type']?.split(';')[0] !== 'application/json')
    return sendJson(response, {
      status: 415,
      body: problem('mediaType', 'the body is not application/json', 'content-type'),
    })
  sendJson(response, await act(exchange, name, await bodyOf(request)))
}

async function act(exchange: Exchange, name: string, text: string | null): Promise<Answer> {
  if (text === null) return { status: 413, body: problem('tooLarge', 'the body is larger than 1 MB', 'body') }
  const action = controlActions[name]
  let given: unknown
  try {
    given = text.trim() === '' ? {} : JSON.parse(text)
  } catch {
    return { status: 400, body: problem('json', 'the body is no JSON', 'body') }
  }
  const parsed = action.body.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return { status: 400, body: problem('body', issue.message, issue.path.map(String).join('.') || 'body') }
  }
  try {
    const result = await action.run(exchange, parsed.data)
    return { status: 200, body: { ok: true, result: plain(result ?? null) } }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return {
      status: error.exit === 'notFound' ? 404 : 400,
      body: problem(error.code, error.message, error.where, error.remedy),
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function sendPage(response: ServerResponse, page: string): void {
  const nonce = randomBytes(16).toString('base64')
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; connect-src 'self'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  response.end(page.replaceAll('{{nonce}}', nonce))
}

function sendJson(response: ServerResponse, { status, body }: Answer): void {
  if (response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}

function problem(code: string, message: string, where: string, remedy = 'docs/exchange.md lists what can be asked') {
  return { ok: false, error: { code, message, where, remedy } }
}
