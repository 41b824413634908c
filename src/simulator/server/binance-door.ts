import { openBinanceFutures } from './binance/futures.ts'
import { binanceRules } from './binance/rules.ts'
import { openBinanceSpot } from './binance/spot.ts'
import type { VenueDoor } from './door.ts'

/** Binance: USDT-M futures on the port, spot market data on the one after it. */
export const binanceDoor: VenueDoor = {
  rules: binanceRules,
  async open(exchange, { port }) {
    const futures = await openBinanceFutures(exchange, { port })
    const spot = await openBinanceSpot(exchange, { port: port === 0 ? 0 : port + 1 }).catch(async (error: unknown) => {
      await futures.close()
      throw error
    })
    return {
      urls: { rest: futures.url, stream: futures.wsUrl, spotRest: spot.url, spotStream: spot.wsUrl },
      ccxt: [
        'const exchange = new ccxt.pro.binanceusdm({ apiKey, secret })',
        'exchange.urls = JSON.parse(JSON.stringify(exchange.urls)',
        `  .replaceAll('https://fapi.binance.com', '${futures.url}').replaceAll('wss://fstream.binance.com', '${futures.wsUrl}'))`,
        'exchange.options.fetchCurrencies = false',
        'await exchange.loadHttpProxyAgent() // before the first plain ws://',
      ],
      async close() {
        await futures.close()
        await spot.close()
      },
    }
  },
}
