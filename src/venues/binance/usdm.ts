import type { Venue } from '#model/venue.ts'
import { systemTimers } from '../link/timers.ts'
import { createAccount } from './account.ts'
import { usdm } from './dialect.ts'
import { createMarket } from './market.ts'
import { createBinanceRest } from './rest.ts'
import type { Keys } from './sign.ts'
import type { BinanceOptions } from './spot.ts'

/** Binance USDⓈ-M futures: perpetual contracts settled in their quote. */
export function openBinanceUsdm({
  hosts,
  keys,
  timers = systemTimers,
}: BinanceOptions & { readonly keys?: Keys | undefined }): Venue {
  const rest = createBinanceRest({ dialect: usdm, baseUrl: hosts?.rest ?? usdm.hosts.rest, timers, keys })
  const streamHost = hosts?.stream ?? usdm.hosts.stream
  const { venue, api, catalog, connects } = createMarket({
    dialect: usdm,
    rest,
    streamHost,
    timers,
    withKeys: keys !== undefined,
  })
  if (keys === undefined) return venue
  const account = createAccount({ rest, market: api, catalog, timers, streamHost, connects })
  return {
    ...venue,
    account,
    async close() {
      await account.close()
      await venue.close()
    },
  }
}
