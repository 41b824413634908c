import type { UnixMs } from '#model/ids.ts'
import type { Exchange } from '../exchange.ts'
import { WireError } from './wire-error.ts'

/** Per minute and IP, per ten seconds and minute and account. */
export interface LimitRules {
  readonly weight: number
  readonly ordersTenSeconds: number
  readonly ordersMinute: number
}

const minute = 60_000
const tenSeconds = 10_000
/** Requests past a 429 that are still answered with one; then the IP is banned. */
const patience = 5
const firstBan = 120_000
const longestBan = 3 * 86_400_000

/** Weights by IP, order counts by account, and what happens to those who do not listen: 429, then bans that double. */
export class Limits {
  readonly #exchange: Exchange
  readonly rules: LimitRules
  readonly #ips = new Map<string, IpUse>()
  readonly #accounts = new Map<string, OrderUse>()

  constructor(exchange: Exchange, rules: LimitRules) {
    this.#exchange = exchange
    this.rules = rules
  }

  /** Counts a request. Throws 429 or 418 with `Retry-After` when it may not be answered. */
  arrive(ip: string, weight: number, path: string, method: string): void {
    const now = this.#exchange.now()
    const use = this.#ip(ip, now)
    this.#inject(use, now, path, method)
    if (now < use.bannedUntil) throw banned(ip, use.bannedUntil, now)
    if (now < use.limitedUntil && ++use.ignored > patience) {
      use.bannedUntil = now + use.nextBan
      use.nextBan = Math.min(longestBan, use.nextBan * 2)
      throw banned(ip, use.bannedUntil, now)
    }
    if (now < use.limitedUntil) throw this.#limited(ip, use.limitedUntil, now)
    use.weight += weight
    if (use.weight <= this.rules.weight) return
    use.limitedUntil = use.window + minute
    use.ignored = 0
    throw this.#limited(ip, use.limitedUntil, now)
  }

  /** Counts orders of an account. Throws −1015 when there are too many. */
  countOrders(account: string, inTenSeconds: number, inMinute: number): void {
    const use = this.#orders(account)
    if (use.ten + inTenSeconds > this.rules.ordersTenSeconds) throw tooMany(this.rules.ordersTenSeconds, '10 SECOND')
    if (use.minute + inMinute > this.rules.ordersMinute) throw tooMany(this.rules.ordersMinute, '1 MINUTE')
    use.ten += inTenSeconds
    use.minute += inMinute
  }

  /** What is used, as the venue tells it with every answer. */
  headers(ip: string, account?: string): Record<string, string> {
    const headers: Record<string, string> = {
      'X-MBX-USED-WEIGHT-1M': String(this.#ip(ip, this.#exchange.now()).weight),
    }
    if (account === undefined) return headers
    const use = this.#orders(account)
    headers['X-MBX-ORDER-COUNT-10S'] = String(use.ten)
    headers['X-MBX-ORDER-COUNT-1M'] = String(use.minute)
    return headers
  }

  #inject(use: IpUse, now: UnixMs, path: string, method: string): void {
    const fault = this.#exchange.faults.decide('rate-limit', { path, method })
    if (fault === null) return
    const pause = 1000 * (fault.retryAfterS ?? 60)
    if (fault.kind === 'foreign') use.weight += fault.value ?? 100
    else if (fault.kind === 'limited') {
      if (now >= use.limitedUntil) use.ignored = 0
      use.limitedUntil = Math.max(use.limitedUntil, now + pause)
    } else use.bannedUntil = Math.max(use.bannedUntil, now + (fault.retryAfterS === null ? firstBan : pause))
  }

  #limited(ip: string, until: UnixMs, now: UnixMs): WireError {
    return new WireError(
      -1003,
      `Too many requests; current limit of IP(${ip}) is ${this.rules.weight} requests per minute. ` +
        'Please use the websocket for live updates to avoid polling the API.',
      429,
      retryAfter(until, now),
    )
  }

  #ip(ip: string, now: UnixMs): IpUse {
    const window = Math.floor(now / minute) * minute
    let use = this.#ips.get(ip)
    if (use === undefined) {
      use = { window, weight: 0, limitedUntil: 0, bannedUntil: 0, ignored: 0, nextBan: firstBan }
      this.#ips.set(ip, use)
    }
    if (use.window !== window) {
      use.window = window
      use.weight = 0
    }
    return use
  }

  #orders(account: string): OrderUse {
    const now = this.#exchange.now()
    let use = this.#accounts.get(account)
    if (use === undefined) {
      use = { tenWindow: 0, ten: 0, minuteWindow: 0, minute: 0 }
      this.#accounts.set(account, use)
    }
    const tenWindow = Math.floor(now / tenSeconds)
    const minuteWindow = Math.floor(now / minute)
    if (use.tenWindow !== tenWindow) Object.assign(use, { tenWindow, ten: 0 })
    if (use.minuteWindow !== minuteWindow) Object.assign(use, { minuteWindow, minute: 0 })
    return use
  }
}

interface IpUse {
  window: UnixMs
  weight: number
  limitedUntil: UnixMs
  bannedUntil: UnixMs
  /** Requests since the 429. */
  ignored: number
  nextBan: number
}

interface OrderUse {
  tenWindow: number
  ten: number
  minuteWindow: number
  minute: number
}

function retryAfter(until: UnixMs, now: UnixMs): Record<string, string> {
  return { 'Retry-After': String(Math.max(1, Math.ceil((until - now) / 1000))) }
}

function banned(ip: string, until: UnixMs, now: UnixMs): WireError {
  return new WireError(
    -1003,
    `Way too many requests; IP(${ip}) banned until ${until}. ` +
      'Please use the websocket for live updates to avoid bans.',
    418,
    retryAfter(until, now),
  )
}

function tooMany(limit: number, interval: string): WireError {
  return new WireError(-1015, `Too many new orders; current limit is ${limit} orders per ${interval}.`, 429)
}
