import type { Timers, Venue } from '#model/venue.ts'
import { systemTimers } from '../link/timers.ts'
import { spot } from './dialect.ts'
import { createMarket } from './market.ts'
import { createBinanceRest } from './rest.ts'

export interface BinanceHosts {
  /** Scheme, host and port. */
  readonly rest?: string | undefined
  /** Scheme, host and port of the sockets; their paths are ours to know. */
  readonly stream?: string | undefined
}

export interface BinanceOptions {
  readonly hosts?: BinanceHosts | undefined
  readonly timers?: Timers | undefined
}

/** Binance spot: market data only. */
export function openBinanceSpot({ hosts, timers = systemTimers }: BinanceOptions): Venue {
  const rest = createBinanceRest({ dialect: spot, baseUrl: hosts?.rest ?? spot.hosts.rest, timers })
  const streamHost = hosts?.stream ?? spot.hosts.stream
  return createMarket({ dialect: spot, rest, streamHost, timers, withKeys: false }).venue
}
