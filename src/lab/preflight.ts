import type { ResolvedStrategy } from '#engine/engine.ts'
import { UserError } from '#model/failure.ts'
import type { Instrument } from '#model/instrument.ts'
import type { RiskLimits } from '#model/limits.ts'
import type { Feed } from '#model/market.ts'
import { type Money, toNumber } from '#model/money.ts'
import type { MarketSegment, MarketSource } from '#model/source.ts'
import { defaultCapital } from './spec.ts'

/** The one currency all instruments settle in. Throws `UserError` when there are several. */
export function currencyOf(instruments: readonly Instrument[]): string {
  const currencies = [...new Set(instruments.map(({ quote }) => quote))]
  const [currency] = currencies
  if (currency !== undefined && currencies.length === 1) return currency
  throw new UserError({
    code: 'mixedCurrencies',
    message: `the instruments settle in ${currencies.join(', ')}, an account in one currency`,
    where: '--instruments',
    remedy: `choose instruments of one currency, e.g. --instruments '*_${currencies[0]}'`,
  })
}

export function capitalOf(given: Money | null, currency: string): Money {
  const capital = given ?? defaultCapital[currency]
  if (capital !== undefined) return capital
  throw new UserError({
    code: 'capitalMissing',
    message: `there is no default capital in ${currency}`,
    where: '--capital',
    remedy: `give it, e.g. --capital 1000${currency}`,
  })
}

/** Refuses a run that could not mean anything: missing feeds, bars finer than the source, capital below every minimum order. */
export function checkRun(
  strategies: readonly ResolvedStrategy[],
  source: MarketSource,
  capital: Money,
  limits: RiskLimits,
  barIntervals: ReadonlyMap<MarketSegment, number>,
): void {
  for (const strategy of strategies) {
    for (const segment of source.segments) {
      checkFeeds(strategy, segment)
      const interval = barIntervals.get(segment)
      if (interval !== undefined) checkBars(strategy, segment, interval)
    }
  }
  checkCapital(strategies, source.instruments, capital, limits)
}

function checkFeeds(strategy: ResolvedStrategy, segment: MarketSegment): void {
  const missing = strategy.feeds.filter((feed) => !delivers(segment.feeds, feed))
  if (missing.length === 0) return
  const users = [...strategy.readings.values()].filter(({ definition }) =>
    definition.inputs.some((input) => (missing as readonly string[]).includes(input)),
  )
  throw new UserError({
    code: 'missingFeed',
    message: `${strategy.document.name} needs ${missing.map(feedName).join(' and ')} for ${users.map(({ name, definition }) => `${name} (${definition.id})`).join(', ')}; ${segment.label} has ${segment.feeds.map(feedName).join(', ')}`,
    where: segment.label,
    remedy: 'use data that has it, or a strategy without these readings',
  })
}

function checkBars(strategy: ResolvedStrategy, segment: MarketSegment, interval: number): void {
  for (const { name, definition, parameters } of strategy.readings.values()) {
    const wanted = Number(parameters['intervalMs'] ?? Number.NaN)
    if (Number.isNaN(wanted) || wanted % interval === 0) continue
    throw new UserError({
      code: 'barsTooCoarse',
      message: `${strategy.document.name} reads ${name} (${definition.id}) on bars of ${wanted / 1_000} s; ${segment.label} has bars of ${interval / 1_000} s`,
      where: `readings.${name}.params.intervalMs`,
      remedy: `use a multiple of ${interval} ms, or finer data`,
    })
  }
}

function checkCapital(
  strategies: readonly ResolvedStrategy[],
  instruments: readonly Instrument[],
  capital: Money,
  limits: RiskLimits,
): void {
  const leverage = Math.max(...strategies.map(({ document }) => document.entry.leverage))
  const most = toNumber(capital) * limits.maxPositionSize * leverage
  const least = Math.min(...instruments.map(({ minNotional }) => minNotional))
  if (most >= least) return
  const [instrument] = instruments
  throw new UserError({
    code: 'capitalTooSmall',
    message: `with ${toNumber(capital)} ${instrument?.quote ?? ''} the largest allowed position is ${most}, below the smallest order of ${least}`,
    where: '--capital',
    remedy: `use at least ${least / limits.maxPositionSize / leverage} ${instrument?.quote ?? ''}`,
  })
}

/** Bars are built from trades, and a bar counts as a print of its volume at its close. */
function delivers(feeds: readonly Feed[], wanted: Feed): boolean {
  if (wanted === 'trade' || wanted === 'bar') return feeds.includes('trade') || feeds.includes('bar')
  return feeds.includes(wanted)
}

function feedName(feed: Feed): string {
  const names: Readonly<Record<Feed, string>> = {
    trade: 'trades',
    side: 'the taker side of trades',
    quote: 'best bid and ask',
    book: 'order-book depth',
    bar: 'candles',
    markPrice: 'mark prices',
    funding: 'funding rates',
  }
  return names[feed]
}
