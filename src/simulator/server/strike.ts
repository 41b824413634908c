import { toMoney, toNumber } from '#model/money.ts'
import type { Account } from './account.ts'
import type { Control } from './control.ts'
import type { Core } from './core.ts'
import type { Connections } from './exchange.ts'
import type { Fault, FaultContext } from './faults.ts'
import { chargeFunding } from './forced.ts'
import type { ServedMarket } from './market.ts'

/** Once a second: what the fault plan does by itself to sockets, clock, markets and accounts. */
export function strike(core: Core, control: Control, connections: Connections): void {
  if (core.faults.plan().length === 0) return
  for (const connection of connections.all()) {
    const account = connection.accountId === undefined ? {} : { account: connection.accountId }
    const fault = core.faults.decide('ws-cut', { connection: connection.id, socket: connection.kind, ...account })
    if (fault === null) continue
    connections.cutAll((other) => other === connection && fault.kind === 'cut')
    if (fault.kind === 'close') connection.cut(fault.value ?? 1001, 'going away')
  }
  const clock = core.faults.decide('clock-skew')
  if (clock?.kind === 'jump') control.jumpClock(clock.value ?? 5_000)
  if (clock?.kind === 'drift') control.setDrift(clock.value ?? 100)
  for (const market of core.markets.values()) {
    const fault = core.faults.decide('market', { symbol: market.instrument.symbol }, byItself)
    if (fault !== null) strikeMarket(control, market, fault)
  }
  for (const account of core.accounts.values()) strikeAccount(core, control, account)
}

/** The other kinds of `market` are for the doors' frames and snapshots. */
const byItself = [
  'absurd-price',
  'halt',
  'resume',
  'delist',
  'tick-change',
  'step-change',
  'notional-change',
  'tier-change',
  'funding',
] as const

function strikeMarket(control: Control, market: ServedMarket, fault: Fault): void {
  const { id, tickSize, lotSize, minNotional, marginTiers } = market.instrument
  if (fault.kind === 'absurd-price') control.absurdPrint(id, fault.value ?? 1_000)
  if (fault.kind === 'halt') control.halt(id)
  if (fault.kind === 'resume') control.resume(id)
  if (fault.kind === 'delist') control.delist(id)
  const factor = fault.value ?? 10
  if (fault.kind === 'tick-change') control.change(id, { tickSize: scaled(tickSize, factor) })
  if (fault.kind === 'step-change') control.change(id, { lotSize: scaled(lotSize, factor) })
  if (fault.kind === 'notional-change') control.change(id, { minNotional: fault.value ?? 4 * minNotional })
  if (fault.kind === 'tier-change') {
    const share = fault.value ?? 0.5
    control.change(id, {
      marginTiers: marginTiers.map((tier) => ({
        ...tier,
        maxLeverage: Math.max(1, Math.floor(tier.maxLeverage * share)),
      })),
    })
  }
  if (fault.kind === 'funding') control.settleFunding(id, fault.value ?? undefined)
}

const scaled = (step: number, factor: number): number => Number((step * factor).toPrecision(12))

function strikeAccount(core: Core, control: Control, account: Account): void {
  const busy = new Set(
    [...account.positions.values(), ...account.open.values()].map(({ instrumentId }) => instrumentId),
  )
  for (const instrumentId of busy) {
    const market = core.markets.get(instrumentId)
    if (market === undefined) continue
    const context: FaultContext = { account: account.id, symbol: market.instrument.symbol }
    const fault = core.faults.decide('account', context, onInstrument)
    if (fault !== null) strikeInstrument(core, control, account, market, fault)
  }
  const fault = core.faults.decide('account', { account: account.id }, onAccount)
  if (fault === null) return
  if (fault.kind === 'transfer') {
    const [currency = 'USDT'] = account.wallets.keys()
    control.transfer(account.id, currency, toMoney(fault.value ?? -0.1 * toNumber(account.wallet(currency))))
  }
  if (fault.kind === 'fees' && account.fees !== null) {
    const factor = fault.value ?? 2
    control.setFees(account.id, { maker: account.fees.maker * factor, taker: account.fees.taker * factor })
  }
  if (fault.kind === 'order-entry-off') {
    for (const { apiKey } of account.keys) control.setPermissions(apiKey, { trade: false })
  }
}

const onInstrument = [
  'liquidation',
  'adl',
  'manual-close',
  'manual-open',
  'leverage',
  'margin-mode',
  'funding',
] as const
const onAccount = ['transfer', 'fees', 'order-entry-off'] as const

function strikeInstrument(core: Core, control: Control, account: Account, market: ServedMarket, fault: Fault): void {
  const { id, minQuantity } = market.instrument
  const held = [...account.positions.values()].find(
    (position) => position.instrumentId === id && position.held.quantity !== 0,
  )
  const side = held?.positionSide
  if (fault.kind === 'liquidation') control.liquidate(account.id, id, side)
  if (fault.kind === 'adl') control.deleverage(account.id, id, side, fault.value ?? 1)
  if (fault.kind === 'manual-close' && held !== undefined) {
    control.trade(account.id, id, { positionSide: held.positionSide })
  }
  if (fault.kind === 'manual-open') {
    const positionSide = account.mode === 'hedge' ? 'long' : 'net'
    control.trade(account.id, id, { side: 'buy', quantity: fault.value ?? minQuantity, positionSide })
  }
  if (fault.kind === 'leverage') control.setLeverage(account.id, id, fault.value ?? 1)
  if (fault.kind === 'margin-mode') {
    control.setMarginMode(account.id, id, account.settings(id).marginMode === 'cross' ? 'isolated' : 'cross')
  }
  if (fault.kind === 'funding') chargeFunding(core, account, market, fault.value ?? market.fair.fundingRate())
}
