import type { IncomeKind, IncomeRow } from '../types.ts'
import { amount } from './decimals.ts'
import { askedWindow } from './history-window.ts'
import type { OrderDeps } from './place.ts'
import { read, type Routes } from './routes.ts'

/** Every posting to the wallet. */
export function incomeRoutes({ exchange, listings }: OrderDeps): Routes {
  return {
    'GET /fapi/v1/income': read(30, ({ accountId, params }) => {
      const listing = listings.askedMaybe(params)
      const type = params.text('incomeType')
      const limit = params.limit(100, 1000)
      const rows = exchange
        .income(accountId, {
          ...(listing === undefined ? {} : { instrumentId: listing.id }),
          ...askedWindow(params, exchange.now()),
        })
        .filter((row) => type === undefined || incomeWords[row.kind] === type)
      const page = params.integer('page') ?? 1
      const told = params.has('startTime') ? rows.slice((page - 1) * limit, page * limit) : rows.slice(-limit)
      return told.map((row) =>
        incomeRow(row, row.instrumentId === null ? '' : (listings.of(row.instrumentId)?.symbol ?? '')),
      )
    }),
  }
}

const incomeWords: Readonly<Record<IncomeKind, string>> = {
  realizedProfit: 'REALIZED_PNL',
  fee: 'COMMISSION',
  funding: 'FUNDING_FEE',
  liquidationFee: 'INSURANCE_CLEAR',
  transfer: 'TRANSFER',
  insuranceClear: 'INSURANCE_CLEAR',
}

function incomeRow(row: IncomeRow, symbol: string) {
  return {
    symbol,
    incomeType: incomeWords[row.kind],
    income: amount(row.amount),
    asset: row.currency,
    info: incomeWords[row.kind],
    time: row.time,
    tranId: Number(row.incomeId),
    tradeId: row.tradeId ?? '',
  }
}
