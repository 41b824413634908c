import { createHash } from 'node:crypto'
import type { Exchange } from '../exchange.ts'
import type { AccountId } from '../types.ts'
import { type Routes } from './routes.ts'
import { WireError } from './wire-error.ts'

const lifetime = 3_600_000

interface Held {
  readonly listenKey: string
  readonly accountId: AccountId
  unplan: () => void
}

/** One listen key per account at a time; it dies an hour after it was last asked for or kept alive. */
export class ListenKeys {
  readonly #exchange: Exchange
  readonly #byAccount = new Map<AccountId, Held>()
  readonly #byKey = new Map<string, Held>()
  #made = 0
  /** Told when a key dies of age. */
  onExpired: (listenKey: string, accountId: AccountId) => void = () => {}
  /** Told when a key is given back. */
  onClosed: (listenKey: string) => void = () => {}

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  /** The same key again, for another hour, while it is valid. */
  open(accountId: AccountId): string {
    const held = this.#byAccount.get(accountId)
    if (held !== undefined) {
      this.#extend(held)
      return held.listenKey
    }
    const seed = `${this.#exchange.faults.seed}/${accountId}/${this.#made++}/${this.#exchange.now()}`
    const listenKey = createHash('sha256').update(seed).digest('hex')
    const fresh: Held = { listenKey, accountId, unplan: () => {} }
    this.#byAccount.set(accountId, fresh)
    this.#byKey.set(listenKey, fresh)
    this.#extend(fresh)
    return listenKey
  }

  /** Throws −1125 when there is none. */
  keepAlive(accountId: AccountId): string {
    const held = this.#byAccount.get(accountId)
    if (held === undefined) throw new WireError(-1125, 'This listenKey does not exist.')
    this.#extend(held)
    return held.listenKey
  }

  close(accountId: AccountId): void {
    const held = this.#byAccount.get(accountId)
    if (held === undefined) throw new WireError(-1125, 'This listenKey does not exist.')
    this.#drop(held)
    this.onClosed(held.listenKey)
  }

  /** Whose events a key stands for; undefined when it is not valid. */
  accountOf(listenKey: string): AccountId | undefined {
    return this.#byKey.get(listenKey)?.accountId
  }

  #extend(held: Held): void {
    held.unplan()
    held.unplan = this.#exchange.after(lifetime, () => {
      this.#drop(held)
      this.onExpired(held.listenKey, held.accountId)
    })
  }

  #drop(held: Held): void {
    held.unplan()
    this.#byAccount.delete(held.accountId)
    this.#byKey.delete(held.listenKey)
  }
}

/** `/fapi/v1/listenKey`: the key in the header is enough. */
export function listenKeyRoutes(keys: ListenKeys): Routes {
  return {
    'POST /fapi/v1/listenKey': {
      weight: 1,
      security: 'key',
      handle: ({ accountId }) => ({ listenKey: keys.open(accountId) }),
    },
    'PUT /fapi/v1/listenKey': {
      weight: 1,
      security: 'key',
      handle: ({ accountId }) => ({ listenKey: keys.keepAlive(accountId) }),
    },
    'DELETE /fapi/v1/listenKey': {
      weight: 1,
      security: 'key',
      handle: ({ accountId }) => {
        keys.close(accountId)
        return {}
      },
    },
  }
}
