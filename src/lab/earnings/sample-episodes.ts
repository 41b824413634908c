import { instrumentId } from '#model/ids.ts'
import type { RoundTrip } from '#model/order.ts'
import type { Episode } from './episodes.ts'

/** For tests: a signal of COIN_BTC that came to nothing. */
export const episode = (time = 0, instrument = 'COIN_BTC'): Episode => ({
  instrumentId: instrumentId(instrument),
  time,
  outcome: 'abandoned',
  trips: [],
  entryDelay: null,
  entryPaid: null,
  entryFilled: null,
})

/** For tests: a signal that became this trade, entered 1 % late, 2 % above the signal, half filled. */
export const traded = (trip: RoundTrip, time = 0, instrument = 'COIN_BTC'): Episode => ({
  ...episode(time, instrument),
  outcome: 'traded',
  trips: [trip],
  entryDelay: 0.01,
  entryPaid: 0.02,
  entryFilled: 0.5,
})
