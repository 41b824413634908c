import type { Timers, Venue } from '#model/venue.ts'
import { openBinanceSpot } from './binance/spot.ts'
import { openBinanceUsdm } from './binance/usdm.ts'
import { openMexc } from './mexc/mexc.ts'

export { systemTimers } from './link/timers.ts'

/** Venues that can be opened by name. */
export const venueNames = ['mexc', 'binance-usdm', 'binance-spot'] as const
export type VenueName = (typeof venueNames)[number]
export const isVenueName = (text: string): text is VenueName => (venueNames as readonly string[]).includes(text)

export interface VenueOptions {
  readonly venue: VenueName
  /** Absent = public market data only. */
  readonly keys?: VenueKeys
  /** Instead of the venue's own, such as an exchange of ours on loopback. */
  readonly hosts?: VenueHosts
  readonly timers?: Timers
}

export interface VenueKeys {
  readonly apiKey: string
  readonly secret: string
}

export interface VenueHosts {
  /** Scheme, host and port of REST. */
  readonly rest?: string
  /** Address of the sockets; scheme, host and port where a venue spreads them over several paths. */
  readonly stream?: string
}

/** The door to an exchange; nothing is asked of it before the first call. */
export function openVenue({ venue, keys, hosts, timers }: VenueOptions): Venue {
  switch (venue) {
    case 'mexc':
      return openMexc({ keys, hosts, timers })
    case 'binance-usdm':
      return openBinanceUsdm({ keys, hosts, timers })
    case 'binance-spot':
      return openBinanceSpot({ hosts, timers })
  }
}
