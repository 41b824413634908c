import type { UnixMs } from '#model/ids.ts'
import type { VenueEvent } from '#model/order.ts'
import type { FundingPayment, Timers } from '#model/venue.ts'
import type { AccountApi } from './account-api.ts'
import type { Catalog } from './catalog.ts'
import type { MarketApi } from './market-api.ts'
import type { WireIncome } from './wire/account.ts'

export interface FundingPaymentsOptions {
  readonly api: AccountApi
  readonly market: MarketApi
  readonly catalog: Catalog
  readonly timers: Timers
  /** The venue's time. */
  readonly now: () => UnixMs
  readonly emit: (event: VenueEvent) => void
  readonly closing: AbortSignal
}

/** Funding settled on our positions: the stream says that there was some, the income list says how much for which symbol. */
export interface FundingPayments {
  /** Connected (again): what was settled meanwhile is read, from the first call on. */
  readonly resume: () => void
  /** The stream says that funding was settled; rows appear in the list a moment later. */
  readonly onSettled: (time: UnixMs) => void
  readonly since: (symbol: string, from: UnixMs) => Promise<readonly FundingPayment[]>
}

export function createFundingPayments(options: FundingPaymentsOptions): FundingPayments {
  const { api, market, catalog, timers, now, emit, closing } = options
  const told = new Set<string>()
  let newest: UnixMs | null = null
  let stop: (() => void) | undefined

  /** With the settled rates of the symbol; null where the venue does not tell one within a minute of the payment. */
  const withRates = async (symbol: string, rows: readonly WireIncome[]): Promise<readonly FundingPayment[]> => {
    const contract = catalog.known(symbol)
    const first = rows[0]?.time
    if (contract === undefined || first === undefined) return []
    const rates = await market.settledFunding(symbol, first - minuteMs)
    return rows.map(({ income, time }) => ({
      instrumentId: contract.instrument.id,
      time,
      // the venue says what was received
      amount: -income,
      rate: rates.find((rate) => Math.abs(rate.time - time) < minuteMs)?.rate ?? null,
    }))
  }

  /** `expected`: there must be a new row. */
  const read = async (from: UnixMs, expected: boolean, attempt: number): Promise<void> => {
    try {
      const rows = (await api.funding(undefined, from)).filter((row) => !told.has(keyOf(row)))
      for (const symbol of new Set(rows.map((row) => row.symbol))) {
        const own = rows.filter((row) => row.symbol === symbol)
        const payments = await withRates(symbol, own)
        const last = attempt >= attempts
        payments.forEach((payment, index) => {
          if (closing.aborted || (payment.rate === null && !last)) return
          const key = keyOf(own[index])
          if (told.has(key)) return
          told.add(key)
          newest = Math.max(newest ?? 0, payment.time - minuteMs)
          emit({ type: 'fundingSettled', ...payment, rate: payment.rate ?? 0 })
        })
      }
      const unfinished = rows.some((row) => !told.has(keyOf(row)) && catalog.known(row.symbol) !== undefined)
      if (unfinished || (expected && rows.length === 0)) later(from, expected, attempt + 1)
    } catch {
      later(from, true, attempt + 1)
    }
  }
  const later = (from: UnixMs, expected: boolean, attempt: number): void => {
    if (attempt > attempts || closing.aborted) return
    stop?.()
    stop = timers.after(pauseMs * attempt, () => void read(from, expected, attempt))
  }
  closing.addEventListener('abort', () => stop?.())

  return {
    resume() {
      if (newest !== null) later(newest, false, 1)
      newest ??= Math.floor(now())
    },
    onSettled(time) {
      newest ??= time - minuteMs
      later(newest, true, 1)
    },
    async since(symbol, from) {
      const rows = (await api.funding(symbol, from)).filter((row) => row.symbol === symbol && row.time >= from)
      return withRates(symbol, rows)
    },
  }
}

const keyOf = ({ tranId, symbol }: WireIncome): string => `${tranId}/${symbol}`
const minuteMs = 60_000
const attempts = 4
const pauseMs = 1_500
