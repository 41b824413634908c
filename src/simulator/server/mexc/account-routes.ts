import { toMoney, toNumber } from '#model/money.ts'
import type { AccountId, PositionRow } from '../types.ts'
import { assetRow, positionRow } from './account-rows.ts'
import { riskRows } from './detail.ts'
import { pageOf, slice, success } from './envelope.ts'
import { type Fields, fieldsOf } from './fields.ts'
import { limits } from './limits.ts'
import { type Listing, positionTypeOf } from './listings.ts'
import { wireMargin } from './order-words.ts'
import { worded } from './refusals.ts'
import { type Call, type Deps, post, read, type Route } from './routes.ts'
import { timesOf } from './times.ts'
import { parameterError, WireError } from './wire-error.ts'

const { usual } = limits

/** Assets, positions, leverage, modes, fees, limits and funding of an account. */
export function accountRoutes(deps: Deps): readonly Route[] {
  return [...assetRoutes(deps), ...feeRoutes(deps), ...positionRoutes(deps), ...settingRoutes(deps)]
}

function assetRoutes({ exchange }: Deps): readonly Route[] {
  return [
    read('account/assets', usual, 'accountRead', ({ accountId }) =>
      success(exchange.balances(accountId).map((row) => assetRow(row))),
    ),
    read('account/asset/{currency}', usual, 'accountRead', ({ accountId, path }) => {
      const row = exchange.balances(accountId).find(({ currency }) => currency === path['currency'])
      if (row === undefined) throw new WireError(4001, 'Currency is not supported')
      return success(assetRow(row))
    }),
    read('account/transfer_record', usual, 'accountRead', ({ accountId, fields }) => {
      const { page, size } = fields.page()
      const currency = fields.text('currency')
      const rows = exchange
        .income(accountId)
        .filter((row) => row.kind === 'transfer' && (currency === undefined || row.currency === currency))
        .map((row) => ({
          id: Number(row.incomeId),
          txid: `t${row.incomeId}`,
          currency: row.currency,
          amount: Math.abs(toNumber(row.amount)),
          type: row.amount >= 0n ? 'IN' : 'OUT',
          state: 'SUCCESS',
          createTime: row.time,
          updateTime: row.time,
        }))
        .toReversed()
      return success(pageOf(rows, page, size))
    }),
  ]
}

function feeRoutes({ exchange, listings }: Deps): readonly Route[] {
  const web = ({ instrument }: Listing) => ({
    level: 0,
    dealAmount: 0,
    walletBalance: 0,
    makerFee: instrument.makerFeeRate,
    takerFee: instrument.takerFeeRate,
    makerFeeDiscount: 1,
    takerFeeDiscount: 1,
  })
  const all = (fields: Fields): readonly Listing[] => {
    const symbol = fields.text('symbol')
    return symbol === undefined ? listings.listed() : [listings.asked(symbol)]
  }
  return [
    // shows the web's rates, which are not what orders of the API pay
    read('account/tiered_fee_rate', usual, 'accountRead', ({ fields }) => success(web(all(fields)[0]))),
    read('account/tiered_fee_rate/v2', usual, 'accountRead', ({ accountId, fields }) => {
      const [listing] = all(fields)
      const { maker, taker } = exchange.fees(accountId, listing.id)
      return success({
        ...web(listing),
        originalMakerFee: maker,
        originalTakerFee: taker,
        realMakerFee: maker,
        realTakerFee: taker,
        feeRateMode: 'NORMAL',
        discountRate: 0,
      })
    }),
    read('account/contract/fee_rate', usual, 'accountRead', ({ accountId, fields }) =>
      success(
        all(fields).map((listing) => {
          const { maker, taker } = exchange.fees(accountId, listing.id)
          return { symbol: listing.symbol, makerFeeRate: maker, takerFeeRate: taker, feeRateMode: 'NORMAL' }
        }),
      ),
    ),
    read('account/risk_limit', usual, 'accountRead', ({ fields }) =>
      success(
        Object.fromEntries(
          all(fields).map((listing) => [
            listing.symbol,
            [1, 2].flatMap((positionType) =>
              riskRows(listing).map((row) => ({ ...row, symbol: listing.symbol, positionType })),
            ),
          ]),
        ),
      ),
    ),
    post('account/change_risk_level', usual, 'accountWrite', () => {
      throw new WireError(8817, 'The risk limit API is not available')
    }),
  ]
}

function positionRoutes({ exchange, listings, notes }: Deps): readonly Route[] {
  return [
    read('position/open_positions', usual, 'tradeRead', ({ accountId, fields }) => {
      const symbol = fields.text('symbol')
      const positionId = fields.text('positionId')
      const rows = exchange
        .positions(accountId, symbol === undefined ? undefined : listings.asked(symbol).id)
        .filter((row) => positionId === undefined || row.positionId === positionId)
      return success(rows.map((row) => positionRow(listings, notes, row)))
    }),
    read('position/list/history_positions', usual, 'tradeRead', ({ accountId, fields }) => {
      const { page, size } = fields.page()
      const symbol = fields.text('symbol')
      const type = fields.choice('type', [1, 2])
      const { from, to } = timesOf(fields, exchange.now(), Infinity)
      const rows = exchange
        .closedPositions(accountId, {
          from,
          to,
          ...(symbol === undefined ? {} : { instrumentId: listings.asked(symbol).id }),
        })
        .map((row) => positionRow(listings, notes, row))
        .filter(({ positionType }) => type === undefined || positionType === type)
        .toReversed()
      return success(slice(rows, page, size))
    }),
    read('position/funding_records', usual, 'tradeRead', ({ accountId, fields }) => {
      const { page, size } = fields.page()
      const symbol = fields.text('symbol')
      const type = fields.choice('position_type', [1, 2])
      const { from, to } = timesOf(fields, exchange.now(), Infinity)
      const rows = exchange
        .income(accountId, { from, to })
        .filter((row) => row.kind === 'funding' && row.instrumentId !== null)
        .map((row) => {
          const rate = row.rate ?? 0
          const funding = toNumber(row.amount)
          return {
            id: Number(row.incomeId),
            symbol: row.instrumentId === null ? '' : listings.of(row.instrumentId).symbol,
            positionType: positionTypeOf(row.positionSide ?? 'net', row.quantity ?? 0),
            positionValue: rate === 0 ? 0 : Number(Math.abs(funding / rate).toFixed(8)),
            funding,
            rate,
            settleTime: row.time,
          }
        })
        .filter(
          (row) => (symbol === undefined || row.symbol === symbol) && (type === undefined || row.positionType === type),
        )
        .toReversed()
      return success(pageOf(rows, page, size))
    }),
    post('position/change_margin', usual, 'tradeWrite', ({ accountId, body }) => {
      const fields = fieldsOf(body)
      const row = positionOf(accountId, fields)
      const amount = fields.requiredNumber('amount')
      const type = fields.required('type')
      if (type !== 'ADD' && type !== 'SUB') throw parameterError('type')
      if (!(amount > 0)) throw new WireError(1004, 'Amount error')
      if (row.marginMode === 'cross') throw new WireError(2026, 'The margin of a cross position cannot be changed')
      const money = toMoney(type === 'ADD' ? amount : -amount)
      const outcome = exchange.addMargin(accountId, row.instrumentId, row.positionSide, money)
      if (!outcome.ok) throw new WireError(2018, 'Exceeds the available margin')
      return success()
    }),
  ]

  function positionOf(accountId: AccountId, fields: Fields): PositionRow {
    const id = fields.required('positionId')
    const row = exchange.positions(accountId).find(({ positionId }) => positionId === id)
    if (row === undefined) throw new WireError(2009, 'Position does not exist or is closed')
    return row
  }
}

function settingRoutes({ exchange, listings }: Deps): readonly Route[] {
  return [
    read('position/leverage', usual, 'tradeRead', ({ accountId, fields }) => {
      const listing = listings.asked(fields.required('symbol'))
      const { leverage, marginMode } = exchange.settings(accountId, listing.id)
      const held = exchange.positions(accountId, listing.id)
      const rows = riskRows(listing)
      return success(
        ([1, 2] as const).map((positionType) => {
          const position = held.find((row) => positionTypeOf(row.positionSide, row.quantity) === positionType)
          const value = Math.abs(position?.quantity ?? 0) * (position?.markPrice ?? 0)
          const tier = rows.find(({ maxVol }) => value <= maxVol) ?? rows[rows.length - 1]
          return {
            positionType,
            level: tier.level,
            imr: tier.imr,
            mmr: tier.mmr,
            leverage: position?.leverage ?? (positionType === 1 ? leverage.long : leverage.short),
            openType: wireMargin(position?.marginMode ?? marginMode),
            maxVol: tier.maxVol,
            maxLeverageView: tier.maxLeverage,
            currentMmr: tier.mmr,
            limitBySys: false,
          }
        }),
      )
    }),
    post('position/change_leverage', limits.leverage, 'tradeWrite', (call) => changeLeverage(call)),
    read('position/position_mode', usual, 'tradeRead', ({ accountId }) =>
      success(exchange.positionMode(accountId) === 'hedge' ? 1 : 2),
    ),
    post('position/change_position_mode', usual, 'tradeWrite', ({ accountId, body }) => {
      const mode = fieldsOf(body).choice('positionMode', [1, 2])
      if (mode === undefined) throw parameterError('positionMode')
      const outcome = exchange.setPositionMode(accountId, mode === 1 ? 'hedge' : 'oneWay')
      if (!outcome.ok && outcome.refusal.code !== 'noChange') throw worded(outcome.refusal)
      return success()
    }),
  ]

  /** By position, or one side of a contract at a time; there the margin mode comes with it. */
  function changeLeverage({ accountId, body }: Call) {
    const fields = fieldsOf(body)
    const leverage = fields.integer('leverage')
    if (leverage === undefined) throw parameterError('leverage')
    const positionId = fields.text('positionId')
    const position = exchange.positions(accountId).find((row) => row.positionId === positionId)
    if (positionId !== undefined && position === undefined)
      throw new WireError(2009, 'Position does not exist or is closed')
    const listing =
      position === undefined ? listings.asked(fields.required('symbol')) : listings.of(position.instrumentId)
    if (listing.isDelisted) throw new WireError(1001, 'Contract not exists')
    const type =
      position === undefined
        ? fields.choice('positionType', [1, 2], 2022)
        : positionTypeOf(position.positionSide, position.quantity)
    if (type === undefined) throw new WireError(2022, 'Position type error')
    const side = type === 1 ? 'long' : 'short'
    const opening = exchange
      .openOrders(accountId, listing.id)
      .some((order) => (order.side === 'buy') === (side === 'long') && !order.reduceOnly)
    if (opening) throw new WireError(2019, 'There are open orders or positions')
    if (position === undefined) setMarginMode(accountId, listing, fields)
    const outcome = exchange.setLeverage(accountId, listing.id, leverage, side)
    if (!outcome.ok) throw worded(outcome.refusal)
    return success()
  }

  function setMarginMode(accountId: AccountId, listing: Listing, fields: Fields): void {
    const openType = fields.choice('openType', [1, 2], 2002)
    if (openType === undefined) throw new WireError(2002, 'Open type error')
    const mode = openType === 1 ? 'isolated' : 'cross'
    const held = exchange.positions(accountId, listing.id)
    if (held.some(({ marginMode }) => marginMode !== mode))
      throw new WireError(2027, 'Only one of cross or isolated margin per direction')
    const outcome = exchange.setMarginMode(accountId, listing.id, mode)
    if (!outcome.ok && outcome.refusal.code !== 'noChange' && held.length === 0) throw worded(outcome.refusal)
  }
}
