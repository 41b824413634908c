import type { VenueDoor } from './door.ts'
import { openMexc } from './mexc/open.ts'
import { mexcRules } from './mexc/rules.ts'

/** MEXC contract: REST and sockets on the port. */
export const mexcDoor: VenueDoor = {
  rules: mexcRules,
  async open(exchange, { port }) {
    const server = await openMexc(exchange, { port })
    const rest = `http://127.0.0.1:${server.port}`
    const stream = `ws://127.0.0.1:${server.port}/edge`
    return {
      urls: { rest, stream },
      ccxt: [
        "const exchange = new ccxt.pro.mexc({ apiKey, secret, options: { defaultType: 'swap' } })",
        'exchange.urls = JSON.parse(JSON.stringify(exchange.urls)',
        `  .replaceAll('https://api.mexc.com', '${rest}').replaceAll('wss://contract.mexc.com/edge', '${stream}'))`,
        'await exchange.loadHttpProxyAgent() // before the first plain ws://',
      ],
      close: () => server.close(),
    }
  },
}
