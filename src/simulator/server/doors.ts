import type { VenueDoor } from './door.ts'
import type { ServedVenue } from '#model/served-exchange.ts'

/** The doors there are, loaded when one is opened. */
export const doors: Readonly<Record<ServedVenue, () => Promise<VenueDoor>>> = {
  binance: async () => (await import('./binance-door.ts')).binanceDoor,
  mexc: async () => (await import('./mexc-door.ts')).mexcDoor,
}
