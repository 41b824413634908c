import type { Instrument } from '#model/instrument.ts'
import { toNumber } from '#model/money.ts'
import type { AccountReport, AccountVenue, Permission } from '#model/venue.ts'
import { amount, type Check, type CheckId, type CheckState, percent, wordsOf } from './check.ts'

export interface AccountFindings {
  readonly notes: readonly string[]
  /** By currency. */
  readonly available: ReadonlyMap<string, number>
}

type Told = (...checks: readonly Check[]) => void

/** What the key may do, how the account is set, what it has and what it is charged. */
export async function inspectAccount(
  account: AccountVenue,
  instruments: readonly Instrument[],
  signal: AbortSignal,
  told: Told,
): Promise<AccountFindings> {
  let report: AccountReport
  try {
    report = await account.inspect()
  } catch (error) {
    told({ id: 'read', state: 'red', detail: wordsOf(error), remedy: 'the key could not be looked at: try again' })
    return { notes: [], available: new Map() }
  }
  told(...permissionChecks(report))
  // a key that may not read has nothing more to tell
  if (report.permissions.read === 'no') return { notes: report.notes, available: new Map() }
  signal.throwIfAborted()
  const available = await balanceCheck(account, instruments, told)
  for (const instrument of instruments) {
    signal.throwIfAborted()
    told(await feeCheck(account, instrument))
    const margin = await marginCheck(account, instrument)
    if (margin !== undefined) told(margin)
  }
  return { notes: report.notes, available }
}

type Answer = readonly [state: CheckState, detail: string, remedy?: string]

const answers: Readonly<Record<keyof AccountReport['permissions'], readonly [CheckId, Record<Permission, Answer>]>> = {
  read: [
    'read',
    {
      yes: ['green', 'the key may read the account'],
      no: [
        'red',
        'the key may not read the account',
        'check key and secret, their expiry and the addresses they are bound to; allow reading',
      ],
      unknown: ['amber', 'whether the key may read is not told', 'see below what the venue said, and try again'],
    },
  ],
  withdraw: [
    'withdraw',
    {
      yes: [
        'red',
        'the key may withdraw: it is refused, as whoever gets hold of it could empty the account',
        'make a new key without the right to withdraw, and delete this one',
      ],
      no: ['green', 'the key may not withdraw'],
      unknown: [
        'amber',
        'the venue does not tell whether the key may withdraw',
        "look at the key on the venue's page of API keys: withdrawal must be off",
      ],
    },
  ],
  ipRestricted: [
    'addresses',
    {
      yes: ['green', 'the key is bound to addresses'],
      no: ['amber', 'the key works from any address', 'bind it to the address of this machine'],
      unknown: [
        'amber',
        'the venue does not tell whether the key is bound to addresses',
        'bind it to the address of this machine',
      ],
    },
  ],
  trade: [
    'trade',
    {
      yes: ['green', 'the key may place orders: one that cannot trade was refused for that only'],
      no: ['red', 'the key may not place orders', 'allow futures trading for the key; see below what the venue said'],
      unknown: [
        'amber',
        'whether the key may place orders is not certain',
        'see below what the venue said, and try again',
      ],
    },
  ],
}

function permissionChecks({ permissions, positionMode }: AccountReport): readonly Check[] {
  const checks = Object.entries(answers).map(([name, [id, byPermission]]): Check => {
    const [state, detail, remedy] = byPermission[permissions[name as keyof AccountReport['permissions']]]
    return { id, state, detail, ...(remedy === undefined ? {} : { remedy }) }
  })
  const modes = { oneWay: 'one-way', hedge: 'hedge: long and short are held apart', unknown: 'not told' }
  checks.push({
    id: 'positionMode',
    state: positionMode === 'unknown' ? 'amber' : 'green',
    detail: `position mode: ${modes[positionMode]}`,
    ...(positionMode === 'unknown' ? { remedy: 'try again; without it no order can be sent' } : {}),
  })
  return checks
}

async function balanceCheck(
  account: AccountVenue,
  instruments: readonly Instrument[],
  told: Told,
): Promise<ReadonlyMap<string, number>> {
  try {
    const balances = await account.balances()
    const available = new Map(balances.map((balance) => [balance.currency, toNumber(balance.available)]))
    for (const currency of new Set(instruments.map(({ quote }) => quote))) {
      const balance = balances.find((one) => one.currency === currency)
      const wallet = balance ? toNumber(balance.wallet) : 0
      // absent = never held
      if (balance === undefined) available.set(currency, 0)
      told({
        id: 'balance',
        state: wallet > 0 ? 'green' : 'amber',
        detail: `${amount(wallet)} ${currency}, ${amount(available.get(currency) ?? 0)} available`,
        ...(wallet > 0 ? {} : { remedy: `transfer ${currency} to the futures account` }),
      })
    }
    return available
  } catch (error) {
    told({ id: 'balance', state: 'amber', detail: wordsOf(error), remedy: 'try again' })
    return new Map()
  }
}

async function feeCheck(account: AccountVenue, instrument: Instrument): Promise<Check> {
  const check = { id: 'fees', instrumentId: instrument.id } as const
  try {
    const { maker, taker } = await account.fees(instrument.id)
    const detail = `charged: maker ${percent(maker)}, taker ${percent(taker)}`
    const { makerFeeRate, takerFeeRate } = instrument
    if (maker <= makerFeeRate + 1e-9 && taker <= takerFeeRate + 1e-9) return { ...check, state: 'green', detail }
    return {
      ...check,
      state: 'amber',
      detail: `${detail}; more than the ${percent(makerFeeRate)} and ${percent(takerFeeRate)} that the catalog says`,
      remedy: `backtest with --maker-fee ${maker} --taker-fee ${taker}`,
    }
  } catch (error) {
    return { ...check, state: 'amber', detail: wordsOf(error), remedy: 'what is charged is not known: try again' }
  }
}

async function marginCheck(account: AccountVenue, { id }: Instrument): Promise<Check | undefined> {
  if (account.settings === undefined) return undefined
  const check = { id: 'margin', instrumentId: id } as const
  try {
    const { marginMode, leverage } = await account.settings(id)
    const mode = marginMode ?? 'not told without a position'
    return {
      ...check,
      state: 'green',
      detail: `margin mode ${mode}, leverage ${leverage === null ? 'not told' : `${leverage} ×`}`,
    }
  } catch (error) {
    return { ...check, state: 'amber', detail: wordsOf(error), remedy: 'try again' }
  }
}
