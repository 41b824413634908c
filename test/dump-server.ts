import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { basename } from 'node:path'
import { type Received, startHttp } from './loopback-http.ts'
import { zipOf } from './zip-of.ts'

/** An address that publishes files as data.binance.vision does; `files` are below `/data/`, as CSV. */
export async function startDumps(files: Record<string, string>) {
  /** What the next requests that end so get instead. */
  const faults: { readonly ending: string; readonly answer: (reply: ServerResponse, body: Buffer) => void }[] = []
  const answer = ({ url }: Received, reply: ServerResponse): void => {
    const path = url.replace(/^\/data\//, '')
    const isChecksum = path.endsWith('.CHECKSUM')
    const file = isChecksum ? path.slice(0, -'.CHECKSUM'.length) : path
    if (!(file in files)) return void reply.writeHead(404).end('<Error>')
    const zip = zipOf(basename(file).replace(/zip$/, 'csv'), files[file])
    const sum = createHash('sha256').update(zip).digest('hex')
    const body = isChecksum ? Buffer.from(`${sum}  ${basename(file)}\n`) : zip
    const fault = faults.findIndex(({ ending }) => path.endsWith(ending))
    if (fault >= 0) return faults.splice(fault, 1)[0].answer(reply, body)
    reply.end(body)
  }
  const server = await startHttp([answer])
  return {
    baseUrl: server.baseUrl,
    faults,
    /** Paths asked for since the last time. */
    asked: () => server.received.splice(0).map(({ url }) => url.replace(/^\/data\//, '')),
    close: server.close,
  }
}
