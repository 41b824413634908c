import type { Exchange } from 'ccxt'
import type { Door } from '#simulator/server/binance/door.ts'

/** For tests: sends every request of a ccxt client to a door of ours, whatever host it was for. */
export async function pointAt(client: Exchange, door: Pick<Door, 'url'>): Promise<void> {
  const urls = client.urls as { api: Record<string, unknown> }
  for (const [name, url] of Object.entries(urls.api)) {
    if (typeof url === 'string') urls.api[name] = url.replace(/^https:\/\/[^/]+/, door.url)
  }
  client.enableRateLimit = false
  await client.loadHttpProxyAgent()
}
