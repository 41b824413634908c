import type { MarginTier } from '#model/instrument.ts'
import { toMoney, toNumber } from '#model/money.ts'
import type { AccountId, PositionSide } from '../types.ts'
import { amount, plain } from './decimals.ts'
import type { Params } from './params.ts'
import { accepted, type OrderDeps } from './place.ts'
import { read, type Routes, trade } from './routes.ts'
import { marginWord, positionSideWord } from './words.ts'
import { missing, notValid, WireError } from './wire-error.ts'

/** Notional of the last tier, which has no end. */
const endless = 9_223_372_036_854_776_000
const done = { code: 200, msg: 'success' }

/** Leverage, margin, position mode, and what size and fees follow from them. */
export function settingsRoutes({ exchange, listings }: OrderDeps): Routes {
  const marginChanges = new MarginChanges()
  return {
    'GET /fapi/v1/symbolConfig': read(5, ({ accountId, params }) => {
      const one = listings.askedMaybe(params)
      return (one === undefined ? listings.all() : [one]).map((listing) => {
        const { leverage, marginMode } = exchange.settings(accountId, listing.id)
        return {
          symbol: listing.symbol,
          marginType: marginWord(marginMode),
          isAutoAddMargin: false,
          leverage: leverage.long,
          maxNotionalValue: maxNotional(exchange.tiers(listing.id), leverage.long),
        }
      })
    }),
    'POST /fapi/v1/positionSide/dual': trade(1, ({ accountId, params }) => {
      if (!params.has('dualSidePosition')) throw missing('dualSidePosition')
      const outcome = exchange.setPositionMode(
        accountId,
        params.boolean('dualSidePosition') === true ? 'hedge' : 'oneWay',
      )
      if (outcome.ok) return done
      throw refusedAs(outcome.refusal.code, {
        noChange: [-4059, 'No need to change position side.'],
        openOrders: [-4067, 'Position side cannot be changed if there exists open orders.'],
        openPosition: [-4068, 'Position side cannot be changed if there exists position.'],
      })
    }),
    'POST /fapi/v1/leverage': trade(1, ({ accountId, params }) => {
      const listing = listings.asked(params)
      const leverage = params.integer('leverage')
      if (leverage === undefined) throw missing('leverage')
      const outcome = exchange.setLeverage(accountId, listing.id, leverage)
      if (!outcome.ok && outcome.refusal.code === 'leverage')
        throw new WireError(-4028, `Leverage ${leverage} is not valid`)
      accepted(outcome, listing)
      return { leverage, maxNotionalValue: maxNotional(exchange.tiers(listing.id), leverage), symbol: listing.symbol }
    }),
    'POST /fapi/v1/marginType': trade(1, ({ accountId, params }) => {
      const listing = listings.asked(params)
      if (!params.has('marginType')) throw missing('marginType')
      const word = params.choice('marginType', ['ISOLATED', 'CROSSED'], notValid('marginType'))
      const outcome = exchange.setMarginMode(accountId, listing.id, word === 'ISOLATED' ? 'isolated' : 'cross')
      if (outcome.ok) return done
      throw refusedAs(outcome.refusal.code, {
        noChange: [-4046, 'No need to change margin type.'],
        openOrders: [-4047, 'Margin type cannot be changed if there exists open orders.'],
        openPosition: [-4048, 'Margin type cannot be changed if there exists position.'],
      })
    }),
    'POST /fapi/v1/positionMargin': trade(1, ({ accountId, params }) => {
      const listing = listings.asked(params)
      const text = params.decimal('amount')
      if (text === undefined) throw missing('amount')
      const type = params.integer('type')
      if (type !== 1 && type !== 2) throw notValid('type')
      const side = positionSideOf(params)
      const moved = toMoney(Number(text))
      const outcome = exchange.addMargin(accountId, listing.id, side, type === 1 ? moved : -moved)
      if (!outcome.ok) {
        throw refusedAs(outcome.refusal.code, {
          noPosition: [-4046, 'Cannot modify the margin of a position that is not isolated.'],
          insufficientMargin: [-4051, 'Isolated balance insufficient.'],
        })
      }
      marginChanges.add(accountId, {
        symbol: listing.symbol,
        type,
        deltaType: 'USER_ADJUST',
        amount: amount(moved),
        asset: listing.instrument.quote,
        time: exchange.now(),
        positionSide: positionSideWord(side),
      })
      return { amount: toNumber(moved), code: 200, msg: 'Successfully modify position margin.', type }
    }),
    'GET /fapi/v1/positionMargin/history': read(1, ({ accountId, params }) => {
      const { symbol } = listings.asked(params)
      return marginChanges.of(accountId, symbol).slice(-params.limit(500, 500))
    }),
    'GET /fapi/v1/leverageBracket': read(1, ({ params }) => {
      const one = listings.askedMaybe(params)
      return (one === undefined ? listings.all() : [one]).map((listing) => ({
        symbol: listing.symbol,
        brackets: exchange.tiers(listing.id).map((tier, at, tiers) => ({
          bracket: at + 1,
          initialLeverage: tier.maxLeverage,
          notionalCap: capOf(tier),
          notionalFloor: at === 0 ? 0 : tiers[at - 1].notionalCap,
          maintMarginRatio: tier.maintenanceRate,
          cum: tier.deduction,
        })),
      }))
    }),
    'GET /fapi/v1/commissionRate': read(20, ({ accountId, params }) => {
      const listing = listings.asked(params)
      const { maker, taker } = exchange.fees(accountId, listing.id)
      return {
        symbol: listing.symbol,
        makerCommissionRate: plain(maker),
        takerCommissionRate: plain(taker),
        rpiCommissionRate: plain(maker),
      }
    }),
  }
}

const capOf = (tier: MarginTier): number => (Number.isFinite(tier.notionalCap) ? tier.notionalCap : endless)

/** Largest notional at that leverage. */
export function maxNotional(tiers: readonly MarginTier[], leverage: number): string {
  const fitting = tiers.filter(({ maxLeverage }) => maxLeverage >= leverage)
  const tier = fitting[fitting.length - 1] ?? tiers[tiers.length - 1]
  return tier === undefined ? '0' : String(capOf(tier))
}

function positionSideOf(params: Params): PositionSide {
  const word = params.choice('positionSide', ['BOTH', 'LONG', 'SHORT'], notValid('positionSide')) ?? 'BOTH'
  return ({ BOTH: 'net', LONG: 'long', SHORT: 'short' } as const)[word]
}

function refusedAs(code: string, words: Readonly<Record<string, readonly [number, string]>>): WireError {
  const [number, message] = words[code] ?? [-1000, 'An unknown error occurred while processing the request.']
  return new WireError(number, message)
}

interface MarginChange {
  readonly symbol: string
  readonly type: number
  readonly deltaType: string
  readonly amount: string
  readonly asset: string
  readonly time: number
  readonly positionSide: string
}

/** Margins moved by hand; the newest 1 000 of each account. */
class MarginChanges {
  readonly #rows = new Map<AccountId, MarginChange[]>()

  add(accountId: AccountId, change: MarginChange): void {
    const rows = this.#rows.get(accountId) ?? []
    rows.push(change)
    this.#rows.set(accountId, rows.slice(-1000))
  }

  of(accountId: AccountId, symbol: string): readonly MarginChange[] {
    return (this.#rows.get(accountId) ?? []).filter((row) => row.symbol === symbol)
  }
}
