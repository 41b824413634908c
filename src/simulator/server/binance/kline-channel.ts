import type { ServedBar } from '../types.ts'
import type { Channel } from './channel.ts'
import { barsOf, closeTimeOf } from './intervals.ts'
import type { Listing } from './listings.ts'

/** The `k` of a kline frame; times in the stream's unit. */
export function klineText(
  listing: Listing,
  bar: ServedBar,
  interval: string,
  { symbol, unit }: { readonly symbol: boolean; readonly unit: number },
): string {
  const first = bar.firstTradeId ?? '-1'
  const last = bar.lastTradeId ?? '-1'
  return (
    `{"t":${bar.openTime * unit},"T":${(closeTimeOf(bar, interval) + 1) * unit - 1},` +
    `${symbol ? `"s":"${listing.symbol}",` : ''}"i":"${interval}","f":${first},"L":${last},` +
    `"o":"${listing.price(bar.open)}","c":"${listing.price(bar.close)}",` +
    `"h":"${listing.price(bar.high)}","l":"${listing.price(bar.low)}","v":"${listing.quantity(bar.volume)}",` +
    `"n":${bar.trades},"x":${bar.closed},"q":"${bar.notional.toFixed(8)}",` +
    `"V":"${listing.quantity(bar.buyVolume)}","Q":"${bar.buyNotional.toFixed(8)}","B":"0"}`
  )
}

/** The forming bar while it changes, and every bar once more when it is closed. */
export function klineChannel(
  listing: Listing,
  stream: string,
  interval: string,
  { cadenceMs, words }: { readonly cadenceMs: number; readonly words: (bar: ServedBar, now: number) => string },
): Channel {
  let open: number | null = null
  let told = ''
  return {
    context: { stream, symbol: listing.id },
    cadenceMs,
    tick(now) {
      const bars = barsOf(listing.market, interval, open === null ? {} : { from: open })
      const fresh = open === null ? bars.slice(-1) : bars
      const frames: string[] = []
      for (const bar of fresh) {
        const state = `${bar.openTime} ${bar.trades} ${bar.close} ${bar.closed}`
        if (state === told) continue
        told = state
        open = bar.openTime
        frames.push(words(bar, now))
      }
      return frames
    },
  }
}
