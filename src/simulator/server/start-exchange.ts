import { UserError } from '#model/failure.ts'
import { type Money, toMoney } from '#model/money.ts'
import type { ExchangeRequest, RunningExchange, ServedVenue } from '#model/served-exchange.ts'
import type { Timers } from '#model/venue.ts'
import { startControlServer } from './control-server.ts'
import { createExchange } from './create-exchange.ts'
import type { Door, VenueDoor } from './door.ts'
import { doors } from './doors.ts'
import type { Exchange } from './exchange.ts'
import { parsePlan } from './faults.ts'
import { listedAs } from './listed-as.ts'

/** What the test account holds of any currency; enough for many positions of any of the markets. */
const fortune: Readonly<Record<string, Money>> = { BTC: toMoney(1), ETH: toMoney(30), BNB: toMoney(150) }
const otherwise = toMoney(100_000)

/** Starts one exchange a venue on the same recordings, its door, and the control page, all on 127.0.0.1. Throws `UserError`. */
export async function startExchange(request: ExchangeRequest, timers: Timers): Promise<RunningExchange> {
  const { source, venues, port } = request
  const faults = parsePlan(request.faults ?? [])
  const started: { readonly exchange: Exchange; readonly door: Door }[] = []
  const close = async (): Promise<void> => {
    for (const { exchange, door } of started) {
      exchange.close()
      await door.close()
    }
  }
  try {
    for (const [index, venue] of venues.entries()) {
      const way = await doors[venue]()
      const exchange = exchangeOf(venue, way, request, timers, faults)
      await exchange.start()
      const door = await way.open(exchange, { port: port === 0 ? 0 : port + 1 + 2 * index })
      started.push({ exchange, door })
    }
    const controlled = started.map(({ exchange, door }) => ({ exchange, urls: door.urls }))
    const control = await startControlServer(controlled, { port })
    return {
      controlUrl: control.url,
      venues: started.map(({ exchange, door }) => {
        const [key] = exchange.control.accounts()[0].keys
        return {
          venue: exchange.venue,
          urls: door.urls,
          keys: { apiKey: key.apiKey, secret: key.secret },
          ccxt: door.ccxt,
          instruments: source.instruments.map(({ id }) => id),
        }
      }),
      close: async () => {
        await control.close()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw portError(error, port)
  }
}

function exchangeOf(
  venue: ServedVenue,
  { rules }: VenueDoor,
  request: ExchangeRequest,
  timers: Timers,
  faults: unknown,
): Exchange {
  const { source, seed, speed, loop, historyMs } = request
  const quotes = new Set(['USDT', ...source.instruments.map(({ quote }) => quote)])
  const balances = Object.fromEntries([...quotes].map((quote) => [quote, fortune[quote] ?? otherwise]))
  return createExchange({
    venue,
    rules,
    timers,
    seed,
    source,
    instruments: source.instruments.map((instrument) => listedAs(venue, instrument)),
    accounts: [{ name: 'test', balances }],
    play: { speed, loop, historyMs },
    faults,
  })
}

function portError(error: unknown, port: number): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') return error
  return new UserError({
    code: 'portInUse',
    message: 'another program listens there already',
    where: `--port ${port}`,
    remedy: 'use another port (four after it are needed too), or --port 0 for any free ones',
    cause: error,
  })
}
