import type { Exchange } from '../exchange.ts'
import type { Listing, Listings } from './listings.ts'
import { markText } from './market-rows.ts'
import type { Params } from './params.ts'
import { open, type Routes } from './routes.ts'
import { WireError } from './wire-error.ts'

const hour = 3_600_000

/** Settled funding and the intervals that are not eight hours; both share a limit of their own. */
export function fundingRoutes({
  exchange,
  listings,
}: {
  readonly exchange: Exchange
  readonly listings: Listings
}): Routes {
  const limit = new FundingLimit(exchange)
  return {
    'GET /fapi/v1/fundingRate': open(0, ({ params, ip }) => {
      limit.count(ip)
      return fundingRows(listings, params)
    }),
    'GET /fapi/v1/fundingInfo': open(0, ({ ip }) => {
      limit.count(ip)
      return listings.all().flatMap(fundingInfoRow)
    }),
  }
}

function fundingRows(listings: Listings, params: Params) {
  const limit = params.limit(100, 1000)
  const from = params.integer('startTime')
  const to = params.integer('endTime') ?? Infinity
  const one = listings.askedMaybe(params)
  const rows = (one === undefined ? listings.all() : [one])
    .flatMap((listing) => listing.market.fundings().map((settled) => ({ listing, settled })))
    .filter(({ settled }) => settled.time >= (from ?? 0) && settled.time <= to)
    .sort((a, b) => a.settled.time - b.settled.time)
  return (from === undefined ? rows.slice(-limit) : rows.slice(0, limit)).map(({ listing, settled }) => ({
    symbol: listing.symbol,
    fundingTime: settled.time,
    fundingRate: settled.rate.toFixed(8),
    markPrice: markText(settled.mark),
    rateType: 'Regular',
  }))
}

/** Only those that do not settle every 8 h are listed. */
function fundingInfoRow({ symbol, instrument }: Listing) {
  const interval = instrument.fundingIntervalMs
  if (interval === undefined || interval === 8 * hour) return []
  return [
    {
      symbol,
      adjustedFundingRateCap: '0.02000000',
      adjustedFundingRateFloor: '-0.02000000',
      fundingIntervalHours: interval / hour,
      disclaimer: false,
    },
  ]
}

/** 500 requests in 5 min and IP, for both funding routes together. */
class FundingLimit {
  readonly #exchange: Exchange
  readonly #used = new Map<string, { window: number; count: number }>()

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  count(ip: string): void {
    const now = this.#exchange.now()
    const window = Math.floor(now / 300_000)
    const used = this.#used.get(ip)
    if (used?.window !== window) this.#used.set(ip, { window, count: 1 })
    else if (++used.count > 500) {
      const left = Math.ceil(((window + 1) * 300_000 - now) / 1000)
      throw new WireError(-1003, 'Too many requests; current limit is 500 requests per 5 minutes.', 429, {
        'Retry-After': String(left),
      })
    }
  }
}
