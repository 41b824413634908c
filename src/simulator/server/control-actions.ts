import { z } from 'zod'
import { instrumentId } from '#model/ids.ts'
import { toMoney } from '#model/money.ts'
import type { Exchange } from './exchange.ts'
import type { AccountId } from './types.ts'

const account = z.string().transform((text) => text as AccountId)
const instrument = z.string().transform(instrumentId)
const side = z.enum(['net', 'long', 'short']).optional()
const mode = z.enum(['isolated', 'cross'])
const where = { account, instrument }

/** One thing the control page can do; the body is checked before it runs. */
export interface ControlAction {
  readonly body: z.ZodType
  /** Throws `UserError`. The result is the answer's `result`. */
  run(exchange: Exchange, body: unknown): unknown
}

/** Actions by name, as `POST /api/<venue>/<name>`. */
export const controlActions: Readonly<Record<string, ControlAction>> = {
  faults: action(z.strictObject({ plan: z.unknown() }), ({ faults }, { plan }) => {
    faults.set(plan)
    return faults.plan()
  }),
  'add-fault': action(z.strictObject({ rule: z.unknown() }), ({ faults }, { rule }) => {
    faults.add(rule)
    return faults.plan()
  }),
  'clear-faults': action(z.strictObject({}), ({ faults }) => faults.clear()),
  liquidate: action(z.strictObject({ ...where, side }), ({ control }, { account, instrument, side }) =>
    control.liquidate(account, instrument, side),
  ),
  adl: action(
    z.strictObject({ ...where, side, share: z.number().gt(0).max(1).optional() }),
    ({ control }, { account, instrument, side, share }) => control.deleverage(account, instrument, side, share),
  ),
  trade: action(
    z.strictObject({
      ...where,
      side: z.enum(['buy', 'sell']).optional(),
      positionSide: side,
      quantity: z.number().gt(0).optional(),
    }),
    ({ control }, { account, instrument, side, positionSide, quantity }) =>
      control.trade(account, instrument, {
        ...(side === undefined ? {} : { side }),
        ...(positionSide === undefined ? {} : { positionSide }),
        ...(quantity === undefined ? {} : { quantity }),
      }),
  ),
  leverage: action(
    z.strictObject({ ...where, leverage: z.number().int().min(1) }),
    ({ control }, { account, instrument, leverage }) => control.setLeverage(account, instrument, leverage),
  ),
  'margin-mode': action(z.strictObject({ ...where, mode }), ({ control }, { account, instrument, mode }) =>
    control.setMarginMode(account, instrument, mode),
  ),
  transfer: action(
    z.strictObject({ account, currency: z.string().min(1), amount: z.number() }),
    ({ control }, { account, currency, amount }) => control.transfer(account, currency, toMoney(amount)),
  ),
  fees: action(
    z.strictObject({ account, maker: z.number().min(-0.01).max(0.1), taker: z.number().min(0).max(0.1) }),
    ({ control }, { account, maker, taker }) => control.setFees(account, { maker, taker }),
  ),
  permissions: action(
    z.strictObject({
      apiKey: z.string(),
      read: z.boolean().optional(),
      trade: z.boolean().optional(),
      withdraw: z.boolean().optional(),
      ipRestricted: z.boolean().optional(),
    }),
    ({ control }, { apiKey, ...permissions }) => {
      const given = Object.entries(permissions).filter(([, value]) => value !== undefined)
      control.setPermissions(apiKey, Object.fromEntries(given))
    },
  ),
  account: action(
    z.strictObject({ name: z.string().min(1), balances: z.record(z.string(), z.number().min(0)) }),
    ({ control }, { name, balances }) => {
      const money = Object.entries(balances).map(([currency, amount]) => [currency, toMoney(amount)] as const)
      const accountId = control.openAccount({ name, balances: Object.fromEntries(money) })
      return control.accounts().find((one) => one.accountId === accountId)
    },
  ),
  funding: action(z.strictObject({ instrument, rate: z.number().optional() }), ({ control }, { instrument, rate }) =>
    control.settleFunding(instrument, rate),
  ),
  halt: action(z.strictObject({ instrument }), ({ control }, { instrument }) => control.halt(instrument)),
  resume: action(z.strictObject({ instrument }), ({ control }, { instrument }) => control.resume(instrument)),
  delist: action(z.strictObject({ instrument }), ({ control }, { instrument }) => control.delist(instrument)),
  list: action(
    z.strictObject({ like: instrument, base: z.string().regex(/^[A-Z0-9]{1,20}$/), price: z.number().gt(0) }),
    async (exchange, { like, base, price }) => {
      const pattern = exchange.market(like)?.instrument ?? exchange.instruments()[0]
      const { quote } = pattern
      const id = instrumentId(`${base}_${quote}`)
      const symbol = pattern.symbol.replace(pattern.base, base)
      await exchange.control.list({ ...pattern, id, base, symbol }, { price })
      return id
    },
  ),
  change: action(
    z.strictObject({
      instrument,
      tickSize: z.number().gt(0).optional(),
      lotSize: z.number().gt(0).optional(),
      minQuantity: z.number().gt(0).optional(),
      minNotional: z.number().min(0).optional(),
    }),
    ({ control }, { instrument, ...change }) => {
      const given = Object.entries(change).filter(([, value]) => value !== undefined)
      control.change(instrument, Object.fromEntries(given))
    },
  ),
  'absurd-print': action(
    z.strictObject({ instrument, factor: z.number().gt(0) }),
    ({ control }, { instrument, factor }) => control.absurdPrint(instrument, factor),
  ),
  clock: action(z.strictObject({ jumpMs: z.number() }), ({ control }, { jumpMs }) => control.jumpClock(jumpMs)),
  drift: action(z.strictObject({ ppm: z.number() }), ({ control }, { ppm }) => control.setDrift(ppm)),
  play: action(z.strictObject({}), ({ control }) => control.play()),
  pause: action(z.strictObject({}), ({ control }) => control.pause()),
  speed: action(z.strictObject({ speed: z.number() }), ({ control }, { speed }) => control.setSpeed(speed)),
  cut: action(
    z.strictObject({ socket: z.enum(['public', 'private', 'market']).optional() }),
    ({ connections }, { socket }) => connections.cutAll(({ kind }) => socket === undefined || kind === socket),
  ),
}

function action<T>(body: z.ZodType<T>, run: (exchange: Exchange, body: T) => unknown): ControlAction {
  return { body, run: (exchange, given) => run(exchange, given as T) }
}
