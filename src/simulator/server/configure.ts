import type { InstrumentId } from '#model/ids.ts'
import { type Money, toMoney, toNumber } from '#model/money.ts'
import type { Account } from './account.ts'
import { allowedLeverage } from './checks.ts'
import { type Core, refuse } from './core.ts'
import { marginOf, markOf, positionRow } from './margin.ts'
import { tellAccount } from './settle.ts'
import type { InstrumentSettings, MarginMode, Outcome, PositionMode, PositionRow, PositionSide } from './types.ts'

/** Settings of an account, changed by its own requests or behind its back (`force`). */
export function configOf(core: Core, account: Account) {
  const settings = (instrumentId: InstrumentId): InstrumentSettings => {
    const { long, short, marginMode } = account.settings(instrumentId)
    return { leverage: { long, short }, marginMode }
  }
  const told = (instrumentId: InstrumentId | null): void => {
    const own = instrumentId === null ? null : settings(instrumentId)
    core.tell({ type: 'config', accountId: account.id, instrumentId, settings: own, positionMode: account.mode })
  }
  const busy = (instrumentId?: InstrumentId) => busyWith(account, instrumentId)

  return {
    settings,

    setPositionMode(mode: PositionMode): Outcome<PositionMode> {
      if (account.mode === mode) return { ok: false, refusal: refuse('noChange', `already ${mode}`) }
      const refusal = busy()
      if (refusal !== null) return { ok: false, refusal }
      account.mode = mode
      told(null)
      return { ok: true, value: mode }
    },

    setLeverage(
      instrumentId: InstrumentId,
      leverage: number,
      side?: 'long' | 'short',
      force = false,
    ): Outcome<InstrumentSettings> {
      const market = core.markets.get(instrumentId)
      if (market === undefined) return { ok: false, refusal: refuse('unknownInstrument', instrumentId) }
      const positions = [...account.positions.values()].filter(
        (position) =>
          position.instrumentId === instrumentId &&
          position.held.quantity !== 0 &&
          (side === undefined || position.positionSide === 'net' || position.positionSide === side),
      )
      const notional = Math.max(0, ...positions.map(({ held }) => Math.abs(held.quantity) * markOf(market)))
      const allowed = allowedLeverage(market.instrument, notional)
      if (!Number.isInteger(leverage) || leverage < 1 || leverage > allowed)
        return { ok: false, refusal: refuse('leverage', `leverage ${leverage} is not within 1 and ${allowed}`) }
      let more = 0
      for (const { marginMode, held } of positions) {
        if (marginMode !== 'isolated') continue
        more += Math.abs(toNumber(held.cost)) / leverage - toNumber(held.margin)
      }
      if (!force && more > marginOf(core, account, market.instrument.quote).available)
        return { ok: false, refusal: refuse('insufficientMargin', `${more} more margin needed`) }
      const own = account.settings(instrumentId)
      if (side !== 'short') own.long = leverage
      if (side !== 'long') own.short = leverage
      for (const position of positions) {
        position.leverage = leverage
        position.held.margin = toMoney(Math.abs(toNumber(position.held.cost)) / leverage)
      }
      told(instrumentId)
      core.recheck = true
      return { ok: true, value: settings(instrumentId) }
    },

    setMarginMode(instrumentId: InstrumentId, mode: MarginMode, force = false): Outcome<InstrumentSettings> {
      if (!core.markets.has(instrumentId)) return { ok: false, refusal: refuse('unknownInstrument', instrumentId) }
      const own = account.settings(instrumentId)
      if (own.marginMode === mode) return { ok: false, refusal: refuse('noChange', `already ${mode}`) }
      const refusal = force ? null : busy(instrumentId)
      if (refusal !== null) return { ok: false, refusal }
      own.marginMode = mode
      for (const position of account.positions.values()) {
        if (position.instrumentId !== instrumentId || position.held.quantity === 0) continue
        position.marginMode = mode
        position.held.margin = toMoney(Math.abs(toNumber(position.held.cost)) / position.leverage)
        tellAccount(core, account, 'margin', position)
      }
      told(instrumentId)
      core.recheck = true
      return { ok: true, value: settings(instrumentId) }
    },

    addMargin(instrumentId: InstrumentId, side: PositionSide, amount: Money): Outcome<PositionRow> {
      const market = core.markets.get(instrumentId)
      const position = account.position(instrumentId, side)
      if (market === undefined || position === undefined || position.held.quantity === 0)
        return { ok: false, refusal: refuse('noPosition', `no ${side} position`) }
      if (position.marginMode !== 'isolated')
        return { ok: false, refusal: refuse('noPosition', 'it is on cross margin') }
      const { available } = marginOf(core, account, market.instrument.quote)
      const least = toMoney(Math.abs(toNumber(position.held.cost)) / position.leverage)
      if (toNumber(amount) > available || (amount < 0n && position.held.margin + amount < least))
        return { ok: false, refusal: refuse('insufficientMargin', 'there is not as much to move') }
      position.held.margin += amount
      core.recheck = true
      tellAccount(core, account, 'margin', position)
      return { ok: true, value: positionRow(core, account, position) }
    },
  }
}

function busyWith(account: Account, instrumentId: InstrumentId | undefined) {
  const own = (of: { readonly instrumentId: InstrumentId }): boolean =>
    instrumentId === undefined || of.instrumentId === instrumentId
  const orders = [...account.open.values(), ...account.conditionals.values()]
  if (orders.some(own)) return refuse('openOrders', 'there are open orders')
  const held = [...account.positions.values()].some((position) => own(position) && position.held.quantity !== 0)
  return held ? refuse('openPosition', 'there is an open position') : null
}
